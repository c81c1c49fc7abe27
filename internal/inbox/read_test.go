package inbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
)

func TestSync(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(250, identity.Pending, old)
	w.cache.state["inbox_synced_upto"] = old.Add(-219 * time.Minute).Format(time.RFC3339Nano)
	b := w.inbox()
	require.NoError(t, b.Sync(t.Context()))
	require.Len(t, w.cache.applied, 225, "those since the watermark, and those of five minutes before it")
	require.Equal(t, 3, w.cache.pages)
	n := w.cache.applied[0]
	require.Equal(t, identity.BySync, n.By)
	require.Equal(t, now, n.AskedAt)
	require.False(t, n.Unannounced)

	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, old, p.SyncedUpTo)
	require.Equal(t, now, p.LastSync)

	require.NoError(t, b.Sync(t.Context()))
	require.Equal(t, old.Add(-5*time.Minute), w.paxos.lists[3].UpdatedSince)
}

func TestWatermarkOfASync(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before  time.Time
		updated time.Time
		want    time.Time
	}{
		"moves to the last change":                       {before: old.Add(-time.Hour), updated: old, want: old},
		"does not pass the moment at which it began":     {before: old, updated: now.Add(time.Minute), want: now},
		"does not go back":                               {before: now.Add(time.Minute), updated: now, want: now.Add(time.Minute)},
		"does not go back where Paxos' clock is advance": {before: now.Add(2 * time.Minute), updated: now.Add(3 * time.Minute), want: now.Add(2 * time.Minute)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.cache.state["inbox_synced_upto"] = tt.before.Format(time.RFC3339Nano)
			w.paxos.records = []identity.Record{{PaxosID: "p0", CreatedAt: old, UpdatedAt: tt.updated}}
			b := w.inbox()
			require.NoError(t, b.Sync(t.Context()))
			p, err := b.Progress(t.Context())
			require.NoError(t, err)
			require.Equal(t, tt.want, p.SyncedUpTo)
		})
	}
}

// What changes behind a page that was read already is found by the next sync, however far the pages after it reached.
func TestChangeWhileSyncing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(150, identity.Pending, old)
	clock := now
	w.clock = func() time.Time { return clock }
	w.paxos.answers = func() {
		w.paxos.mu.Lock()
		defer w.paxos.mu.Unlock()
		clock = clock.Add(20 * time.Minute)
		if len(w.paxos.lists) == 1 { // the second page is asked for
			w.paxos.records[0].Status, w.paxos.records[0].UpdatedAt = identity.Approved, now.Add(25*time.Minute)
			w.paxos.records[149].UpdatedAt = now.Add(40 * time.Minute)
		}
	}
	b := w.inbox()
	require.NoError(t, b.Sync(t.Context()))
	require.Equal(t, identity.Pending, w.cache.rows["p0"].Status)
	require.NoError(t, b.Sync(t.Context()))
	require.Equal(t, identity.Approved, w.cache.rows["p0"].Status)
}

func TestInterruptedSyncKeepsItsWatermark(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(250, identity.Pending, old)
	broken := errors.New("disk full")
	w.cache.broken = func() error {
		if w.cache.pages == 2 {
			return broken
		}
		return nil
	}
	b := w.inbox()
	require.ErrorIs(t, b.Sync(t.Context()), broken)
	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.Zero(t, p.SyncedUpTo)
	require.Zero(t, p.LastSync)
}

func TestListThatTurnsInCirclesEnds(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(3, identity.Pending, old)
	w.o.Background = circular{at{w.paxos, "background"}}
	require.Equal(t, fault.Lost, fault.KindOf(w.inbox().Sync(t.Context())))
}

func TestBackfill(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(250, identity.Pending, old)
	w.approvals(2, time.Second, old)
	b := w.inbox()
	var seen []inbox.Progress
	require.NoError(t, b.Backfill(t.Context(), func(p inbox.Progress) { seen = append(seen, p) }))
	require.Len(t, w.cache.rows, 250)
	require.Len(t, seen, 5, "three pages of identities, one of events and its end")
	require.Equal(t, []int64{100, 200, 250}, []int64{seen[0].Read, seen[1].Read, seen[2].Read})
	require.False(t, seen[1].BackfillDone)
	require.True(t, seen[2].BackfillDone)
	require.Equal(t, old, seen[2].Reached)
	require.Equal(t, now, seen[2].BackfilledAt)
	require.Equal(t, now.Add(-10*time.Minute), w.paxos.lists[3].UpdatedSince, "then what changed since it began, with a margin")
	require.Equal(t, int64(2), seen[4].EventsRead)
	require.True(t, seen[4].EventsDone)
	require.Empty(t, w.cache.jobs, "then the events, which are history")
	require.Equal(t, identity.EventDone, w.cache.events["e1"].State)

	require.NoError(t, b.Backfill(t.Context(), nil))
	require.Zero(t, w.paxos.lists[4].CreatedFrom, "a finished one is begun anew")
	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.True(t, p.BackfillDone)
	require.Equal(t, int64(250), p.Read)
}

