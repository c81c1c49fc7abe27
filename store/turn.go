package store

import (
	"context"
	"database/sql"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// turnBatch is how many rows turn in one write, so that others get their turn between.
const turnBatch = 200

// Turn moves the cases whose time has come: those that are late now or soon, and those whose sleep ends. next is when the next one
// will; zero where none is waiting.
func (s *Store) Turn(ctx context.Context, now time.Time) (moved int, next time.Time, err error) {
	if next, err = s.nextTurn(ctx); err != nil || next.IsZero() || next.After(now) {
		return 0, next, err
	}
	from, more := cursor{key: int64(0)}, true
	for more {
		var turned []row
		err := s.write(ctx, func(t *tx) (err error) {
			turned, err = t.turn(now, from)
			return err
		})
		if err != nil {
			return moved, next, err
		}
		if more = len(turned) == turnBatch; more {
			last := turned[len(turned)-1]
			from = cursor{key: msOf(last.TurnAt), id: last.ID}
		}
		moved += len(turned)
	}
	next, err = s.nextTurn(ctx)
	if !next.IsZero() && !next.After(now) {
		next = now.Add(time.Second) // a case that must turn again at once waits a little, so that nobody spins
	}
	return moved, next, err
}

// turn judges one batch anew and gives the rows as they were.
func (t *tx) turn(now time.Time, from cursor) ([]row, error) {
	due, err := all(t, scanRow, turnQuery, now.UnixMilli(), from.key, from.id, int64(turnBatch))
	if err != nil {
		return nil, err
	}
	t.now = now.UTC().Truncate(time.Millisecond)
	for _, r := range due {
		next, entries := r.Identity, []identity.Entry(nil)
		if r.SnoozedUntil != nil && !r.Snoozed(t.now) {
			next, entries = t.woken(next, identity.WokeByTime, nil)
		}
		if _, err := t.saveAndTell(r, next, entries); err != nil {
			return nil, err
		}
	}
	return due, nil
}

func (s *Store) nextTurn(ctx context.Context) (time.Time, error) {
	next, err := one(s.reader(ctx), scanTime, nextTurnQuery)
	return next, s.mask(err)
}

const nextTurnQuery = `SELECT min(turn_at) FROM identities WHERE turn_at IS NOT NULL`

// turnQuery walks forward, so that a row that turns and must turn again is left to the next call.
const turnQuery = selectRow + `WHERE turn_at IS NOT NULL AND turn_at <= $1 AND (turn_at, id) > ($2, $3)
	ORDER BY turn_at, id LIMIT $4`

func scanTime(rows *sql.Rows) (at time.Time, err error) {
	return at, rows.Scan(intoTime{&at})
}

// Reassess judges up to limit undecided cases anew, in the order of our ids, after a change of the policy. last goes back as
// after; it is empty at the end.
func (s *Store) Reassess(ctx context.Context, after string, limit int) (last string, err error) {
	err = s.write(ctx, func(t *tx) error {
		open, err := all(t, scanRow, selectRow+`WHERE tab <> 'decided' AND id > $1 ORDER BY id LIMIT $2`, after, int64(limit))
		if err != nil {
			return err
		}
		last = ""
		for _, r := range open {
			if _, err := t.save(r, r.Identity); err != nil {
				return err
			}
		}
		if len(open) == limit {
			last = open[limit-1].ID
		}
		return nil
	})
	return last, err
}

// Undecided gives cases that Paxos has not decided and that were last heard of before a time, the longest ago first.
func (s *Store) Undecided(ctx context.Context, checkedBefore time.Time, limit int) ([]identity.Identity, error) {
	found, err := all(s.reader(ctx), scanIdentity, undecidedQuery, checkedBefore.UnixMilli(), int64(limit))
	return found, s.mask(err)
}

const undecidedQuery = selectRow + `WHERE undecided = 1 AND checked_at < $1 ORDER BY checked_at, id LIMIT $2`

// EnqueueRechecks asks for re-checks of cases; unknown ids are left out.
func (s *Store) EnqueueRechecks(ctx context.Context, ids []string, p queue.Priority) error {
	return s.write(ctx, func(t *tx) error {
		for _, id := range ids {
			_, known, err := maybe(t, scanValue[string], `SELECT id FROM identities WHERE id = $1 AND paxos_id IS NOT NULL`, id)
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			if err := t.enqueue(jobRecheck, id, p, ""); err != nil {
				return err
			}
		}
		return nil
	})
}
