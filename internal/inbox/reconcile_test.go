package inbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestReconcile(t *testing.T) {
	t.Parallel()
	w := newWorld()
	b := w.inbox()
	none, err := b.Reconciliation(t.Context())
	require.NoError(t, err)
	require.Zero(t, none)

	stale(w, 120, identity.Pending)
	stale(w, 30, "FROZEN_SOLID") // a word that we do not know is undecided too
	stale(w, 300, identity.Approved)
	w.paxos.records[5].Status = identity.Denied // and nothing has told of it
	for n := range w.paxos.records {
		w.paxos.records[n].UpdatedAt = now.Add(-48 * time.Hour)
	}
	w.cache.state["inbox_synced_upto"] = now.Add(-time.Hour).Format(time.RFC3339)
	w.approvals(150, time.Minute, now.Add(-time.Hour))
	for _, e := range w.paxos.events[1:] {
		w.cache.events[e.ID] = e
	}
	w.cache.span = [2]time.Time{w.paxos.records[150].CreatedAt, w.paxos.records[400].CreatedAt}
	w.cache.drift = map[identity.Drift]int{identity.DriftDetails: 1}
	r, err := b.Reconcile(t.Context())
	require.NoError(t, err)
	require.Equal(t, 150, r.Undecided, "119 listed as PENDING, 30 under the unknown word, and the one that no list showed")
	require.Equal(t, r.Undecided-1+r.Sampled, w.cache.compared)
	require.Equal(t, 1, r.Drift[identity.DriftStatus])
	require.Equal(t, []string{"our-p5"}, w.cache.rechecks)
	require.Positive(t, r.Sampled)
	require.LessOrEqual(t, r.Sampled, 200)
	require.Equal(t, 1+4+5, r.Drifted(), "one left out, and one on each page: two of PENDING, one of ERROR, one of the unknown word, five samples")
	require.Equal(t, 150, r.EventsListed)
	require.Equal(t, 1, r.EventsMissed)
	require.Equal(t, []string{"e0"}, w.cache.jobs, "what was missed is taken in")
	require.Empty(t, w.cache.state["events_watermark"], "the poll's watermark is its own")
	require.Equal(t, now.Add(-5*time.Minute), w.cache.settled, "what changed later is no drift")
	require.Zero(t, w.paxos.count("background get p5"), "all by list")

	kept, err := w.inbox().Reconciliation(t.Context())
	require.NoError(t, err)
	require.Equal(t, r, kept)
}

func TestReconciliationIsDaily(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { return clock }
	b := w.inbox()
	ran := func(after time.Duration) bool {
		before := w.paxos.made()
		clock = now.Add(after)
		require.NoError(t, b.ReconcileIfDue(t.Context()))
		return w.paxos.made() > before
	}
	require.False(t, ran(48*time.Hour), "not before everything has been read once")
	w.cache.state["inbox_backfill_done"] = now.Format(time.RFC3339)
	require.False(t, ran(9*time.Minute))
	require.True(t, ran(10*time.Minute))
	require.False(t, ran(24*time.Hour))
	require.True(t, ran(24*time.Hour+10*time.Minute))
}

func TestFailedReconciliationKeepsTheLastReport(t *testing.T) {
	t.Parallel()
	w := newWorld()
	b := w.inbox()
	first, err := b.Reconcile(t.Context())
	require.NoError(t, err)
	w.paxos.fail = func(string) error { return fault.New(fault.Lost, "") }
	_, err = b.Reconcile(t.Context())
	require.Error(t, err)
	kept, err := b.Reconciliation(t.Context())
	require.NoError(t, err)
	require.Equal(t, first, kept)
}

func TestMissing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.approvals(300, time.Second, old)
	for n, e := range w.paxos.events {
		if n != 7 && n != 210 && n != 250 {
			w.cache.events[e.ID] = e
		}
	}
	b := w.inbox()
	from, to := w.paxos.events[0].OccurredAt, w.paxos.events[240].OccurredAt
	m, err := b.Missing(t.Context(), from, to)
	require.NoError(t, err)
	require.Equal(t, 240, m.Listed, "after the beginning, up to the end and with it")
	require.Equal(t, []string{"e7", "e210"}, m.Missing)
	require.False(t, m.Truncated)
	require.Equal(t, to, m.To)
	require.Empty(t, w.cache.jobs, "looking changes nothing")

	for range 2 {
		_, err = b.TakeMissing(t.Context(), from, to, audit.Entry{ActorID: "u-1"})
		require.NoError(t, err)
		require.Equal(t, []string{"e7", "e210"}, w.cache.jobs)
	}
	require.Equal(t, "u-1", w.cache.recorded[0].ActorID)
	require.Contains(t, w.cache.recorded[0].Detail, "2 missing events between")
	require.Empty(t, w.cache.state["events_watermark"])
}

func TestMissingOfALongTimeIsCutShort(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.approvals(7_000, time.Second, old)
	b := w.inbox()
	from, to := now.Add(-24*time.Hour), now
	listed := map[string]bool{}
	parts := 0
	for more := true; more; parts++ {
		m, err := b.Missing(t.Context(), from, to)
		require.NoError(t, err)
		for _, id := range m.Missing {
			listed[id] = true
		}
		more, from = m.Truncated, m.To
	}
	require.Equal(t, 2, parts)
	require.Len(t, listed, 7_000, "and goes on from where it was cut")
	require.LessOrEqual(t, w.paxos.made(), 75)
}

func TestMissingNeedsTimesAndTheScope(t *testing.T) {
	t.Parallel()
	w := newWorld()
	b := w.inbox()
	for _, span := range [][2]time.Time{{now, now}, {now, old}, {{}, now}, {old, {}}} {
		_, err := b.Missing(t.Context(), span[0], span[1])
		require.Equal(t, fault.Invalid, fault.KindOf(err))
		require.Len(t, fault.From(err).Fields, 2)
	}
	w.o.EventsAllowed = func() bool { return false }
	_, err := w.inbox().TakeMissing(t.Context(), old, now, audit.Entry{})
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.Empty(t, w.cache.recorded)
}

func TestBackfillOnDemand(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(3, identity.Approved, old)
	clock := now
	w.clock = func() time.Time { clock = clock.Add(time.Millisecond); return clock }
	b := w.inbox()
	require.NoError(t, b.Backfill(t.Context(), nil))
	made := w.paxos.made()
	require.NoError(t, b.FillAsAsked(t.Context()))
	require.Equal(t, made, w.paxos.made(), "nobody has asked")

	asked, err := b.AskBackfill(t.Context())
	require.NoError(t, err)
	down := fault.New(fault.Lost, "")
	w.paxos.fail = func(string) error { return down }
	require.ErrorIs(t, w.inbox().FillAsAsked(t.Context()), down)
	w.paxos.fail = nil
	require.NoError(t, w.inbox().FillAsAsked(t.Context()), "another process goes on with it")
	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.True(t, p.BackfillDone)
	require.True(t, p.BackfilledAt.After(asked))
	made = w.paxos.made()
	require.NoError(t, b.FillAsAsked(t.Context()))
	require.Equal(t, made, w.paxos.made(), "once")
}
