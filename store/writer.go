package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// maxBatch is how many writes share one commit at most, so that none waits long for its neighbours.
const maxBatch = 256

// linger is how long a batch waits for others at most, where the one before had several.
const linger = time.Millisecond

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

// writer is the one goroutine that writes. It takes all writes that wait, runs them in one transaction, commits once and
// answers all: a durable commit costs the same for one as for many.
type writer struct {
	s        *Store
	db       *sql.DB // one connection
	requests chan *request
	closing  chan struct{}
	closed   chan struct{}
	once     sync.Once

	most int // how many writes share one commit at most
	last int // how many the last commit had

	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newWriter(s *Store, db *sql.DB) *writer {
	db.SetMaxOpenConns(1)
	w := &writer{
		s: s, db: db, requests: make(chan *request, maxBatch), closing: make(chan struct{}), closed: make(chan struct{}),
		statements: map[string]*sql.Stmt{}, most: maxBatch,
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

// gather takes what waits behind the first request. Those that the last commit has answered are about to come again, all at
// about the same time: under load it pays to let them, since the first alone would cost a commit of its own.
func (w *writer) gather(first *request) []*request {
	batch := append(make([]*request, 0, w.most), first)
	enough := w.last - w.last/4
	var end <-chan time.Time
	for len(batch) < w.most {
		select {
		case r := <-w.requests:
			batch = append(batch, r)
			continue
		default:
		}
		if len(batch) >= enough {
			break
		}
		if end == nil {
			end = time.After(linger)
		}
		select {
		case r := <-w.requests:
			batch = append(batch, r)
		case <-end:
			enough = 0
		}
	}
	w.last = len(batch)
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
	after, alone, err := w.together(run, errs)
	if !alone || err != nil {
		return after, err
	}
	clear(errs)
	return w.oneByOne(run, errs)
}

// together runs requests without savepoints, which cost more than the work of a small write. Where one fails after it has
// written, the whole transaction is undone; alone says that each must be run again in a savepoint of its own.
func (w *writer) together(run []*request, errs []error) (after effects, alone bool, err error) {
	t, err := w.begin()
	if err != nil {
		return after, false, err
	}
	for n, r := range run {
		errs[n] = t.run(r)
		if errs[n] == nil {
			t.keep()
			continue
		}
		if t.wrote || t.broken != nil {
			w.undo()
			return newEffects(), len(run) > 1, nil
		}
	}
	return t.batch, false, t.commit()
}

// oneByOne runs requests so that the failure of one undoes its own work alone.
func (w *writer) oneByOne(run []*request, errs []error) (effects, error) {
	t, err := w.begin()
	if err != nil {
		return newEffects(), err
	}
	for n, r := range run {
		if errs[n], err = w.savepoint(t, r); err != nil {
			return newEffects(), err
		}
		if errs[n] == nil {
			t.keep()
		}
	}
	return t.batch, t.commit()
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
	t := &tx{s: w.s, w: w, ctx: ctx, batch: newEffects()}
	return t, t.exec(w.s.src.begin)
}

// undo rolls the transaction back. An error means that the database has done so already.
func (w *writer) undo() { _, _ = w.conn.ExecContext(context.Background(), "ROLLBACK") }

// savepoint runs one request so that its failure undoes its own work alone. broken means that the transaction is lost.
func (w *writer) savepoint(t *tx, r *request) (failed, broken error) {
	if err := t.exec("SAVEPOINT write"); err != nil {
		return nil, err
	}
	if failed = t.run(r); failed != nil {
		t.broken = nil
		if err := t.exec("ROLLBACK TO SAVEPOINT write"); err != nil {
			return failed, errors.Join(failed, err)
		}
	}
	return failed, t.exec("RELEASE SAVEPOINT write")
}

// drop gives the connection up, which rolls back what was not committed; the next batch connects again.
func (w *writer) drop() {
	w.forget()
	if w.conn == nil {
		return
	}
	w.undo()
	// A connection that something went wrong with is closed, not lent again.
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := w.conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
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