// Killed at any page, the backfill goes on from there in the next process and misses nothing.
func TestKilledBackfillGoesOn(t *testing.T) {
	t.Parallel()
	killed := errors.New("killed")
	for page := range 4 {
		w := newWorld()
		w.people(350, identity.Pending, old)
		w.cache.broken = func() error {
			if w.cache.pages == page {
				return killed
			}
			return nil
		}
		require.ErrorIs(t, w.inbox().Backfill(t.Context(), nil), killed)
		require.Len(t, w.cache.rows, page*100)
		before, err := w.inbox().Progress(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(page*100), before.Read)
		require.False(t, before.BackfillDone)

		w.cache.broken = nil
		w.paxos.lists = nil
		w.clock = func() time.Time { return now.Add(time.Hour) }
		require.NoError(t, w.inbox().Backfill(t.Context(), nil))
		require.Len(t, w.cache.rows, 350)
		require.Equal(t, before.Reached, w.paxos.lists[0].CreatedFrom)
		sync := w.paxos.lists[len(w.paxos.lists)-1]
		require.Equal(t, now.Add(-10*time.Minute), sync.UpdatedSince, "changes since the first beginning are read, not since the second")
	}
}

func stale(w *world, n int, status identity.Status) {
	from := len(w.paxos.records)
	w.people(n, status, old)
	for _, r := range w.paxos.records[from:] {
		w.cache.rows[r.PaxosID] = identity.Identity{ID: "our-" + r.PaxosID, PaxosID: r.PaxosID, Status: status, CheckedAt: new(now.Add(-time.Hour))}
	}
}

func TestFewStaleCasesAreAskedForOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld()
	stale(w, 35, identity.Pending)
	stale(w, 2, identity.StatusError)
	w.cache.rows["p5"] = identity.Identity{ID: "our-p5", PaxosID: "p5", Status: identity.Pending, CheckedAt: new(now.Add(-15 * time.Minute))}
	require.NoError(t, w.inbox().RecheckStale(t.Context()))
	require.Len(t, w.cache.rechecks, 36)
	require.NotContains(t, w.cache.rechecks, "our-p5")
	require.Empty(t, w.paxos.calls)
}

func TestManyStaleCasesAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	stale(w, 237, identity.Pending)
	stale(w, 3, identity.StatusError)
	w.paxos.records[7].Status = identity.Approved // decided meanwhile: the list of PENDING leaves it out
	w.cache.state["inbox_synced_upto"] = now.Add(-time.Hour).Format(time.RFC3339)
	w.paxos.records[8].Status, w.paxos.records[8].UpdatedAt = identity.Approved, now // and the list of changes shows it
	for n := range w.paxos.records {
		if n != 8 {
			w.paxos.records[n].UpdatedAt = now.Add(-24 * time.Hour)
		}
	}
	b := w.inbox()
	require.NoError(t, b.RecheckStale(t.Context()))
	require.Equal(t, 4, w.paxos.count("background list"))
	require.NotZero(t, w.paxos.lists[0].UpdatedSince, "first what changed")
	for _, q := range w.paxos.lists[1:] {
		require.Equal(t, identity.Pending, q.Status)
	}
	require.Equal(t, identity.ByRecheck, w.cache.applied[1].By)
	require.ElementsMatch(t, []string{"our-p7", "our-p237", "our-p238", "our-p239"}, w.cache.rechecks, "what the list left out, and the few")

	w.clock = func() time.Time { return now.Add(16 * time.Minute) }
	require.NoError(t, b.RecheckStale(t.Context()))
	require.Equal(t, 8, w.paxos.count("background list"), "and again when they are stale again")
}

func TestListThatLeavesManyOutIsNotReadAgainAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	stale(w, 100, identity.Pending)
	w.paxos.records = nil
	b := w.inbox()
	for range 3 {
		require.NoError(t, b.RecheckStale(t.Context()))
	}
	require.Equal(t, 2, w.paxos.count("background list"), "the list of changes and the list of the status")
	require.Len(t, w.cache.rechecks, 300)
}

func TestNothingStale(t *testing.T) {
	t.Parallel()
	w := newWorld()
	require.NoError(t, w.inbox().RecheckStale(t.Context()))
	require.Empty(t, w.cache.rechecks)
}

func TestUnreadableStateIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.cache.state["inbox_synced_upto"] = "yesterday"
	err := w.inbox().Sync(t.Context())
	require.Equal(t, "internal state inbox_synced_upto", fault.Describe(err))
	_, err = w.inbox().Progress(t.Context())
	require.Error(t, err)
}
