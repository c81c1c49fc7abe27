package handlers_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const alias = "Umbra, the Elder" // one alias, whatever stands in it

// holds lets Paxos hold a person.
func (p *paxosRecord) holds(change func(*identity.Draft)) {
	d := identity.Draft{RefID: "user-1"}
	d.Person.FirstName, d.Person.LastName, d.Person.DateOfBirth = "Quillon", "Umbrabarrow", "19710719"
	d.Person.Address = identity.Address{Address1: "77 Umbrabarrow Lane", City: "Austin", Province: "TX", Country: "USA"}
	d.Person.PassthroughVerificationFields, d.DueDiligence.Aliases = []string{"ADDRESS", "SHOE_SIZE"}, []string{alias}
	if change != nil {
		change(&d)
	}
	p.held.Store(&d)
}

// formOf reads a form of a page as a browser sends it.
func formOf(t *testing.T, doc *goquery.Document, selector string) url.Values {
	t.Helper()
	values := url.Values{}
	form := doc.Find(selector)
	require.Equal(t, 1, form.Length(), selector)
	form.Find("input, select").Each(func(_ int, s *goquery.Selection) {
		name, named := s.Attr("name")
		_, checked := s.Attr("checked")
		switch kind := s.AttrOr("type", ""); {
		case !named, (kind == "checkbox" || kind == "radio") && !checked:
		case goquery.NodeName(s) == "select":
			values.Add(name, s.Find("option[selected]").AttrOr("value", ""))
		case kind == "checkbox":
			values.Add(name, s.AttrOr("value", "on"))
		default:
			values.Add(name, s.AttrOr("value", ""))
		}
	})
	return values
}

func cityWhy() url.Values {
	return url.Values{"reason_code": {"correction"}, "reason": {"the city is misspelt"}}
}

