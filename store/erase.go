package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// indexErasedRefID is the kind of keyed hash that is left of a ref_id.
const indexErasedRefID = "erased_ref_id"

// erase takes everything personal about a case away, in the transaction that it is called in: what is left are ids of Paxos and of
// the desk, statuses, times, acts, and a keyed hash of each ref_id.
func (t *tx) erase(r row, code, actor string) (identity.Identity, error) {
	if err := t.hashRefIDs(r); err != nil {
		return r.Identity, err
	}
	next, entries := r.Erase(code, actor, t.s.Policy(), t.now)
	i, err := t.save(r, next)
	if err != nil {
		return i, err
	}
	for _, statement := range eraseStatements() {
		if err := t.exec(statement, i.ID); err != nil {
			return i, err
		}
	}
	for _, erase := range []func(string) error{t.eraseUploads, t.eraseControls, t.eraseAuditTexts} {
		if err := erase(i.ID); err != nil {
			return i, err
		}
	}
	if err := t.eraseDeliveries(i); err != nil {
		return i, err
	}
	if err := t.eraseRefIDsFromHistory(i.ID); err != nil {
		return i, err
	}
	for _, kind := range []string{jobSubmit, jobRecheck} {
		if err := t.drop(kind, i.ID); err != nil {
			return i, err
		}
	}
	if err := t.endMoves(i.ID); err != nil {
		return i, err
	}
	return i, t.tell(i.ID, entries)
}

// eraseStatements erase what is kept beside a case.
func eraseStatements() []string {
	return []string{
		`DELETE FROM former_ref_ids WHERE identity_id = $1`,
		`DELETE FROM secrets WHERE identity_id = $1`,
		`DELETE FROM name_index WHERE identity_id = $1`,
		`DELETE FROM notes WHERE identity_id = $1`, // mentions go with them
		`DELETE FROM identity_tags WHERE identity_id = $1`,
		`DELETE FROM institution_members WHERE institution_id = $1`,
		`UPDATE proposals SET asked = NULL, answered = NULL, sum = NULL WHERE identity_id = $1`,
		`UPDATE identities SET cip_index = NULL, ended_sum = NULL WHERE id = $1`,
	}
}

// hashRefIDs leaves a keyed hash of every ref_id that the case has or had.
func (t *tx) hashRefIDs(r row) error {
	refIDs, err := all(t, scanValue[string], `SELECT ref_id FROM former_ref_ids WHERE identity_id = $1`, r.ID)
	if err != nil {
		return err
	}
	for _, refID := range append(refIDs, r.RefID) {
		if refID == "" {
			continue
		}
		if err := t.exec(`INSERT INTO erased_ref_ids (hash, identity_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			t.s.index.Index(indexErasedRefID, refID), r.ID); err != nil {
			return err
		}
		if err := t.exec(`UPDATE import_rows SET ref_id = '' WHERE ref_id = $1 AND ref_id <> ''`, refID); err != nil {
			return err
		}
	}
	return nil
}

// eraseDeliveries empties the webhook requests that brought the case's events. That they came stays.
func (t *tx) eraseDeliveries(i identity.Identity) error {
	events, err := all(t, scanEventKey, `SELECT id, received_at FROM events WHERE identity_id <> '' AND identity_id = $1
		UNION SELECT id, received_at FROM events WHERE paxos_id <> '' AND paxos_id = $2`, i.ID, i.PaxosID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := t.exec(`UPDATE deliveries SET body = $3, headers = NULL WHERE event_at = $2 AND event_id = $1`, e.id, e.at, []byte{}); err != nil {
			return err
		}
	}
	t.effects.erased = true
	return nil
}

type eventKey struct {
	id string
	at int64
}

func scanEventKey(rows *sql.Rows) (e eventKey, err error) { return e, rows.Scan(&e.id, &e.at) }

// eraseRefIDsFromHistory takes the ref_ids out of the lines that tell of a change of it. That it changed stays.
func (t *tx) eraseRefIDsFromHistory(id string) error {
	lines, err := historyOf(t, id)
	if err != nil {
		return err
	}
	for _, e := range lines {
		if !slices.ContainsFunc(e.Changes, ofRefID) {
			continue
		}
		e.Changes = slices.Clone(e.Changes)
		for n := range e.Changes {
			if ofRefID(e.Changes[n]) {
				e.Changes[n].Old, e.Changes[n].New = "erased", "erased"
			}
		}
		if _, err := t.tellLine(id, e); err != nil {
			return err
		}
	}
	return nil
}

func ofRefID(c identity.Change) bool { return c.Field == "ref_id" }

// ErasedRefID gives when the case was erased that had a ref_id, its present one or an earlier; nil where there was none.
func (s *Store) ErasedRefID(ctx context.Context, refID string) (*time.Time, error) {
	found, err := s.ErasedRefIDs(ctx, []string{refID})
	if at, ok := found[refID]; ok {
		return &at, err
	}
	return nil, err
}

// ErasedRefIDs is [Store.ErasedRefID] of many at once. What was not erased is not in it.
func (s *Store) ErasedRefIDs(ctx context.Context, refIDs []string) (map[string]time.Time, error) {
	byHash, hashes := s.hashesOf(refIDs)
	erased := map[string]time.Time{}
	for chunk := range slices.Chunk(hashes, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanErased, erasedQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, e := range found {
			if refID := byHash[string(e.hash)]; e.at.After(erased[refID]) {
				erased[refID] = e.at
			}
		}
	}
	return erased, nil
}

// ErasedCases gives our ids of the erased cases that had ref_ids, their present ones or earlier, by these. What was not erased is not in it.
func (s *Store) ErasedCases(ctx context.Context, refIDs []string) (map[string][]string, error) {
	byHash, hashes := s.hashesOf(refIDs)
	cases := map[string][]string{}
	for chunk := range slices.Chunk(hashes, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanErased, erasedQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, e := range found {
			refID := byHash[string(e.hash)]
			cases[refID] = append(cases[refID], e.id)
		}
	}
	return cases, nil
}

// hashesOf are the keyed hashes that would be left of ref_ids.
func (s *Store) hashesOf(refIDs []string) (byHash map[string]string, hashes [][]byte) {
	byHash, hashes = make(map[string]string, len(refIDs)), make([][]byte, len(refIDs))
	for n, refID := range refIDs {
		hashes[n] = s.index.Index(indexErasedRefID, refID)
		byHash[string(hashes[n])] = refID
	}
	return byHash, hashes
}

func erasedQuery(n int) string {
	return `SELECT e.hash, i.erased_at, i.id FROM erased_ref_ids e JOIN identities i ON i.id = e.identity_id WHERE e.hash IN (` + placeholders(1, n) + `)`
}

type erasedRefID struct {
	hash []byte
	at   time.Time
	id   string // of the case
}

func scanErased(rows *sql.Rows) (e erasedRefID, err error) {
	return e, rows.Scan(&e.hash, intoTime{&e.at}, &e.id)
}

// findHere is findRow for an act that would write about the person: of an erased case nothing is written any more.
func findHere(t *tx, id string) (row, error) {
	r, err := findRow(t, id)
	if err == nil && r.ErasedAt != nil {
		err = fault.New(fault.Conflict, "This case was erased: nothing is written about it any more.")
	}
	return r, err
}

// findAtPaxos finds a case of which something can be asked of Paxos.
func findAtPaxos(t *tx, id string) (row, error) {
	r, err := findHere(t, id)
	if err == nil && r.PaxosID == "" {
		err = fault.New(fault.Conflict, r.NotAtPaxos())
	}
	return r, err
}
