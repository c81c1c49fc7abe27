package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// inFlight is a submission whose create call is under way, while news come in of a record that carries its ref_id.
type inFlight struct {
	desk
	submission identity.Identity
	sending    queue.Job // the outbox's
	seen       identity.News
	job        queue.Job // the job that brings the news, and comes again with them
}

// arrivals are the ways in which such news come in, each up to the job that must wait.
func arrivals() map[string]func(f *inFlight) {
	learnEvent := func(f *inFlight) {
		require.NoError(f.t, f.Receive(f.t.Context(), delivery("ev-1", identity.EventApproved)))
		e, err := f.Event(f.t.Context(), "ev-1")
		require.NoError(f.t, err)
		e.PaxosID, e.NewStatus, e.OccurredAt = "px-1", identity.Approved, f.seen.Record.UpdatedAt
		f.seen.Event, f.seen.By = &e, identity.ByWebhook
	}
	listed := func(page func(f *inFlight) (int, error)) func(f *inFlight) {
		return func(f *inFlight) {
			changed, err := page(f)
			require.NoError(f.t, err)
			require.Zero(f.t, changed)
			at, err := f.State(f.t.Context(), "read_up_to")
			require.NoError(f.t, err)
			require.Equal(f.t, "here", at, "the reading goes on")
			f.job = f.claim("look")
			require.Equal(f.t, "px-1", f.job.Subject)
		}
	}
	state := map[string]string{"read_up_to": "here"}
	return map[string]func(f *inFlight){
		"an event": func(f *inFlight) {
			learnEvent(f)
			f.job = f.claim("event")
		},
		"a backlog of events": func(f *inFlight) {
			learnEvent(f)
			learned, err := f.LearnEvents(f.t.Context(), []identity.News{f.seen})
			require.NoError(f.t, err)
			require.Zero(f.t, learned)
			f.job = f.claim("event")
		},
		"a list": listed(func(f *inFlight) (int, error) {
			return f.ApplyPage(f.t.Context(), []identity.News{f.seen}, state)
		}),
		"a sync or backfill": listed(func(f *inFlight) (int, error) {
			return f.ApplyRunPage(f.t.Context(), []identity.News{f.seen}, state, "list of changes", true)
		}),
		"a reading of a span": listed(func(f *inFlight) (changed int, err error) {
			return changed, f.ApplyCountedPage(f.t.Context(), []identity.News{f.seen}, "span", true, func(a, c int) map[string]string {
				changed = a + c
				return state
			})
		}),
		"a reconciliation": listed(func(f *inFlight) (int, error) {
			drift, err := f.Reconcile(f.t.Context(), []identity.News{f.seen}, f.clock.Now(), "reconciliation")
			require.NoError(f.t, f.SetState(f.t.Context(), "read_up_to", "here"))
			return len(drift), err
		}),
	}
}

// outcome is what can become of the call, and what the record then is to the submission.
type outcome struct {
	ends       func(f *inFlight) error
	ours       bool
	submission identity.Submission
}

func outcomes() map[string]outcome {
	soon := func(f *inFlight) time.Time { return f.clock.Now().Add(time.Minute) }
	return map[string]outcome{
		"answered": {func(f *inFlight) error {
			answer := f.seen
			answer.Event, answer.By, answer.Record.Status = nil, identity.BySubmit, identity.Pending
			answer.AskedAt = answer.AskedAt.Add(-time.Second)
			answer.Record.UpdatedAt = answer.Record.UpdatedAt.Add(-time.Second)
			_, err := f.Accepted(f.t.Context(), f.submission.ID, answer, &f.sending)
			return err
		}, true, identity.Accepted},
		"clashed": {func(f *inFlight) error {
			return f.SubmissionFailed(f.t.Context(), f.submission.ID, f.sending, identity.Failure{Code: identity.RefIDTaken}, &f.seen.Record)
		}, false, identity.Failed},
		"refused": {func(f *inFlight) error {
			return f.SubmissionFailed(f.t.Context(), f.submission.ID, f.sending, identity.Failure{Code: identity.Refused}, nil)
		}, false, identity.Failed},
		"missed": {func(f *inFlight) error {
			return f.AttemptMissed(f.t.Context(), f.submission.ID, f.sending, soon(f), "unavailable")
		}, false, identity.Sent},
		"throttled": {func(f *inFlight) error {
			return f.PutOffAttempt(f.t.Context(), f.submission.ID, f.sending, soon(f), "throttled")
		}, false, identity.Queued},
		"lost": {func(f *inFlight) error {
			return f.AnswerLost(f.t.Context(), f.submission.ID, f.sending, soon(f), "lost")
		}, true, identity.Accepted},
		"killed": {func(f *inFlight) error {
			f.clock.Advance(time.Minute) // the lease ends
			f.begin()
			return nil
		}, true, identity.Accepted},
	}
}

