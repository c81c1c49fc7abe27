package handlers

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"identitydesk/internal/fault"
)

// maxSeen bounds how many addresses a limiter remembers.
const maxSeen = 10_000

// limiter lets each address do something only so often.
type limiter struct {
	now       func() time.Time
	perSecond rate.Limit
	burst     int

	mu   sync.Mutex
	seen map[netip.Prefix]*rate.Limiter
}

func newLimiter(now func() time.Time, perSecond rate.Limit, burst int) *limiter {
	return &limiter{now: now, perSecond: perSecond, burst: burst, seen: map[netip.Prefix]*rate.Limiter{}}
}

// allow counts one more try from an address. Past the limit it is a Throttled fault that says when to come again.
func (l *limiter) allow(address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, key := l.now(), network(address)
	one, ok := l.seen[key]
	if !ok {
		l.forget(now)
		one = rate.NewLimiter(l.perSecond, l.burst)
		l.seen[key] = one
	}
	if one.AllowN(now, 1) {
		return nil
	}
	f := fault.New(fault.Throttled, "Too many tries from this address. Wait a moment.")
	f.RetryAt = now.Add(time.Duration(float64(time.Second) / float64(l.perSecond)))
	return f
}

// forget drops the addresses that are back at their full measure; if that does not help, all.
func (l *limiter) forget(now time.Time) {
	if len(l.seen) < maxSeen {
		return
	}
	for key, one := range l.seen {
		if one.TokensAt(now) >= float64(l.burst) {
			delete(l.seen, key)
		}
	}
	if len(l.seen) >= maxSeen {
		clear(l.seen)
	}
}

// network is what counts as one asker: an IPv4 address, or the 64 bits of IPv6 that one line is given. Anything unreadable
// counts as one, too.
func network(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // 32 and 64 always fit
	return p
}
