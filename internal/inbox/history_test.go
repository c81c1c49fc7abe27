package inbox_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
)

// A desk that has read events for long reads those from the beginning too when it is told to read everything: what it lacks
// becomes history, and neither the watermark nor any row goes back.
func TestBackfillReadsEventsFromTheBeginning(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.people(450, identity.Approved, old)
	w.approvals(450, time.Hour, old)
	w.cache.state["events_watermark"] = old.Format(time.RFC3339Nano)
	w.cache.state["inbox_backfill_done"] = old.Format(time.RFC3339Nano)
	w.cache.state["inbox_began"] = old.Add(-100 * time.Hour).Format(time.RFC3339Nano)
	for _, e := range w.paxos.events[300:] {
		w.cache.events[e.ID] = e
	}
	b := w.inbox()
	var seen []inbox.Progress
	require.NoError(t, b.Backfill(t.Context(), func(p inbox.Progress) { seen = append(seen, p) }))
	require.Len(t, w.cache.events, 450)
	require.Empty(t, w.cache.jobs, "none is asked for by itself")
	require.Zero(t, w.paxos.count("event get p0"))
	require.Equal(t, old, earliest(w.cache.state["events_watermark"]))
	first := w.cache.events["e0"]
	require.Equal(t, identity.EventDone, first.State)
	require.Equal(t, "our-p0", first.IdentityID)
	last := seen[len(seen)-1]
	require.True(t, last.EventsDone)
	require.GreaterOrEqual(t, last.EventsRead, int64(450))
	require.Equal(t, int64(450), last.Read)
	for _, n := range w.cache.applied {
		if n.Event != nil {
			require.True(t, n.Record.UpdatedAt.IsZero(), "history only")
		}
	}
}

func earliest(text string) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, text)
	return at
}

// Killed at any page of events, the backfill goes on there: what was read is not read again.
func TestKilledHistoryGoesOn(t *testing.T) {
	t.Parallel()
	killed := errors.New("killed")
	for page := range 5 {
		t.Run(fmt.Sprint(page), func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.people(350, identity.Approved, old)
			w.approvals(350, time.Hour, old)
			w.cache.state["events_watermark"] = old.Format(time.RFC3339Nano)
			w.paxos.fail = func(call string) error {
				if call == "background events" && len(w.paxos.after) == page {
					return killed
				}
				return nil
			}
			require.ErrorIs(t, w.inbox().Backfill(t.Context(), nil), killed)
			before, err := w.inbox().Progress(t.Context())
			require.NoError(t, err)
			require.False(t, before.EventsDone)
			lists := w.paxos.count("background list")

			w.paxos.fail, w.paxos.after = nil, nil
			require.NoError(t, w.inbox().Backfill(t.Context(), nil))
			require.Len(t, w.cache.events, 350)
			require.Equal(t, before.EventsReached, w.paxos.after[0])
			if page > 0 {
				require.Equal(t, lists+1, w.paxos.count("background list"), "the identities are not read again, only what changed")
			}
			p, err := w.inbox().Progress(t.Context())
			require.NoError(t, err)
			require.True(t, p.EventsDone)

			w.paxos.after = nil
			require.NoError(t, w.inbox().Backfill(t.Context(), nil))
			require.Zero(t, w.paxos.after[0], "one that had come to its end is begun anew")
		})
	}
}

// Asked for while an earlier history is still read, everything is read anew, the identities too.
func TestAskedBackfillReadsIdentitiesAnew(t *testing.T) {
	t.Parallel()
	w := newWorld()
	clock := now
	w.clock = func() time.Time { clock = clock.Add(time.Millisecond); return clock }
	w.people(3, identity.Approved, old)
	w.cache.state["inbox_backfill_done"] = old.Format(time.RFC3339Nano)
	w.cache.state["inbox_history_read"] = "100"
	w.cache.state["inbox_history_upto"] = old.Format(time.RFC3339Nano)
	b := w.inbox()
	asked, err := b.AskBackfill(t.Context())
	require.NoError(t, err)
	p, err := b.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, asked, p.AskedAt)
	require.NoError(t, b.FillAsAsked(t.Context()))
	require.Zero(t, w.paxos.lists[0].UpdatedSince)
	require.Zero(t, w.paxos.after[0])
	p, err = b.Progress(t.Context())
	require.NoError(t, err)
	require.True(t, p.BackfilledAt.After(asked))
	require.True(t, p.EventsDone)
	require.Zero(t, p.AskedAt)
}

// At the first start old events are history and do not hold the poll up; what happens from then on is the poll's.
func TestFirstStartReadsHistoryBesideThePoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := live()
		w.approvals(3, time.Hour, time.Now().Add(-time.Hour))
		w.approvals(1, 0, time.Now().Add(-time.Second))
		stop := running(t, w.inbox())
		pass(time.Minute)
		stop()
		require.Len(t, w.cache.events, 4)
		require.Equal(t, []string{"e3"}, w.cache.jobs)
		require.Equal(t, "4", w.cache.state["inbox_history_read"])
	})
}
