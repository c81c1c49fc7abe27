package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// querier reads: inside a write or from the pool of readers.
type querier interface {
	rows(query string, args ...any) (*sql.Rows, error)
	// ended is told how reading the rows ended, and gives that error.
	ended(err error) error
}

// reader reads from the pool. Every query is short, so one that has begun is not given up: watching a context costs a
// goroutine for each.
type reader struct {
	s   *Store
	ctx context.Context
}

func (s *Store) reader(ctx context.Context) reader { return reader{s, ctx} }

func (r reader) rows(query string, args ...any) (*sql.Rows, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	stmt, err := r.s.statement(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(context.WithoutCancel(r.ctx), args...)
}

func (r reader) ended(err error) error { return err }

// statement gives the prepared statement of a text; there are as many texts as there are ways to filter a list.
func (s *Store) statement(query string) (*sql.Stmt, error) {
	if stmt, ok := s.statements.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.read.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", query, err)
	}
	if was, loaded := s.statements.LoadOrStore(query, stmt); loaded {
		return was.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// scanFunc reads one row.
type scanFunc[T any] func(*sql.Rows) (T, error)

// all reads every row of a query.
func all[T any](q querier, scan scanFunc[T], query string, args ...any) ([]T, error) {
	return some(q, 0, scan, query, args...)
}

// some is all, where about so many rows are expected.
func some[T any](q querier, expected int, scan scanFunc[T], query string, args ...any) (items []T, err error) {
	rows, err := q.rows(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	items = make([]T, 0, expected)
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read a row of %.60q: %w", query, err)
		}
		items = append(items, item)
	}
	return items, q.ended(rows.Err())
}

// one reads the first row of a query; sql.ErrNoRows where there is none.
func one[T any](q querier, scan scanFunc[T], query string, args ...any) (T, error) {
	items, err := some(q, 1, scan, query, args...)
	if err == nil && len(items) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		var none T
		return none, err
	}
	return items[0], nil
}

// maybe is one, with a zero value where there is no row.
func maybe[T any](q querier, scan scanFunc[T], query string, args ...any) (item T, found bool, err error) {
	item, err = one(q, scan, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return item, false, nil
	}
	return item, err == nil, err
}

// scanValue reads a row of one column.
func scanValue[T any](rows *sql.Rows) (v T, err error) {
	return v, rows.Scan(&v)
}

// mostAtOnce is how many ids one query asks for.
const mostAtOnce = 500

// atOnce gives ids as arguments. There is a text of the query for each number of them, which is kept, so that only a few numbers
// are used: the last id fills up.
func atOnce[T any](ids []T) []any {
	if len(ids) == 0 {
		return nil
	}
	size := mostAtOnce
	for _, n := range []int{1, 10, 50, 200} {
		if len(ids) <= n {
			size = n
			break
		}
	}
	args := make([]any, size)
	for k := range args {
		args[k] = ids[min(k, len(ids)-1)]
	}
	return args
}
