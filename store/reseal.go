package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/fault"
)

// A walk over everything sealed gives each value that another key has sealed to the one that seals now. It goes in small steps
// that share the writer with everything else, and goes on where it was when the program ends.
const (
	stateReseal = "reseal"
	// resealAfter is how long nothing must have been sealed with another key before a walk begins: then nothing can be stored
	// behind its back. It leaves room for [noteEvery] and for clocks that differ.
	resealAfter = 3 * noteEvery
	// resealAgain is when a walk that could not open everything is tried again.
	resealAgain = 24 * time.Hour
)

// Reseal is a walk over everything sealed.
type Reseal struct {
	To     uint32    `json:"to"`   // the key
	Done   int64     `json:"done"` // values seen
	Of     int64     `json:"of"`   // of about so many
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended"`            // zero while it is under way
	Failed []Failed  `json:"failed,omitempty"` // what could not be opened
}

// Failed is how many values their key does not open: they were altered, or moved from elsewhere.
type Failed struct {
	Key   uint32 `json:"key"`
	Place string `json:"place"` // table and column
	First string `json:"first"` // the key of the first such row
	Count int64  `json:"count"`
}

// Step is what a step of a walk came to.
type Step struct {
	More  bool      // there is another step to make
	At    time.Time // when there may be; zero: not before the keys change
	Began bool      // it was the first of a walk
	Ended bool      // it was the last
	Done  int64     // how many values the walk has seen
}

// walk is how far a walk has come.
type walk struct {
	Reseal
	Place string `json:"place"`           // where it is now
	After []any  `json:"after,omitempty"` // the last row that it has seen there
}

