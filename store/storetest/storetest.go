// Package storetest opens fresh, migrated stores for tests and benchmarks, on every database that the desk knows.
package storetest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/store"
)

// Dialect is one kind of database.
type Dialect struct {
	Name  string
	URL   func(tb testing.TB) string // of a new database with all tables and nothing in them
	blank func(tb testing.TB) string // of one without tables
}

// Dialects are all of them.
func Dialects() []Dialect {
	return []Dialect{{Name: "sqlite", URL: migratedFile, blank: blankFile}}
}

func blankFile(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "desk.db")
}

// migratedFile copies a database that was migrated once: to migrate one for each test takes longer than most tests.
func migratedFile(tb testing.TB) string {
	tb.Helper()
	file, err := migrated()
	if err != nil {
		tb.Fatalf("migrate: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "desk.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		tb.Fatalf("copy a migrated database: %v", err)
	}
	return "sqlite:" + path
}

var migrated = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "migrated")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	url, copied := "sqlite:"+filepath.Join(dir, "desk.db"), filepath.Join(dir, "copy.db")
	s, err := store.Open(context.Background(), standard(url))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.Migrate(context.Background()), s.Close()); err != nil {
		return nil, err
	}
	if err := store.Backup(context.Background(), url, copied, false, func(int64, int64) {}); err != nil {
		return nil, err
	}
	return os.ReadFile(copied)
})

// Each runs a test on every kind of database.
func Each(t *testing.T, run func(t *testing.T, d Dialect)) {
	for _, d := range Dialects() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			run(t, d)
		})
	}
}

// Start is when the clock of a test stands unless it says otherwise: a Monday in business hours.
func Start() time.Time { return time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC) }

// Clock stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a clock that stands at [Start].
func NewClock() *Clock { return &Clock{at: Start()} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Option changes how a store is opened.
type Option func(*store.Options)

// WithClock makes the store ask a clock.
func WithClock(c *Clock) Option { return func(o *store.Options) { o.Now = c.Now } }

// WithPolicy makes the store judge by a policy.
func WithPolicy(p identity.Policy) Option { return func(o *store.Options) { o.Policy = p } }

// WithURL opens the database at a URL.
func WithURL(url string) Option { return func(o *store.Options) { o.URL = url } }

// WithOptions changes anything else.
func WithOptions(change func(*store.Options)) Option { return change }

// New opens a fresh, migrated store on the default database, and closes it after the test.
func New(tb testing.TB, options ...Option) *store.Store {
	tb.Helper()
	return Dialects()[0].New(tb, options...)
}

// New opens a fresh, migrated store, and closes it after the test.
func (d Dialect) New(tb testing.TB, options ...Option) *store.Store {
	tb.Helper()
	s := open(tb, d.URL, options)
	if err := s.Migrate(context.Background()); err != nil { // it may be a copy of an older database, and settings are read now
		tb.Fatalf("migrate: %v", err)
	}
	return s
}

// Open opens a store without tables, and closes it after the test.
func (d Dialect) Open(tb testing.TB, options ...Option) *store.Store {
	tb.Helper()
	return open(tb, d.blank, options)
}

// standard is how a store is opened unless a test says otherwise.
func standard(url string) store.Options {
	keys := newKeys(firstKey)
	return store.Options{URL: url, Sealer: keys, Index: keys, Policy: Policy(), Now: NewClock().Now, Log: slog.New(slog.DiscardHandler)}
}

func open(tb testing.TB, fresh func(testing.TB) string, options []Option) *store.Store {
	tb.Helper()
	o := standard("")
	for _, option := range options {
		option(&o)
	}
	if o.URL == "" {
		o.URL = fresh(tb)
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return s
}

// Policy gives one business day on a calendar in which a business day is a whole day from Monday to Friday.
func Policy() identity.Policy {
	return identity.Policy{Limit: identity.Limit{BusinessDays: 1}, Ours: weekdays{}, Paxos: weekdays{}}
}

type weekdays struct{}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// AddWork passes over whole days off.
func (w weekdays) AddWork(t time.Time, d time.Duration) time.Time {
	whole := int(d / w.Day())
	return w.AddBusinessDays(t, whole).Add(d % w.Day())
}

// Day is round the clock.
func (weekdays) Day() time.Duration { return 24 * time.Hour }

func (weekdays) AddBusinessDays(t time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		n, step = -n, -1
	}
	for n > 0 {
		if t = t.AddDate(0, 0, step); !weekend(t) {
			n--
		}
	}
	return t
}

func (weekdays) WorkingBetween(a, b time.Time) (worked time.Duration) {
	for ; a.Before(b); a = a.Add(time.Hour) {
		if !weekend(a) {
			worked += min(time.Hour, b.Sub(a))
		}
	}
	return worked
}
