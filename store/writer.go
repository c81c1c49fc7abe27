package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// maxBatch is how many writes share one commit at most, so that none waits long for its neighbours.
const maxBatch = 256

var errClosed = errors.New("the database is closed")

// A request is one write on its way through the writer.
type request struct {
	run   func(*tx) error
	state atomic.Int32
	done  chan error // buffered
}

// The states of a request. Who moves it away from waiting owns it.
const (
	waiting int32 = iota
	taken
	givenUp
)

func (r *request) become(state int32) bool { return r.state.CompareAndSwap(waiting, state) }

// writer is the one goroutine that writes. It takes all writes that wait, runs each in a savepoint of one transaction,
// commits once and answers all: a durable commit costs the same for one as for many.
type writer struct {
	s        *Store
	db       *sql.DB // one connection
	requests chan *request
	closing  chan struct{}
	closed   chan struct{}
	once     sync.Once

	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newWriter(s *Store, db *sql.DB) *writer {
	db.SetMaxOpenConns(1)
	w := &writer{
		s: s, db: db, requests: make(chan *request, maxBatch), closing: make(chan struct{}), closed: make(chan struct{}),
		statements: map[string]*sql.Stmt{},
	}
	go w.loop()
	return w
}

// do runs a write and waits for its commit. Where ctx ends first the write has no effect, unless it had already begun: then
// do waits for its end.
func (w *writer) do(ctx context.Context, run func(*tx) error) error {
	r := &request{run: run, done: make(chan error, 1)}
	select {
	case w.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return errClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		if r.become(givenUp) {
			return ctx.Err()
		}
	case <-w.closed:
		if r.become(givenUp) {
			return errClosed
		}
	}
	return <-r.done
}

// close lets the writes that wait finish, then closes the connection. It may be called more than once.
func (w *writer) close() error {
	w.once.Do(func() { close(w.closing) })
	<-w.closed
	return w.db.Close()
}

func (w *writer) loop() {
	defer close(w.closed)
	defer w.drop()
	for {
		select {
		case r := <-w.requests:
			w.batch(w.gather(r))
		case <-w.closing:
			for {
				select {
				case r := <-w.requests:
					w.batch(w.gather(r))
				default:
					return
				}
			}
		}
	}
}

// gather takes what waits behind the first request.
func (w *writer) gather(first *request) []*request {
	batch := []*request{first}
	for len(batch) < maxBatch {
		select {
		case r := <-w.requests:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// batch runs requests in one transaction and answers them.
func (w *writer) batch(requests []*request) {
	run := requests[:0]
	for _, r := range requests {
		if r.become(taken) {
			run = append(run, r)
		}
	}
	errs := make([]error, len(run))
	after, err := w.transaction(run, errs)
	if err != nil {
		w.drop()
	} else {
		w.s.announce(after)
	}
	for n, r := range run {
		if errs[n] == nil {
			errs[n] = err
		}
		r.done <- errs[n]
	}
}

// transaction fills errs with what became of each request; its own error means that nothing was committed.
func (w *writer) transaction(run []*request, errs []error) (effects, error) {
	all := newEffects()
	t, err := w.begin()
	if err != nil {
		return all, err
	}
	for n, r := range run {
		t.effects = newEffects()
		if errs[n], err = w.savepoint(t, r); err != nil {
			return all, err
		}
		if errs[n] == nil {
			all.add(t.effects)
		}
	}
	if err := t.flushCounters(all.counters); err != nil {
		return all, err
	}
	return all, t.exec("COMMIT")
}

func (w *writer) begin() (*tx, error) {
	ctx := context.Background() // a write that has begun is not given up half-way
	if w.conn == nil {
		conn, err := w.db.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("connect to the database: %w", err)
		}
		w.conn = conn
	}
	t := &tx{s: w.s, w: w, ctx: ctx}
	return t, t.exec(w.s.src.begin)
}

// savepoint runs one request so that its failure undoes its own work alone. broken means that the transaction is lost.
func (w *writer) savepoint(t *tx, r *request) (failed, broken error) {
	t.now = w.s.moment()
	if err := t.exec("SAVEPOINT write"); err != nil {
		return nil, err
	}
	failed = call(t, r.run)
	if failed != nil {
		if err := t.exec("ROLLBACK TO SAVEPOINT write"); err != nil {
			return failed, errors.Join(failed, err)
		}
	}
	return failed, t.exec("RELEASE SAVEPOINT write")
}

func call(t *tx, run func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return run(t)
}

// drop gives the connection up, which rolls back what was not committed; the next batch connects again.
func (w *writer) drop() {
	w.forget()
	if w.conn == nil {
		return
	}
	_, _ = w.conn.ExecContext(context.Background(), "ROLLBACK") // fails where there is nothing to undo
	if err := w.conn.Close(); err != nil {
		w.s.log.Error("give up a database connection", "error", err)
	}
	w.conn = nil
}

// forget lets go of the prepared statements.
func (w *writer) forget() {
	for _, stmt := range w.statements {
		_ = stmt.Close() // nothing is lost with it: it is prepared again when it is needed
	}
	clear(w.statements)
}
