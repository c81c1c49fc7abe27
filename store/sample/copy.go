package sample

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// copy writes copies of the first block until there are n identities. They are not counted.
func (d *Data) copy(ctx context.Context, n int) (err error) {
	path := strings.TrimPrefix(d.URL, "sqlite:")
	db, err := sql.Open("sqlite", "file:"+path+"?mode=rw&_pragma=busy_timeout(60000)&_pragma=synchronous(OFF)&_pragma=cache_size(-262144)"+
		"&_pragma=wal_autocheckpoint(100000)&_txlock=immediate")
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for d.n < n {
		from, to := d.n%block, min(block, d.n%block+n-d.n)
		if err := copyBlock(ctx, db, d.n/block, from, to); err != nil {
			return err
		}
		d.n += to - from
	}
	return nil
}

// copyBlock copies the numbers from to to-1 as those of another block.
func copyBlock(ctx context.Context, db *sql.DB, number, from, to int) error {
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to copy: %w", err)
	}
	defer func() { _ = t.Rollback() }()
	c := copying{number: number, which: fmt.Sprintf("i.ref_id >= '%s' AND i.ref_id < '%s'", RefID(from), RefID(to))}
	for _, table := range []string{"identities", "history", "turns", "identity_requirements", "identity_tags"} {
		columns, err := columnsOf(ctx, t, table)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, c.query(table, columns)); err != nil {
			return fmt.Errorf("copy %s: %w", table, err)
		}
	}
	return t.Commit()
}

func columnsOf(ctx context.Context, t *sql.Tx, table string) (columns []string, err error) {
	rows, err := t.QueryContext(ctx, `SELECT name FROM pragma_table_info($1) ORDER BY cid`, table)
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", table, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		columns = append(columns, name)
	}
	return columns, rows.Err()
}

// copying makes the statements that copy a block.
type copying struct {
	number int    // of the new block; those that are copied are of block 0
	which  string // selects the identities
}

// query copies what of a table belongs to the identities.
func (c copying) query(table string, columns []string) string {
	columns = slices.DeleteFunc(columns, func(name string) bool { return table == "history" && name == "id" })
	values := make([]string, len(columns))
	for n, name := range columns {
		values[n] = c.value(table, name)
	}
	from := " FROM identities i WHERE " + c.which
	if table != "identities" {
		from = " FROM " + table + " b JOIN identities i ON i.id = b.identity_id WHERE " + c.which
	}
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(values, ", ") + from
}

// value is what a column of a copy gets: ids of its own, times that are shifted, and the rest as it was.
func (c copying) value(table, column string) string {
	of := "i." + column
	if table != "identities" {
		of = "b." + column
	}
	number := fmt.Sprintf("(CAST(substr(i.ref_id, 6) AS INTEGER) + %d)", c.number*block)
	switch {
	case column == "ref_id":
		return "printf('user-%07d', " + number + ")"
	case column == "paxos_id": // as PaxosID says
		return fmt.Sprintf("printf('%%08x', %s * %d %% 4294967296) || substr(%s, 9)", number, uint64(scatter), of)
	case column == "identity_id", table == "identities" && column == "id":
		return fmt.Sprintf("printf('%%08x', %d) || substr(i.id, 9)", c.number) // ids grow: those of a block stand together
	case strings.HasSuffix(column, "_at"), strings.HasSuffix(column, "_since"), column == "snoozed_until":
		return of + " - " + c.earlier()
	}
	return of
}

// earlier is by how many milliseconds a copy is older: what is undecided stays as late as it was, give or take.
func (c copying) earlier() string {
	return fmt.Sprintf("CASE i.undecided WHEN 1 THEN %d ELSE %d END", c.number*1000, c.number*block*60_000)
}
