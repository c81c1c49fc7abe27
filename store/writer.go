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

// linger is how long a batch waits for others at most, where the one before had more.
const linger = 2 * time.Millisecond

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

// writer is the one goroutine that writes. It takes the writes that wait, and those that come while it runs them, into one
// transaction, commits once and answers all: a durable commit costs little more for many than for one.
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
			w.batch(r)
		case <-w.closing:
			for {
				select {
				case r := <-w.requests:
					w.batch(r)
				default:
					return
				}
			}
		}
	}
}

// batch is what shares one transaction.
type batch struct {
	requests []*request
	errs     []error          // what became of each
	lingered <-chan time.Time // ends the wait for more; nil before it
}

// take adds a request that nobody has given up.
func (b *batch) take(r *request) bool {
	if !r.become(taken) {
		return false
	}
	b.requests, b.errs = append(b.requests, r), append(b.errs, nil)
	return true
}

// batch runs a request, and those that come meanwhile, in one transaction and answers them.
func (w *writer) batch(first *request) {
	b := &batch{}
	if !b.take(first) {
		return
	}
	after, err := w.transaction(b)
	if err != nil {
		w.drop()
	} else {
		w.s.announce(after)
	}
	w.last = len(b.requests)
	for n, r := range b.requests {
		if b.errs[n] == nil {
			b.errs[n] = err
		}
		r.done <- b.errs[n]
	}
}

// transaction fills b; its error means that nothing was committed.
func (w *writer) transaction(b *batch) (effects, error) {
	after, alone, err := w.together(b)
	if !alone || err != nil {
		return after, err
	}
	clear(b.errs)
	return w.oneByOne(b)
}

// together runs requests as they come, without savepoints, which cost more than the work of a small write. Where one fails after
// it has written, the whole transaction is undone; alone says that each must be run again in a savepoint of its own.
func (w *writer) together(b *batch) (after effects, alone bool, err error) {
	t, err := w.begin()
	if err != nil {
		return after, false, err
	}
	for n, more := 0, true; more; n, more = n+1, w.more(b) {
		b.errs[n] = t.run(b.requests[n])
		if b.errs[n] == nil {
			t.keep()
			continue
		}
		if t.wrote || t.broken != nil {
			w.undo()
			return newEffects(), n > 0, nil
		}
	}
	return t.batch, false, t.commit()
}

// more takes one more request into the batch, where one waits. Those that the last commit has answered are about to come again,
// all at about the same time: under load it pays to let them, since the first alone would cost a commit of its own.
func (w *writer) more(b *batch) bool {
	for len(b.requests) < w.most {
		r, ok := w.pending()
		if !ok && len(b.requests) < w.last {
			r, ok = w.comes(b)
		}
		if !ok || b.take(r) {
			return ok
		}
	}
	return false
}

// pending is a request that has come already.
func (w *writer) pending() (*request, bool) {
	select {
	case r := <-w.requests:
		return r, true
	default:
		return nil, false
	}
}

// comes is a request that comes while the batch lingers.
func (w *writer) comes(b *batch) (*request, bool) {
	if b.lingered == nil {
		b.lingered = time.After(linger)
	}
	select {
	case r := <-w.requests:
		return r, true
	case <-b.lingered:
		return nil, false
	}
}

// oneByOne runs requests so that the failure of one undoes its own work alone.
func (w *writer) oneByOne(b *batch) (effects, error) {
	t, err := w.begin()
	if err != nil {
		return newEffects(), err
	}
	for n, r := range b.requests {
		if b.errs[n], err = w.savepoint(t, r); err != nil {
			return newEffects(), err
		}
		if b.errs[n] == nil {
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
