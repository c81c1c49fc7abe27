package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
)

// lister is Paxos as far as its list of events goes.
type lister struct {
	events []identity.Event
	err    error
	asked  int
}

func (l *lister) ListEvents(ctx context.Context, q identity.EventQuery) ([]identity.Event, error) {
	l.asked++
	if _, bounded := ctx.Deadline(); !bounded {
		return nil, fmt.Errorf("a person waits without end")
	}
	if l.err != nil {
		return nil, l.err
	}
	var out []identity.Event
	for _, e := range l.events {
		if e.OccurredAt.After(q.After) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (l *lister) Identity(context.Context, string) (identity.News, error) {
	return identity.News{}, fault.New(fault.NotFound, "none")
}

func (l *lister) ListIdentities(context.Context, identity.ListQuery) (identity.ListPage, error) {
	return identity.ListPage{}, nil
}

func (l *lister) Event(context.Context, string, bool) (identity.Event, error) {
	return identity.Event{}, fault.New(fault.NotFound, "none")
}

// bootListing is a desk whose Paxos has these events.
func bootListing(t *testing.T, paxos *lister) *desk {
	t.Helper()
	d := boot(t)
	o := d.options()
	o.Inbox = inbox.New(inbox.Options{
		Store: d.store, Clicks: paxos, Events: paxos, Background: paxos, Now: d.clock.Now, EventsAllowed: func() bool { return true },
	})
	return d.beside(o)
}

func (d *desk) happened(id string, age time.Duration) identity.Event {
	return identity.Event{ID: id, Type: identity.EventApproved, PaxosID: "px-" + id, OccurredAt: d.clock.Now().Add(-age)}
}

func TestMissingEvents(t *testing.T) {
	t.Parallel()
	paxos := &lister{}
	d := bootListing(t, paxos)
	paxos.events = []identity.Event{d.happened("e-known", 3*time.Hour), d.happened("e-lost", 2*time.Hour), d.happened("e-later", time.Minute)}
	require.Equal(t, http.StatusOK, d.deliver(notice("e-known"), webhookKey).status)
	b := d.as(access.Analyst)

	form := b.get("/events/missing").page(http.StatusOK)
	require.Equal(t, "2026-03-01T15:00", form.Find("#missing-from").AttrOr("value", ""))
	require.Zero(t, paxos.asked, "asking for the form asks nothing of Paxos")

	span := url.Values{"from": {"2026-03-02T10:00"}, "to": {"2026-03-02T14:30:00Z"}}
	doc := b.post("/events/missing", span).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=missing-report] h2`).Text(), "1 event is missing")
	require.Contains(t, doc.Find(`[data-testid=missing-report]`).Text(), "e-lost")
	o := b.post("/events/missing", span, "Accept", "application/json").object(http.StatusOK)
	require.Equal(t, []any{"e-lost"}, o["missing"])
	require.EqualValues(t, 2, o["listed"])
	require.Equal(t, "2026-03-02T10:00:00Z", o["from"])
	require.Equal(t, http.StatusNotFound, b.get("/events/e-lost").status, "a check changes nothing")

	span.Set("take", "true")
	a := b.post("/events/missing", span)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "/events", a.header.Get("Location"))
	require.Contains(t, b.get("/events").page(http.StatusOK).Find(`[data-testid=notice]`).Text(), "taken in")
	require.Equal(t, "queued", b.json("/events/e-lost").object(http.StatusOK)["state"])
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.TookMissing})
	require.NoError(t, err)
	require.Equal(t, "some analyst", entries[0].ActorName)
	o = b.post("/events/missing", span, "Accept", "application/json").object(http.StatusAccepted)
	require.Empty(t, o["missing"], "taken once")
}

// What Paxos cannot be asked for is told, so that "nothing is missing" is never said of what nobody saw.
func TestMissingEventsTellsWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	paxos := &lister{}
	d := bootListing(t, paxos)
	for n := range 120 {
		paxos.events = append(paxos.events, d.happened(fmt.Sprintf("e-%d", n), time.Hour))
		require.Equal(t, http.StatusOK, d.deliver(notice(fmt.Sprintf("e-%d", n)), webhookKey).status)
	}
	span := url.Values{"from": {"2026-03-02"}, "to": {"2026-03-03"}}
	b := d.as(access.Analyst)
	report := b.post("/events/missing", span).page(http.StatusOK).Find(`[data-testid=missing-report]`)
	require.Contains(t, report.Find("h2").Text(), "of what can be seen")
	require.Contains(t, report.Find(`[data-testid=missing-crowd]`).Text(), "More than 100 events")
	o := b.post("/events/missing", span, "Accept", "application/json").object(http.StatusOK)
	require.Len(t, o["crowds"], 1)
}

func TestMissingEventsRefuses(t *testing.T) {
	t.Parallel()
	paxos := &lister{}
	d := bootListing(t, paxos)
	b := d.as(access.Lead)
	for name, c := range map[string]struct{ from, to, field string }{
		"no times":       {"", "", "from"},
		"not a time":     {"yesterday", "2026-03-02", "from"},
		"the wrong way":  {"2026-03-02", "2026-03-01", "to"},
		"without an end": {"2026-03-02", "", "to"},
	} {
		span := url.Values{"from": {c.from}, "to": {c.to}}
		doc := b.post("/events/missing", span).page(http.StatusUnprocessableEntity)
		require.Equal(t, 1, doc.Find("#missing-"+c.field+"-error").Length(), name)
		require.Equal(t, c.from, doc.Find("#missing-from").AttrOr("value", ""), name)
		require.Contains(t, b.post("/events/missing", span, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"], c.field, name)
	}
	require.Zero(t, paxos.asked)
	span := url.Values{"from": {"2026-03-01"}, "to": {"2026-03-02"}}
	for status, err := range map[int]error{
		http.StatusTooManyRequests:    &fault.Error{Kind: fault.Throttled, Text: "Paxos takes no calls until 15:04.", RetryAt: d.clock.Now().Add(time.Minute)},
		http.StatusServiceUnavailable: fmt.Errorf("list: %w", context.DeadlineExceeded),
	} {
		paxos.err = err
		doc := b.post("/events/missing", span).page(status)
		require.NotEmpty(t, doc.Find(`[data-testid=errors]`).Text())
		require.Equal(t, "2026-03-01", doc.Find("#missing-from").AttrOr("value", ""), "what was typed is kept")
	}
}

func TestReprocessAllThatMatch(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for n := range 5 {
		require.Equal(t, http.StatusOK, d.deliver(notice(fmt.Sprintf("e-%d", n)), webhookKey).status)
	}
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"event"}, 3, time.Minute)
	require.NoError(t, err)
	for _, j := range jobs {
		require.NoError(t, d.store.ParkJob(t.Context(), j, "not_found event"))
	}
	b := d.as(access.Analyst)
	require.Zero(t, b.get("/events").page(http.StatusOK).Find(`[data-testid=reprocess-all]`).Length(), "nothing is chosen")
	require.Zero(t, d.as(access.Auditor).get("/events?state=parked").page(http.StatusOK).Find(`[data-testid=reprocess-all]`).Length())
	link := b.get("/events?state=parked&from=2026-03-01").page(http.StatusOK).Find(`[data-testid=reprocess-all]`).AttrOr("href", "")
	require.Equal(t, "/events/reprocess?from=2026-03-01&state=parked", link)

	doc := b.get(link).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=reprocess-count]`).Text(), "3 events")
	form := url.Values{}
	doc.Find(`form[action="/events/reprocess"] input`).Each(func(_ int, n *goquery.Selection) { form.Set(n.AttrOr("name", ""), n.AttrOr("value", "")) })
	require.Equal(t, url.Values{"state": {"parked"}, "from": {"2026-03-01"}}, form)
	require.Len(t, b.json("/events?state=parked").items(http.StatusOK), 3, "asking changes nothing")

	a := b.post("/events/reprocess", form)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "/events?from=2026-03-01", a.header.Get("Location"))
	require.Contains(t, b.get("/events?from=2026-03-01").page(http.StatusOK).Find(`[data-testid=notice]`).Text(), "queued")
	require.Empty(t, b.json("/events?state=parked").items(http.StatusOK))
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.ReprocessedEvent})
	require.NoError(t, err)
	require.Equal(t, "3 events", entries[0].Detail)

	require.Equal(t, map[string]any{"total": 0.0, "total_at_least": false}, b.json("/events/reprocess?state=ignored").object(http.StatusOK))
	require.EqualValues(t, 5, b.json("/events/reprocess?type=identity.approved").object(http.StatusOK)["total"])
	require.Equal(t, map[string]any{"queued": 5.0}, b.post("/events/reprocess", url.Values{"type": {"identity.approved"}}, "Accept", "application/json").object(http.StatusAccepted))
	require.Contains(t, b.post("/events/reprocess", nil, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"], "state", "never everything by accident")
	b.get("/events/reprocess?state=lost").page(http.StatusUnprocessableEntity)
}
