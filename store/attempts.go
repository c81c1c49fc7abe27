package store

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// BeginAttempt stores that a create call is about to be made, and gives what to send. A draft that cannot be opened is an
// Internal fault with the code [identity.DraftUnread], and no attempt has begun.
func (s *Store) BeginAttempt(ctx context.Context, job queue.Job) (i identity.Identity, a identity.Application, err error) {
	err = s.write(ctx, func(t *tx) error {
		old, err := t.waitingFor(job.Subject, job)
		if err != nil {
			return err
		}
		var found bool
		a, found, err = s.application(t, old.Identity)
		if err != nil && !found { // the database, not the draft, is in trouble
			return err
		}
		if err != nil || !found {
			return &fault.Error{
				Kind: fault.Internal, Text: "The stored draft cannot be opened.", Code: identity.DraftUnread, Cause: err,
			}
		}
		next, entries := old.BeginAttempt(s.Policy(), t.now)
		i, err = t.saveAndTell(old, next, entries)
		return err
	})
	return i, a, err
}

// application opens what a submission is to send; found is false where there is nothing any more.
func (s *Store) application(q querier, i identity.Identity) (a identity.Application, found bool, err error) {
	if i.Type == identity.Institution {
		a.Institution = &identity.InstitutionDraft{}
		found, err = s.openSecret(q, i.ID, secretDraft, a.Institution)
		return a, found, err
	}
	a.Person = &identity.Draft{}
	found, err = s.openSecret(q, i.ID, secretDraft, a.Person)
	return a, found, err
}

// waitingFor finds a submission that is still on its way, for the worker that holds its job.
func (t *tx) waitingFor(id string, job queue.Job) (row, error) {
	if err := t.hold(job); err != nil {
		return row{}, err
	}
	old, err := findRow(t, id)
	if err == nil && !old.Submission.Waiting() {
		err = fault.New(fault.Conflict, "This submission is not on its way to Paxos any more.")
	}
	return old, err
}

// saveAndTell is save, for what the desk or Paxos did: it may end the case's sleep.
func (t *tx) saveAndTell(old row, next identity.Identity, entries []identity.Entry) (identity.Identity, error) {
	next, entries, err := t.wakes(old, next, entries)
	if err != nil {
		return next, err
	}
	i, err := t.save(old, next)
	if err != nil {
		return i, err
	}
	return i, t.tell(i.ID, entries)
}

// AnswerLost stores that a create call ended without an answer that was understood: it may have had its effect. The job comes
// again at a time. code is a short word of ours.
func (s *Store) AnswerLost(ctx context.Context, id string, job queue.Job, again time.Time, code string) error {
	return s.endAttempt(ctx, id, job, again, code, identity.Identity.LoseAnswer)
}

// AttemptMissed stores that a create call surely had no effect. The job comes again at a time.
func (s *Store) AttemptMissed(ctx context.Context, id string, job queue.Job, again time.Time, code string) error {
	return s.endAttempt(ctx, id, job, again, code, identity.Identity.MissAttempt)
}

type attemptEnd func(identity.Identity, identity.Policy, time.Time) (identity.Identity, []identity.Entry)

func (s *Store) endAttempt(ctx context.Context, id string, job queue.Job, again time.Time, code string, end attemptEnd) error {
	return s.write(ctx, func(t *tx) error {
		old, err := t.waitingFor(id, job)
		if err != nil {
			return err
		}
		next, entries := end(old.Identity, s.Policy(), t.now)
		for n := range entries {
			entries[n].Code = code
		}
		if _, err := t.saveAndTell(old, next, entries); err != nil {
			return err
		}
		return t.retry(job, again, code)
	})
}

// PutOffAttempt undoes [Store.BeginAttempt] where Paxos throttles the desk, so that the call was not made or not taken in: the
// case stands as before, the attempt's line is taken away, and the job comes again at a time, no more often tried than before.
func (s *Store) PutOffAttempt(ctx context.Context, id string, job queue.Job, again time.Time, why string) error {
	return s.write(ctx, func(t *tx) error {
		old, err := t.waitingFor(id, job)
		if err != nil {
			return err
		}
		if old.AttemptedAt != nil {
			if err := t.exec(`DELETE FROM history WHERE id = (SELECT max(id) FROM history WHERE identity_id = $1 AND kind = $2)`,
				old.ID, string(identity.WasAttempted)); err != nil {
				return err
			}
		}
		if _, err := t.save(old, old.PutOffAttempt(s.Policy(), t.now)); err != nil {
			return err
		}
		return t.putOff(job, again, why)
	})
}

// PutOffJob lets go of a job that was not tried: it comes again at a time, with as many attempts as before it was claimed.
// Nothing else tells of it. why is a short word of ours.
func (s *Store) PutOffJob(ctx context.Context, job queue.Job, until time.Time, why string) error {
	return s.write(ctx, func(t *tx) error { return t.putOff(job, until, why) })
}

func (t *tx) putOff(job queue.Job, until time.Time, why string) error {
	return t.letGo(job, `attempts = attempts - 1, run_at = $3, last_error = $4`, until.UnixMilli(), why)
}

// SubmissionFailed stores Paxos' refusal; the draft stays, so that the submission can be sent again. Where Paxos names the
// record that was there before, the desk keeps a case for it and links it.
func (s *Store) SubmissionFailed(ctx context.Context, id string, job queue.Job, f identity.Failure, existing *identity.Record) error {
	return s.write(ctx, func(t *tx) error {
		old, err := t.waitingFor(id, job)
		if err != nil {
			return err
		}
		existingID, err := t.existingCase(existing)
		if err != nil {
			return err
		}
		next, entries := old.Fail(f, existingID, s.Policy(), t.now)
		if _, err := t.saveAndTell(old, next, entries); err != nil {
			return err
		}
		if err := t.setSecret(old.ID, secretFailure, f); err != nil {
			return err
		}
		return t.finish(job)
	})
}

// existingCase gives our id of the case for a record that a create clashed with, or none where Paxos did not say which. The
// record may be partial, so that a known case learns nothing from it, and a new one is asked for at once.
func (t *tx) existingCase(existing *identity.Record) (string, error) {
	if existing == nil || existing.PaxosID == "" {
		return "", nil
	}
	known, found, err := findPaxosID(t, existing.PaxosID)
	if err != nil || found {
		return known.ID, err
	}
	news := identity.News{Record: *existing, AskedAt: t.now, HeardAt: t.now, By: identity.BySubmit}
	next, entries := identity.Identity{}.Learn(news, t.s.Policy(), t.now)
	i, err := t.saveAndTell(row{}, next, entries)
	if err != nil {
		return "", err
	}
	return i.ID, t.enqueue(jobRecheck, i.ID, queue.Submission, "")
}
