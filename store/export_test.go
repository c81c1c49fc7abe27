package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// Plan gives the steps of the database's plan for a query.
func (s *Store) Plan(ctx context.Context, query string, args ...any) ([]string, error) {
	return all(s.reader(ctx), func(rows *sql.Rows) (detail string, err error) {
		var ignored int
		return detail, rows.Scan(&ignored, &ignored, &ignored, &detail)
	}, "EXPLAIN QUERY PLAN "+query, args...)
}

// HotQueries are those that no filter makes, with arguments.
func (s *Store) HotQueries() map[string][]any {
	return map[string][]any{
		selectRow + `WHERE id = $1`:       {"x"},
		selectRow + `WHERE paxos_id = $1`: {"x"},
		selectRow + `WHERE ref_id = $1 AND submission IN ('queued', 'sent', 'failed')`: {"x"},
		deliveriesQuery:                          {"x"},
		belongsQuery:                             {"x"},
		membersQuery(2):                          {"x", "y"},
		documentsOfQuery(2):                      {"x", "y"},
		importsQuery:                             {1, "x", 1},
		importResultsQuery(2):                    {"x", "y"},
		hadDocumentsQuery:                        {"x"},
		reasonsQuery:                             {"x"},
		`SELECT id FROM jobs WHERE ` + ofSubject: {"event", "x"},
		lookupQuery:                              {"x"},
		otherIDsQuery:                            {"x"},
		auditOfQuery(2):                          {"x", "y", 1, 1},
		spanQuery:                                {1, 2, 3},
		formerIDsQuery(2):                        {"x", "y"},
		lastPinQuery:                             {},
		turnQuery:                                {1, 0, "", 1},
		nextKindQuery:                            {""},
		agesQuery:                                {"x", 1},
		pruneAges:                                {"x", 1, 1},
		mentionsQuery:                            {"ana", 1},
		unseenQuery:                              {"ana"},
		reachedQuery:                             {"x"},
		nextTagQuery:                             {""},
		historiesQuery(2):                        {"x", "y"},
		formerQuery(2):                           {"x", "y"},
		idleQuery:                                {1, 1},
		dueCasesQuery:                            {1, 1},
		dueDraftsQuery:                           {1, 1},
		dueProposalsQuery:                        {1, 1},
		movedProposalsQuery:                      {1},
		openOfKindQuery:                          {"x", "erase"},
		waitingQuery:                             {"ana"},
		holdOfQuery:                              {"x"},
		erasedQuery(2):                           {"x", "y"},
		goodRows:                                 {"x", 1},
		abreastQuery:                             {40, 1},
		importQuery:                              {"x"},
		knowsQuery:                               {"x", []byte("y")},
		selectProposal + ` WHERE (is_open, at, id) < ($1, $2, $3)` + proposalsOrder + ` LIMIT $4`:                      {2, 1, "", 1},
		selectProposal + ` WHERE maker_id = $1 AND (is_open, at, id) < ($2, $3, $4)` + proposalsOrder + ` LIMIT $5`:    {"ana", 2, 1, "", 1},
		selectProposal + ` WHERE identity_id = $1 AND (is_open, at, id) < ($2, $3, $4)` + proposalsOrder + ` LIMIT $5`: {"x", 2, 1, "", 1},
		movesQuery:     {"x", 1},
		sameMoveQuery:  {"x", "account", "", "ana", []byte("y")},
		moveStepsQuery: {"x"},
		linksQuery:     {"x"},
		failuresQuery:  {"x"},
		keptMovesQuery: {1, 1},
		heldQuery:      {"ana", 1},
		nextTurnQuery:  {},
		undecidedQuery: {1, 1},
		linkingQuery:   {"x"},
		openMoveQuery:  {"x"},
		keptLinksQuery: {"x"},
		settleQuery:    {"x", "done"},
		sameCIPQuery:   {"x"},

		holdersQuery(2): {[]byte("x"), []byte("y")},
		selectRow + `WHERE tab <> 'decided' AND id > $1 ORDER BY id LIMIT $2`:                                           {"", 1},
		selectEvent + ` WHERE state = $1 AND (received_at, happened_at, id) < ($2, $3, $4)` + eventsOrder + ` LIMIT $5`: {"queued", 1, 1, "", 1},
		selectEvent + ` WHERE (received_at, happened_at, id) < ($1, $2, $3)` + eventsOrder + ` LIMIT $4`:                {1, 1, "", 1},
	}
}

