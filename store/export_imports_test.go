package store

import (
	"context"
	"database/sql"
)

// HoldsGiven counts the rows of an import of which something is still sealed.
func (s *Store) HoldsGiven(ctx context.Context, id string) (int64, error) {
	return one(s.reader(ctx), scanValue[int64], `SELECT count(*) FROM import_rows WHERE import_id = $1 AND sealed IS NOT NULL`, id)
}

// SwapGiven puts what is sealed of one row in the place of another.
func (s *Store) SwapGiven(ctx context.Context, id string, to, from int) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE import_rows SET sealed = (SELECT r.sealed FROM import_rows r WHERE r.import_id = $1 AND r.line = $3)
			WHERE import_id = $1 AND line = $2`, id, int64(to), int64(from))
	})
}

// AllTexts gives what stands in the tables of imports and in the audit log, as it is stored.
func (s *Store) AllTexts(ctx context.Context) ([]string, error) {
	scan := func(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) }
	return all(s.reader(ctx), scan, `SELECT line || ref_id || fields || coalesce(CAST(sealed AS TEXT), '') FROM import_rows
		UNION ALL SELECT by_id || by_name || CAST(file_hash AS TEXT) FROM imports UNION ALL SELECT detail || object FROM audit`)
}

// ImportResultsQuery is what counts the rows of n imports.
func ImportResultsQuery(n int) string { return importResultsQuery(n) }

// HandOverAll makes each row of all imports the submission that has its ref_id.
func (s *Store) HandOverAll(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`UPDATE import_rows SET state = 'handed', identity_id = i.id, submission = 'accepted', ref_id = '', sealed = NULL
			FROM identities i WHERE i.ref_id = import_rows.ref_id`)
	})
}
