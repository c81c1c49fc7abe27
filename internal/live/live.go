// Package live tells open pages which cases have changed. It knows nothing of the cases: whoever hears of one asks for it anew,
// under the permissions of whoever looks.
package live

import "sync"

// Most is how many cases a subscription remembers by id. A page that has missed more renews itself as a whole.
const Most = 100

// Hub passes on what changed to everybody who has subscribed. It is safe for concurrent use.
type Hub struct {
	mu     sync.Mutex
	subs   map[*Subscription]struct{}
	closed bool
}

// NewHub makes a hub that nobody has subscribed to.
func NewHub() *Hub { return &Hub{subs: map[*Subscription]struct{}{}} }

// Publish tells every subscription that these cases have changed. It never waits for a subscriber, so that it may be called from
// where cases are written.
func (h *Hub) Publish(ids []string) {
	if len(ids) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.add(ids)
	}
}

// Subscribe begins to gather what changes from now on. Close must end it. A closed hub gives a subscription that has ended.
func (h *Hub) Subscribe() *Subscription {
	s := &Subscription{hub: h, changed: make(chan struct{}, 1), pending: map[string]struct{}{}}
	h.mu.Lock()
	defer h.mu.Unlock()
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
	many    bool // more than Most: no id is remembered
	ended   bool
}

// Changed gives a value when there is something to take, and is closed when the subscription has ended.
func (s *Subscription) Changed() <-chan struct{} { return s.changed }

// Take gives the cases that changed since the last call, in no order; many says that there were more than [Most], and names none.
func (s *Subscription) Take() (ids []string, many bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids = make([]string, 0, len(s.pending))
	for id := range s.pending {
		ids = append(ids, id)
	}
	many = s.many
	clear(s.pending)
	s.many = false
	return ids, many
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
	s.end()
}

func (s *Subscription) add(ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
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