// RefreshQuery is the text by which a filter lists the next refreshes, and its arguments.
func RefreshQuery(f identity.RefreshFilter) (string, []any) { return nextQuery(f, 1, "", 1) }

// ScanIdentity reads a row of [LookupQuery] or of a list.
func ScanIdentity(rows *sql.Rows) (identity.Identity, error) { return scanIdentity(rows) }

// ClaimQuery is the text that ClaimJobs runs.
func (s *Store) ClaimQuery(kinds int) string { return s.claimQuery(kinds) }

// Waiting is how many writes wait for the writer.
func (s *Store) Waiting() int { return len(s.w.requests) }

// OneByOne makes each write commit alone, as the reference of a benchmark.
func (s *Store) OneByOne() { s.w.most = 1 }

// Down takes every migration back.
func (s *Store) Down(ctx context.Context) error { return s.DownTo(ctx, 0) }

// DownTo takes the migrations behind a version back.
func (s *Store) DownTo(ctx context.Context, version int64) error {
	return s.withMigrations(func(p *goose.Provider) error {
		_, err := p.DownTo(ctx, version)
		return err
	})
}

// Contents is every row of some tables as text.
func (s *Store) Contents(ctx context.Context, tables ...string) (string, error) {
	var b strings.Builder
	for _, table := range tables {
		rows, err := all(s.reader(ctx), func(rows *sql.Rows) (string, error) {
			columns, err := rows.Columns()
			if err != nil {
				return "", err
			}
			values := make([]any, len(columns))
			for n := range values {
				values[n] = new(any)
			}
			err = rows.Scan(values...)
			var row []any
			for _, v := range values {
				row = append(row, *v.(*any))
			}
			return fmt.Sprint(row), err
		}, `SELECT * FROM `+table+` ORDER BY 1`)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s\n%s\n", table, strings.Join(rows, "\n"))
	}
	return b.String(), nil
}

// Sums is how many sums of moves and proposals are kept.
func (s *Store) Sums(ctx context.Context) (int64, error) {
	return one(s.reader(ctx), scanValue[int64], `SELECT (SELECT count(sum) FROM moves) + (SELECT count(sum) FROM proposals)`)
}

