package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
	"identitydesk/store/storetest"
)

func (d desk) recheckable(paxosID string) identity.Identity {
	d.t.Helper()
	i, err := d.ApplyIdentity(d.t.Context(), d.news(paxosID, "ref-"+paxosID, identity.Pending), nil)
	require.NoError(d.t, err)
	return i
}

func TestJobAskedForWhileItRuns(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.recheckable("px-1")
		require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i.ID, "nobody"}, queue.Background))
		job := d.claim("recheck")
		require.NoError(t, d.RequestRecheck(t.Context(), i.ID, ana(audit.AskedRecheck)))
		d.noJob("recheck")
		require.NoError(t, d.FinishJob(t.Context(), job))
		again := d.claim("recheck")
		require.Equal(t, job.ID, again.ID, "it runs once more")
		require.Equal(t, queue.Click, again.Priority)
		require.NoError(t, d.FinishJob(t.Context(), again))
		d.noJob("recheck")
		kindIs(t, fault.Conflict, d.FinishJob(t.Context(), again))
	})
}

func TestLeaseEndsAndIsExtended(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.recheckable("px-1")
		require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i.ID}, queue.Background))
		job := d.claim("recheck")
		d.clock.Advance(50 * time.Second)
		require.NoError(t, d.ExtendJob(t.Context(), job, time.Minute))
		d.clock.Advance(50 * time.Second)
		d.noJob("recheck")
		d.clock.Advance(10 * time.Second)
		taken := d.claim("recheck")
		require.NotEqual(t, job.Lease, taken.Lease)
		require.Equal(t, 2, taken.Attempts)
		kindIs(t, fault.Conflict, d.ExtendJob(t.Context(), job, time.Minute))
		kindIs(t, fault.Conflict, d.RetryJob(t.Context(), job, d.clock.Now(), "lost"))
		kindIs(t, fault.Conflict, d.ParkJob(t.Context(), job, "lost"))
		require.NoError(t, d.ExtendJob(t.Context(), taken, time.Minute))
	})
}

func TestBackgroundLeavesAPauseAlone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.recheckable("px-1")
		ask := func(p queue.Priority) { require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i.ID}, p)) }
		ask(queue.Background)
		require.NoError(t, d.RetryJob(t.Context(), d.claim("recheck"), d.clock.Now().Add(time.Hour), "throttled"))
		ask(queue.Background)
		d.noJob("recheck")
		ask(queue.Click)
		require.NoError(t, d.ParkJob(t.Context(), d.claim("recheck"), "not_found"))
		ask(queue.Background)
		d.noJob("recheck")
		counts, err := d.JobCounts(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"recheck parked": 1}, counts)
		ask(queue.Click)
		d.claim("recheck")
	})
}

func TestUrgentFirstAndNoneStarves(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		old, click := d.recheckable("px-old"), d.recheckable("px-click")
		ask := func(id string, p queue.Priority) {
			require.NoError(t, d.EnqueueRechecks(t.Context(), []string{id}, p))
		}
		order := func() []string {
			jobs, err := d.ClaimJobs(t.Context(), []string{"submit", "recheck"}, 5, time.Second)
			require.NoError(t, err)
			var ids []string
			for _, j := range jobs {
				ids = append(ids, j.Subject)
				require.NoError(t, d.FinishJob(t.Context(), j))
			}
			return ids
		}
		ask(old.ID, queue.Background)
		d.clock.Advance(time.Minute)
		ask(click.ID, queue.Click)
		require.Equal(t, []string{click.ID, old.ID}, order(), "a click goes before background work")

		ask(old.ID, queue.Background)
		d.clock.Advance(6 * time.Minute)
		ask(click.ID, queue.Click)
		require.Equal(t, []string{old.ID, click.ID}, order(), "what has waited long goes first")

		i := d.submit("user-1")
		ask(click.ID, queue.Background)
		require.Equal(t, []string{i.ID, click.ID}, order(), "kinds are claimed together")
	})
}

func TestClaimTakesNoMoreThanAsked(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for _, id := range []string{"ev-1", "ev-2", "ev-3"} {
			require.NoError(t, d.Receive(t.Context(), delivery(id, identity.EventApproved)))
		}
		jobs, err := d.ClaimJobs(t.Context(), []string{"event", "submit"}, 2, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 2)
		counts, err := d.JobCounts(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"event running": 2, "event ready": 1}, counts)
		jobs, err = d.ClaimJobs(t.Context(), nil, 2, time.Minute)
		require.NoError(t, err)
		require.Empty(t, jobs)
	})
}

func TestTellsOfJobsAndChanges(t *testing.T) {
	t.Parallel()
	jobs, changes := make(chan struct{}, 10), make(chan []string, 10)
	d := desk{storetest.New(t), t, storetest.NewClock()}
	d.OnJobs(func() { jobs <- struct{}{} })
	d.OnChange(func(ids []string) { changes <- ids })
	i := d.submit("user-1")
	require.Len(t, jobs, 1)
	require.Equal(t, []string{i.ID}, <-changes)
	_, err := d.Submit(t.Context(), draft("user-1"), ana(audit.Submitted))
	kindIs(t, fault.Conflict, err)
	require.Len(t, jobs, 1, "what was refused tells nothing")
	require.Empty(t, changes)
}

