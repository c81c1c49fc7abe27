package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

func TestAttemptsAtAnEvent(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		none, err := d.Attempts(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Empty(t, none)
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		start := d.clock.Now()
		require.NoError(t, d.RetryJob(t.Context(), d.claim("event"), d.clock.Now(), "lost timeout"))
		d.clock.Advance(time.Second)
		require.NoError(t, d.ParkJob(t.Context(), d.claim("event"), "not_found"))
		d.clock.Advance(time.Second)
		require.NoError(t, d.Reprocess(t.Context(), "ev-1", ana(audit.ReprocessedEvent)))
		job := d.claim("event")
		e, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		n := d.news("px-1", "user-1", identity.Approved)
		n.Event = &e
		_, err = d.ApplyIdentity(t.Context(), n, &job)
		require.NoError(t, err)
		got, err := d.Attempts(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, []identity.Attempt{
			{At: start, Outcome: identity.EventQueued, Error: "lost timeout"},
			{At: start.Add(time.Second), Outcome: identity.EventParked, Error: "not_found"},
			{At: start.Add(2 * time.Second), Outcome: identity.EventDone},
		}, got)
	})
}

func TestOnlyTheLastAttemptsAreKept(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for _, id := range []string{"ev-1", "ev-2"} {
			require.NoError(t, d.Receive(t.Context(), delivery(id, identity.EventApproved)))
		}
		for n := range 25 {
			for range 2 {
				require.NoError(t, d.RetryJob(t.Context(), d.claim("event"), d.clock.Now(), fmt.Sprintf("lost %d", n)))
				d.clock.Advance(time.Millisecond)
			}
		}
		for _, id := range []string{"ev-1", "ev-2"} {
			got, err := d.Attempts(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, got, 20)
			require.Equal(t, "lost 5", got[0].Error)
			require.Equal(t, "lost 24", got[19].Error)
		}
	})
}

func TestReprocessMany(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for n := range 5 {
			one := delivery(fmt.Sprintf("ev-%d", n), identity.EventApproved)
			one.ReceivedAt = one.ReceivedAt.Add(time.Duration(n) * time.Second)
			require.NoError(t, d.Receive(t.Context(), one))
			require.NoError(t, d.ParkJob(t.Context(), d.claim("event"), "not_found"))
		}
		require.NoError(t, d.Receive(t.Context(), delivery("ev-other", "transfer.completed")))
		entry := ana(audit.ReprocessedEvent)
		n, err := d.ReprocessMany(t.Context(), identity.EventFilter{State: identity.EventDone}, 10, entry)
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = d.ReprocessMany(t.Context(), identity.EventFilter{}, 3, entry)
		require.NoError(t, err)
		require.Equal(t, 3, n, "never more than asked for")
		for id, want := range map[string]identity.EventState{
			"ev-4": identity.EventQueued, "ev-2": identity.EventQueued, "ev-1": identity.EventParked, "ev-other": identity.EventIgnored,
		} {
			e, err := d.Event(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want, e.State, id)
		}
		jobs, err := d.ClaimJobs(t.Context(), []string{"event"}, 9, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 3)
		require.Equal(t, queue.Event, jobs[0].Priority)
		require.Equal(t, 1, jobs[0].Attempts, "a parked one begins anew")
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.ReprocessedEvent})
		require.NoError(t, err)
		require.Len(t, entries, 2, "one entry for each act")
		require.Equal(t, "3 events", entries[0].Detail)
	})
}

