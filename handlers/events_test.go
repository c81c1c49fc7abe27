package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func notice(id string) string {
	return fmt.Sprintf(`{"id":%q,"type":"identity.approved","source":"com.paxos","time":"2026-03-02T14:59:58Z","object":"event"}`, id)
}

// deliver sends a webhook as Paxos does.
func (d *desk) deliver(body, key string) answer {
	d.t.Helper()
	return d.browser().do(http.MethodPost, "/webhooks/paxos", strings.NewReader(body),
		"X-Api-Key", key, "Content-Type", "application/json", "Sec-Fetch-Site", "cross-site", "Origin", "https://paxos.example")
}

func TestWebhookIsStored(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for range 2 {
		a := d.deliver(notice("e-1"), webhookKey)
		require.Equal(t, http.StatusOK, a.status, a.body)
	}
	page, err := d.store.Events(t.Context(), identity.EventFilter{})
	require.NoError(t, err)
	require.Len(t, page.Items, 1, "a repeat is no new event")
	require.Equal(t, 2, page.Items[0].Deliveries)
	require.Equal(t, identity.EventQueued, page.Items[0].State)
	deliveries, err := d.store.Deliveries(t.Context(), "e-1")
	require.NoError(t, err)
	require.Equal(t, notice("e-1"), string(deliveries[0].Body))
	require.Equal(t, "127.0.0.1", deliveries[0].Address)
	require.NotEmpty(t, deliveries[0].RequestID)
	require.Equal(t, d.clock.Now(), deliveries[0].ReceivedAt.UTC())
}

func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	d := boot(t, func(o *handlers.Options) { o.Webhook.Keys = []string{"new", "old"} })
	require.Equal(t, http.StatusOK, d.deliver(notice("e-1"), "new").status)
	require.Equal(t, http.StatusOK, d.deliver(notice("e-2"), "old").status)
	for _, key := range []string{"", "wrong", "new,old"} {
		require.Equal(t, "unauthenticated", d.deliver(notice("e-3"), key).failure(http.StatusUnauthorized)["kind"])
	}
	require.Equal(t, http.StatusUnauthorized, d.deliver(strings.Repeat("x", 1<<20), "wrong").status, "the key comes first")
	for _, body := range []string{"", "{}", "no json", `{"id":"e-4"}`} {
		d.deliver(body, "new").failure(http.StatusBadRequest)
	}
	head, tail := `{"id":"e-5","type":"identity.approved","more":"`, `"}`
	fits := head + strings.Repeat("x", 64<<10-len(head)-len(tail)) + tail
	require.Equal(t, http.StatusOK, d.deliver(fits, "new").status)
	d.deliver(fits+" ", "new").failure(http.StatusRequestEntityTooLarge)
	require.Equal(t, http.StatusMethodNotAllowed, d.browser().get("/webhooks/paxos").status)

	none := boot(t, func(o *handlers.Options) { o.Webhook.Keys = nil })
	require.Equal(t, http.StatusUnauthorized, none.deliver(notice("e-1"), "").status)
}

func TestWebhookThatCannotBeStored(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.NoError(t, d.store.Close())
	require.Equal(t, "unavailable", d.deliver(notice("e-1"), webhookKey).failure(http.StatusServiceUnavailable)["kind"])
	require.Contains(t, d.log.String(), "webhook not stored")
}

func TestWrongWebhookKeysAreSlowedDown(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for range 200 {
		require.Equal(t, http.StatusUnauthorized, d.deliver("{}", "wrong").status)
	}
	a := d.deliver("{}", "wrong")
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, d.deliver(notice("e-1"), webhookKey).status, "a right key is never held up")
}

func TestEvents(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for i := range 3 {
		require.Equal(t, http.StatusOK, d.deliver(notice(fmt.Sprintf("e-%d", i)), webhookKey).status)
	}
	b := d.as(access.Auditor)
	doc := b.get("/events").page(http.StatusOK)
	require.Equal(t, 3, doc.Find(`[data-testid=events] tbody tr`).Length())
	event := b.json("/events?q=e-1").items(http.StatusOK)[0]
	for field, want := range map[string]any{
		"id": "e-1", "type": "identity.approved", "state": "queued", "attempts": 0.0, "received_at": "2026-03-02T15:00:00Z",
		"processed_at": nil, "last_error": nil, "deliveries": 1.0, "identity_id": nil,
	} {
		require.Contains(t, event, field)
		require.Equal(t, want, event[field], field)
	}
	o := b.json("/events?limit=2").object(http.StatusOK)
	require.EqualValues(t, 3, o["total"])
	require.Len(t, b.json("/events?limit=2&after="+o["next"].(string)).items(http.StatusOK), 1)
	require.Len(t, b.get("/events?format=csv").rows(), 4)
	require.Len(t, b.get("/events?format=csv&limit=1").rows(), 2)
	require.Empty(t, b.json("/events?state=parked").items(http.StatusOK))
	require.Contains(t, b.json("/events?state=lost").failure(http.StatusUnprocessableEntity)["fields"], "state")
	require.Len(t, b.json("/events?from=2026-03-02&to=2026-03-02").items(http.StatusOK), 3)
	require.Empty(t, b.json("/events?from=2026-03-03").items(http.StatusOK))
	require.Contains(t, b.json("/events?from=2026-03-03&to=2026-03-02").failure(http.StatusUnprocessableEntity)["fields"], "to")
	require.Contains(t, b.json("/events?identity_id=073-05-1120").failure(http.StatusUnprocessableEntity)["fields"], "identity_id")
}

