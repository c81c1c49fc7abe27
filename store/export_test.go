package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"

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
		`SELECT id FROM jobs WHERE ` + ofSubject: {"event", "x"},
		lookupQuery:                              {"x"},
		otherIDsQuery:                            {"x"},
		turnQuery:                                {1, 0, "", 1},
		nextKindQuery:                            {""},
		agesQuery:                                {"x", 1},
		mentionsQuery:                            {"ana", 1},
		unseenQuery:                              {"ana"},
		reachedQuery:                             {"x"},
		nextTagQuery:                             {""},
		historiesQuery(2):                        {"x", "y"},
		formerQuery(2):                           {"x", "y"},
		idleQuery:                                {1, 1},
		heldQuery:                                {"ana", 1},
		nextTurnQuery:                            {},
		undecidedQuery:                           {1, 1},
		selectRow + `WHERE tab <> 'decided' AND id > $1 ORDER BY id LIMIT $2`:                                           {"", 1},
		selectEvent + ` WHERE state = $1 AND (received_at, happened_at, id) < ($2, $3, $4)` + eventsOrder + ` LIMIT $5`: {"queued", 1, 1, "", 1},
		selectEvent + ` WHERE (received_at, happened_at, id) < ($1, $2, $3)` + eventsOrder + ` LIMIT $4`:                {1, 1, "", 1},
	}
}

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
