package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// refusesToDecide sees that neither way to decide on a duplicate is taken from somebody, nor offered to them, and that the answer says what
// to do.
func (d *desk) refusesToDecide(b *browser, place, why string) {
	d.t.Helper()
	const remedy = "compare both records first"
	refused := b.post(place+"/decline", declining(), "Accept", "application/json").object(http.StatusConflict)["error"].(map[string]any)
	require.Equal(d.t, "conflict", refused["kind"], why)
	require.Contains(d.t, refused["text"], remedy, why)
	doc := b.post(place+"/link", samePerson()).page(http.StatusConflict)
	require.Contains(d.t, doc.Find(`[data-testid=problem]`).Text(), remedy, why)
	require.Equal(d.t, 1, doc.Find(`[data-testid=compare-form]`).Length(), why)
	for _, doc := range []interface{ Length() int }{
		doc.Find(`[data-testid=decision]`), b.get(place + "/compare").page(http.StatusOK).Find(`[data-testid=decision]`),
	} {
		require.Zero(d.t, doc.Length(), why)
	}
	require.Empty(d.t, d.actsOf(audit.DeclinedService), why)
	require.Empty(d.t, d.actsOf(audit.ConfirmedSame), why)
}

// A decision on a duplicate rests on a comparison that the person made of this draft with this identity, within the hour.
func TestDecisionRestsOnAComparison(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b, lead := d.as(access.Analyst), d.as(access.Lead)
	place, existing := d.duplicate(b)
	d.refusesToDecide(b, place, "nobody has compared")
	b.compares(place)
	d.refusesToDecide(lead, place, "a colleague has compared")
	lead.post(place+"/draft", why()).page(http.StatusOK)
	require.Equal(t, http.StatusOK, lead.post("/identities/"+existing.ID+"/correct", why()).status)
	require.Len(t, d.reveals(), 4)
	d.refusesToDecide(lead, place, "each was seen, but not beside the other")

	d.clock.Advance(59 * time.Minute)
	b = d.as(access.Analyst) // the session has ended meanwhile
	require.Equal(t, 2, b.get(place+"/compare").page(http.StatusOK).Find(`[data-testid=decision] form`).Length(), "within the hour")
	d.clock.Advance(time.Minute + time.Second)
	d.refusesToDecide(b, place, "that was too long ago")

	b.compares(place)
	require.Equal(t, http.StatusSeeOther, b.post(place+"/resubmit", nil).status)
	d.fails(strings.TrimPrefix(place, "/identities/"), identity.Failure{Code: identity.CIPIDTaken}, &identity.Record{PaxosID: existing.PaxosID, RefID: "user-1"})
	form := declining()
	form.Set("attempts", "")
	refused := b.post(place+"/decline", form, "Accept", "application/json").object(http.StatusConflict)["error"].(map[string]any)
	require.Contains(t, refused["text"], "compare both records first", "it may be another draft")
}