func TestCorrectFromTheCase(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.paxos.holds(nil)
	id := d.learn(nil).ID
	path := "/identities/" + id + "/correct"
	ana := d.as(access.Analyst)
	require.Equal(t, path, ana.get("/identities/"+id).page(http.StatusOK).Find(`[data-testid="correct"]`).AttrOr("href", ""))
	require.Zero(t, d.as(access.Viewer).get("/identities/"+id).page(http.StatusOK).Find(`[data-testid="correct"]`).Length())

	asked := ana.get(path)
	require.NotContains(t, asked.body, "Umbrabarrow", "nothing is shown before it is asked why")
	require.Zero(t, d.paxos.asked.Load())
	doc := ana.post(path, url.Values{"reason_code": {"correction"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find(`[data-testid="problem"]`).Text(), "Say why")
	require.Zero(t, d.paxos.asked.Load())

	opened := ana.post(path, cityWhy())
	require.Contains(t, opened.header.Get("Cache-Control"), "no-store")
	form := formOf(t, opened.page(http.StatusOK), `[data-testid="change-edit"]`)
	require.Equal(t, []string{"19710719", "Austin"}, []string{form.Get("person_details.date_of_birth"), form.Get("person_details.address.city")})
	require.Len(t, d.reveals(), 1)
	require.Equal(t, "everything", d.reveals()[0].Object)

	form.Set("person_details.address.city", "")
	form.Set("person_details.first_name", "José")
	doc = ana.post(path, form).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find(`[data-testid="errors"]`).Text(), "First name")
	form = formOf(t, doc, `[data-testid="change-edit"]`)
	require.Equal(t, "José", form.Get("person_details.first_name"), "what was typed is there")

	form.Set("person_details.first_name", "Quillon")
	form.Set("person_details.address.city", "Ostrava Falls")
	doc = ana.post(path, form).page(http.StatusOK)
	shifts := doc.Find(`[data-testid="shift"]`)
	require.Equal(t, 1, shifts.Length(), "what nobody touched is not sent: %s", doc.Find(`[data-testid="plan"]`).Text())
	require.Contains(t, shifts.Text(), "Austin")
	require.Contains(t, shifts.Text(), "Ostrava Falls")
	require.Equal(t, 1, doc.Find(`[data-testid="verify-again"]`).Length())
	require.Empty(t, d.moves(id))

	send := formOf(t, doc, `[data-testid="change-send-form"]`)
	back := changedForm(send, "step", "edit")
	require.Equal(t, "Ostrava Falls", formOf(t, ana.post(path, back).page(http.StatusOK), `[data-testid="change-edit"]`).Get("person_details.address.city"))
	a := ana.post(path, send)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "/identities/"+id, a.header.Get("Location"))
	require.Equal(t, []string{"person_details.address.city"}, d.moves(id)[0].About)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.Corrected})
	require.NoError(t, err)
	require.Equal(t, []string{"person_details.address.city", d.moves(id)[0].ID}, []string{entries[0].Detail, entries[0].Object})

	doc = ana.post(path, changedForm(send, "person_details.address.city", "Ostrava")).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid="problem"]`).Text(), ": one that ")
	require.NotContains(t, doc.Text(), "Ostrava Falls")
	require.NotContains(t, d.log.String(), "Umbrabarrow")
	require.NotContains(t, d.log.String(), "Ostrava")
}

// changedForm is a form with one value changed.
func changedForm(form url.Values, name, value string) url.Values {
	out := maps.Clone(form)
	out.Set(name, value)
	return out
}

func (d *desk) moves(id string) []identity.OurMove {
	d.t.Helper()
	moves, err := d.store.Moves(d.t.Context(), id)
	require.NoError(d.t, err)
	return moves
}

func TestCorrectMeetsAnotherChange(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.paxos.holds(nil)
	id := d.learn(nil).ID
	path := "/identities/" + id + "/correct"
	ana := d.as(access.Analyst)
	form := formOf(t, ana.post(path, cityWhy()).page(http.StatusOK), `[data-testid="change-edit"]`)
	form.Set("person_details.address.city", "Ostrava Falls")
	form.Set("step", "send")
	d.paxos.holds(func(d *identity.Draft) { d.Person.Email = "q@example.org" })
	doc := ana.post(path, form).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid="problem"]`).Text(), "has changed since you opened the form")
	require.Equal(t, 1, doc.Find(`[data-testid="change-ask"]`).Length(), "it can be opened again")
	require.Empty(t, d.moves(id))

	d.paxos.holds(nil)
	d.paxos.status.Store(new(identity.Denied))
	doc = ana.post(path, form).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid="problem"]`).Text(), "The status at Paxos has changed from APPROVED to DENIED since you opened the form")
	require.Empty(t, d.moves(id))

	edited := changedForm(form, "base", strings.Replace(form.Get("base"), "Quillon", "Quill", 1))
	const goodFor = "A form is good for 30 minutes, for you and this case alone. Nothing was sent. Open it again."
	refused := func(b *browser, at string, form url.Values) {
		t.Helper()
		require.Equal(t, goodFor, strings.TrimSpace(b.post(at, form).page(http.StatusConflict).Find(`[data-testid="problem"]`).Text()))
	}
	refused(ana, path, edited)
	require.Equal(t, http.StatusBadRequest, ana.post(path, changedForm(form, "base", "no JSON")).status)
	refused(d.as(access.Lead), path, form) // somebody else's
	other := d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-2", "user-2" })
	refused(ana, "/identities/"+other.ID+"/correct", form)
	d.clock.Advance(31 * time.Minute)
	refused(d.as(access.Analyst), path, form)

	d.paxos.refuse.Store(&fault.Error{Kind: fault.Throttled, RetryAt: d.clock.Now().Add(time.Minute)})
	d.as(access.Analyst).post(path, cityWhy()).page(http.StatusServiceUnavailable)
}

func TestRefreshFromTheCase(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.paxos.holds(nil)
	id := d.learn(nil).ID
	path := "/identities/" + id + "/kyc-refresh"
	lea := d.as(access.Lead)
	lea.get(path).page(http.StatusOK)
	tomorrow := d.clock.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	doc := lea.post(path, url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {tomorrow}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#refresh-day-error").Text(), "in the future")
	lea.post(path, url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {"soon"}}).page(http.StatusUnprocessableEntity)
	a := lea.post(path, url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {d.clock.Now().Format(time.DateOnly)}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, identity.MoveRefresh, d.moves(id)[0].Kind)
	require.Zero(t, d.paxos.asked.Load(), "nobody looked")

	open := d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status = "paxos-9", "user-9", identity.Approved
		r.Details.Requirements = []identity.Requirement{{Type: identity.KYCRefresh, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}
	})
	vera := d.as(access.Viewer)
	rows := vera.get("/refreshes").page(http.StatusOK).Find(`[data-testid="refresh"]`)
	require.Equal(t, 1, rows.Length())
	require.Equal(t, "/identities/"+open.ID, rows.Find("a.ref").AttrOr("href", ""))
	items, _ := vera.json("/refreshes?show=open").object(http.StatusOK)["items"].([]any)
	require.Len(t, items, 1)
	item, _ := items[0].(map[string]any)
	require.Equal(t, []any{open.ID, true, open.MoveSince.Add(identity.RefreshTerm).Format(time.RFC3339)}, []any{item["identity_id"], item["open"], item["due_at"]})
	require.Contains(t, vera.get("/refreshes?format=csv").body, open.ID+",paxos-9,user-9,APPROVED")
	require.Equal(t, 1, vera.get("/refreshes?show=next").page(http.StatusOK).Find(`.empty, [data-testid="empty"]`).Length())
	require.Equal(t, http.StatusUnprocessableEntity, vera.get("/refreshes?show=never").status)
	require.Equal(t, "/identities/"+open.ID+"/kyc-refresh", lea.get("/identities/"+open.ID).page(http.StatusOK).Find(`[data-testid="kyc-refresh"]`).AttrOr("href", ""))

	path = "/identities/" + open.ID + "/kyc-refresh"
	form := formOf(t, lea.post(path, cityWhy()).page(http.StatusOK), `[data-testid="change-edit"]`)
	require.Equal(t, d.clock.Now().Format(time.DateOnly), form.Get("last_kyc_refresh_date"))
	form.Set("person_details.email", "q@example.org")
	doc = lea.post(path, form).page(http.StatusOK)
	require.Equal(t, 2, doc.Find(`[data-testid="shift"]`).Length())
	require.Equal(t, 1, doc.Find(`[data-testid="no-verify"]`).Length())
}

// What the form shows of a person leaves the page when the form is not good any more, however often it comes back.
func TestACorrectionDoesNotStayOnThePage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.paxos.holds(nil)
	id := d.learn(nil).ID
	ana := d.as(access.Analyst)
	for _, path := range []string{"/identities/" + id + "/correct", "/identities/" + id + "/kyc-refresh"} {
		stays := func(a answer, selector, seconds string) {
			t.Helper()
			part := a.page(a.status).Find(selector)
			require.Equal(t, []string{seconds, path}, []string{part.AttrOr("data-revealed", ""), part.AttrOr("data-home", "")})
			require.Equal(t, path, part.Find("[data-hide]").AttrOr("href", ""))
			require.Contains(t, a.body, `content="`+seconds+`;url=/identities/`+id+`"`, "a browser without scripts leaves the page")
		}
		opened := ana.post(path, cityWhy())
		stays(opened, `[data-testid="change-edit"]`, "1800")
		form := formOf(t, opened.page(http.StatusOK), `[data-testid="change-edit"]`)
		form.Set("person_details.address.city", "Ostrava Falls")
		d.clock.Advance(10 * time.Minute)
		stays(ana.post(path, changedForm(form, "person_details.first_name", "José")), `[data-testid="change-edit"]`, "1200")
		stays(ana.post(path, form), `[data-testid="change-plan"]`, "1200")
	}
}

// While a change is on its way a second one is refused before anything is typed.
func TestOneChangeAtATime(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.paxos.holds(nil)
	i := d.learn(func(r *identity.Record) {
		r.Status = identity.Approved
		r.Details.Requirements = []identity.Requirement{{Type: identity.KYCRefresh, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}
	})
	at := "/identities/" + i.ID
	lea, ana := d.as(access.Lead), d.as(access.Analyst)
	for _, kind := range []string{"correct", "kyc-refresh"} {
		path := at + "/" + kind
		form := formOf(t, ana.post(path, cityWhy()).page(http.StatusOK), `[data-testid="change-edit"]`)
		form.Set("person_details.address.city", "Ostrava Falls")
		sent := formOf(t, lea.post(path, cityWhy()).page(http.StatusOK), `[data-testid="change-edit"]`)
		sent.Set("person_details.email", "q@example.org")
		sent.Set("step", "send")
		require.Equal(t, 1, ana.get(at).page(http.StatusOK).Find(`[data-testid="`+kind+`"]`).Length())
		require.Equal(t, http.StatusSeeOther, lea.post(path, sent).status)

		doc := ana.get(path).page(http.StatusOK)
		require.Equal(t, 1, doc.Find(`[data-testid="change-open"]`).Length())
		require.Zero(t, doc.Find("main form").Length(), "there is nothing to fill in")
		shown, looked := len(d.reveals()), d.paxos.asked.Load()
		for name, typed := range map[string]url.Values{
			"opened": cityWhy(), "looked at": form, "nothing changed": {"step": {"unchanged"}, "last_kyc_refresh_date": {d.clock.Now().Format(time.DateOnly)}},
		} {
			require.Contains(t, ana.post(path, typed).page(http.StatusConflict).Find(`[data-testid="problem"]`).Text(), ": one that ", name)
		}
		require.Equal(t, []any{shown, looked}, []any{len(d.reveals()), d.paxos.asked.Load()}, "nothing was read for it")
		require.Zero(t, ana.get(at).page(http.StatusOK).Find(`[data-testid="`+kind+`"]`).Length())
	}
	doc := ana.get(at).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid="next-action"]`).Text(), "Wait: the KYC refresh is on its way")
	o := ana.json(at).object(http.StatusOK)
	require.Equal(t, []any{false, false}, []any{o["can_correct"], o["can_refresh"]})

	m, found := identity.OnItsWay(d.moves(i.ID), identity.MoveRefresh)
	require.True(t, found)
	require.Equal(t, http.StatusSeeOther, lea.post(at+"/moves/"+m.ID+"/withdraw", nil).status)
	require.Equal(t, 1, ana.get(at+"/kyc-refresh").page(http.StatusOK).Find(`[data-testid="change-ask"]`).Length())
}
