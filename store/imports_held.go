package store

import (
	"context"
	"database/sql"
	"slices"

	"identitydesk/internal/identity"
)

// holder is a case with the keyed hash of its government id.
type holder struct {
	hash      []byte
	id, refID string
}

func scanHolder(rows *sql.Rows) (h holder, err error) {
	return h, rows.Scan(&h.hash, &h.id, intoText[string]{&h.refID})
}

func holdersQuery(n int) string {
	return `SELECT cip_index, id, ref_id FROM identities WHERE cip_index IN (` + placeholders(1, n) + `)`
}

// tellHolders says of each row that is new which case here holds its government id, the oldest where several do. The rows are opened for
// that, and nothing of them leaves but the hash.
func (s *Store) tellHolders(ctx context.Context, importID string, found []sealedLine, lines []identity.ImportLine) error {
	of := map[string][]int{} // the places of rows, by their hash
	for n, l := range found {
		if hash := s.hashOfRow(importID, l); hash != nil {
			of[string(hash)] = append(of[string(hash)], n)
		}
	}
	var hashes [][]byte
	for hash := range of {
		hashes = append(hashes, []byte(hash))
	}
	for chunk := range slices.Chunk(hashes, mostAtOnce) {
		args := atOnce(chunk)
		holders, err := all(s.reader(ctx), scanHolder, holdersQuery(len(args)), args...)
		if err != nil {
			return err
		}
		for _, h := range holders {
			for _, n := range of[string(h.hash)] {
				if l := &lines[n]; l.HolderID == "" || h.id < l.HolderID { // our ids grow with time
					l.HolderID, l.HolderRef = h.id, h.refID
				}
			}
		}
	}
	return nil
}

// hashOfRow is the keyed hash of the government id of a row that is new; nil of any other, and of one that does not open.
func (s *Store) hashOfRow(importID string, l sealedLine) []byte {
	if l.Result != identity.RowNew || l.sealed == nil {
		return nil
	}
	row, err := s.openRow(importID, l.Line, l.sealed)
	if err != nil {
		return nil
	}
	p := row.Draft().Person
	if p.CIPID == "" {
		return nil
	}
	return s.hashOfCIP(p.CIPID, p.CIPIDType, p.CIPIDCountry)
}
