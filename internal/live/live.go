// Package live tells open pages which cases have changed. It knows nothing of the cases: whoever hears of one asks for it anew,
// under the permissions of whoever looks.
package live

import (
	"crypto/rand"
	"strconv"
	"sync"
)

// Most is how many cases a subscription remembers by id. A page that has missed more renews itself as a whole.
const Most = 100

// Hub passes on what changed to everybody who has subscribed. It is safe for concurrent use.
type Hub struct {
	mu     sync.Mutex
	subs   map[*Subscription]struct{}
	closed bool
	epoch  string // of this hub: another one's count tells nothing
	count  uint64 // how often something was published
}

// NewHub makes a hub that nobody has subscribed to.
func NewHub() *Hub { return &Hub{subs: map[*Subscription]struct{}{}, epoch: rand.Text()[:8]} }

// Publish tells every subscription that these cases have changed. It never waits for a subscriber, so that it may be called from
// where cases are written.
func (h *Hub) Publish(ids []string) {
	if len(ids) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count++
	at := h.at()
	for s := range h.subs {
		s.add(at, ids)
	}
}

// At is how far the hub has come: what is read behind it shows everything that was published before.
func (h *Hub) At() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at()
}

func (h *Hub) at() string { return h.epoch + "-" + strconv.FormatUint(h.count, 36) }

// Subscribe begins to gather what changes from now on. Close must end it. A closed hub gives a subscription that has ended. Whoever
// names the last At that they know of is told at once where something was published since; empty: they know of none and ask nothing.
func (h *Hub) Subscribe(since string) *Subscription {
	s := &Subscription{hub: h, changed: make(chan struct{}, 1), pending: map[string]struct{}{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.at(); since != "" && since != now {
		s.miss(now)
	}
	if h.closed {
		s.end()
	} else {
		h.subs[s] = struct{}{}
	}
	return s
}

// Close ends every subscription, now and to come. It may be called more than once.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.subs {
		delete(h.subs, s)
		s.end()
	}
}

// Subscription gathers what has changed since it was last asked.
type Subscription struct {
	hub     *Hub
	changed chan struct{}

	mu      sync.Mutex
	pending map[string]struct{}
	at      string // the hub's At with the last of them
	many    bool   // more than Most, or unknown which: no id is remembered
	ended   bool
}

// Changed gives a value when there is something to take, and is closed when the subscription has ended.
func (s *Subscription) Changed() <-chan struct{} { return s.changed }

// News are cases that have changed.
type News struct {
	IDs  []string // in no order
	Many bool     // there are more than [Most], or it is not known which: IDs names none
	At   string   // the hub's At with the last of them
}

// Take gives what has changed since the last call.
func (s *Subscription) Take() News {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := News{IDs: make([]string, 0, len(s.pending)), Many: s.many, At: s.at}
	for id := range s.pending {
		n.IDs = append(n.IDs, id)
	}
	clear(s.pending)
	s.many = false
	return n
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
	s.end()
}

// miss notes that something was published before the subscription.
func (s *Subscription) miss(at string) {
	s.at, s.many = at, true
	s.changed <- struct{}{}
}

func (s *Subscription) add(at string, ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.at = at
	for _, id := range ids {
		if s.many {
			break
		}
		s.pending[id] = struct{}{}
		if len(s.pending) > Most {
			clear(s.pending)
			s.many = true
		}
	}
	select {
	case s.changed <- struct{}{}:
	default: // it is told already
	}
}

func (s *Subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.changed)
	}
}
