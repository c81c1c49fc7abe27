package inbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
)

// paxos is a Paxos in memory. It notes every call.
type paxos struct {
	mu      sync.Mutex
	records []identity.Record // in the order of their creation
	events  []identity.Event  // in the order of their time
	calls   []string
	fail    func(call string) error // asked before each answer; nil: nothing fails
	answers func()                  // called before a page of identities is answered
	lists   []identity.ListQuery
	after   []time.Time // of ListEvents
	now     func() time.Time
}

// at is the paxos at a priority, which its calls show.
type at struct {
	*paxos
	name string
}

func (p at) call(what string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	what = p.name + " " + what
	p.calls = append(p.calls, what)
	if p.fail == nil {
		return nil
	}
	return p.fail(what)
}

func (p at) Identity(_ context.Context, id string) (identity.News, error) {
	if err := p.call("get " + id); err != nil {
		return identity.News{}, err
	}
	for _, r := range p.records {
		if r.PaxosID == id {
			return identity.News{Record: r, AskedAt: p.now(), HeardAt: p.now()}, nil
		}
	}
	return identity.News{}, fault.New(fault.NotFound, "")
}

func (p at) ListIdentities(_ context.Context, q identity.ListQuery) (identity.ListPage, error) {
	if err := p.call("list"); err != nil {
		return identity.ListPage{}, err
	}
	if p.answers != nil {
		p.answers()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lists = append(p.lists, q)
	var fits []*identity.Record
	for n := range p.records {
		r := &p.records[n]
		fit := (q.Status == "" || q.Status == r.Status) && !r.UpdatedAt.Before(q.UpdatedSince) && !r.CreatedAt.Before(q.CreatedFrom)
		if fit && (q.CreatedTo.IsZero() || r.CreatedAt.Before(q.CreatedTo)) {
			fits = append(fits, r)
		}
	}
	from, _ := strconv.Atoi(q.Cursor)
	to := min(from+q.Limit, len(fits))
	page := identity.ListPage{AskedAt: p.now()}
	for _, r := range fits[from:to] {
		page.Records = append(page.Records, *r)
	}
	if to < len(fits) {
		page.Cursor = strconv.Itoa(to)
	}
	return page, nil
}

func (p at) Event(_ context.Context, id string, _ bool) (identity.Event, error) {
	if err := p.call("event " + id); err != nil {
		return identity.Event{}, err
	}
	for _, e := range p.events {
		if e.ID == id {
			return e, nil
		}
	}
	return identity.Event{}, fault.New(fault.NotFound, "")
}

func (p at) ListEvents(_ context.Context, q identity.EventQuery) ([]identity.Event, error) {
	if err := p.call("events"); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = append(p.after, q.After)
	from, _ := slices.BinarySearchFunc(p.events, q.After, func(e identity.Event, after time.Time) int {
		if e.OccurredAt.After(after) {
			return 1
		}
		return -1
	})
	var page []identity.Event
	for _, e := range p.events[from:] {
		if len(page) < q.Limit && (q.Type == "" || q.Type == e.Type) {
			page = append(page, e)
		}
	}
	return page, nil
}

func (p *paxos) count(call string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, c := range p.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (p *paxos) made() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

func (p *paxos) asked(n int) identity.ListQuery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lists[n]
}

var (
	now   = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	pause = 4 * time.Second
)

// world is a desk's ear between a Paxos and a store, with a clock that stands still unless a test moves it.
type world struct {
	paxos *paxos
	cache *cache
	clock func() time.Time
	o     inbox.Options
}

func newWorld() *world {
	w := &world{clock: func() time.Time { return now }}
	tell := func() time.Time { return w.clock() }
	w.paxos = &paxos{now: tell}
	w.cache = &cache{state: map[string]string{}, events: map[string]identity.Event{}, rows: map[string]identity.Identity{}, now: tell}
	w.o = inbox.Options{
		Store: w.cache, Clicks: at{w.paxos, "click"}, Events: at{w.paxos, "event"}, Background: at{w.paxos, "background"},
		EventsAllowed: func() bool { return true }, Now: tell, Log: slog.New(slog.DiscardHandler),
		Backoff:      func(int) time.Duration { return pause },
		PollInterval: 30 * time.Second, SyncInterval: 5 * time.Minute, RecheckInterval: 15 * time.Minute,
	}
	return w
}

func (w *world) inbox() *inbox.Inbox { return inbox.New(w.o) }

// people adds n identities, one created each minute up to a time.
func (w *world) people(n int, status identity.Status, last time.Time) {
	for k := range n {
		at := last.Add(-time.Duration(n-1-k) * time.Minute)
		id := fmt.Sprintf("p%d", len(w.paxos.records))
		w.paxos.records = append(w.paxos.records, identity.Record{PaxosID: id, Status: status, CreatedAt: at, UpdatedAt: at})
	}
}

// approvals adds n events about p0, p1 …, one each gap up to a time.
func (w *world) approvals(n int, gap time.Duration, last time.Time) {
	for k := range n {
		w.paxos.events = append(w.paxos.events, identity.Event{
			ID: fmt.Sprintf("e%d", len(w.paxos.events)), Type: identity.EventApproved, PaxosID: fmt.Sprintf("p%d", k),
			NewStatus: identity.Approved, OccurredAt: last.Add(-time.Duration(n-1-k) * gap),
		})
	}
}
