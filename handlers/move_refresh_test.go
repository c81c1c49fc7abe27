package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// told lets Paxos tell of a KYC refresh, as a webhook whose event was read; the requirement stands while it is open.
func (d *desk) told(eventID, kind string) identity.Identity {
	d.t.Helper()
	a := d.deliver(strings.Replace(notice(eventID), identity.EventApproved, kind, 1), webhookKey)
	require.Equal(d.t, http.StatusOK, a.status, a.body)
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"event"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	now := d.clock.Now()
	r := identity.Record{
		PaxosID: "paxos-9", RefID: "user-9", Type: identity.Person, Status: identity.Approved,
		CreatedAt: now.AddDate(-1, 0, 0), UpdatedAt: now,
	}
	asks := identity.Requirement{Type: identity.KYCRefresh, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}
	switch kind {
	case identity.EventRefreshExpired:
		asks.Status = identity.RequirementFailed
		fallthrough
	case identity.EventRefreshStarted:
		r.Details.Requirements = []identity.Requirement{asks}
	}
	i, err := d.store.ApplyIdentity(d.t.Context(), identity.News{
		Record: r, AskedAt: now, HeardAt: now, By: identity.ByWebhook,
		Event: &identity.Event{ID: eventID, Type: kind, PaxosID: r.PaxosID, OccurredAt: now, ReceivedAt: now},
	}, &jobs[0])
	require.NoError(d.t, err)
	return i
}

// refreshSent lets the sending of a refresh end well and gives what was sent.
func (d *desk) refreshSent() (ask identity.CorrectionAsk) {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"move:kyc_refresh"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, payload, _, err := d.store.BeginMove(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	require.NoError(d.t, json.Unmarshal(payload, &ask))
	require.NoError(d.t, d.store.MoveDone(d.t.Context(), jobs[0], nil))
	return ask
}

// A day before Paxos asked must be meant; what Paxos tells of the refresh stands on the case.
func TestRefreshThatPaxosAskedFor(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lea := d.as(access.Lead)
	toldOf := func(id string) string {
		return lea.get("/identities/" + id).page(http.StatusOK).Find(`[data-testid="refresh-told"]`).Text()
	}
	id := d.told("e-1", identity.EventRefreshStarted).ID
	require.Contains(t, toldOf(id), "started")

	path := "/identities/" + id + "/kyc-refresh"
	before := d.clock.Now().AddDate(0, 0, -3).Format(time.DateOnly)
	form := url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {before}}
	doc := lea.post(path, form).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#refresh-backdated-error").Text(), "before Paxos asked")
	require.Equal(t, before, doc.Find(`[name="last_kyc_refresh_date"]`).AttrOr("value", ""), "what was typed is there")
	require.Empty(t, d.moves(id))
	form.Set("backdated", "on")
	a := lea.post(path, form)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, before, d.refreshSent().Send.RefreshedAt.Format(time.DateOnly))
	told := lea.get("/identities/" + id).page(http.StatusOK)
	require.Equal(t, "Details checked on "+before+", backdated on purpose", told.Find(`[data-testid="move-about"]`).First().Text())
	require.Equal(t, "last_kyc_refresh_date "+before+", backdated", d.actsOf(audit.Refreshed)[0].Detail)

	d.clock.Advance(time.Minute)
	d.told("e-2", identity.EventRefreshCompleted)
	require.Contains(t, toldOf(id), "completed")
	d.clock.Advance(time.Minute)
	d.told("e-3", identity.EventRefreshStarted)
	expired := func() []any {
		items := lea.json("/refreshes?show=open").items(http.StatusOK)
		rows := lea.get("/refreshes?show=open&format=csv").rows()
		last := len(rows[0]) - 1
		return []any{rows[0][last], rows[1][last], items[0]["expired"], lea.json("/identities/" + id).object(http.StatusOK)["kyc_refresh_expired"]}
	}
	require.Equal(t, []any{"expired", "false", false, false}, expired())
	d.clock.Advance(time.Minute)
	d.told("e-4", identity.EventRefreshExpired)
	require.Contains(t, toldOf(id), "expired")
	require.Equal(t, []any{"expired", "true", true, true}, expired())
	require.Contains(t, lea.get("/identities/"+id).page(http.StatusOK).Find(`[data-testid="asks"]`).Text(), "expired")

	row := lea.get("/refreshes?show=open").page(http.StatusOK).Find(`[data-testid="refresh"]`)
	require.Equal(t, "expired", row.Find(".chip-red").First().Text(), "it has ended and is not due in a month")
	var list struct {
		Items []struct {
			DueAt     time.Time `json:"due_at"`
			StartedAt time.Time `json:"started_at"`
		} `json:"items"`
	}
	require.NoError(t, json.Unmarshal([]byte(lea.json("/refreshes?show=open").body), &list))
	require.Equal(t, []time.Time{d.clock.Now(), d.clock.Now().Add(-time.Minute)}, []time.Time{list.Items[0].DueAt, list.Items[0].StartedAt})
	head := lea.get(path).page(http.StatusOK).Find(".page-sub").Text()
	require.Contains(t, head, "Expired")
	require.NotContains(t, head, "not asked")
	form.Del("backdated")
	doc = lea.post(path, form).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#refresh-backdated-error").Text(), "before Paxos asked")
}

