package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"identitydesk/internal/identity"
)

// ChangePage is how what Paxos holds of a person is changed: asked why, edited, looked at, sent. A KYC refresh goes the same way.
type ChangePage struct {
	Chrome
	Identity identity.Identity
	Kind     identity.MoveKind
	Open     *OurMove // one that is on its way already; nil where none is
	Today    string   // as a field for a date holds it

	Text   string            // what went wrong as a whole; empty for nothing
	Errors map[string]string // by field
	Typed  map[string]string
	Again  time.Time // when it can be tried again; zero where that is not known

	Form    NewIdentityPage // the values of the form
	Carried url.Values      // what travels along unseen
	Until   time.Time       // when what is shown of the person must be gone
	Plan    ChangePlan
}

// ChangePlan is exactly what will be sent.
type ChangePlan struct {
	Shifts         []identity.Shift
	MayVerifyAgain bool
}

func (p ChangePage) refresh() bool { return p.Kind == identity.MoveRefresh }

func (p ChangePage) title() string {
	if p.refresh() {
		return "KYC refresh"
	}
	return "Correct"
}

// at is the address of the form.
func (p ChangePage) at() string {
	if p.refresh() {
		return caseAct(p.Identity.ID, "kyc-refresh")
	}
	return caseAct(p.Identity.ID, "correct")
}

// left is how many seconds what is shown of the person may stay.
func (p ChangePage) left() string {
	return strconv.Itoa(max(int(p.Until.Sub(p.Now)/time.Second), 1))
}

// name is what the case is called.
func (p ChangePage) name() string { return CasePage{Row: Row{Identity: p.Identity}}.title() }

// day is the day that stands in the field for a refresh.
func (p ChangePage) day() string {
	if v := p.Form.Values.Get(identity.FieldRefreshedAt); v != "" {
		return v
	}
	if v, typed := p.Typed[identity.FieldRefreshedAt]; typed {
		return v
	}
	return p.Today
}

// ticked reports whether it was confirmed that the day is meant.
func (p ChangePage) ticked() bool {
	return p.Typed["backdated"] != "" || p.Form.Values.Get("backdated") != ""
}

// changeForm is the form for a new person, without what the desk itself says there: which values Paxos holds is not known to be complete,
// so nothing is required, and a day that the browser would not show stays a text.
func (p ChangePage) changeForm() []fieldset {
	sets := personForm()
	for n := range sets {
		for k := range sets[n].Fields {
			f := &sets[n].Fields[k]
			f.Optional, f.When = true, " "
			if _, err := time.Parse(time.DateOnly, p.Form.Values.Get(f.Name)); f.Kind == asDate && err != nil {
				f.Kind = asText
			}
		}
	}
	sets[0].Text = "What your own systems know this person by. It must not be personal data. The case stays findable by the old one."
	return sets
}

// sentAs is how the day of a KYC refresh is sent.
func sentAs(day string) string { return day + "T00:00:00Z" }

// changeLabel names a field that is refused as its form does.
func changeLabel(field string) string {
	switch field {
	case identity.FieldRefreshedAt:
		return "Details checked on"
	case "backdated":
		return "The day is meant"
	case "reason_code":
		return "Why"
	case "reason":
		return "In your words"
	}
	return field
}

// shiftText is one side of a change, in a line.
func shiftText(values []string) string { return strings.Join(values, ", ") }

// shiftLabel names a changed field as the form does.
func shiftLabel(field string) string {
	switch field {
	case "set_tax_details_not_required":
		return "Tax details are not required"
	case identity.FieldRefreshedAt:
		return "KYC refresh done"
	case "is_merchant":
		return "Merchant"
	}
	return personalLabel(field)
}

// askedWhy is the reason that stands chosen: correcting is what the form is for.
func (p ChangePage) askedWhy() string {
	if v, typed := p.Typed["reason_code"]; typed {
		return v
	}
	return "correction"
}

// askState marks a field as refused, and joins it to the text below it.
func (p ChangePage) askState(field, id string) templ.Attributes {
	if p.Errors[field] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": id + "-error"}
}
