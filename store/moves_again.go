package store

import (
	"context"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// TryMoveAgain has a failed move sent again, as it was. A Conflict where what was to be sent is not kept any more, and where another
// of its kind is on its way. A second click changes nothing.
func (s *Store) TryMoveAgain(ctx context.Context, id string, e audit.Entry) error {
	may := func(t *tx, m identity.OurMove) error {
		if m.State != identity.MoveFailed {
			return fault.New(fault.Conflict, "This has not failed: look at how it stands now.")
		}
		if !m.Again {
			return fault.New(fault.Conflict, "This cannot be tried again: what was to be sent is not kept here any more. Begin anew.")
		}
		if err := t.refuseEndedLink(m); err != nil {
			return err
		}
		return t.refuseSecond(m.IdentityID, m)
	}
	return s.actOnMove(ctx, id, e, may, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		if err := t.exec(`UPDATE moves SET failure = NULL WHERE id = $1`, m.ID); err != nil {
			return m, err
		}
		m = m.TryAgain(e.ActorID, t.now)
		if err := t.enqueue(jobOfMove(m.Kind), m.ID, queue.Click, e.ActorID); err != nil {
			return m, err
		}
		return m, t.tellMove(m, identity.StepAgain)
	})
}

// WithdrawMove gives a move up and erases what was to be sent. Where an answer was lost it may have worked, so that the case is asked for. A
// Conflict while a call is under way, and where it has ended. A second click changes nothing.
func (s *Store) WithdrawMove(ctx context.Context, id string, e audit.Entry) error {
	may := func(_ *tx, m identity.OurMove) error {
		if !m.MayWithdraw() {
			return fault.New(fault.Conflict, "This cannot be withdrawn: it has ended, or a call to Paxos is under way. Look again in a minute.")
		}
		return nil
	}
	return s.actOnMove(ctx, id, e, may, func(t *tx, m identity.OurMove) (identity.OurMove, error) {
		m = m.Withdraw(e.ActorID, t.now)
		if err := t.drop(jobOfMove(m.Kind), m.ID); err != nil {
			return m, err
		}
		if m.Lost() {
			if err := t.askAfter(m); err != nil {
				return m, err
			}
		}
		return m, t.tellMove(m, identity.StepWithdrawn)
	})
}

func (s *Store) actOnMove(
	ctx context.Context, id string, e audit.Entry, may func(*tx, identity.OurMove) error, act func(*tx, identity.OurMove) (identity.OurMove, error),
) error {
	return s.write(ctx, func(t *tx) error {
		old, err := findMove(t, id)
		if err != nil {
			return err
		}
		r, err := findHere(t, old.IdentityID)
		if err != nil {
			return err
		}
		refused := may(t, old)
		if refused != nil && old.State != identity.MoveFailed { // what was done to it before it failed is not why
			return t.unlessClickedTwice(r.ID, old.ID, e, refused)
		}
		if refused != nil {
			return refused
		}
		next, err := act(t, old)
		if err != nil {
			return err
		}
		if err := t.saveMove(old, next); err != nil {
			return err
		}
		if err := t.actedOn(r, e.ActorID); err != nil {
			return err
		}
		e.Object = next.ID
		return t.auditCase(e, r.ID)
	})
}

const keptMovesQuery = selectMove + ` WHERE again = 1 AND ended_at <= $1 ORDER BY ended_at, id LIMIT $2`

// LetMovesGo erases what was kept of up to limit moves that failed [identity.AgainWithin] ago and that nobody tried again.
func (s *Store) LetMovesGo(ctx context.Context, now time.Time, limit int) (gone int, err error) {
	failedBefore := now.Add(-identity.AgainWithin)
	due, err := all(s.reader(ctx), scanMove, keptMovesQuery, failedBefore.UnixMilli(), int64(1))
	if err != nil || len(due) == 0 {
		return 0, s.mask(err)
	}
	err = s.write(ctx, func(t *tx) error {
		due, err := all(t, scanMove, keptMovesQuery, failedBefore.UnixMilli(), int64(limit))
		if err != nil {
			return err
		}
		gone = len(due)
		return t.forgetMoves(due)
	})
	return gone, err
}

// forgetMoves erases what was kept of failed moves for another try.
func (t *tx) forgetMoves(kept []identity.OurMove) error {
	for _, m := range kept {
		if err := t.saveMove(m, m.Forget(t.now)); err != nil {
			return err
		}
	}
	return nil
}

// endMoves erases what the moves of a case that is erased told. None is on its way: that keeps the case from being erased.
func (t *tx) endMoves(id string) error {
	kept, err := all(t, scanMove, selectMove+` WHERE identity_id = $1 AND again = 1`, id)
	if err != nil {
		return err
	}
	if err := t.forgetMoves(kept); err != nil {
		return err
	}
	if err := t.letLinksGo(id); err != nil {
		return err
	}
	return t.exec(`UPDATE moves SET payload = NULL, failure = NULL, about = NULL, members = NULL, sum = NULL WHERE identity_id = $1`, id)
}
