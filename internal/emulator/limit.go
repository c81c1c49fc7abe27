package emulator

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limits are requests a second, averaged over a window, per endpoint and
// address. Whoever passes one gets 429 for everything until the penalty ends.
type Limits struct {
	Off                    bool
	Token, Identity, Other float64       // 1, 10 and 50 by default
	Window, Penalty        time.Duration // five minutes each by default
}

func (l Limits) withDefaults() Limits {
	l.Token = orElse(l.Token, 1)
	l.Identity = orElse(l.Identity, 10)
	l.Other = orElse(l.Other, 50)
	l.Window = orElse(l.Window, 5*time.Minute)
	l.Penalty = orElse(l.Penalty, 5*time.Minute)
	return l
}

// windowSlots is how finely a window is counted.
const windowSlots = 300

type limiter struct {
	limits Limits
	now    func() time.Time

	mu      sync.Mutex
	counts  map[endpointOf]*window
	blocked map[string]time.Time // address → end of its penalty
}

type endpointOf struct{ address, endpoint string }

// window counts requests in a ring of slots; slot n holds the count of its
// latest turn only.
type window struct {
	turn  [windowSlots]int64
	count [windowSlots]int
}

func newLimiter(l Limits, now func() time.Time) *limiter {
	return &limiter{limits: l, now: now, counts: map[endpointOf]*window{}, blocked: map[string]time.Time{}}
}

// allow counts one request and says how long its sender is still shut out.
func (l *limiter) allow(address, endpoint string, perSecond float64) time.Duration {
	if l.limits.Off {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if until := l.blocked[address]; until.After(now) {
		return until.Sub(now)
	}
	delete(l.blocked, address)
	key := endpointOf{address, endpoint}
	w := l.counts[key]
	if w == nil {
		w = &window{}
		l.counts[key] = w
	}
	if float64(w.add(now.UnixNano()/int64(l.limits.Window/windowSlots))) <= perSecond*l.limits.Window.Seconds() {
		return 0
	}
	delete(l.counts, key)
	l.blocked[address] = now.Add(l.limits.Penalty)
	return l.limits.Penalty
}

// add counts one more in the slot of this turn and answers the window's total.
func (w *window) add(turn int64) int {
	i := turn % windowSlots
	if w.turn[i] != turn {
		w.turn[i], w.count[i] = turn, 0
	}
	w.count[i]++
	total := 0
	for j, t := range w.turn {
		if turn-t < windowSlots {
			total += w.count[j]
		}
	}
	return total
}

// limited guards a handler with the limit of its kind of endpoint.
func (e *Emulator) limited(perSecond float64, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		if wait := e.limits.allow(host, r.Pattern, perSecond); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
			e.writeProblem(w, r, throttled())
			return
		}
		next(w, r)
	}
}

func throttled() *problem {
	return refuse(http.StatusTooManyRequests, "rate limit exceeded, all requests of this address are throttled")
}
