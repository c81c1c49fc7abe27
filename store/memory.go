package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// mostRemembered is how many answers are kept, of a page of rows each at most.
	mostRemembered = 256
	// strangersWithin is how soon a commit of another process is noticed. Our own are noticed at once.
	strangersWithin = time.Millisecond
)

// memory keeps answers that every page asks for until something is committed, by whomever. What is kept is shared: nobody may
// change it.
type memory struct {
	version *sql.Stmt // says another number once another connection has committed
	close   func() error
	stale   atomic.Bool // we have committed since it was asked

	mu      sync.Mutex
	asked   time.Time
	last    int64
	answers map[any]any
}

// openMemory takes a connection of its own, since versions are told apart by connection.
func openMemory(ctx context.Context, src source) (*memory, error) {
	db, err := sql.Open(src.driver, src.reader)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	version, err := db.PrepareContext(ctx, src.version)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), db.Close())
	}
	return &memory{version: version, close: db.Close, answers: map[any]any{}}, nil
}

// forget lets go of everything once something has been committed since it was read.
func (m *memory) forget(now time.Time) error {
	if !m.stale.Swap(false) && now.Sub(m.asked) < strangersWithin {
		return nil
	}
	var version int64
	// Every query is short: see reader.
	if err := m.version.QueryRowContext(context.Background()).Scan(&version); err != nil {
		clear(m.answers)
		m.stale.Store(true)
		return fmt.Errorf("ask whether anything has changed: %w", err)
	}
	if m.asked = now; version != m.last {
		m.last = version
		clear(m.answers)
	}
	return nil
}

// find gives what is remembered, and the version to remember an answer for.
func (m *memory) find(key any) (answer any, known bool, version int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.forget(time.Now()); err != nil {
		return nil, false, 0, err
	}
	answer, known = m.answers[key]
	return answer, known, m.last, nil
}

// keep remembers an answer that was read since the version was found.
func (m *memory) keep(key, answer any, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last != version {
		return
	}
	if len(m.answers) >= mostRemembered {
		clear(m.answers)
	}
	m.answers[key] = answer
}

// remembered gives the answer to a question, of which the key's type tells what it is about. What is given is shared: nobody may
// change it.
func remembered[K comparable, T any](s *Store, key K, read func() (T, error)) (T, error) {
	answer, known, version, err := s.memory.find(key)
	if err != nil {
		var none T
		return none, err
	}
	if known {
		return answer.(T), nil
	}
	fresh, err := read()
	if err == nil {
		s.memory.keep(key, fresh, version)
	}
	return fresh, err
}