func TestEventPage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.Equal(t, http.StatusOK, d.deliver(notice("e-1"), webhookKey).status)
	b := d.as(access.Analyst)
	doc := b.get("/events/e-1").page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=payload]`).Text(), "com.paxos")
	requests := b.json("/events/e-1").object(http.StatusOK)["requests"].([]any)
	require.Equal(t, "event", requests[0].(map[string]any)["body"].(map[string]any)["object"])
	require.Equal(t, []any{"application/json"}, requests[0].(map[string]any)["headers"].(map[string]any)["Content-Type"])
	require.Contains(t, doc.Find(`[data-testid=headers]`).Text(), "Content-Type: application/json")
	require.NotContains(t, doc.Text(), webhookKey)
	b.get("/events/none").page(http.StatusNotFound)
}

func TestEventPageTellsItsAttempts(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.Equal(t, http.StatusOK, d.deliver(notice("e-1"), webhookKey).status)
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"event"}, 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, d.store.ParkJob(t.Context(), jobs[0], "not_found event"))
	b := d.as(access.Auditor)
	doc := b.get("/events/e-1").page(http.StatusOK)
	attempts := doc.Find(`[data-testid=attempts] li`)
	require.Equal(t, 1, attempts.Length())
	require.Contains(t, attempts.Text(), "not_found event")
	tries := b.json("/events/e-1").object(http.StatusOK)["tries"].([]any)
	require.Equal(t, map[string]any{"at": "2026-03-02T15:00:00Z", "outcome": "parked", "error": "not_found event"}, tries[0])
}

// Ids are Paxos' own: one may hold signs that mean something in addresses.
func TestEventWithAnOddID(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.Equal(t, http.StatusOK, d.deliver(notice("a/b?c%2f d"), webhookKey).status)
	b := d.as(access.Lead)
	link := b.get("/events").page(http.StatusOK).Find(`[data-testid=events] a.ref[id]`).AttrOr("href", "")
	doc := b.get(link).page(http.StatusOK)
	require.Contains(t, doc.Find("main").Text(), "a/b?c%2f d")
	require.Equal(t, "a/b?c%2f d", b.json(link).object(http.StatusOK)["id"])
	again := doc.Find(`[data-testid=reprocess]`)
	require.Zero(t, again.Length(), "it is queued")
	require.Equal(t, http.StatusSeeOther, b.post(link+"/reprocess", nil).status)
}

func TestReprocess(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.Equal(t, http.StatusOK, d.deliver(notice("e-1"), webhookKey).status)
	b := d.as(access.Lead)
	a := b.post("/events/e-1/reprocess", nil)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "/events/e-1", a.header.Get("Location"))
	o := b.post("/events/e-1/reprocess", nil, "Accept", "application/json").object(http.StatusAccepted)
	require.Equal(t, "queued", o["state"])
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.ReprocessedEvent})
	require.NoError(t, err)
	require.Equal(t, "e-1", entries[0].Object)
	require.Equal(t, "some lead", entries[0].ActorName)
	require.Equal(t, http.StatusNotFound, b.post("/events/none/reprocess", nil).status)
}

// The days of a KYC refresh are days in every time zone.
func TestEventPageTellsDaysOfARefresh(t *testing.T) {
	t.Parallel()
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	d := boot(t, func(o *handlers.Options) { o.Location = york })
	require.Equal(t, http.StatusOK, d.deliver(strings.Replace(notice("e-1"), identity.EventApproved, identity.EventRefreshCompleted, 1), webhookKey).status)
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"event"}, 1, time.Minute)
	require.NoError(t, err)
	now := d.clock.Now()
	_, err = d.store.ApplyIdentity(t.Context(), identity.News{
		Record:  identity.Record{PaxosID: "paxos-9", Type: identity.Person, Status: identity.Approved, CreatedAt: now, UpdatedAt: now},
		AskedAt: now, HeardAt: now, By: identity.ByWebhook,
		Event: &identity.Event{
			ID: "e-1", Type: identity.EventRefreshCompleted, PaxosID: "paxos-9", OccurredAt: now, ReceivedAt: now,
			RefreshLast: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), RefreshNext: time.Date(2027, 1, 31, 4, 59, 59, 0, time.UTC),
		},
	}, &jobs[0])
	require.NoError(t, err)
	days := d.as(access.Analyst).get("/events/e-1").page(http.StatusOK).Find(`[data-testid=refresh-day]`)
	require.Equal(t, 2, days.Length())
	require.Equal(t, "2026-01-31", strings.TrimSpace(days.First().Find("dd").Text()))
	require.Equal(t, "2027-01-31", strings.TrimSpace(days.Last().Find("dd").Text()))
}