func TestBacklogIsLearnedAndItsJobsEnd(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.recheckable("px-known")
		for _, id := range []string{"ev-1", "ev-2", "ev-3", "ev-4", "ev-5", "ev-click"} {
			require.NoError(t, d.Receive(t.Context(), delivery(id, identity.EventApproved)))
			d.clock.Advance(time.Millisecond)
		}
		require.NoError(t, d.Reprocess(t.Context(), "ev-click", ana(audit.ReprocessedEvent)))
		clicks, err := d.ClaimClicks(t.Context(), []string{"event", "recheck"}, 5, time.Minute)
		require.NoError(t, err)
		require.Len(t, clicks, 1)
		require.Equal(t, "ev-click", clicks[0].Subject)
		taken := d.claim("event")
		require.Equal(t, "ev-1", taken.Subject)

		backlog, err := d.EventBacklog(t.Context(), 3)
		require.NoError(t, err)
		require.Len(t, backlog, 3)
		backlog, err = d.EventBacklog(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, backlog, 4, "neither what a worker holds nor what a person waits for")

		news := func(eventID, paxosID string, listed bool) identity.News {
			e, err := d.Event(t.Context(), eventID)
			require.NoError(t, err)
			e.PaxosID, e.NewStatus = paxosID, identity.Approved
			n := identity.News{Record: identity.Record{PaxosID: paxosID}, HeardAt: e.ReceivedAt, By: e.HeardBy, Event: &e}
			if listed {
				n = d.news(paxosID, "user-1", identity.Approved)
				n.Event, n.By = &e, e.HeardBy
			}
			return n
		}
		ignored := news("ev-5", "", false)
		ignored.Event.State, ignored.Event.Type = identity.EventIgnored, "transfer.completed"
		ns := []identity.News{
			news("ev-1", "px-new", true), news("ev-2", "px-new", true), news("ev-3", "px-known", false), news("ev-4", "px-unknown", false), ignored,
		}
		for range 2 {
			n, err := d.LearnEvents(t.Context(), ns)
			require.NoError(t, err)
			require.Contains(t, []int{3, 0}, n, "the second time changes nothing")
		}
		for id, want := range map[string]identity.EventState{
			"ev-1": identity.EventQueued, "ev-2": identity.EventDone, "ev-3": identity.EventDone, "ev-4": identity.EventQueued, "ev-5": identity.EventIgnored,
		} {
			e, err := d.Event(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want, e.State, id)
		}
		i, err := d.IdentityByPaxosID(t.Context(), "px-new")
		require.NoError(t, err)
		require.Equal(t, identity.Approved, i.Status)
		require.Equal(t, identity.ByWebhook, i.LearnedBy)
		attempts, err := d.Attempts(t.Context(), "ev-2")
		require.NoError(t, err)
		require.Len(t, attempts, 1)
		require.Equal(t, "ev-4", d.claim("event").Subject, "what the list left out is left to its own job")
		d.noJob("event")
	})
}

func TestParkedRecheckStartsAgainOnAClick(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.recheckable("px-1")
		require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i.ID}, queue.Background))
		require.NoError(t, d.ParkJob(t.Context(), d.claim("recheck"), "not_found"))
		d.noJob("recheck")
		require.NoError(t, d.RequestRecheck(t.Context(), i.ID, ana(audit.AskedRecheck)))
		jobs, err := d.ClaimClicks(t.Context(), []string{"recheck"}, 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		require.Equal(t, 1, jobs[0].Attempts)
		again, err := d.ClaimClicks(t.Context(), []string{"recheck"}, 1, time.Minute)
		require.NoError(t, err)
		require.Empty(t, again, "one holds it")
	})
}

func TestLeaseOfAName(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		take := func(me string, force bool) string {
			holder, err := d.TakeLease(t.Context(), "sync", me, 20*time.Second, force)
			require.NoError(t, err)
			return holder
		}
		require.Equal(t, "one", take("one", false))
		require.Equal(t, "one", take("two", false))
		d.clock.Advance(19 * time.Second)
		require.Equal(t, "one", take("one", false), "the holder extends it")
		d.clock.Advance(19 * time.Second)
		require.Equal(t, "one", take("two", false))
		d.clock.Advance(time.Second)
		require.Equal(t, "two", take("two", false), "a lease that was not extended ends")
		require.Equal(t, "desk 3", take("desk 3", true))
		require.NoError(t, d.DropLease(t.Context(), "sync", "two"))
		require.Equal(t, "desk 3", take("two", false), "only its holder lets go of it")
		require.NoError(t, d.DropLease(t.Context(), "sync", "desk 3"))
		require.Equal(t, "two", take("two", false))
	})
}

func TestWorkersQueriesWalkAnIndex(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for query, args := range store.JobQueries() {
		plan := checkPlan(t, s, query, query, args)
		require.Contains(t, plan, "jobs_")
	}
}
