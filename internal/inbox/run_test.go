package inbox_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/queue"
)

// running starts the loops in the bubble and gives the function that stops them.
func running(t *testing.T, b *inbox.Inbox) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var loops sync.WaitGroup
	var err error
	loops.Go(func() { err = b.Run(ctx) })
	return func() {
		cancel()
		loops.Wait()
		require.NoError(t, err)
	}
}

// pass lets time pass, and everything come to rest that is due by then.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// live is a world whose clock is the bubble's, and in which a reconciliation has just been.
func live() *world {
	w := newWorld()
	w.clock = time.Now
	w.cache.state["inbox_reconciliation"] = `{"Began":"` + time.Now().Format(time.RFC3339) + `"}`
	w.people(3, identity.Approved, time.Now().Add(-time.Hour))
	return w
}

func TestRunFillsOnceThenKeepsFresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := live()
		stop := running(t, w.inbox())
		synctest.Wait()
		require.Equal(t, 2, w.paxos.count("background list"), "the backfill and the first sync")
		require.Equal(t, 2, w.paxos.count("background events"), "the history and the first poll")
		require.Zero(t, w.paxos.asked(0).UpdatedSince)
		require.NotZero(t, w.paxos.asked(1).UpdatedSince)

		pass(10*time.Minute + time.Second)
		require.Equal(t, 4, w.paxos.count("background list"))
		require.Equal(t, 22, w.paxos.count("background events"))
		stop()

		stop = running(t, w.inbox())
		synctest.Wait()
		require.Equal(t, 5, w.paxos.count("background list"), "a restart only asks what changed")
		stop()
		before := w.paxos.made()
		pass(time.Hour)
		require.Equal(t, before, w.paxos.made(), "stopped means stopped")
	})
}

func TestRunSurvivesTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := live()
		down := true
		w.paxos.fail = func(string) error {
			if down {
				return &fault.Error{Kind: fault.Lost, Code: "timeout"}
			}
			return nil
		}
		b := w.inbox()
		stop := running(t, b)
		pass(21 * time.Second)
		require.Equal(t, 6, w.paxos.count("background list"), "again after each pause")
		p, err := b.Progress(t.Context())
		require.NoError(t, err)
		require.Equal(t, "lost timeout", p.SyncError)
		require.False(t, p.BackfillDone)

		w.paxos.mu.Lock()
		down = false
		w.paxos.mu.Unlock()
		pass(time.Minute)
		p, err = b.Progress(t.Context())
		require.NoError(t, err)
		require.Empty(t, p.SyncError)
		require.True(t, p.BackfillDone)
		stop()
		require.Len(t, w.cache.rows, 3)
	})
}

func TestRunWaitsAsLongAsPaxosDemands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := live()
		until := time.Now().Add(5 * time.Minute)
		w.paxos.fail = func(string) error {
			if time.Now().Before(until) {
				return &fault.Error{Kind: fault.Throttled, RetryAt: until}
			}
			return nil
		}
		stop := running(t, w.inbox())
		pass(4 * time.Minute)
		require.Equal(t, 1, w.paxos.made())
		pass(61 * time.Second)
		require.Greater(t, w.paxos.made(), 1)
		stop()
	})
}

func TestDeliveryWithoutEventsScopeSyncsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := live()
		w.o.EventsAllowed = func() bool { return false }
		b := w.inbox()
		stop := running(t, b)
		pass(10 * time.Second)
		require.Equal(t, 2, w.paxos.count("background list"))

		w.cache.mu.Lock()
		w.cache.events["e0"] = identity.Event{ID: "e0", Type: identity.EventApproved, HeardBy: identity.ByWebhook}
		w.cache.mu.Unlock()
		for range 20 {
			require.NoError(t, b.HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Event)))
			time.Sleep(50 * time.Millisecond)
		}
		require.Equal(t, 3, w.paxos.count("background list"), "the first delivery is heeded at once")
		pass(5 * time.Second)
		require.Equal(t, 4, w.paxos.count("background list"), "those that followed in quick succession share one")
		stop()
	})
}

func TestStaleCasesAreLookedForEachMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := live()
		w.cache.state["inbox_backfill_done"] = time.Now().Format(time.RFC3339Nano)
		w.cache.rows["p9"] = identity.Identity{ID: "c9", PaxosID: "p9", Status: identity.Pending, CheckedAt: new(time.Now())}
		stop := running(t, w.inbox())
		pass(15*time.Minute + time.Second/2)
		require.Empty(t, w.cache.due())
		pass(time.Minute)
		require.Equal(t, []string{"c9"}, w.cache.due())
		stop()
	})
}
