// Package store keeps everything that the desk must not forget. It holds all the SQL. An exported method that writes is all
// or nothing, its audit entry included; errors that a person may see are [fault.Error] values.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Options are what a [Store] needs.
type Options struct {
	URL    string // sqlite:PATH; the folder is made
	Sealer Sealer
	Index  Indexer
	Policy identity.Policy // of the environment; what people have set is laid over it, see [Store.Policy]
	Now    func() time.Time
	Log    *slog.Logger
	OnJobs func() // see [Store.OnJobs]; may be nil
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	src    source
	sealer Sealer // noting, for all but that itself
	noting *noting
	index  Indexer
	base   identity.Policy
	policy atomic.Pointer[identity.Policy]
	now    func() time.Time
	log    *slog.Logger

	w          *writer
	read       *sql.DB
	statements sync.Map // text → *sql.Stmt of the readers
	memory     *memory
	ageings    atomic.Pointer[ageings]
	unscrubbed atomic.Bool // see [Store.Scrub]
	told       told
	onJobs     atomic.Pointer[func()]
	onChange   atomic.Pointer[func([]string)]
}

// Open opens the database and starts the writer. It makes the file, but no tables: see [Store.Migrate].
func Open(ctx context.Context, o Options) (*Store, error) {
	src, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if err := src.prepare(); err != nil {
		return nil, err
	}
	keys := &noting{Sealer: o.Sealer}
	s := &Store{src: src, sealer: keys, noting: keys, index: o.Index, base: o.Policy, now: o.Now, log: o.Log}
	s.unscrubbed.Store(true) // a desk that was killed may have had no time to
	if o.OnJobs != nil {
		s.OnJobs(o.OnJobs)
	}
	write, err := sql.Open(src.driver, src.writer)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), write.Close())
	}
	if s.read, err = sql.Open(src.driver, src.reader); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), write.Close())
	}
	readers := 2 * runtime.GOMAXPROCS(0)
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if s.memory, err = openMemory(ctx, src); err != nil {
		return nil, errors.Join(err, s.read.Close(), write.Close())
	}
	s.w = newWriter(s, write)
	if err := s.loadSettings(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close lets the writes that wait finish and closes the database. It may be called more than once.
func (s *Store) Close() error {
	return errors.Join(s.memory.close(), s.read.Close(), s.w.close())
}

// OnJobs sets what is called after each commit that made a job ready. It runs in the writer, so it must return at once and
// must not write to the store.
func (s *Store) OnJobs(f func()) { s.onJobs.Store(&f) }

// OnChange sets what is called after each commit that changed cases, with our ids of them. It runs in the writer, so it must
// return at once and must not write to the store.
func (s *Store) OnChange(f func(ids []string)) { s.onChange.Store(&f) }

// announce tells of what a commit has changed.
func (s *Store) announce(e effects) {
	s.memory.stale.Store(true)
	if e.erased {
		s.unscrubbed.Store(true)
	}
	if e.settings != nil {
		s.obey(*e.settings)
	}
	if f := s.onJobs.Load(); f != nil && e.jobs {
		(*f)()
	}
	if f := s.onChange.Load(); f != nil && len(e.changed) > 0 {
		(*f)(e.changed)
	}
}

// moment is now as it is stored.
func (s *Store) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// mask turns an error of the database that passes by itself into one that says so; others stay what they are.
func (s *Store) mask(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if s.src.busy(err) || errors.Is(err, errClosed) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, "The database cannot be used just now. Try again in a moment.", err)
	}
	return err
}

// Writable reports whether the database takes a durable write now.
func (s *Store) Writable(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error { return t.setState("writable", t.now.Format(time.RFC3339)) })
}