func readWalk(text string) (w walk, err error) {
	if text == "" {
		return w, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // a row's number stays what it is
	if err := d.Decode(&w); err != nil {
		return w, fmt.Errorf("read how far the change of keys has come: %w", err)
	}
	for n, v := range w.After {
		if number, ok := v.(json.Number); ok {
			if w.After[n], err = number.Int64(); err != nil {
				return w, fmt.Errorf("read how far the change of keys has come: %w", err)
			}
		}
	}
	return w, nil
}

func (w walk) text() (string, error) {
	text, err := json.Marshal(w)
	return string(text), err
}

// Reseal makes the next step of a walk: it looks at up to limit values. Where everything is sealed with the key that seals there
// is nothing to do. Once a walk has ended, the other keys are struck from the list of those in use, but for what failed.
func (s *Store) Reseal(ctx context.Context, limit int) (Step, error) {
	step, err := s.reseal(ctx, limit)
	return step, s.mask(err)
}

func (s *Store) reseal(ctx context.Context, limit int) (Step, error) {
	r := s.reader(ctx)
	primary, _ := s.sealer.Keys()
	others, err := all(r, scanKeyUse, keysQuery)
	if err != nil {
		return Step{}, err
	}
	others = slices.DeleteFunc(others, func(k KeyUse) bool { return k.ID == primary })
	if len(others) == 0 {
		return Step{}, nil
	}
	text, _, err := maybe(r, scanValue[string], stateQuery, stateReseal)
	if err != nil {
		return Step{}, err
	}
	w, err := readWalk(text)
	if err != nil {
		return Step{}, err
	}
	if w.To == primary && w.Ended.IsZero() && placeAt(w.Place) >= 0 {
		return s.walkOn(ctx, text, w, limit)
	}
	if at := w.again(primary, others); at.After(s.moment()) {
		return Step{At: at}, nil
	}
	return s.beginWalk(ctx, text, primary)
}

// again is when the next walk may begin, given the last one.
func (w walk) again(primary uint32, others []KeyUse) time.Time {
	last := slices.MaxFunc(others, func(a, b KeyUse) int { return a.UsedAt.Compare(b.UsedAt) }).UsedAt.Add(resealAfter)
	if w.To == primary && !last.After(w.Began) { // nothing has changed since: what failed would fail again
		return w.Ended.Add(resealAgain)
	}
	return last
}

func placeAt(name string) int {
	return slices.IndexFunc(sealedPlaces(), func(p sealedPlace) bool { return p.name() == name })
}

func (s *Store) beginWalk(ctx context.Context, before string, primary uint32) (Step, error) {
	w := walk{Reseal: Reseal{To: primary, Began: s.moment()}, Place: sealedPlaces()[0].name()}
	for _, p := range sealedPlaces() {
		n, err := one(s.reader(ctx), scanValue[int64], `SELECT count(*) FROM `+p.table)
		if err != nil {
			return Step{}, err
		}
		w.Of += n
	}
	err := s.write(ctx, func(t *tx) error { return t.moveWalk(before, w) })
	return Step{More: true, Began: true}, err
}

// moveWalk writes how far a walk has come, unless another program has moved it meanwhile.
func (t *tx) moveWalk(before string, w walk) error {
	now, _, err := maybe(t, scanValue[string], stateQuery, stateReseal)
	if err != nil {
		return err
	}
	if now != before {
		return fault.New(fault.Conflict, "Another program changes the keys at the same time.")
	}
	text, err := w.text()
	if err != nil {
		return err
	}
	return t.setState(stateReseal, text)
}

// sealedRow is a sealed value where it is.
type sealedRow struct {
	key        []any // of its row
	ad, former string
	value      []byte // nil where there is none
	fresh      []byte // what goes into its place
}

func (p sealedPlace) scan(rows *sql.Rows) (r sealedRow, err error) {
	r.key = make([]any, len(p.key))
	into := make([]any, 0, len(p.key)+3)
	for n := range r.key {
		into = append(into, &r.key[n])
	}
	return r, rows.Scan(append(into, &r.ad, &r.former, &r.value)...)
}

// stride is a step that has been prepared: what takes time, reading and sealing, happens outside the writer.
type stride struct {
	before  string // how far the walk was
	walk    walk   // and is afterwards
	place   sealedPlace
	changed []sealedRow
}

func (s *Store) walkOn(ctx context.Context, before string, w walk, limit int) (Step, error) {
	next, err := s.prepareStride(ctx, before, w, limit)
	if err != nil {
		return Step{}, err
	}
	ended := !next.walk.Ended.IsZero()
	return Step{More: !ended, Ended: ended, Done: next.walk.Done}, s.write(ctx, next.make)
}

func (s *Store) prepareStride(ctx context.Context, before string, w walk, limit int) (stride, error) {
	next := stride{before: before, walk: w, place: sealedPlaces()[placeAt(w.Place)]}
	p := next.place
	rows, err := all(s.reader(ctx), p.scan, p.page(len(w.After) == 0), append(slices.Clone(w.After), int64(limit))...)
	if err != nil {
		return next, err
	}
	for _, row := range rows {
		switch row.fresh, err = s.sealAnew(row); {
		case errors.Is(err, errNotOpened):
			next.walk.fail(s.sealer.KeyOf(row.value), p.name(), fmt.Sprint(row.key...))
		case err != nil:
			return next, err
		case row.fresh != nil:
			next.changed = append(next.changed, row)
		}
	}
	next.walk.Done += int64(len(rows))
	if len(rows) == limit {
		next.walk.After = rows[len(rows)-1].key
	} else if !next.walk.onward() {
		next.walk.Ended = s.moment()
	}
	return next, nil
}

// make writes what a step has come to. What somebody else has written meanwhile stays.
func (n stride) make(t *tx) error {
	if err := t.moveWalk(n.before, n.walk); err != nil {
		return err
	}
	for _, row := range n.changed {
		if err := t.exec(n.place.swap(), append([]any{row.fresh, row.value}, row.key...)...); err != nil {
			return err
		}
	}
	if n.walk.Ended.IsZero() {
		return nil
	}
	return t.endWalk(n.walk)
}

var errNotOpened = errors.New("a sealed value does not open")

// sealAnew gives a value as the key seals it that seals now; nil where it did so before, or there is none.
func (s *Store) sealAnew(r sealedRow) ([]byte, error) {
	primary, _ := s.sealer.Keys()
	if len(r.value) == 0 || s.sealer.KeyOf(r.value) == primary {
		return nil, nil
	}
	plain, err := s.sealer.Open(r.value, []byte(r.ad))
	if err != nil && r.former != r.ad {
		plain, err = s.sealer.Open(r.value, []byte(r.former))
	}
	if err != nil {
		return nil, errNotOpened
	}
	return s.sealer.Seal(plain, []byte(r.ad))
}

// onward goes to the next place; false behind the last.
func (w *walk) onward() bool {
	next := placeAt(w.Place) + 1
	if next == len(sealedPlaces()) {
		return false
	}
	w.Place, w.After = sealedPlaces()[next].name(), nil
	return true
}

// fail counts what does not open.
func (w *walk) fail(key uint32, place, row string) {
	w.Failed = slices.Clone(w.Failed)
	n := slices.IndexFunc(w.Failed, func(f Failed) bool { return f.Key == key && f.Place == place })
	if n < 0 {
		n = len(w.Failed)
		w.Failed = append(w.Failed, Failed{Key: key, Place: place, First: row})
	}
	w.Failed[n].Count++
}

// endWalk strikes the keys from the list with which nothing is sealed any more. One that was used since the walk began stays, for
// what it sealed may be behind.
func (t *tx) endWalk(w walk) error {
	if err := t.resealWord(); err != nil {
		return err
	}
	used, err := all(t, scanKeyUse, keysQuery)
	if err != nil {
		return err
	}
	for _, k := range used {
		if k.ID == w.To || !k.UsedAt.Before(w.Began) || slices.ContainsFunc(w.Failed, func(f Failed) bool { return f.Key == k.ID }) {
			continue
		}
		if err := t.exec(`DELETE FROM sealing_keys WHERE id = $1`, int64(k.ID)); err != nil {
			return err
		}
	}
	return nil
}

// resealWord seals the word anew by which other keys are found.
func (t *tx) resealWord() error {
	text, found, err := maybe(t, scanValue[string], stateQuery, stateSeal)
	if err != nil || !found {
		return err
	}
	sealed, err := hex.DecodeString(text)
	if err != nil {
		return fmt.Errorf("read the seal word: %w", err)
	}
	fresh, err := t.s.sealAnew(sealedRow{ad: string(placeOfSeal()), former: string(placeOfSeal()), value: sealed})
	if err != nil || fresh == nil {
		return err
	}
	return t.setState(stateSeal, hex.EncodeToString(fresh))
}
