package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/queue"
)

// flood is n events that webhooks have told of and nobody has acted on, each of an identity that has changed since the last sync.
func flood(w *world, n int) {
	w.people(n, identity.Approved, now)
	for k := range w.paxos.records {
		w.paxos.records[k].CreatedAt, w.paxos.records[k].UpdatedAt = old, old
	}
	w.approvals(n, time.Millisecond, old)
	w.cache.state["inbox_synced_upto"] = old.Add(-time.Minute).Format(time.RFC3339Nano)
	for _, e := range w.paxos.events {
		w.cache.events[e.ID] = identity.Event{
			ID: e.ID, Type: e.Type, OccurredAt: e.OccurredAt, HeardBy: identity.ByWebhook, ReceivedAt: now, Deliveries: 1, State: identity.EventQueued,
		}
	}
}

// Ten thousand events that a pause has left are acted on by lists: some two hundred calls instead of twenty thousand.
func TestBacklogOfWebhooksIsLearnedByList(t *testing.T) {
	t.Parallel()
	w := newWorld()
	flood(w, 10_000)
	w.paxos.events[3].Type, w.paxos.events[4].IsTest = "transfer.completed", true
	w.paxos.records = w.paxos.records[:9_999] // of one the list does not tell
	require.NoError(t, w.inbox().CatchUp(t.Context()))
	require.Len(t, w.cache.learned, 10_000)
	require.LessOrEqual(t, w.paxos.made(), 225, "a page of events and one of identities for each hundred")
	require.Zero(t, w.paxos.count("event get p0"))
	told := map[string]identity.News{}
	for _, n := range w.cache.learned {
		told[n.Event.ID] = n
	}
	n := told["e0"]
	require.Equal(t, "p0", n.Record.PaxosID)
	require.Equal(t, identity.Approved, n.Record.Status)
	require.Equal(t, identity.ByWebhook, n.By)
	require.Equal(t, now, n.HeardAt)
	require.Equal(t, identity.Approved, n.Event.NewStatus, "the list has completed the event")
	require.Equal(t, identity.EventIgnored, told["e3"].Event.State)
	require.Empty(t, told["e3"].Record.PaxosID)
	require.Equal(t, identity.EventTest, told["e4"].Event.State)
	require.Equal(t, identity.Record{PaxosID: "p9999"}, told["e9999"].Record, "unchanged since the last sync, or not known")
}

func TestFewQueuedEventsAreLeftToTheirJobs(t *testing.T) {
	t.Parallel()
	w := newWorld()
	flood(w, 36)
	require.NoError(t, w.inbox().CatchUp(t.Context()))
	require.Empty(t, w.paxos.calls)
	require.Empty(t, w.cache.learned)
}

func TestBacklogLeavesWhatPaxosDoesNotShowYet(t *testing.T) {
	t.Parallel()
	w := newWorld()
	flood(w, 40)
	fresh := now.Add(-time.Second)
	w.paxos.events[39].OccurredAt = fresh
	e := w.cache.events["e39"]
	e.OccurredAt = fresh
	w.cache.events["e39"] = e
	w.paxos.records[39].Status = identity.Pending // as it was before the event
	require.NoError(t, w.inbox().CatchUp(t.Context()))
	require.Len(t, w.cache.learned, 39)
	require.Equal(t, identity.EventQueued, w.cache.events["e39"].State)
}

func TestBacklogWithoutListsStaysQueued(t *testing.T) {
	t.Parallel()
	w := newWorld()
	flood(w, 40)
	for _, broken := range []string{"event events", "event list"} {
		w.paxos.fail = func(call string) error {
			if call == broken {
				return fault.New(fault.Throttled, "")
			}
			return nil
		}
		require.Equal(t, fault.Throttled, fault.KindOf(w.inbox().CatchUp(t.Context())))
		require.Empty(t, w.cache.learned)
	}
}

// Paxos' reading side can be behind its own events: asking again tells the truth, and in the end the event's word is history.
func TestRecordBehindItsEventIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for attempt := 1; attempt <= 6; attempt++ {
		w := newWorld()
		approved(w)
		w.paxos.records[0].Status, w.paxos.records[0].UpdatedAt = identity.Pending, w.paxos.events[0].OccurredAt.Add(-time.Hour)
		j := job(inbox.EventKind, "e0", queue.Event)
		j.Attempts, j.LastError = attempt, "unavailable behind"
		if attempt == 5 {
			j.LastError = "unavailable bad_gateway" // of the tries so far only this one tells that the record is behind
		}
		err := w.inbox().HandleEvent(t.Context(), j)
		if attempt < 6 {
			require.ErrorAs(t, err, new(*queue.Retry), "attempt %d", attempt)
			require.Equal(t, "unavailable behind", fault.Describe(err))
			require.Empty(t, w.cache.applied)
			continue
		}
		require.NoError(t, err)
		require.True(t, w.cache.applied[0].CaughtUp)
	}
}

// Five thousand undecided cases, of which most were decided while the desk was down, are caught up by some hundred lists.
func TestUndecidedAreCaughtUpByList(t *testing.T) {
	t.Parallel()
	w := newWorld()
	stale(w, 5_000, identity.Pending)
	w.cache.state["inbox_synced_upto"] = now.Add(-24 * time.Hour).Format(time.RFC3339)
	for n := range w.paxos.records {
		w.paxos.records[n].UpdatedAt = now.Add(-48 * time.Hour)
		if n%5 > 0 {
			w.paxos.records[n].Status, w.paxos.records[n].UpdatedAt = identity.Approved, now.Add(-time.Hour)
		}
	}
	b := w.inbox()
	for range 3 {
		require.NoError(t, b.RecheckStale(t.Context()))
	}
	require.Empty(t, w.cache.rechecks, "nobody is asked for by itself")
	require.Equal(t, 50, w.paxos.made(), "four thousand by the list of changes, one thousand by that of the status")
	for n := range 5_000 {
		i := w.cache.rows[fmt.Sprintf("p%d", n)]
		require.Equal(t, now, *i.CheckedAt)
		require.Equal(t, n%5 > 0, i.Status == identity.Approved)
	}
}
