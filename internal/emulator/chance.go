package emulator

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// misbehaviour holds the faults in force and decides which call meets one.
type misbehaviour struct {
	now func() time.Time

	mu       sync.Mutex
	told     []*toldFault // by command, in the order they were given
	seed     uint64
	chances  []*toldFault
	drawn    map[string]uint64 // calls of each kind since the seed was set
	calls    map[string]int    // calls of each kind since the start
	injected map[string]int    // by label, since the start
}

// toldFault is a fault with what is left of it.
type toldFault struct {
	Fault
	left     int
	until    time.Time
	injected int
}

func newMisbehaviour(now func() time.Time) *misbehaviour {
	return &misbehaviour{now: now, drawn: map[string]uint64{}, calls: map[string]int{}, injected: map[string]int{}}
}

// Misbehave puts faults in force, all or, where one is wrong, none. The first
// one that fits a call happens to it; of several that fit, the older.
func (e *Emulator) Misbehave(faults ...Fault) error {
	for i, f := range faults {
		if err := e.checkFault(f); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
		if f.Chance != 0 {
			return fmt.Errorf("fault %d: chance: only MisbehaveByChance takes one, with a seed", i+1)
		}
	}
	e.faults.tell(faults)
	return nil
}

// MisbehaveByChance replaces the faults that happen by chance. Whether the n-th
// call of a kind meets one follows from the seed, the kind and n alone, so that
// the same seed gives the same run again. Faults by command go first. The
// chances that can meet the same call add up to 1 at most.
func (e *Emulator) MisbehaveByChance(seed uint64, faults ...Fault) error {
	for i, f := range faults {
		if err := e.checkFault(f); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
		if f.Chance == 0 {
			return fmt.Errorf("fault %d: chance: say how likely it is, above 0 up to 1", i+1)
		}
	}
	for pattern, kind := range e.callsAndWebhooks() {
		sum := 0.0
		for _, f := range faults {
			if f.meets(kind, pattern) {
				sum += f.Chance
			}
		}
		if sum > 1+1e-9 {
			return fmt.Errorf("chance: the chances of %s add up to %.2f, more than 1", kind, sum)
		}
	}
	e.faults.leaveToChance(seed, faults)
	return nil
}

func (e *Emulator) callsAndWebhooks() map[string]string {
	all := maps.Clone(e.patterns)
	all[""] = CallWebhook
	return all
}

// Behave takes back every fault and sets the clock right. Counts stay.
func (e *Emulator) Behave() {
	e.faults.leaveToChance(0, nil)
	e.faults.forget(func(*toldFault) bool { return true })
	e.Skew(0)
}

func (m *misbehaviour) begin(f Fault) *toldFault {
	t := &toldFault{Fault: f, left: f.Times}
	if f.For > 0 {
		t.until = m.now().UTC().Add(f.For)
	}
	return t
}

func (m *misbehaviour) tell(faults []Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range faults {
		m.told = append(m.told, m.begin(f))
	}
}

func (m *misbehaviour) leaveToChance(seed uint64, faults []Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seed, m.chances, m.drawn = seed, nil, map[string]uint64{}
	for _, f := range faults {
		m.chances = append(m.chances, m.begin(f))
	}
}

// forget takes back the faults by command that match.
func (m *misbehaviour) forget(match func(*toldFault) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told = slices.DeleteFunc(m.told, match)
}

// any says whether a call could meet a fault at all.
func (m *misbehaviour) any() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.told)+len(m.chances) > 0
}

func (m *misbehaviour) count(kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[kind]++
}

// take chooses the fault of one call or webhook, nil for none, and counts it.
func (m *misbehaviour) take(kind, pattern string, about []string) *toldFault {
	m.mu.Lock()
	defer m.mu.Unlock()
	drawn, now := m.draw(kind, pattern), m.now()
	for _, t := range append(slices.Clone(m.told), drawn...) {
		if !t.inForce(now) || !t.meets(kind, pattern) || t.About != "" && !slices.Contains(about, t.About) {
			continue
		}
		t.left--
		t.injected++
		m.injected[t.label(kind)]++
		return t
	}
	return nil
}

// giveBack undoes take: the fault found nothing to spoil.
func (m *misbehaviour) giveBack(t *toldFault, kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t.left++
	t.injected--
	m.injected[t.label(kind)]--
}

// draw throws the dice for the next call of a kind.
func (m *misbehaviour) draw(kind, pattern string) []*toldFault {
	if len(m.chances) == 0 {
		return nil
	}
	n := m.drawn[kind]
	m.drawn[kind]++
	dice := dieFor(m.seed, kind, n)
	for _, t := range m.chances {
		if !t.meets(kind, pattern) {
			continue
		}
		if dice < t.Chance {
			return []*toldFault{t}
		}
		dice -= t.Chance
	}
	return nil
}

// dieFor is the throw, 0 to 1, of the n-th call of a kind.
func dieFor(seed uint64, kind string, n uint64) float64 {
	name := fnv.New64a()
	_, _ = name.Write([]byte(kind)) // a hash takes everything
	return rand.New(rand.NewPCG(seed+n, name.Sum64()^(n*0x9e3779b97f4a7c15))).Float64()
}

func (f Fault) meets(kind, pattern string) bool {
	if f.Call == "" {
		return kind != CallWebhook
	}
	return f.Call == kind || f.Call == pattern
}

func (t *toldFault) inForce(now time.Time) bool {
	return (t.Times == 0 || t.left > 0) && (t.until.IsZero() || now.Before(t.until))
}

// retryAfter is what the header says: with a fault that ends by time, no more
// than what is left of it.
func (t *toldFault) retryAfter(now time.Time) time.Duration {
	if t.until.IsZero() {
		return t.RetryAfter
	}
	return min(t.RetryAfter, t.until.Sub(now))
}