// What has changed since the last refresh is sent with the day of this one, in one move.
func TestRefreshWithChanges(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.paxos.holds(nil)
	id := d.learn(nil).ID
	path := "/identities/" + id + "/kyc-refresh"
	lea := d.as(access.Lead)
	form := formOf(t, lea.post(path, cityWhy()).page(http.StatusOK), `[data-testid="change-edit"]`)
	form.Set("person_details.email", "q@example.org")
	send := formOf(t, lea.post(path, form).page(http.StatusOK), `[data-testid="change-send-form"]`)
	require.Empty(t, d.moves(id))
	a := lea.post(path, send)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, identity.MoveRefresh, d.moves(id)[0].Kind)
	said := d.actsOf(audit.Refreshed)
	require.Len(t, said, 1)
	require.ElementsMatch(t, []string{"person_details.email", identity.FieldRefreshedAt + " " + d.clock.Now().Format(time.DateOnly)}, strings.Split(said[0].Detail, ", "))
	ask := d.refreshSent()
	require.Equal(t, map[string]string{"person_details.email": "q@example.org"}, ask.Send.Texts)
	require.Equal(t, d.clock.Now().Format(time.DateOnly), ask.Send.RefreshedAt.Format(time.DateOnly))
	require.Equal(t, "Umbrabarrow", ask.Base.Person.LastName, "what was looked at goes along")
}

// A day is a day: it is sent, kept and shown as the same one wherever its reader is. One far back asks a confirmation that says what
// follows, whether Paxos has asked or not; one that cannot be is refused.
func TestTheDayOfARefresh(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(func(r *identity.Record) { r.CreatedAt = d.clock.Now().AddDate(-2, 0, 0) }).ID
	path := "/identities/" + id + "/kyc-refresh"
	lea := d.as(access.Lead)
	today := d.clock.Now().UTC().Format(time.DateOnly)
	require.Contains(t, lea.get(path).page(http.StatusOK).Find(`[data-testid="sent-as"]`).Text(), today+"T00:00:00Z")

	form := url.Values{"step": {"unchanged"}}
	refused := func(day string) string {
		form.Set("last_kyc_refresh_date", day)
		return lea.post(path, form).page(http.StatusUnprocessableEntity).Find(`[data-testid="problem"]`).Text()
	}
	require.Contains(t, refused("1950-01-01"), "Details checked on: This is before the identity was created")
	back := d.clock.Now().UTC().AddDate(-1, -1, 0).Format(time.DateOnly)
	require.Contains(t, refused(back), "The day is meant: This day lies")
	require.Contains(t, refused(back), "may be due at once")
	require.Empty(t, d.moves(id))
	form.Set("backdated", "on")
	require.Contains(t, refused("1950-01-01"), "created at Paxos", "no confirmation makes it right")
	form.Set("last_kyc_refresh_date", back)
	require.Equal(t, http.StatusSeeOther, lea.post(path, form).status)
	require.Equal(t, back+"T00:00:00Z", d.refreshSent().Send.RefreshedAt.Format(time.RFC3339))
}

// A script that names the day alone says that nothing has changed, as the form does.
func TestRefreshByAScript(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.told("e-1", identity.EventRefreshStarted).ID
	path, today := "/identities/"+id+"/kyc-refresh", d.clock.Now().Format(time.DateOnly)
	ana := d.as(access.Analyst)
	a := ana.post(path, url.Values{"last_kyc_refresh_date": {today}, "reason_code": {"other"}})
	require.Equal(t, http.StatusUnprocessableEntity, a.status, "who says why wants to open the form")
	require.Empty(t, d.moves(id))
	a = ana.post(path, url.Values{"last_kyc_refresh_date": {today}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, today, d.refreshSent().Send.RefreshedAt.Format(time.DateOnly))
}
