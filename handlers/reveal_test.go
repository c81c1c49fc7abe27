package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// paxosRecord stands for Paxos, which is asked for personal data.
type paxosRecord struct {
	refuse atomic.Pointer[fault.Error]
	asked  atomic.Int64
	held   atomic.Pointer[identity.Draft]
	status atomic.Pointer[identity.Status] // APPROVED where nil
}

func (p *paxosRecord) Held(context.Context, string) (held identity.Draft, status identity.Status, err error) {
	p.asked.Add(1)
	if refuse := p.refuse.Load(); refuse != nil {
		return held, "", refuse
	}
	if h := p.held.Load(); h != nil {
		held = *h
	}
	status = identity.Approved
	if s := p.status.Load(); s != nil {
		status = *s
	}
	return held, status, nil
}

func (p *paxosRecord) PersonalData(context.Context, string) (identity.PersonalData, error) {
	p.asked.Add(1)
	if refuse := p.refuse.Load(); refuse != nil {
		return nil, refuse
	}
	return identity.PersonalData{
		"person_details.address.address1": "77 Umbrabarrow Lane", "person_details.address.country": "USA", "person_details.address.lat": "0.5",
		"person_details.cip_id": "073-05-1120",
	}, nil
}

func (p *paxosRecord) Accounts(_ context.Context, paxosID string) ([]identity.Account, error) {
	p.asked.Add(1)
	if refuse := p.refuse.Load(); refuse != nil {
		return nil, refuse
	}
	return []identity.Account{{
		ID: "acc-1", PaxosID: paxosID, RefID: "acc-ref-1", Type: identity.Brokerage, Description: "the Zarathorn children", Status: identity.Approved,
		ProfileID: "prof-1", Members: []identity.AccountMember{{PaxosID: "px-2", Roles: []string{"AUTHORIZED_USER"}}},
	}}, nil
}

func address() url.Values {
	return url.Values{"group": {"address"}, "reason_code": {"paxos_asked"}, "reason": {"Paxos wants the street"}}
}

func (d *desk) reveals() []audit.Entry {
	d.t.Helper()
	entries, err := d.store.AuditEntries(d.t.Context(), audit.Filter{Action: audit.Revealed})
	require.NoError(d.t, err)
	return entries
}

func TestRevealOnTheCasesPage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	b := d.as(access.Analyst)
	require.Equal(t, 1, b.get(path).page(http.StatusOK).Find(`form[action="`+path+`/reveal"]`).Length())

	a := b.post(path+"/reveal", address())
	doc := a.page(http.StatusOK)
	require.Contains(t, a.header.Get("Cache-Control"), "no-store")
	require.Equal(t, "false", doc.Find("body").AttrOr("hx-history", ""))
	shown := doc.Find(`[data-testid=revealed]`)
	require.Equal(t, "Address", shown.Find("h2").Text())
	require.Equal(t, "300", shown.AttrOr("data-revealed", ""))
	require.Equal(t, path, shown.Find("[data-hide]").AttrOr("href", ""))
	require.Equal(t, "77 Umbrabarrow Lane", shown.Find("dd .personal-value").First().Text())
	require.Contains(t, shown.Text(), "United States")
	require.Equal(t, "person_details.address.lat", shown.Find("dt").Last().AttrOr("title", ""), "what the desk does not know is shown, too")
	require.NotContains(t, a.body, "073-05-1120", "one group at a time")
	require.Zero(t, doc.Find(`#case :contains("Umbrabarrow")`).Length(), "the case renews itself; this must not be part of it")
	require.Contains(t, doc.Find("head noscript").Text(), `content="300;url=`+path+`"`)

	for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
		require.NotContains(t, b.get(path, headers...).body, "Umbrabarrow", "it does not come again")
	}
	e := d.reveals()[0]
	require.Equal(t, []string{"address", "paxos_asked", "shown live from Paxos"}, []string{e.Object, e.ReasonCode, e.Detail})
	for _, word := range []string{"Umbrabarrow", "street"} {
		require.NotContains(t, d.log.String(), word)
		require.NotContains(t, b.get("/audit").body+b.get(path).body, word)
	}
}

func TestRevealIsForWhoMay(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	for _, role := range access.Roles() {
		b := d.as(role)
		may := role == access.Analyst || role == access.Lead
		doc := b.get(path).page(http.StatusOK)
		require.Equal(t, may, doc.Find(`form[action="`+path+`/reveal"]`).Length() == 1, role)
		require.Equal(t, may, doc.Find(`[data-testid=reveal-who]`).Length() == 0, role)
		require.Equal(t, may, doc.Find(`[data-testid=reveal]`).AttrOr("data-key", "") == "v", role)
		require.Equal(t, may, strings.Contains(doc.Find("#keys").Text(), "Reveal"), role)
		a := b.post(path+"/reveal", address(), "Accept", "application/json")
		if may {
			a.object(http.StatusOK)
			continue
		}
		a.failure(http.StatusForbidden)
		require.NotContains(t, b.post(path+"/reveal", address()).body, "Umbrabarrow", role)
	}
	require.Len(t, d.reveals(), 2)
	require.Zero(t, d.browser().get(path+"/reveal").header.Values("Set-Cookie"))
	require.Equal(t, http.StatusMethodNotAllowed, d.as(access.Lead).get(path+"/reveal?group=address&reason_code=paxos_asked&reason=street+name").status)
}

func TestRevealAsJSON(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	a := d.as(access.Lead).post("/identities/"+i.ID+"/reveal", address(), "Accept", "application/json")
	require.Equal(t, map[string]any{
		"identity_id": i.ID, "group": "address", "source": "paxos", "shown_until": "2026-03-02T15:05:00Z",
		"fields": map[string]any{
			"person_details.address.address1": "77 Umbrabarrow Lane", "person_details.address.country": "USA", "person_details.address.lat": "0.5",
		},
	}, a.object(http.StatusOK))
	require.Contains(t, a.header.Get("Cache-Control"), "no-store")
}

