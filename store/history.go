package store

import (
	"context"
	"database/sql"

	"identitydesk/internal/identity"
)

// tell writes lines of a case's history. What an event told is written once, however often it is processed.
func (t *tx) tell(id string, entries []identity.Entry) error {
	for _, e := range entries {
		changes, err := jsonOf(e.Changes, len(e.Changes) == 0)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO history (identity_id, kind, old_status, new_status, learned_by, event_id, unannounced,
				actor_id, occurred_at, received_at, processed_at, changes, code)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
			id, string(e.Kind), string(e.Old), string(e.New), string(e.By), e.EventID, flag(e.Unannounced), e.ActorID,
			ms(e.OccurredAt), ms(e.ReceivedAt), ms(e.ProcessedAt), changes, e.Code); err != nil {
			return err
		}
	}
	return nil
}

func scanEntry(rows *sql.Rows) (e identity.Entry, err error) {
	return e, rows.Scan(&e.ID, &e.IdentityID, intoText[identity.EntryKind]{&e.Kind}, intoText[identity.Status]{&e.Old},
		intoText[identity.Status]{&e.New}, intoText[identity.Source]{&e.By}, &e.EventID, intoFlag{&e.Unannounced}, &e.ActorID,
		intoTime{&e.OccurredAt}, intoTime{&e.ReceivedAt}, intoTime{&e.ProcessedAt}, intoJSON{&e.Changes}, &e.Code)
}

// History gives the lines of a case's history in the order in which things happened, which is not always the order in which
// the desk heard of them; at one moment, in the order in which they were written.
func (s *Store) History(ctx context.Context, id string) ([]identity.Entry, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	entries, err := all(r, scanEntry, `SELECT id, identity_id, kind, old_status, new_status, learned_by, event_id, unannounced,
		actor_id, occurred_at, received_at, processed_at, changes, code FROM history WHERE identity_id = $1 ORDER BY occurred_at, id`, i.ID)
	return entries, s.mask(err)
}
