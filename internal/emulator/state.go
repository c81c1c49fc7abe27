package emulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const stateVersion = 1

// savedState is the layout of the state file.
type savedState struct {
	Version    int               `json:"version"`
	KeyCheck   string            `json:"key_check,omitempty"`
	Records    []json.RawMessage `json:"identities"`
	Events     []json.RawMessage `json:"events"`
	Tests      []json.RawMessage `json:"test_events"`
	Deliveries []delivery        `json:"deliveries"`
	Accounts   []json.RawMessage `json:"accounts,omitempty"`
}

// savedRecord is a record with its details sealed.
type savedRecord struct {
	*record
	Sealed []byte `json:"sealed,omitempty"`
}

// load reads the state file, where there is one. The caller holds the lock.
func (e *Emulator) load() (bool, error) {
	if e.opts.StatePath == "" {
		return false, nil
	}
	raw, err := os.ReadFile(e.opts.StatePath)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the emulator's state: %w", err)
	}
	var saved savedState
	if err := json.Unmarshal(raw, &saved); err != nil {
		return false, fmt.Errorf("the emulator's state file %s is damaged (%w); move it away to start afresh", e.opts.StatePath, err)
	}
	if saved.Version != stateVersion {
		return false, fmt.Errorf("the emulator's state file %s has version %d, this program reads %d; move it away to start afresh",
			e.opts.StatePath, saved.Version, stateVersion)
	}
	if saved.KeyCheck != "" && saved.KeyCheck != e.sealer.check() {
		return false, fmt.Errorf("the emulator's state file %s was written with another state key; bring that key back, or move the file away to start afresh",
			e.opts.StatePath)
	}
	return true, e.restore(saved)
}

func (e *Emulator) restore(saved savedState) error {
	for _, raw := range saved.Records {
		rec, err := e.restoreRecord(raw)
		if err != nil {
			return err
		}
		e.data.add(rec)
	}
	for _, raw := range saved.Accounts {
		if err := e.restoreAccount(raw); err != nil {
			return err
		}
	}
	for _, raw := range saved.Events {
		if err := e.restoreEvent(raw, false); err != nil {
			return err
		}
	}
	for _, raw := range saved.Tests {
		if err := e.restoreEvent(raw, true); err != nil {
			return err
		}
	}
	for i := range saved.Deliveries {
		if e.data.byEvent[saved.Deliveries[i].EventID] == nil {
			return fmt.Errorf("the emulator's state file delivers an event it does not hold: %s", saved.Deliveries[i].EventID)
		}
		e.queue.push(&saved.Deliveries[i])
	}
	return nil
}

func (e *Emulator) restoreRecord(raw json.RawMessage) (*record, error) {
	s := savedRecord{record: &record{}}
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("read an identity of the emulator's state: %w", err)
	}
	rec := s.record
	if len(s.Sealed) == 0 {
		return rec, nil
	}
	if !e.sealer.persistent() {
		return nil, errors.New("the emulator's state file holds sealed details; give the state key it was written with")
	}
	plain, err := e.sealer.open(s.Sealed, rec.ID)
	if err != nil {
		return nil, fmt.Errorf("open the details of identity %s: %w", rec.ID, err)
	}
	if err := json.Unmarshal(plain, &rec.details); err != nil {
		return nil, fmt.Errorf("read the details of identity %s: %w", rec.ID, err)
	}
	rec.sealed = s.Sealed
	return rec, nil
}

func (e *Emulator) restoreEvent(raw json.RawMessage, test bool) error {
	ev := &event{Test: test}
	if err := json.Unmarshal(raw, ev); err != nil {
		return fmt.Errorf("read an event of the emulator's state: %w", err)
	}
	e.data.addEvent(ev)
	return nil
}

// snapshot encodes the state. Records and events keep their encoding until they change, so
// that the lock is held briefly however many there are.
func (e *Emulator) snapshot() (savedState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := savedState{Version: stateVersion, KeyCheck: e.sealer.check(), Deliveries: e.queue.all()}
	for _, rec := range e.data.records {
		if err := e.encode(rec); err != nil {
			return s, err
		}
		s.Records = append(s.Records, rec.stored)
	}
	var err1, err2, err3 error
	s.Events, err1 = encodeEvents(e.data.events)
	s.Tests, err2 = encodeEvents(e.data.tests)
	s.Accounts, err3 = e.encodeAccounts()
	return s, errors.Join(err1, err2, err3)
}