func TestRevealBesideTheQueue(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	b := d.as(access.Lead)
	back := "/queue?case=" + i.ID + "&lane=overdue"
	form := address()
	form.Set("back", back)
	doc := b.post("/identities/"+i.ID+"/reveal", form).page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`#pane > [data-testid=revealed]`).Length())
	require.Equal(t, 1, doc.Find(`#rows`).Length(), "the list is still beside it")
	require.Equal(t, back, doc.Find(`[data-hide]`).AttrOr("href", ""))
	require.Contains(t, doc.Find("head noscript").Text(), "300;url="+strings.ReplaceAll(back, "&", "&amp;"))

	doc = b.post("/identities/"+i.ID+"/reveal", form, "Desk-Pane", "true").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`#pane > [data-testid=revealed]`).Length())
	require.Zero(t, doc.Find(`#rows`).Length(), "the part alone")
	for _, path := range []string{back, "/queue?lane=overdue"} {
		require.NotContains(t, b.get(path).body, "Umbrabarrow")
		require.NotContains(t, b.get(path, "HX-Request", "true", "HX-Target", "case").body, "Umbrabarrow")
	}
	form.Set("reason", "x")
	doc = b.post("/identities/"+i.ID+"/reveal", form, "Desk-Pane", "true").page(http.StatusUnprocessableEntity)
	require.Equal(t, 1, doc.Find(`#pane [data-testid=problem]`).Length())
}

func TestRevealFromTheDraft(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	path := b.post("/identities", example()).header.Get("Location")
	require.Contains(t, b.get(path).page(http.StatusOK).Find(`[data-testid=personal]`).Text(), "our draft")
	form := address()
	form.Set("group", "government_id")
	doc := b.post(path+"/reveal", form).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=revealed]`).Text(), "073-05-1120")
	require.Contains(t, doc.Find(`[data-testid=revealed]`).Text(), "our draft")
	require.Equal(t, "draft", b.post(path+"/reveal", form, "Accept", "application/json").object(http.StatusOK)["source"])
	require.Zero(t, d.paxos.asked.Load())
}

func TestRevealRefused(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	b := d.as(access.Analyst)
	until := d.clock.Now().Add(5 * time.Minute)
	for name, tc := range map[string]struct {
		refuse *fault.Error
		status int
		says   string
	}{
		"throttled": {&fault.Error{Kind: fault.Throttled, RetryAt: until, Code: "http_429"}, http.StatusServiceUnavailable, "throttles the desk. Possible again at"},
		"no answer": {&fault.Error{Kind: fault.Lost, Code: "timeout"}, http.StatusServiceUnavailable, "did not answer"},
		"unknown":   {&fault.Error{Kind: fault.NotFound, Code: "http_404"}, http.StatusConflict, "does not know this identity"},
		"refused":   {&fault.Error{Kind: fault.Unauthenticated, Code: "http_401"}, http.StatusServiceUnavailable, "did not answer"},
	} {
		d.paxos.refuse.Store(tc.refuse)
		a := b.post(path+"/reveal", address())
		doc := a.page(tc.status)
		require.Contains(t, strings.Join(strings.Fields(doc.Find(`[data-testid=problem]`).Text()), " "), tc.says, name)
		require.Equal(t, "address", doc.Find(`#reveal-group option[selected]`).AttrOr("value", ""), name)
		require.Equal(t, "paxos_asked", doc.Find(`#reveal-reason-code option[selected]`).AttrOr("value", ""), name)
		require.Equal(t, "Paxos wants the street", doc.Find(`#reveal-reason`).AttrOr("value", ""), name)
		require.Zero(t, doc.Find(`[data-testid=revealed]`).Length(), name)
		require.Equal(t, !tc.refuse.RetryAt.IsZero(), a.header.Get("Retry-After") == "300", name)
		b.post(path+"/reveal", address(), "Accept", "application/json").failure(tc.status)
		require.True(t, strings.HasPrefix(d.reveals()[0].Detail, "not shown: "), name)
	}
	d.paxos.refuse.Store(nil)
	fields := b.post(path+"/reveal", url.Values{"group": {"all"}}, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"]
	require.Len(t, fields, 3)
	require.Equal(t, "Choose why: customer_request, paxos_asked, audit_question, correction, suspected_duplicate, other.", fields.(map[string]any)["reason_code"])
	for _, field := range []string{"group", "reason_code", "reason"} {
		require.Contains(t, fields, field)
	}
}

func TestRevealTooOften(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	b := d.as(access.Analyst)
	for range 20 {
		b.post(path+"/reveal", address(), "Accept", "application/json").object(http.StatusOK)
	}
	a := b.post(path+"/reveal", address())
	doc := a.page(http.StatusTooManyRequests)
	require.Equal(t, "600", a.header.Get("Retry-After"))
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "20 times in 10 minutes")
	require.Contains(t, doc.Find(`[data-testid=again]`).Text(), "15:10:00")
	a = b.post(path+"/reveal", address(), "Accept", "application/json")
	refused := a.failure(http.StatusTooManyRequests)
	require.Equal(t, "throttled", refused["kind"])
	require.Equal(t, "2026-03-02T15:10:00Z", refused["retry_at"])
	require.Equal(t, "600", a.header.Get("Retry-After"))
	d.clock.Advance(10 * time.Minute)
	b.post(path+"/reveal", address()).page(http.StatusOK)
	require.Len(t, d.reveals(), 23, "refused ones are recorded, too")
}
