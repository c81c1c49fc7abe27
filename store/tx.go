package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// maxStatements is how many prepared statements a connection keeps; texts beyond are prepared for one use.
const maxStatements = 300

// tx is a transaction in which writes run, one after the other. A function that takes a tx composes inside an exported
// method, which is all or nothing. Such a write may be run twice before it is committed once: what it leaves outside the
// database it must set anew each time.
type tx struct {
	s   *Store
	w   *writer
	ctx context.Context

	now     time.Time // the same moment for the whole write, in milliseconds
	effects effects   // of the write that runs
	wrote   bool      // it has executed something
	broken  error     // a statement of it failed: it executes no more, since the transaction may be gone
	batch   effects   // of the writes before it
}

// run runs one write. A panic is its error; what was panicked with may hold anything, so that only its type is told.
func (t *tx) run(r *request) (err error) {
	t.now, t.effects, t.wrote, t.broken = t.s.moment(), newEffects(), false, nil
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic of type %T in a write\n%s", p, debug.Stack())
		}
	}()
	if err = r.run(t); err == nil {
		err = t.broken
	}
	return err
}

// keep adds what the write that has run brings about to what the commit will.
func (t *tx) keep() { t.batch.add(t.effects) }

// commit writes the counters, and with which key this program seals, and commits.
func (t *tx) commit() error {
	if err := t.flushCounters(t.batch.counters); err != nil {
		return err
	}
	noted, err := t.noteKey()
	if err != nil {
		return err
	}
	if err := t.exec("COMMIT"); err != nil {
		return err
	}
	if !noted.IsZero() {
		t.s.noting.noted = noted
	}
	return nil
}

// effects are what happens at or after the commit of a write.
type effects struct {
	counters map[string]int64 // by how much each counter grows
	changed  []string         // our ids of the cases that changed
	jobs     bool             // a job has become ready
	erased   bool             // bytes must leave the disk, see [Store.Scrub]
	settings *identity.Settings
}

func newEffects() effects { return effects{} }

// grow lets a counter grow.
func (e *effects) grow(counter string, by int64) {
	if e.counters == nil {
		e.counters = map[string]int64{}
	}
	e.counters[counter] += by
}

func (e *effects) add(other effects) {
	for name, n := range other.counters {
		e.grow(name, n)
	}
	e.changed = append(e.changed, other.changed...)
	e.jobs = e.jobs || other.jobs
	e.erased = e.erased || other.erased
	if other.settings != nil {
		e.settings = other.settings
	}
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
	if t.broken != nil {
		return 0, t.broken
	}
	t.wrote = true
	stmt, err := t.prepare(query)
	if err != nil {
		return 0, t.breaks(err)
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, t.breaks(fmt.Errorf("execute %.60q: %w", query, err))
	}
	return result.RowsAffected()
}

func (t *tx) rows(query string, args ...any) (*sql.Rows, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	t.wrote = t.wrote || !strings.HasPrefix(query, "SELECT")
	stmt, err := t.prepare(query)
	if err != nil {
		return nil, t.breaks(err)
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, t.breaks(err)
	}
	return rows, nil
}

func (t *tx) ended(err error) error {
	if err != nil {
		t.broken = err
	}
	return err
}

func (t *tx) breaks(err error) error {
	t.broken = err
	return err
}
