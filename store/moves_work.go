package store

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// BeginMove stores that a worker is about to make the calls of a move, and gives the move, what is to be sent, and Paxos' id of the
// identity. A payload that cannot be opened is an Internal fault with the code [identity.MoveUnread], and no attempt has begun; the job
// of a move that has ended ends, with a Conflict.
func (s *Store) BeginMove(ctx context.Context, job queue.Job) (m identity.OurMove, payload []byte, paxosID string, err error) {
	ended := false
	err = s.write(ctx, func(t *tx) error {
		old, err := t.heldMove(job)
		if err != nil {
			return err
		}
		if ended = !old.State.Open(); ended {
			return t.finish(job)
		}
		r, err := findRow(t, old.IdentityID)
		if err != nil {
			return err
		}
		paxosID = r.PaxosID
		if payload, err = s.openPayload(t, old.ID); err != nil {
			return err
		}
		m = old.Begin(t.now)
		return t.saveMove(old, m)
	})
	if err == nil && ended {
		err = fault.New(fault.Conflict, "This move has ended.")
	}
	return m, payload, paxosID, err
}

// heldMove finds the move of a job, for the worker that holds it.
func (t *tx) heldMove(job queue.Job) (identity.OurMove, error) {
	if err := t.hold(job); err != nil {
		return identity.OurMove{}, err
	}
	return findMove(t, job.Subject)
}

func (s *Store) openPayload(q querier, id string) ([]byte, error) {
	sealed, err := one(q, scanValue[[]byte], `SELECT payload FROM moves WHERE id = $1`, id)
	if err != nil {
		return nil, err
	}
	payload, err := s.sealer.Open(sealed, placeOfMove("payload", id))
	if err != nil {
		return nil, &fault.Error{
			Kind: fault.Internal, Text: "What was to be sent cannot be opened.", Code: identity.MoveUnread, Cause: err,
		}
	}
	return payload, nil
}

// stepMove changes an open move for the worker that holds its job.
func (s *Store) stepMove(ctx context.Context, job queue.Job, step func(*tx, identity.OurMove) (identity.OurMove, error)) error {
	return s.write(ctx, func(t *tx) error {
		old, err := t.heldMove(job)
		if err != nil {
			return err
		}
		if !old.State.Open() {
			return fault.New(fault.Conflict, "This move has ended.")
		}
		next, err := step(t, old)
		if err != nil {
			return err
		}
		return t.saveMove(old, next)
	})
}

// MoveDone ends a move that Paxos has done, and has the case asked for anew, so that it shows what Paxos now says. result are ids of
// what Paxos made; it may be nil.
func (s *Store) MoveDone(ctx context.Context, job queue.Job, result map[string]string) error {
	return s.stepMove(ctx, job, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		m = m.Do(result, t.now)
		if err := t.linkAfter(m); err != nil {
			return m, err
		}
		if err := t.askAfter(m); err != nil {
			return m, err
		}
		if err := t.tellMove(m, identity.StepDone); err != nil {
			return m, err
		}
		return m, t.finish(job)
	})
}

// askAfter has asked for anew what a move may have changed at Paxos: the case, and where it is about controls their list, since a record
// may not tell of them.
func (t *tx) askAfter(m identity.OurMove) error {
	if m.Kind == identity.MoveControl {
		if err := t.enqueue(jobControls, m.IdentityID, queue.Submission, ""); err != nil {
			return err
		}
	}
	return t.enqueue(jobRecheck, m.IdentityID, queue.Submission, "")
}

// MoveFailed ends a move that Paxos refused, or that cannot be done. again keeps what is to be sent for another try, for
// [identity.AgainWithin]. Where Paxos' record may be another than the desk shows, the case is asked for anew.
func (s *Store) MoveFailed(ctx context.Context, job queue.Job, f identity.Failure, again bool) error {
	return s.stepMove(ctx, job, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		m = m.Fail(f.Code, again, t.now)
		if err := t.setFailure(m.ID, f); err != nil {
			return m, err
		}
		if m.InDoubt() {
			if err := t.askAfter(m); err != nil {
				return m, err
			}
		}
		if err := t.tellMove(m, identity.StepFailed); err != nil {
			return m, err
		}
		return m, t.finish(job)
	})
}

// MoveLost stores that an attempt ended without an answer that was understood: it may have had its effect. The job comes again at a
// time. code is a short word of ours.
func (s *Store) MoveLost(ctx context.Context, job queue.Job, again time.Time, code string) error {
	return s.stepMove(ctx, job, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		return m.Lose(code, t.now), t.retry(job, again, code)
	})
}

// MoveMissed stores that an attempt surely had no effect. The job comes again at a time.
func (s *Store) MoveMissed(ctx context.Context, job queue.Job, again time.Time, code string) error {
	return s.stepMove(ctx, job, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		return m.Miss(code, t.now), t.retry(job, again, code)
	})
}

// PutOffMove undoes [Store.BeginMove] where Paxos throttles the desk: nothing was attempted, and the job comes again at a time, no more
// often tried than before.
func (s *Store) PutOffMove(ctx context.Context, job queue.Job, again time.Time, code string) error {
	return s.stepMove(ctx, job, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		if m.AttemptedAt == nil {
			return m, t.putOff(job, again, code)
		}
		if err := t.exec(`DELETE FROM move_steps WHERE id = (SELECT max(id) FROM move_steps WHERE move_id = $1 AND step = $2)`,
			m.ID, identity.StepStarted); err != nil {
			return m, err
		}
		return m.PutOff(), t.putOff(job, again, code)
	})
}
