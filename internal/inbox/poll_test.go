package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// old is long enough ago for every webhook to have come.
var old = now.Add(-10 * time.Minute)

func TestPollQueuesWhatNoWebhookTold(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.approvals(3, time.Minute, old)
	w.cache.events["e1"] = identity.Event{ID: "e1", HeardBy: identity.ByWebhook}
	b := w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	require.Equal(t, []string{"e0", "e2"}, w.cache.jobs)
	require.Equal(t, identity.ByPoll, w.cache.events["e0"].HeardBy)
	require.Equal(t, "p0", w.cache.events["e0"].PaxosID)
	require.Equal(t, now, w.cache.events["e0"].ReceivedAt)
	require.Equal(t, identity.ByWebhook, w.cache.events["e1"].HeardBy)
	require.Zero(t, w.paxos.count("background list"), "a few are not asked for in bulk")

	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, old, p.EventsUpTo)
	require.Equal(t, now, p.LastPoll)
}

func TestPollOverlaps(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.approvals(2, time.Minute, old)
	b := w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	w.paxos.after = nil

	late := identity.Event{ID: "late", Type: identity.EventDenied, PaxosID: "p0", OccurredAt: old.Add(-90 * time.Second)}
	w.paxos.events = append([]identity.Event{late}, w.paxos.events...)
	require.NoError(t, b.Poll(t.Context()))
	require.Equal(t, old.Add(-5*time.Minute), w.paxos.after[0])
	require.Equal(t, []string{"e0", "e1", "late"}, w.cache.jobs, "the late one is found, the others are not taken twice")

	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, old, p.EventsUpTo, "the watermark does not go back")
}

// How long an event has been in the list is measured by our clock, whatever Paxos' clock says.
func TestPollLeavesFreshEventsToTheirWebhooks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		happened    time.Duration // before now, by Paxos' clock
		pollingOnly bool
		interval    time.Duration
		after       []time.Duration // from the first poll to those that follow
		taken       []bool
	}{
		"half a minute after it was seen": {interval: time.Minute, after: []time.Duration{29 * time.Second, 30 * time.Second}, taken: []bool{false, false, true}},
		"sooner where polls are frequent": {interval: 2 * time.Second, after: []time.Duration{time.Second, 2 * time.Second}, taken: []bool{false, false, true}},
		"at once, there are no webhooks":  {interval: time.Minute, pollingOnly: true, taken: []bool{true}},
		"at once, it is old on any clock": {interval: time.Minute, happened: 330 * time.Second, taken: []bool{true}},
		"Paxos' clock is behind ours":     {interval: time.Minute, happened: 4 * time.Minute, after: []time.Duration{29 * time.Second, 30 * time.Second}, taken: []bool{false, false, true}},
		"Paxos' clock is ahead of ours":   {interval: time.Minute, happened: -4 * time.Minute, after: []time.Duration{29 * time.Second, 30 * time.Second}, taken: []bool{false, false, true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			clock := now
			w.clock = func() time.Time { return clock }
			w.o.PollingOnly, w.o.PollInterval = tt.pollingOnly, tt.interval
			w.approvals(1, 0, old)
			w.approvals(1, 0, now.Add(-tt.happened))
			b := w.inbox()
			for n, taken := range tt.taken {
				if n > 0 {
					clock = now.Add(tt.after[n-1])
				}
				require.NoError(t, b.Poll(t.Context()))
				require.Equal(t, taken, len(w.cache.jobs) == 2, "poll %d", n)
				p, err := b.Progress(t.Context())
				require.NoError(t, err)
				require.Equal(t, taken, p.EventsUpTo.After(old), "the watermark stays before what was left")
			}
			require.NoError(t, b.Poll(t.Context()))
			require.Len(t, w.cache.jobs, 2, "once")
		})
	}
}

// An event that its webhook has told of holds nothing up, and many fresh ones wait side by side, not page after page.
func TestFreshEventsWaitTogether(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { return clock }
	w.approvals(350, 100*time.Millisecond, now)
	w.cache.events["e0"] = identity.Event{ID: "e0", HeardBy: identity.ByWebhook}
	b := w.inbox()
	require.NoError(t, b.Poll(t.Context()))
	require.Len(t, w.cache.events, 1)
	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, w.paxos.events[0].OccurredAt, p.EventsUpTo)
	clock = now.Add(30 * time.Second)
	require.NoError(t, b.Poll(t.Context()))
	require.Len(t, w.cache.events, 350)
}

