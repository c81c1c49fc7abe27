package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// maxStatements is how many prepared statements a connection keeps; texts beyond are prepared for one use.
const maxStatements = 300

// tx is a write that runs: all its statements belong to one savepoint. A function that takes a tx composes inside an
// exported method, which is all or nothing.
type tx struct {
	s       *Store
	w       *writer
	ctx     context.Context
	now     time.Time // the same moment for the whole write, in milliseconds
	effects effects
}

// effects are what happens at or after the commit of a write.
type effects struct {
	counters map[string]int64 // by how much each counter grows
	changed  []string         // our ids of the cases that changed
	jobs     bool             // a job has become ready
}

func newEffects() effects { return effects{counters: map[string]int64{}} }

func (e *effects) add(other effects) {
	for name, n := range other.counters {
		e.counters[name] += n
	}
	e.changed = append(e.changed, other.changed...)
	e.jobs = e.jobs || other.jobs
}

// write runs f in the writer and gives its error, or the commit's.
func (s *Store) write(ctx context.Context, f func(*tx) error) error {
	return s.mask(s.w.do(ctx, f))
}

func (t *tx) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := t.w.statements[query]; ok {
		return stmt, nil
	}
	if len(t.w.statements) >= maxStatements {
		t.w.forget()
	}
	stmt, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", query, err)
	}
	t.w.statements[query] = stmt
	return stmt, nil
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.affect(query, args...)
	return err
}

// affect executes and tells how many rows it touched.
func (t *tx) affect(query string, args ...any) (int64, error) {
	stmt, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("execute %.60q: %w", query, err)
	}
	return result.RowsAffected()
}

func (t *tx) rows(query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.prepare(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(t.ctx, args...)
}
