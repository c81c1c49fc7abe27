package store

import (
	"context"
	"database/sql"

	"identitydesk/internal/identity"
)

// Turns gives who had the move of a case when, oldest first. What was before the desk first knew the case is not among them.
func (s *Store) Turns(ctx context.Context, id string) ([]identity.Turn, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	turns, err := all(r, scanTurn, `SELECT move, from_at, to_at FROM turns WHERE identity_id = $1 ORDER BY from_at`, i.ID)
	return turns, s.mask(err)
}

func scanTurn(rows *sql.Rows) (u identity.Turn, err error) {
	return u, rows.Scan(intoText[identity.Move]{&u.Move}, intoTime{&u.From}, intoTimeOrNil{&u.To})
}

// saveTurn keeps who had the move when in step with the row. A move may turn out to have changed hands earlier than was known:
// what was written for the time since then goes.
func (t *tx) saveTurn(old row, next identity.Identity) error {
	if old.Move == next.Move && old.MoveSince.Equal(next.MoveSince) {
		return nil
	}
	since := msAlways(next.MoveSince)
	if old.ID != "" {
		if err := t.correctTurn(old, next); err != nil {
			return err
		}
		if err := t.endTurns(next.ID, since); err != nil {
			return err
		}
	}
	if next.Move == identity.NobodyIs {
		return nil
	}
	return t.exec(`INSERT INTO turns (identity_id, from_at, move) VALUES ($1, $2, $3)`, next.ID, since, string(next.Move))
}

// correctTurn gives Paxos the time for which a turn of ours was only guessed: nothing was asked of us before.
func (t *tx) correctTurn(old row, next identity.Identity) error {
	if !old.SinceUnknown() || next.Move != identity.Ours || !next.MoveSince.After(old.MoveSince) {
		return nil
	}
	return t.exec(`UPDATE turns SET move = $3 WHERE identity_id = $1 AND from_at = $2`, next.ID, msAlways(old.MoveSince), string(identity.Paxos))
}

// endTurns lets every turn of a case end at a moment; those that began since then go.
func (t *tx) endTurns(id string, at int64) error {
	if err := t.exec(`DELETE FROM turns WHERE identity_id = $1 AND from_at >= $2`, id, at); err != nil {
		return err
	}
	return t.exec(`UPDATE turns SET to_at = $2 WHERE identity_id = $1 AND (to_at IS NULL OR to_at > $2)`, id, at)
}

// moveTurns gives the turns of a twin to the case that both are: from its first on they are the case's.
func (t *tx) moveTurns(ours, twin row) error {
	first, known, err := maybe(t, scanValue[int64], `SELECT from_at FROM turns WHERE identity_id = $1 ORDER BY from_at LIMIT 1`, twin.ID)
	if err != nil || !known {
		return err
	}
	if err := t.endTurns(ours.ID, first); err != nil {
		return err
	}
	return t.exec(`UPDATE turns SET identity_id = $1 WHERE identity_id = $2`, ours.ID, twin.ID)
}
