package store

import (
	"context"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Taken is the code of the Conflict where a case is held by somebody else than was expected.
const Taken = "taken"

// Why a claim ended by itself, as history tells it.
const (
	releasedIdle = "idle"
	releasedAway = "away"
)

// Claim gives a case to a person. Where it is held by somebody else than expected (a user id, or empty for nobody) it is a
// Conflict with the code [Taken], beside the case as it is. Who holds the case already keeps it, and nothing is written.
func (s *Store) Claim(ctx context.Context, id, by, expected string, e audit.Entry) (identity.Identity, error) {
	return s.assign(ctx, id, expected, by, e)
}

// Release frees a case that is held by whom one expects, on the terms of [Store.Claim].
func (s *Store) Release(ctx context.Context, id, expected string, e audit.Entry) (identity.Identity, error) {
	return s.assign(ctx, id, expected, "", e)
}

func (s *Store) assign(ctx context.Context, id, expected, to string, e audit.Entry) (i identity.Identity, err error) {
	err = s.write(ctx, func(t *tx) error {
		r, err := findHere(t, id)
		i = r.Identity
		if err != nil || r.Assignee == to {
			return err
		}
		if r.Assignee != expected {
			return &fault.Error{Kind: fault.Conflict, Text: "The case has changed hands. Look who has it now.", Code: Taken}
		}
		i, err = t.assign(r, to, e)
		return err
	})
	return i, err
}

// assign gives a case to a person, or frees it where to is empty.
func (t *tx) assign(r row, to string, e audit.Entry) (identity.Identity, error) {
	next := r.Identity
	if to == "" {
		next.Casework = r.Release()
	} else {
		next.Casework = r.Claim(to, t.now)
	}
	i, err := t.save(r, next)
	if err != nil {
		return i, err
	}
	return i, t.auditCase(e, i.ID)
}

// touch notes that a person did something about a case.
func (t *tx) touch(r row, by string) (identity.Identity, error) {
	next := r.Identity
	next.Casework = r.Touch(by, t.now)
	return t.save(r, next)
}

// actedOn is touch for an act that changes what is kept beside the row: the case has changed all the same.
func (t *tx) actedOn(r row, by string) error {
	i, err := t.touch(r, by)
	if err != nil || i.Rev != r.Rev {
		return err
	}
	t.changes(r.ID)
	return t.exec(`UPDATE identities SET rev = rev + 1 WHERE id = $1`, r.ID)
}

// heldTerms selects the cases that the person $1 holds and is expected to work on now.
const heldTerms = `assignee <> '' AND assignee = $1 AND due_at IS NOT NULL AND tab <> 'decided' AND tab <> 'snoozed'`

const heldQuery = selectRow + `WHERE ` + heldTerms + ` ORDER BY due_at, id LIMIT $2`

// Reassign gives up to limit of the cases that one person holds to another, or frees them where to is empty: what is due first
// goes first, what sleeps or is decided stays. Each case has an entry of its own.
func (s *Store) Reassign(ctx context.Context, from, to string, limit int, e audit.Entry) (moved int, err error) {
	if from == to {
		return 0, nil
	}
	err = s.write(ctx, func(t *tx) error {
		held, err := all(t, scanRow, heldQuery, from, int64(limit))
		if err != nil {
			return err
		}
		for _, r := range held {
			if _, err := t.assign(r, to, e); err != nil {
				return err
			}
		}
		moved = len(held)
		return nil
	})
	return moved, err
}

const idleQuery = selectRow + `WHERE assignee <> '' AND tab <> 'decided' AND tab <> 'snoozed' AND active_at < $1
	ORDER BY active_at, id LIMIT $2`

// ReleaseIdle frees up to limit cases whose holders have done nothing about them for as long as the policy allows, the longest
// idle first. What sleeps or is decided stays.
func (s *Store) ReleaseIdle(ctx context.Context, limit int) (released int, err error) {
	before := s.Policy().IdleBefore(s.moment())
	if before.IsZero() {
		return 0, nil
	}
	idle, err := all(s.reader(ctx), scanRow, idleQuery, before.UnixMilli(), int64(1))
	if err != nil || len(idle) == 0 { // it is asked far more often than anything is idle, and a write waits for the disk
		return 0, s.mask(err)
	}
	err = s.write(ctx, func(t *tx) error {
		idle, err := all(t, scanRow, idleQuery, before.UnixMilli(), int64(limit))
		if err != nil {
			return err
		}
		released = len(idle)
		return t.releaseAll(idle, releasedIdle)
	})
	return released, err
}

// releaseAll frees cases without anybody having asked for each, so that their history tells why.
func (t *tx) releaseAll(held []row, why string) error {
	for _, r := range held {
		next := r.Identity
		next.Casework = r.Release()
		line := identity.Entry{
			Kind: identity.WasReleased, Code: why, Changes: []identity.Change{{Field: "assignee", Old: r.Assignee}},
			OccurredAt: t.now, ReceivedAt: t.now, ProcessedAt: t.now,
		}
		if _, err := t.saveAndTell(r, next, []identity.Entry{line}); err != nil {
			return err
		}
	}
	return nil
}