// While a create call is under way nobody can tell whether a record under its ref_id is what it made or somebody else's. News of
// it wait, whatever brings them, and change nothing; then each outcome of the call says whose the record is.
func TestNewsWaitForTheAnswerOfTheirCall(t *testing.T) {
	for arrival, arrives := range arrivals() {
		for ending, end := range outcomes() {
			t.Run(arrival+", "+ending, func(t *testing.T) {
				each(t, func(t *testing.T, d desk) {
					f := &inFlight{desk: d, submission: d.submit("user-1")}
					_, f.sending = d.begin()
					d.clock.Advance(time.Second)
					f.seen = d.news("px-1", "user-1", identity.Approved)
					arrives(f)
					f.waits()

					require.NoError(t, end.ends(f))
					f.job = f.claim(f.job.Kind)
					_, err := d.ApplyIdentity(t.Context(), f.seen, &f.job)
					require.NoError(t, err)
					d.noJob(f.job.Kind)
					got := d.get(f.submission.ID)
					require.Equal(t, end.submission, got.Submission)
					holder, err := d.IdentityByPaxosID(t.Context(), "px-1")
					require.NoError(t, err)
					require.Equal(t, identity.Approved, holder.Status)
					require.Equal(t, !end.ours, d.keepsDraft(f.submission.ID))
					if end.ours {
						require.Equal(t, f.submission.ID, holder.ID)
						d.one(f.submission.ID)
						return
					}
					require.NotEqual(t, f.submission.ID, holder.ID, "a case of its own")
					require.Equal(t, identity.NotOurs, holder.Submission)
					require.Empty(t, got.PaxosID)
					if ending == "clashed" {
						require.Equal(t, holder.ID, got.ExistingID)
					}
				})
			})
		}
	}
}

// waits asserts that the news cannot be applied yet, change nothing, and come again as if nothing had been tried.
func (f *inFlight) waits() {
	f.t.Helper()
	before, history := f.get(f.submission.ID), f.kinds(f.submission.ID)
	for range 3 {
		_, err := f.ApplyIdentity(f.t.Context(), f.seen, &f.job)
		require.Equal(f.t, identity.AnswerOpen, faultOf(f.t, fault.Conflict, err).Code)
		require.NoError(f.t, f.PutOffJob(f.t.Context(), f.job, f.clock.Now(), "conflict answer_open"))
		f.job = f.claim(f.job.Kind)
		require.Equal(f.t, 1, f.job.Attempts)
	}
	require.NoError(f.t, f.PutOffJob(f.t.Context(), f.job, f.clock.Now(), "conflict answer_open"))
	require.Equal(f.t, before, f.get(f.submission.ID))
	require.Equal(f.t, history, f.kinds(f.submission.ID))
	f.one(f.submission.ID)
	if f.seen.Event == nil {
		return
	}
	e, err := f.Event(f.t.Context(), f.seen.Event.ID)
	require.NoError(f.t, err)
	require.Equal(f.t, identity.EventQueued, e.State)
	attempts, err := f.Attempts(f.t.Context(), e.ID)
	require.NoError(f.t, err)
	require.Empty(f.t, attempts)
}

// Before a submission is sent, after an attempt that surely had no effect, and where Paxos made the record before the attempt whose
// answer was lost, the record is somebody else's at once.
func TestForeignRecordIsACaseOfItsOwn(t *testing.T) {
	stands := map[string]func(d desk, i identity.Identity){
		"before it is sent": func(desk, identity.Identity) {},
		"after an attempt without effect": func(d desk, i identity.Identity) {
			_, job := d.begin()
			require.NoError(d.t, d.AttemptMissed(d.t.Context(), i.ID, job, d.clock.Now(), "unavailable"))
		},
		"made before the lost attempt": func(d desk, i identity.Identity) {
			d.clock.Advance(6 * time.Minute)
			_, job := d.begin()
			require.NoError(d.t, d.AnswerLost(d.t.Context(), i.ID, job, d.clock.Now(), "lost"))
		},
		"failed": func(d desk, i identity.Identity) {
			_, job := d.begin()
			require.NoError(d.t, d.SubmissionFailed(d.t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
		},
	}
	for name, stand := range stands {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d desk) {
				i := d.submit("user-1")
				foreign := d.news("px-1", "user-1", identity.Approved)
				stand(d, i)
				before := d.get(i.ID)
				theirs, err := d.ApplyIdentity(t.Context(), foreign, nil)
				require.NoError(t, err)
				require.NotEqual(t, i.ID, theirs.ID)
				require.Equal(t, before, d.get(i.ID))

				if before.Submission == identity.Failed {
					_, err = d.Resubmit(t.Context(), i.ID, identity.Mend{}, ana(audit.Resubmitted))
					require.NoError(t, err)
				}
				_, job := d.begin()
				changed, err := d.ApplyPage(t.Context(), []identity.News{foreign}, nil)
				require.NoError(t, err)
				require.Zero(t, changed)
				d.noJob("look")
				require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.RefIDTaken}, &foreign.Record))
				got := d.get(i.ID)
				require.Equal(t, theirs.ID, got.ExistingID)
				require.Empty(t, got.PaxosID)
				require.True(t, d.keepsDraft(i.ID))
			})
		})
	}
}

func (d desk) keepsDraft(id string) bool {
	d.t.Helper()
	kept, err := d.HasDraft(d.t.Context(), id)
	require.NoError(d.t, err)
	return kept
}