// SetVersion makes the schema claim a version.
func (s *Store) SetVersion(ctx context.Context, version int64) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, 1)`, version)
	})
}

// HasDraft reports whether a case has a draft that can be opened.
func (s *Store) HasDraft(ctx context.Context, id string) (bool, error) {
	var d identity.Draft
	return s.openSecret(s.reader(ctx), id, secretDraft, &d)
}

// Schema is the text of every table and index.
func (s *Store) Schema(ctx context.Context) (string, error) {
	texts, err := all(s.reader(ctx), scanValue[string],
		`SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY name`)
	return strings.Join(texts, "\n"), err
}

// Write runs f in the writer, with its way to execute a statement.
func (s *Store) Write(ctx context.Context, f func(exec func(query string, args ...any) error) error) error {
	return s.write(ctx, func(t *tx) error { return f(t.exec) })
}

// SealedPlaces are the names of the columns that a change of keys reaches.
func SealedPlaces() (names []string) {
	for _, p := range sealedPlaces() {
		names = append(names, p.name())
	}
	return names
}

// Columns gives every column of a type in the schema, as TABLE.COLUMN.
func (s *Store) Columns(ctx context.Context, kind string) ([]string, error) {
	return all(s.reader(ctx), scanValue[string], `SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'goose%' AND (c.type = $1 OR $1 = '') ORDER BY 1`, kind)
}

// SealedBy counts the sealed values of the whole database by the id of their key, for each place.
func (s *Store) SealedBy(ctx context.Context) (map[string]map[uint32]int, error) {
	found := map[string]map[uint32]int{}
	for _, p := range sealedPlaces() {
		rows, err := all(s.reader(ctx), p.scan, p.page(true), -1)
		if err != nil {
			return nil, err
		}
		found[p.name()] = map[uint32]int{}
		for _, row := range rows {
			if len(row.value) > 0 {
				found[p.name()][s.sealer.KeyOf(row.value)]++
			}
		}
	}
	return found, nil
}

// SwapSealed exchanges the values of the first two rows of a place that have one.
func (s *Store) SwapSealed(ctx context.Context, place string) error {
	p := sealedPlaces()[placeAt(place)]
	rows, err := all(s.reader(ctx), p.scan, p.page(true), -1)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r sealedRow) bool { return len(r.value) == 0 })
	if len(rows) < 2 {
		return fmt.Errorf("%s has %d values", place, len(rows))
	}
	return s.write(ctx, func(t *tx) error {
		for n, row := range rows[:2] {
			if err := t.exec(p.swap(), append([]any{rows[1-n].value, row.value}, row.key...)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// SealLikeBefore binds what came with the deliveries to their events alone, as the first program did.
func (s *Store) SealLikeBefore(ctx context.Context) error {
	for _, p := range sealedPlaces() {
		if p.former == "" {
			continue
		}
		rows, err := all(s.reader(ctx), p.scan, p.page(true), -1)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if len(row.value) == 0 {
				continue
			}
			plain, err := s.sealer.Open(row.value, []byte(row.ad))
			if err != nil {
				return err
			}
			former, err := s.sealer.Seal(plain, []byte(row.former))
			if err != nil {
				return err
			}
			if err := s.write(ctx, func(t *tx) error { return t.exec(p.swap(), append([]any{former, row.value}, row.key...)...) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// BetweenReadAndWrite makes the next step of a change of keys, and something else in the midst of it.
func (s *Store) BetweenReadAndWrite(ctx context.Context, limit int, between func()) error {
	text, _, err := maybe(s.reader(ctx), scanValue[string], stateQuery, stateReseal)
	if err != nil {
		return err
	}
	w, err := readWalk(text)
	if err != nil {
		return err
	}
	next, err := s.prepareStride(ctx, text, w, limit)
	if err != nil {
		return err
	}
	between()
	return s.write(ctx, next.make)
}

// Sealer gives the keys.
func (s *Store) Sealer() Sealer { return s.sealer }

// AgesKept is how many decided cases of a kind are remembered for how long they took.
func (s *Store) AgesKept(ctx context.Context, kind string) (int, error) {
	n, err := one(s.reader(ctx), scanValue[int64], `SELECT count(*) FROM decided_ages WHERE kind = $1`, kind)
	return int(n), err
}

// IDToken opens what a session keeps for the identity provider.
func (s *Store) IDToken(ctx context.Context, hash []byte) (string, error) {
	sealed, err := one(s.reader(ctx), scanValue[[]byte], `SELECT id_token FROM sessions WHERE hash = $1`, hash)
	if err != nil {
		return "", err
	}
	plain, err := s.sealer.Open(sealed, idTokenPlace(hash))
	return string(plain), err
}

// EraseAuditTexts erases as a transaction of its own.
func (s *Store) EraseAuditTexts(ctx context.Context, id string) error {
	return s.write(ctx, func(t *tx) error { return t.eraseAuditTexts(id) })
}

// AuditQuery is what [Store.AuditEntries] asks the database.
func AuditQuery(f audit.Filter) (query string, args []any) { return auditQuery(f) }
