package store

import (
	"context"
	"database/sql"
	"slices"

	"identitydesk/internal/identity"
)

// tell writes lines of a case's history, which those who watch the case are told of. What an event told is written once, however
// often it is processed, and in the place that the history has for it.
func (t *tx) tell(id string, entries []identity.Entry) error {
	var known []identity.Entry
	if slices.ContainsFunc(entries, identity.Entry.Weaves) {
		var err error
		if known, err = historyOf(t, id); err != nil {
			return err
		}
	}
	for _, e := range identity.Weave(known, entries) {
		written, err := t.tellLine(id, e)
		if err != nil {
			return err
		}
		if written > 0 {
			t.changes(id)
		}
	}
	return nil
}

// tellLine writes a new line, or one that was written before anew. None is written where an event's line is there already.
func (t *tx) tellLine(id string, e identity.Entry) (written int64, err error) {
	changes, err := jsonOf(e.Changes, len(e.Changes) == 0)
	if err != nil {
		return 0, err
	}
	values := []any{
		id, string(e.Kind), string(e.Old), string(e.New), string(e.By), e.EventID, flag(e.Unannounced), e.ActorID,
		ms(e.OccurredAt), ms(e.ReceivedAt), ms(e.ProcessedAt), changes, e.Code,
	}
	if e.ID != 0 {
		return t.affect(`UPDATE history SET identity_id = $1, kind = $2, old_status = $3, new_status = $4, learned_by = $5, event_id = $6,
				unannounced = $7, actor_id = $8, occurred_at = $9, received_at = $10, processed_at = $11, changes = $12, code = $13
			WHERE id = $14`, append(values, e.ID)...)
	}
	return t.affect(`INSERT INTO history (identity_id, kind, old_status, new_status, learned_by, event_id, unannounced,
			actor_id, occurred_at, received_at, processed_at, changes, code)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`, values...)
}

func scanEntry(rows *sql.Rows) (e identity.Entry, err error) {
	return e, rows.Scan(&e.ID, &e.IdentityID, intoText[identity.EntryKind]{&e.Kind}, intoText[identity.Status]{&e.Old},
		intoText[identity.Status]{&e.New}, intoText[identity.Source]{&e.By}, &e.EventID, intoFlag{&e.Unannounced}, &e.ActorID,
		intoTime{&e.OccurredAt}, intoTime{&e.ReceivedAt}, intoTime{&e.ProcessedAt}, intoJSON{&e.Changes}, &e.Code)
}

// History gives the lines of a case's history in the order in which things happened, which is not always the order in which
// the desk heard of them; at one moment, in the order in which one leads to the next, else in which they were written.
func (s *Store) History(ctx context.Context, id string) ([]identity.Entry, error) {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err != nil {
		return nil, s.mask(err)
	}
	entries, err := historyOf(r, i.ID)
	return entries, s.mask(err)
}

const historyColumns = `id, identity_id, kind, old_status, new_status, learned_by, event_id, unannounced, actor_id, occurred_at,
	received_at, processed_at, changes, code`

func historyOf(q querier, id string) ([]identity.Entry, error) {
	entries, err := all(q, scanEntry, `SELECT `+historyColumns+` FROM history WHERE identity_id = $1 ORDER BY occurred_at, id`, id)
	return identity.InSequence(entries), err
}

// Histories is [Store.History] of many cases at once, by our id. What has no history is not in it.
func (s *Store) Histories(ctx context.Context, ids []string) (map[string][]identity.Entry, error) {
	histories := make(map[string][]identity.Entry, len(ids))
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		lines, err := all(s.reader(ctx), scanEntry, historiesQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, e := range lines {
			histories[e.IdentityID] = append(histories[e.IdentityID], e)
		}
	}
	for _, lines := range histories {
		slices.SortStableFunc(lines, func(a, b identity.Entry) int { return a.OccurredAt.Compare(b.OccurredAt) })
		identity.InSequence(lines)
	}
	return histories, nil
}

// historiesQuery gives the lines in the order in which they were written.
func historiesQuery(n int) string {
	return `SELECT ` + historyColumns + ` FROM history WHERE identity_id IN (` + placeholders(1, n) + `) ORDER BY identity_id, id`
}
