package store

import (
	"cmp"
	"strings"
)

// sealedPlace is a column that holds sealed values.
type sealedPlace struct {
	table, column string
	key           []string // the table's primary key: rows are walked in its order
	ad            string   // an expression for what the value is bound to, see [place]
	former        string   // what values of an earlier program are bound to instead; empty: the same
}

// sealedPlaces is every column that holds sealed values; a test compares it with the schema. The seal word in `state` is the one
// sealed value elsewhere.
func sealedPlaces() []sealedPlace {
	return []sealedPlace{
		{table: "secrets", column: "sealed", key: []string{"identity_id", "kind"}, ad: `'secrets/' || kind || '/' || identity_id`},
		{
			table: "deliveries", column: "body", key: []string{"id"},
			ad: `'deliveries/body/' || event_id || '/' || request_id`, former: `'deliveries/body/' || event_id`,
		},
		{
			table: "deliveries", column: "headers", key: []string{"id"},
			ad: `'deliveries/headers/' || event_id || '/' || request_id`, former: `'deliveries/headers/' || event_id`,
		},
		{table: "notes", column: "sealed", key: []string{"id"}, ad: `'notes/text/' || id`},
		{table: "proposals", column: "asked", key: []string{"id"}, ad: `'proposals/asked/' || id`},
		{table: "proposals", column: "answered", key: []string{"id"}, ad: `'proposals/answered/' || id`},
		{table: "sessions", column: "id_token", key: []string{`lower(hex(hash))`}, ad: `'sessions/id_token/' || lower(hex(hash))`},
		{table: "audit_texts", column: "sealed", key: []string{"seq"}, ad: `'audit_texts/reason/' || seq`},
		{table: "documents", column: "name", key: []string{"id"}, ad: `'documents/name/' || id`},
		{table: "documents", column: "held", key: []string{"id"}, ad: `'documents/held/' || id`},
		{table: "control_lists", column: "sealed", key: []string{"identity_id"}, ad: `'control_lists/list/' || identity_id`},
		{table: "import_rows", column: "sealed", key: []string{"import_id", "line"}, ad: `'import_rows/given/' || import_id || '/' || line`},
		{table: "moves", column: "payload", key: []string{"id"}, ad: `'moves/payload/' || id`},
		{table: "moves", column: "failure", key: []string{"id"}, ad: `'moves/failure/' || id`},
		{table: "holds", column: "sealed", key: []string{"id"}, ad: `'holds/reason/' || id`},
	}
}

func (p sealedPlace) name() string { return p.table + "." + p.column }

// page is the query for the rows behind a key, in order: the key, what the value is bound to, the value. It takes the key, unless
// it is the first page, and how many.
func (p sealedPlace) page(first bool) string {
	keys := strings.Join(p.key, ", ")
	query := `SELECT ` + keys + `, ` + p.ad + `, ` + cmp.Or(p.former, p.ad) + `, ` + p.column + ` FROM ` + p.table
	n := 1
	if !first {
		query += ` WHERE (` + keys + `) > (` + placeholders(1, len(p.key)) + `)`
		n += len(p.key)
	}
	return query + ` ORDER BY ` + keys + ` LIMIT ` + placeholders(n, 1)
}

// swap is the statement that puts a value ($1) in the place of another ($2), where that still stands, in the row of a key.
func (p sealedPlace) swap() string {
	query := `UPDATE ` + p.table + ` SET ` + p.column + ` = $1 WHERE ` + p.column + ` = $2`
	for n, column := range p.key {
		query += ` AND ` + column + ` = ` + placeholders(3+n, 1)
	}
	return query
}
