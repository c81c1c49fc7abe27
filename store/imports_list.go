package store

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"identitydesk/internal/identity"
)

const (
	orderOfImports = "-at"
	importsQuery   = selectImport + `WHERE (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3`
)

// Imports gives a page of imports, the newest first, each with what its rows came to.
func (s *Store) Imports(ctx context.Context, f identity.ImportFilter) (page identity.ImportPage, err error) {
	from, err := parseCursor(f.After, orderOfImports, cursor{key: int64(math.MaxInt64)}, false)
	if err != nil {
		return page, err
	}
	r, limit := s.reader(ctx), lengthOf(f.Limit)
	found, err := all(r, scanImport, importsQuery, from.key, from.id, int64(limit+1))
	if err != nil {
		return page, s.mask(err)
	}
	if len(found) > limit {
		found = found[:limit]
		page.Next = cursor{key: found[limit-1].At.UnixMilli(), id: found[limit-1].ID}.token(orderOfImports)
	}
	page.Items = found
	if err := results(r, found); err != nil {
		return page, s.mask(err)
	}
	page.Total, page.TotalAtLeast, err = countUpTo(r, "imports", conditions{})
	return page, s.mask(err)
}

// importResultsQuery counts the rows of n imports by what they came to. Those that had their turn, all but a few, are read from an
// index alone; for the others it is looked up whether the desk holds their ref_id by now.
func importResultsQuery(n int) string {
	return `SELECT import_id, CASE WHEN state = 'handed' THEN submission ELSE state END, count(*) FROM import_rows
			WHERE import_id IN (` + placeholders(1, n) + `) AND state <> 'good' GROUP BY import_id, state, submission
		UNION ALL SELECT import_id, CASE WHEN EXISTS (SELECT 1 FROM identities k WHERE k.ref_id = r.ref_id AND r.ref_id <> '')
				OR EXISTS (SELECT 1 FROM former_ref_ids k WHERE k.ref_id = r.ref_id AND r.ref_id <> '') THEN 'known' ELSE 'new' END AS result,
			count(*) FROM import_rows r WHERE import_id IN (` + placeholders(1, n) + `) AND state = 'good' GROUP BY import_id, result`
}

type resultCount struct {
	importID string
	result   identity.ImportResult
	n        int
}

func scanResult(rows *sql.Rows) (c resultCount, err error) {
	return c, rows.Scan(&c.importID, intoText[identity.ImportResult]{&c.result}, intoInt[int]{&c.n})
}

// results says of each of some imports what its rows came to.
func results(q querier, of []identity.Import) error {
	for n := range of {
		of[n].Results = map[identity.ImportResult]int{}
	}
	for chunk := range slices.Chunk(of, mostAtOnce) {
		byID, ids := map[string]map[identity.ImportResult]int{}, []string{}
		for _, i := range chunk {
			byID[i.ID], ids = i.Results, append(ids, i.ID)
		}
		args := atOnce(ids)
		counts, err := all(q, scanResult, importResultsQuery(len(args)), args...)
		if err != nil {
			return err
		}
		for _, c := range counts {
			byID[c.importID][c.result] += c.n
		}
	}
	return nil
}
