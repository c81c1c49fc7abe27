package inbox_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// An event that Paxos dated ahead, as a wrong clock does, must not hide what happens until its time has come.
func TestEventDatedAheadHidesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { return clock }
	poll := func() {
		require.NoError(t, w.inbox().Poll(t.Context()))
	}
	w.approvals(1, 0, now.Add(2*time.Hour))
	b := w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	clock = now.Add(30 * time.Second)
	require.NoError(t, b.Poll(t.Context()))
	require.Equal(t, []string{"e0"}, w.cache.jobs, "it is taken all the same")
	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.False(t, p.EventsUpTo.After(clock))

	ahead := w.paxos.events[0]
	w.paxos.events = []identity.Event{
		{ID: "e1", Type: identity.EventDenied, PaxosID: "p0", OccurredAt: clock.Add(-4 * time.Minute)}, // by a clock that is behind ours
		{ID: "e2", Type: identity.EventDenied, PaxosID: "p0", OccurredAt: clock.Add(time.Second)},
		ahead,
	}
	clock = clock.Add(2 * time.Second)
	require.NoError(t, b.Poll(t.Context()))
	clock = clock.Add(30 * time.Second)
	require.NoError(t, b.Poll(t.Context()))
	require.ElementsMatch(t, []string{"e0", "e1", "e2"}, w.cache.jobs)

	// A database whose watermark is ahead already, and another process.
	w.cache.state["events_watermark"] = now.Add(2 * time.Hour).Format(time.RFC3339Nano)
	w.paxos.events = append([]identity.Event{{ID: "e3", Type: identity.EventDenied, PaxosID: "p0", OccurredAt: clock.Add(-10 * time.Second)}}, ahead)
	clock = clock.Add(6 * time.Minute)
	poll()
	require.NotContains(t, w.cache.jobs, "e3", "older than the overlap")
	w.paxos.events[0].OccurredAt = clock.Add(-4 * time.Minute)
	b = w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	clock = clock.Add(30 * time.Second)
	require.NoError(t, b.Poll(t.Context()))
	require.Contains(t, w.cache.jobs, "e3")
}

// Ten thousand events of the last moments that no webhook tells of cost each page of the list once, then little.
func TestManyFreshEventsAreReadOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { return clock }
	w.o.PollInterval = 5 * time.Second
	w.approvals(10_000, 2*time.Millisecond, now)
	b := w.inbox()
	calls := func() int { return w.paxos.count("background events") }
	require.NoError(t, b.Poll(t.Context()))
	require.Empty(t, w.cache.events, "left to their webhooks")
	require.LessOrEqual(t, calls(), 110)
	clock = now.Add(5 * time.Second)
	require.NoError(t, b.Poll(t.Context()))
	require.Len(t, w.cache.events, 10_000, "all at once when they are ripe")
	require.LessOrEqual(t, calls(), 115)
	require.Equal(t, 1, w.paxos.count("background list"), "and one reading of changes for all")

	for n := range 60 { // five minutes
		clock = now.Add(time.Duration(n+2) * 5 * time.Second)
		require.NoError(t, b.Poll(t.Context()))
	}
	require.LessOrEqual(t, calls(), 420, "three small calls a poll, and the overlap once more")
	for n := range 60 {
		clock = now.Add(time.Hour + time.Duration(n)*5*time.Second)
		require.NoError(t, b.Poll(t.Context()))
	}
	quiet := calls()
	for n := range 60 {
		clock = now.Add(2*time.Hour + time.Duration(n)*5*time.Second)
		require.NoError(t, b.Poll(t.Context()))
	}
	require.LessOrEqual(t, calls()-quiet, 180, "when nothing can be late any more, the overlap is not read again")
}

// An event that comes late into a part of the list which fills many pages is found by the next sweep of the overlap.
func TestLateEventAmongManyIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { return clock }
	w.approvals(1_000, 200*time.Millisecond, now)
	b := w.inbox()
	poll := func(after time.Duration) {
		clock = now.Add(after)
		require.NoError(t, b.Poll(t.Context()))
	}
	poll(0)
	poll(30 * time.Second)
	require.Len(t, w.cache.events, 1_000)
	late := identity.Event{ID: "late", Type: identity.EventDenied, PaxosID: "p0", OccurredAt: now.Add(-10 * time.Second)}
	w.paxos.events = append(w.paxos.events[:950:950], append([]identity.Event{late}, w.paxos.events[950:]...)...)
	for at := time.Minute; at <= 6*time.Minute; at += 30 * time.Second {
		poll(at)
	}
	require.Contains(t, w.cache.events, "late")
}

// A process that ends before an event was ripe leaves it to the next one.
func TestRestartSeesAgainWhatWasLeftToItsWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { return clock }
	w.approvals(2, 10*time.Minute, now)
	require.NoError(t, w.inbox().Poll(t.Context()))
	require.Equal(t, []string{"e0"}, w.cache.jobs)
	clock = now.Add(10 * time.Minute)
	b := w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	require.Equal(t, []string{"e0", "e1"}, w.cache.jobs)
}

// Many events of one moment are told apart by their types; what still cannot be asked for is said.
func TestMomentWithMoreEventsThanAPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var log bytes.Buffer
	w.o.Log = slog.New(slog.NewTextHandler(&log, nil))
	crowd := func(n int, kind string) {
		for range n {
			id := fmt.Sprintf("e%d", len(w.paxos.events))
			w.paxos.events = append(w.paxos.events, identity.Event{ID: id, Type: kind, PaxosID: "p0", OccurredAt: old})
		}
	}
	crowd(60, identity.EventControlCreated)
	crowd(90, identity.EventApproved)
	crowd(70, identity.EventRefreshExpired)
	w.approvals(1, 0, old.Add(time.Second))
	b := w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	require.Len(t, w.cache.events, 221)
	require.Empty(t, log.String())

	crowd(30, identity.EventApproved) // 120 of one type
	last := w.paxos.events[220]
	w.paxos.events = append(append(w.paxos.events[:220:220], w.paxos.events[221:]...), last)
	m, err := b.Missing(t.Context(), old.Add(-time.Hour), now)
	require.NoError(t, err)
	require.Equal(t, []time.Time{old}, m.Crowds)
	require.Len(t, m.Missing, 10, "the rest cannot be seen")
	for range 3 {
		_, err = b.TakeMissing(t.Context(), old.Add(-time.Hour), now, audit.Entry{})
		require.NoError(t, err)
	}
	require.Equal(t, 1, strings.Count(log.String(), "more than 100 events"), "told once")
	require.Contains(t, log.String(), old.Format(time.RFC3339))
	m, err = b.Missing(t.Context(), old.Add(time.Millisecond), now)
	require.NoError(t, err)
	require.Empty(t, m.Crowds)
}
