package views

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

func formPage(d identity.Draft, errors map[string]string) NewIdentityPage {
	return NewIdentityPage{Chrome: testBook().chrome(access.Analyst, SectionNew), Values: d.Values(), Errors: errors}
}

// jsonPaths are the leaves of a struct, by JSON path.
func jsonPaths(t reflect.Type, prefix string) []string {
	var out []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		of := field.Type
		for of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct {
			out = append(out, jsonPaths(of, prefix+name+".")...)
		} else {
			out = append(out, prefix+name)
		}
	}
	return out
}

func TestFormHoldsEveryFieldOfTheDraft(t *testing.T) {
	t.Parallel()
	doc := render(t, NewIdentity(formPage(identity.Draft{}, nil)))
	paths := jsonPaths(reflect.TypeFor[identity.Draft](), "")
	require.Greater(t, len(paths), 30)
	for _, name := range paths {
		if name == "metadata" {
			require.Equal(t, 3, doc.Find(`[name="metadata_value"]`).Length())
			name = "metadata_key"
		}
		require.NotZero(t, doc.Find(`[name="`+name+`"]`).Length(), name)
	}
	require.Equal(t, "ref_id", doc.Find("main .person-form input:not([type=hidden])").First().AttrOr("name", ""))
}

func TestFormShowsWhatWasTyped(t *testing.T) {
	t.Parallel()
	d := draft()
	d.Person.PassthroughVerifierType = "NEWVERIFIER"
	d.DueDiligence.Aliases = []string{"Will", "William", "Bill"}
	d.DueDiligence.EmploymentStatus = "NOT_IN_THE_LIST"
	d.TaxDetails = []identity.TaxDetail{{TaxPayerID: "1", TaxPayerCountry: "FRA"}, {TaxPayerID: "2", TaxPayerCountry: "DEU"}, {TaxPayerID: "3", TaxPayerCountry: "ITA"}}
	d.TaxDetailsNotRequired, d.IsMerchant = true, true
	d.Metadata = map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}
	doc := render(t, NewIdentity(formPage(d, nil)))
	for name, values := range d.Values() {
		shown := []string{}
		for _, n := range doc.Find(`.person-form [name="` + name + `"]`).EachIter() {
			switch {
			case n.Is("select"):
				shown = append(shown, n.Find("option[selected]").AttrOr("value", ""))
			case n.Is("[type=checkbox]"):
				if _, ticked := n.Attr("checked"); ticked {
					shown = append(shown, n.AttrOr("value", ""))
				}
			default:
				shown = append(shown, n.AttrOr("value", ""))
			}
		}
		require.Equal(t, values, slices.DeleteFunc(shown, func(s string) bool { return s == "" }), name)
	}
}

// What is wrong with metadata stands beside its row, whichever way it was named, and the summary leads there.
func TestMetadataErrors(t *testing.T) {
	t.Parallel()
	p := formPage(draft(), map[string]string{"metadata.team": "Take it out.", "metadata.desk": "Shorten it.", "metadata_key": "Use each key once."})
	p.Values["metadata_key"], p.Values["metadata_value"] = []string{"", "desk"}, []string{"", "7"}
	p.Values.Set("metadata.team", "east")
	doc := render(t, NewIdentity(p))
	var rows []string
	for _, n := range doc.Find(`[name="metadata_value"]`).EachIter() {
		says := doc.Find("#" + n.AttrOr("aria-describedby", "none"))
		rows = append(rows, n.AttrOr("value", "")+": "+words(says))
	}
	require.Equal(t, []string{"7: Shorten it.", "east: Take it out.", ": "}, rows, "typed rows come first")
	lines := testID(doc, "errors").Find("li")
	require.Equal(t, "Metadata value 1: Shorten it.", words(lines.Eq(0)))
	require.Equal(t, "Metadata value 2: Take it out.", words(lines.Eq(1)))
	require.Equal(t, "#f-metadata_value-2", lines.Eq(1).Find("a").AttrOr("href", ""))
	require.Equal(t, "Metadata key: Use each key once.", words(lines.Eq(2)))
	require.Equal(t, "metadata-error", doc.Find("#f-metadata_key").AttrOr("aria-describedby", ""))
}

func TestFormErrors(t *testing.T) {
	t.Parallel()
	errors := map[string]string{
		"person_details.first_name": "Write Jose?", "ref_id": "Held already.", taxPayerID: "Enter the number.",
		"person_details.passthrough_verification_fields": "Tick one.", "somewhere.else": "Unknown.",
	}
	p := formPage(draft(), errors)
	p.HeldBy = "case-1"
	doc := render(t, NewIdentity(p))
	summary := testID(doc, "errors")
	require.Equal(t, "alert", summary.AttrOr("role", ""))
	require.Equal(t, "5 fields need another look.", words(summary.Find("h2")))
	lines := summary.Find("li")
	require.Equal(t, "ref_id: Held already.", words(lines.Eq(0)), "in the order of the form")
	require.Equal(t, "First name: Write Jose?", words(lines.Eq(1)))
	require.Equal(t, "somewhere.else: Unknown.", words(lines.Last()), "no error is lost")
	require.Equal(t, "#f-person_details-first_name", lines.Eq(1).Find("a").AttrOr("href", ""))
	first := doc.Find(`[name="person_details.first_name"]`)
	require.Equal(t, "true", first.AttrOr("aria-invalid", ""))
	require.Equal(t, "Write Jose?", words(doc.Find("#"+strings.Fields(first.AttrOr("aria-describedby", ""))[0])))
	_, wrong := doc.Find(`[name="person_details.last_name"]`).Attr("aria-invalid")
	require.False(t, wrong)
	require.Equal(t, "/identities/case-1", doc.Find("#f-ref_id-error a").AttrOr("href", ""))
	require.Zero(t, testID(render(t, NewIdentity(formPage(draft(), nil))), "errors").Length())
}

// Enter in a text field presses a form's first button, seen or not: it must be the one that does what the form is for.
func TestEnterDoesWhatAFormIsFor(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, _ Story, doc *goquery.Document, _ string) {
		doc.Find("form").Each(func(_ int, form *goquery.Selection) {
			first, main := form.Find("[type=submit]").First(), form.Find(".btn-primary[type=submit]").First()
			if main.Length() == 0 || form.Find("input[type=text], input[type=search], input[type=date]").Length() == 0 {
				return
			}
			for _, name := range []string{"name", "value", "formaction"} {
				require.Equal(t, main.AttrOr(name, ""), first.AttrOr(name, ""), form.AttrOr("action", ""))
			}
		})
	})
}