// Where the records cannot be read the person may decide all the same, once they have tried, and the record says so. To wait for the end of
// a pause is no such case.
func TestDecisionWithoutAComparison(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refusal fault.Error
		waits   bool
		told    string
	}{
		"Paxos does not answer":      {refusal: fault.Error{Kind: fault.Lost, Code: "timeout"}, told: "Paxos did not answer in time"},
		"Paxos does not know them":   {refusal: fault.Error{Kind: fault.NotFound, Code: "http_404"}, told: "Paxos answered with status 404"},
		"the desk may not read them": {refusal: fault.Error{Kind: fault.Forbidden, Code: "scope"}, told: "the desk lacks the scope for it"},
		"Paxos throttles the desk":   {refusal: fault.Error{Kind: fault.Throttled, Code: "http_429"}, waits: true},
		"the desk holds its calls":   {refusal: fault.Error{Kind: fault.Unavailable, Code: fault.HeldBack}, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := boot(t)
			b := d.as(access.Analyst)
			place, existing := d.duplicate(b)
			if c.waits {
				c.refusal.RetryAt = d.clock.Now().Add(5 * time.Minute)
			}
			d.paxos.refuse.Store(&c.refusal)
			doc := b.post(place+"/compare", why())
			if c.waits {
				d.refusesToDecide(b, place, name)
				return
			}
			page := doc.page(doc.status)
			require.NotEmpty(t, page.Find(`[data-testid=problem]`).Text())
			require.Contains(t, page.Find(`[data-testid=not-compared]`).Text(), "decide without a comparison until")
			require.Equal(t, 2, page.Find(`[data-testid=decision] form`).Length())
			require.Equal(t, 1, page.Find(`[data-testid=compare-form]`).Length(), "or try again")
			d.refusesToDecide(d.as(access.Lead), place, "a colleague has not tried")
			d.paxos.refuse.Store(nil)
			again := b.post(place+"/decline", declining(), "Accept", "application/json").failure(http.StatusConflict)
			require.Contains(t, again["text"], "can be read again. Compare them first")
			d.paxos.refuse.Store(&c.refusal)
			require.Equal(t, http.StatusSeeOther, b.post(place+"/decline", declining()).status)
			said := d.actsOf(audit.DeclinedService)
			require.Equal(t, "existing case "+existing.ID+", not compared: could not be read", said[0].Detail)
			told := b.get(place).page(http.StatusOK).Find(`[data-testid=timeline]`).Text()
			require.Contains(t, told, "Decided without a comparison: the records could not be read.")
			lead := d.as(access.Lead)
			seen := lead.get(place).page(http.StatusOK).Find(`[data-testid=timeline]`).Text()
			require.Contains(t, seen, "Not shown: "+c.told)
			report := lead.get("/reveals").page(http.StatusOK).Find(`[data-testid=not-shown]`).Text()
			require.Contains(t, report, "not shown: "+c.told)
			require.NotContains(t, seen+report, "beside existing case", "what lets the desk find a comparison again is not for people")
		})
	}
}

// Where nobody knows whom Paxos holds there is nothing to compare.
func TestDecisionOnSomebodyUnknown(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place := b.post("/identities", example()).header.Get("Location")
	d.fails(strings.TrimPrefix(place, "/identities/"), identity.Failure{Code: identity.CIPIDTaken}, nil)
	doc := b.get(place + "/compare").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=no-existing]`).Length())
	require.Equal(t, 1, doc.Find(`[data-testid=decision] form`).Length())
	require.Zero(t, doc.Find(`[data-testid=compare-form]`).Length())
	require.Equal(t, http.StatusSeeOther, b.post(place+"/decline", declining()).status)
	require.Equal(t, "not compared: existing case not known", d.actsOf(audit.DeclinedService)[0].Detail)
	require.Contains(t, b.get(place).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "the existing identity was not known")
}

// A page that puts the answer into a part of itself is told where the way leads on; what is wrong comes with what was typed, and nothing
// that was compared goes back and forth.
func TestDecisionBesideTheComparison(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, _ := d.duplicate(b)
	forms := b.post(place+"/compare", why()).page(http.StatusOK).Find(`[data-testid=decision] form[data-part=decision]`)
	require.Equal(t, 2, forms.Length())
	require.Zero(t, forms.Find(`input[value*="Umbrabarrow"], input[value*="123 Main"]`).Length())
	reveals := len(d.reveals())
	wrong := samePerson()
	wrong.Set("account.ref_id", "")
	a := b.post(place+"/link", wrong, "Desk-Part", "true")
	part := a.page(http.StatusUnprocessableEntity).Find("#decision")
	require.NotEmpty(t, part.Find("#link-account-ref-id-error").Text())
	require.Equal(t, 1, part.Find(`[data-testid=problem]`).Length(), "with the forms")
	require.Equal(t, "joint with Umbrabarrow", part.Find("#link-account-description").AttrOr("value", ""))
	require.NotContains(t, a.body, "123 Main St")
	require.Len(t, d.reveals(), reveals)
	a = b.post(place+"/link", samePerson(), "Desk-Part", "true")
	require.Equal(t, []any{http.StatusNoContent, place}, []any{a.status, a.header.Get("Location")})
	require.Contains(t, b.get(place).page(http.StatusOK).Find(`[data-testid=notice]`).Text(), "account", "the word for it waits for the page")
}
