package emulator

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// avoidedRef is left for people to type: the example of the quickstart.
const avoidedRef = 4711

// born is a scenario with its time of creation.
type born struct {
	scenario
	at time.Time
}

// seed invents the people and plays their lives up to now; what lies ahead
// stays their plan. Everything comes from the seed and the clock. The caller
// holds the lock.
func (e *Emulator) seed() error {
	source := seedSource(e.opts.Seed)
	rng := mathrand.New(source)
	e.ids, e.quiet = source, true
	defer func() { e.ids, e.quiet = rand.Reader, false }()

	now := e.now()
	people := cast(e.opts.SeedCount, rng)
	births := make([]born, 0, len(people))
	for _, s := range people {
		births = append(births, born{s, now.Add(-s.age(rng)).Truncate(time.Millisecond)})
	}
	slices.SortStableFunc(births, func(a, b born) int { return a.at.Compare(b.at) })
	made := seeder{e: e, rng: rng, now: now, inventor: inventor{rng}}
	for i, b := range births {
		if err := made.raise(i+1, b); err != nil {
			return err
		}
	}
	return nil
}

func seedSource(seed uint64) *mathrand.ChaCha8 {
	var key [32]byte
	copy(key[:], strconv.FormatUint(seed, 16))
	return mathrand.NewChaCha8(key)
}

// seeder makes one identity after the other.
type seeder struct {
	e        *Emulator
	rng      *mathrand.Rand
	now      time.Time
	inventor inventor
}

// raise creates identity n and lets it live until now.
func (s seeder) raise(n int, b born) error {
	body := s.inventor.body(n, refIDOf(n), b.at)
	if b.company != "" {
		body = s.inventor.institution(n, refIDOf(n), s.e.data.some(b.company, b.at))
	}
	if s.rng.IntN(60) == 0 {
		body.RefID = "" // some integrations never sent one
	}
	rec := s.e.newRecord(body, b.at)
	if err := s.e.checkUnique(rec, ""); err != nil {
		return fmt.Errorf("seed identity %d: %w", n, err)
	}
	rec.Older, rec.Fate = n%10 == 0, b.fate
	if b.renewed {
		first := b.at.Add(time.Hour)
		rec.LastKYCRefresh = &first
	}
	s.e.data.add(rec)
	at := b.at
	for _, p := range b.steps {
		at = later(at, b.at.Add(p.after+upTo(s.rng, p.spread)))
		s.liveOn(rec, step{At: at, Do: p.do})
	}
	return nil
}

// liveOn plays a step of the past, or plans one that lies ahead.
func (s seeder) liveOn(rec *record, next step) {
	if next.At.After(s.now) {
		next.At = s.now.Add(s.e.scaled(next.At.Sub(s.now)))
		rec.Plan = append(rec.Plan, next)
		return
	}
	s.e.act(rec, next.Do, next.At)
}

// later keeps the steps of a life in order.
func later(before, at time.Time) time.Time {
	if at.After(before) {
		return at
	}
	return before.Add(time.Minute)
}

// refIDOf names people user-1001 and so on, and skips the quickstart's example.
func refIDOf(n int) string {
	number := 1000 + n
	if number >= avoidedRef {
		number++
	}
	return "user-" + strconv.Itoa(number)
}

// some finds two people who were approved before a time, one of them standing
// as asked for.
func (d *dataset) some(status string, before time.Time) []string {
	var out []string
	for _, want := range []string{statusApproved, status} {
		for _, r := range d.records {
			if r.Type == typePerson && r.Status == want && r.UpdatedAt.Before(before) && !slices.Contains(out, r.ID) {
				out = append(out, r.ID)
				break
			}
		}
	}
	return out
}