// That Paxos was asked again and told nothing new is kept, and nobody is told; a line of history is news by itself.
func TestAnAnswerThatChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var told []string
		d.OnChange(func(ids []string) { told = append(told, ids...) })
		answer := d.news("px-1", "user-1", identity.Pending)
		ask := func(actor string) identity.Identity {
			told = nil
			answer.AskedAt, answer.HeardAt, answer.ActorID = d.clock.Now(), d.clock.Now(), actor
			answer.By = identity.ByRecheck
			_, err := d.ApplyIdentity(t.Context(), answer, nil)
			require.NoError(t, err)
			i, err := d.IdentityByPaxosID(t.Context(), "px-1")
			require.NoError(t, err)
			return i
		}
		first := ask("")
		require.Equal(t, []string{first.ID}, told, "once for a write")
		d.clock.Advance(time.Minute)
		again := ask("")
		require.Empty(t, told)
		require.Equal(t, first.Rev, again.Rev)
		require.Equal(t, d.clock.Now(), *again.CheckedAt, "as of now")
		require.Equal(t, d.clock.Now(), again.AskedAt)
		page, err := d.List(t.Context(), identity.Filter{})
		require.NoError(t, err)
		require.Equal(t, again, page.Items[0], "a list says so too")

		d.clock.Advance(time.Minute)
		asked := ask("ana")
		require.Equal(t, []string{first.ID}, told, "the case tells who asked")
		require.Equal(t, first.Rev, asked.Rev)
		d.clock.Advance(time.Minute)
		answer.Record.Status, answer.Record.UpdatedAt = identity.Approved, d.clock.Now()
		changed := ask("")
		require.Equal(t, []string{first.ID}, told)
		require.Equal(t, first.Rev+1, changed.Rev)
	})
}

// What waits for later, is held or is parked is not claimed, and comes when its time has come, the one that waited longest first.
func TestClaimsWhatIsReadyAlone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := map[string]identity.Identity{}
		for _, id := range []string{"later", "soon", "held", "parked", "ready"} {
			i[id] = d.recheckable("px-" + id)
			require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i[id].ID}, queue.Event))
			switch now := d.clock.Now(); id {
			case "later":
				require.NoError(t, d.RetryJob(t.Context(), d.claim("recheck"), now.Add(time.Hour), "throttled"))
			case "soon":
				require.NoError(t, d.RetryJob(t.Context(), d.claim("recheck"), now.Add(30*time.Second), "throttled"))
			case "held":
				d.claim("recheck") // for a minute
			case "parked":
				require.NoError(t, d.ParkJob(t.Context(), d.claim("recheck"), "not_found"))
			}
		}
		take := func() string {
			job := d.claim("recheck")
			require.NoError(t, d.FinishJob(t.Context(), job))
			return job.Subject
		}
		require.Equal(t, i["ready"].ID, take())
		d.noJob("recheck")
		d.clock.Advance(30 * time.Second)
		require.Equal(t, i["soon"].ID, take())
		d.noJob("recheck")
		d.clock.Advance(time.Hour)
		require.Equal(t, i["held"].ID, take())
		require.Equal(t, i["later"].ID, take())
		d.noJob("recheck")
	})
}

// A job that was parked for long has not waited: started again it goes behind what people ask for now.
func TestStartedAgainStandsInLineFromThen(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		parked, click := d.recheckable("px-parked"), d.recheckable("px-click")
		ask := func(id string, p queue.Priority) {
			require.NoError(t, d.EnqueueRechecks(t.Context(), []string{id}, p))
		}
		ask(parked.ID, queue.Event)
		require.NoError(t, d.ParkJob(t.Context(), d.claim("recheck"), "not_found"))
		d.clock.Advance(24 * time.Hour)
		ask(parked.ID, queue.Event)
		ask(click.ID, queue.Click)
		require.Equal(t, click.ID, d.claim("recheck").Subject)
		require.Equal(t, parked.ID, d.claim("recheck").Subject)
	})
}

// Who asks again for what is waiting already must not put it back in the line.
func TestAskingAgainNeverDelays(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		first, second := d.recheckable("px-1"), d.recheckable("px-2")
		ask := func(id string, p queue.Priority) {
			require.NoError(t, d.EnqueueRechecks(t.Context(), []string{id}, p))
		}
		ask(first.ID, queue.Click)
		d.clock.Advance(time.Second)
		ask(second.ID, queue.Click)
		d.clock.Advance(time.Second)
		ask(first.ID, queue.Event)
		require.Equal(t, first.ID, d.claim("recheck").Subject)
	})
}
