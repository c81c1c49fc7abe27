package budget

import "time"

// Counts are numbers of calls by priority; a priority without calls is absent.
type Counts map[Priority]int

// Total is the number of calls of all priorities.
func (c Counts) Total() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// Snapshot is how the budget stands at a moment, for the settings page and the metrics.
type Snapshot struct {
	PerSecond       int       // the ceiling
	LastSecond      Counts    // calls started in the last second
	LastFiveMinutes Counts    // calls started in the last five minutes, the span over which Paxos takes its average
	Waiting         Counts    // callers in line
	ClosedUntil     time.Time // zero while the gate is open
}

// ClosedUntil is until when the gate is closed; zero while it is open.
func (b *Budget) ClosedUntil() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed(b.now())
}

// closed is ClosedUntil at a moment. The lock is held.
func (b *Budget) closed(now time.Time) time.Time {
	if now.Before(b.closedUntil) {
		return b.closedUntil
	}
	return time.Time{}
}

// Snapshot tells how the budget stands.
func (b *Budget) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := Snapshot{PerSecond: b.perSecond, Waiting: Counts{}}
	s.LastSecond, s.LastFiveMinutes = b.used.counts(now)
	for _, p := range Priorities() {
		if n := len(b.line.waiting[p]); n > 0 {
			s.Waiting[p] = n
		}
	}
	s.ClosedUntil = b.closed(now)
	return s
}

// span is how many seconds usage looks back.
const span = 300

// usage counts starts: each one of the last second, and sums by second for the rest. Its memory does not grow with time.
type usage struct {
	recent  []started
	seconds [span]bucket
}

type started struct {
	at       time.Time
	priority Priority
}

// bucket holds the starts of one second of the clock.
type bucket struct {
	second int64 // unix
	starts [Token + 1]int
}

func (u *usage) add(now time.Time, p Priority) {
	u.forget(now)
	u.recent = append(u.recent, started{at: now, priority: p})
	second := now.Unix()
	b := &u.seconds[uint64(second)%span]
	if b.second != second {
		*b = bucket{second: second}
	}
	b.starts[p]++
}

// forget drops the starts that are a second old.
func (u *usage) forget(now time.Time) {
	i := 0
	for i < len(u.recent) && now.Sub(u.recent[i].at) >= time.Second {
		i++
	}
	u.recent = u.recent[i:]
}

func (u *usage) counts(now time.Time) (lastSecond, lastFiveMinutes Counts) {
	u.forget(now)
	lastSecond, lastFiveMinutes = Counts{}, Counts{}
	for _, s := range u.recent {
		lastSecond[s.priority]++
	}
	for i := range u.seconds {
		b := &u.seconds[i]
		if age := now.Unix() - b.second; age < 0 || age >= span {
			continue
		}
		for p, n := range b.starts {
			if n > 0 {
				lastFiveMinutes[Priority(p)] += n
			}
		}
	}
	return lastSecond, lastFiveMinutes
}