// Every event is read however the pages fall, also where many share a moment.
func TestPollReadsEveryPage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		gap  time.Duration
		n    int
		most int // pages
		read int
	}{
		"a second apart":                   {gap: time.Second, n: 450, most: 6, read: 450},
		"a page exactly":                   {gap: time.Second, n: 100, most: 3, read: 100},
		"microseconds apart":               {gap: 20 * time.Microsecond, n: 120, most: 4, read: 120},
		"all in one millisecond":           {gap: 2 * time.Microsecond, n: 250, most: 6, read: 250},
		"a page of one moment and no more": {gap: 0, n: 100, most: 12, read: 100},
		"more of a type in one moment than a page holds: the list of changes has the rest": {gap: 0, n: 150, most: 12, read: 100},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.approvals(tt.n, tt.gap, old)
			require.NoError(t, w.inbox().Poll(t.Context()))
			require.Len(t, w.cache.events, tt.read)
			require.LessOrEqual(t, w.paxos.count("background events"), tt.most)
			require.Positive(t, w.paxos.count("background list"))
		})
	}
}

func TestPollGoesOnBehindPagesOfWhichItemsWereLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.approvals(250, time.Second, old)
	w.o.Background = holes{at{w.paxos, "background"}}
	require.NoError(t, w.inbox().Poll(t.Context()))
	require.Len(t, w.cache.events, 249, "all but the one that cannot be read")
}

func TestBacklogIsLearnedInBulk(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(50, identity.Approved, old)
	w.approvals(50, time.Second, old)
	w.paxos.events[3].Type, w.paxos.events[3].NewStatus = identity.EventDocumentsRequired, ""
	w.paxos.events[4].PaxosID = "unlisted"
	w.paxos.events[5].PaxosID = ""
	w.paxos.events[6].Type = "transfer.completed"
	w.paxos.events[7].IsTest = true
	require.NoError(t, w.inbox().Poll(t.Context()))
	require.Equal(t, 1, w.paxos.count("background list"))
	require.Equal(t, []string{"e4"}, w.cache.jobs, "only what the list left out is asked for by itself")
	require.Len(t, w.cache.events, 50)
	for id, want := range map[string]identity.EventState{
		"e0": identity.EventDone, "e3": identity.EventDone, "e4": identity.EventQueued, "e5": identity.EventDone,
	} {
		require.Equal(t, want, w.cache.events[id].State, id)
	}
	require.Equal(t, "our-p0", w.cache.events["e0"].IdentityID)
	require.Equal(t, now, *w.cache.events["e0"].ProcessedAt)

	told := map[string]identity.News{}
	for _, n := range w.cache.applied[50:] {
		told[n.Event.ID] = n
	}
	require.Len(t, told, 46)
	n := told["e3"]
	require.Equal(t, identity.EventDocumentsRequired, n.Event.Type, "what only the event tells is learned")
	require.Equal(t, identity.Record{PaxosID: "p3"}, n.Record, "and the row keeps what the list told")
	require.Equal(t, identity.ByPoll, n.By)
	require.True(t, n.Record.UpdatedAt.IsZero())
	require.Equal(t, identity.Approved, w.cache.rows["p3"].Status)
}

func TestBacklogIsNotTakenWithoutTheList(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(50, identity.Approved, old)
	w.approvals(50, time.Second, old)
	down := fault.New(fault.Unavailable, "")
	w.paxos.fail = func(call string) error {
		if call == "background list" {
			return down
		}
		return nil
	}
	b := w.inbox()
	require.ErrorIs(t, b.Poll(t.Context()), down)
	require.Empty(t, w.cache.events)
	require.Empty(t, w.cache.state["events_watermark"])

	w.paxos.fail = nil
	require.NoError(t, b.Poll(t.Context()))
	require.Len(t, w.cache.events, 50)
}

func TestHistoryNeedsNoSecondList(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(50, identity.Approved, old)
	w.approvals(50, time.Second, old)
	b := w.inbox()
	require.NoError(t, b.Sync(t.Context()))
	require.NoError(t, b.Poll(t.Context()))
	require.Equal(t, 1, w.paxos.count("background list"), "the events are older than the last sync")
	require.Empty(t, w.cache.jobs)
}

func TestPollWithoutScopeAsksNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.o.EventsAllowed = func() bool { return false }
	require.NoError(t, w.inbox().Poll(t.Context()))
	require.Empty(t, w.paxos.calls)
}

func TestEventsWithoutATimeDoNotTurnInCircles(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for k := range 3 {
		w.paxos.events = append(w.paxos.events, identity.Event{ID: fmt.Sprint(k), Type: identity.EventDenied})
	}
	w.o.Background = timeless{at{w.paxos, "background"}}
	require.NoError(t, w.inbox().Poll(t.Context()))
	require.Len(t, w.cache.jobs, 3)
}