func encodeEvents(all []*event) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, 0, len(all))
	for _, ev := range all {
		if ev.stored == nil || ev.storedFor != ev.Undelivered {
			raw, err := json.Marshal(ev)
			if err != nil {
				return nil, fmt.Errorf("encode event %s: %w", ev.ID, err)
			}
			ev.stored, ev.storedFor = raw, ev.Undelivered
		}
		out = append(out, ev.stored)
	}
	return out, nil
}

func (e *Emulator) encode(rec *record) error {
	if rec.stored != nil {
		return nil
	}
	if e.sealer.persistent() && rec.sealed == nil {
		plain, err := json.Marshal(rec.details)
		if err != nil {
			return fmt.Errorf("encode the details of identity %s: %w", rec.ID, err)
		}
		if rec.sealed, err = e.sealer.seal(plain, rec.ID); err != nil {
			return err
		}
	}
	atRest := *rec
	if !e.sealer.persistent() {
		atRest.CIPMark = "" // keyed by chance: worthless to the next process
	}
	raw, err := json.Marshal(savedRecord{record: &atRest, Sealed: rec.sealed})
	rec.stored = raw
	if err != nil {
		return fmt.Errorf("encode identity %s: %w", rec.ID, err)
	}
	return nil
}

// keep saves the state unless the file holds all that has changed so far. What
// was kept is known after a crash, too: it comes before anybody is told.
func (e *Emulator) keep() error {
	changes := e.changes.Load()
	e.saving.Lock()
	defer e.saving.Unlock()
	if e.saved >= changes { // another call has waited for the same file
		return nil
	}
	changes = e.changes.Load() // at most what the snapshot will hold
	if err := e.save(); err != nil {
		return err
	}
	e.saved = changes
	return nil
}

// keeping lets a call answer once its outcome is kept.
func (e *Emulator) keeping(c call) call {
	return func(r *http.Request) (any, error) {
		answer, err := c(r)
		if err != nil {
			return nil, err
		}
		return answer, e.keep()
	}
}

// save writes the state beside the file and renames it, so that a crash leaves
// the old state or the new one, never half.
func (e *Emulator) save() error {
	if e.opts.StatePath == "" {
		return nil
	}
	s, err := e.snapshot()
	if err != nil {
		return fmt.Errorf("save the emulator's state: %w", err)
	}
	if err := writeAtomically(e.opts.StatePath, s.writeTo); err != nil {
		return fmt.Errorf("save the emulator's state: %w", err)
	}
	return nil
}

// writeTo writes what json.Marshal of s would, one entry a line, without
// encoding the entries again.
func (s savedState) writeTo(w io.Writer) error {
	queue, err := json.Marshal(s.Deliveries)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	err = errors.Join(
		put(b, fmt.Sprintf("{\"version\":%d,\"key_check\":%q", s.Version, s.KeyCheck)), // a number and hex digits
		putList(b, "identities", s.Records),
		putList(b, "events", s.Events),
		putList(b, "test_events", s.Tests),
		putList(b, "accounts", s.Accounts),
		put(b, ",\n\"deliveries\":", string(queue), "}\n"),
	)
	return errors.Join(err, b.Flush())
}

func put(b *bufio.Writer, parts ...string) error {
	for _, part := range parts {
		if _, err := b.WriteString(part); err != nil {
			return err
		}
	}
	return nil
}

func putList(b *bufio.Writer, name string, entries []json.RawMessage) error {
	err := put(b, ",\n\"", name, "\":[")
	for i, raw := range entries {
		lead := ",\n"
		if i == 0 {
			lead = "\n"
		}
		if err == nil {
			err = put(b, lead, string(raw))
		}
	}
	return errors.Join(err, put(b, "]"))
}

func writeAtomically(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already once renamed
	if err := errors.Join(write(tmp), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename durable.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// keepSaved writes the file soon after a change, and never spends more than
// about a tenth of the time on it.
func (e *Emulator) keepSaved(ctx context.Context) {
	gap := 250 * time.Millisecond
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-e.dirty:
		}
		began := time.Now()
		if err := e.keep(); err != nil {
			e.log.ErrorContext(ctx, "emulator: state not saved", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(max(gap, 10*time.Since(began))):
		}
	}
}
