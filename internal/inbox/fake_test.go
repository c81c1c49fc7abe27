package inbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/queue"
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
		if (q.Status == "" || q.Status == r.Status) && !r.UpdatedAt.Before(q.UpdatedSince) && !r.CreatedAt.Before(q.CreatedFrom) {
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

func (p at) ListEvents(_ context.Context, after time.Time, limit int) ([]identity.Event, error) {
	if err := p.call("events"); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = append(p.after, after)
	from, _ := slices.BinarySearchFunc(p.events, after, func(e identity.Event, after time.Time) int {
		if e.OccurredAt.After(after) {
			return 1
		}
		return -1
	})
	return slices.Clone(p.events[from:min(from+limit, len(p.events))]), nil
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

// cache is a store in memory.
type cache struct {
	mu       sync.Mutex
	state    map[string]string
	events   map[string]identity.Event
	rows     map[string]identity.Identity // by Paxos id
	applied  []identity.News
	pages    int
	jobs     []string // events queued
	rechecks []string
	ended    []identity.Event
	finished int
	broken   func() error // asked before each page is applied
	receives []identity.Delivery
	reworked []audit.Entry
	recorded []audit.Entry
	learned  []identity.News
	runs     map[string]int
	drift    map[identity.Drift]int // what each compared page shows
	settled  time.Time              // as given to Reconcile
	compared int
	span     [2]time.Time
	wanting  map[string]bool // events that LearnEvents leaves to their jobs
	now      func() time.Time
}

func (c *cache) Receive(_ context.Context, d identity.Delivery) error {
	c.receives = append(c.receives, d)
	return nil
}

func (c *cache) Event(_ context.Context, id string) (identity.Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.events[id]
	if !ok {
		return e, fault.New(fault.NotFound, "There is no such event.")
	}
	return e, nil
}

func (c *cache) Events(context.Context, identity.EventFilter) (identity.EventPage, error) {
	return identity.EventPage{Total: 3}, nil
}

func (c *cache) Deliveries(_ context.Context, id string) ([]identity.Delivery, error) {
	return []identity.Delivery{{EventID: id}}, nil
}

func (c *cache) Reprocess(_ context.Context, id string, e audit.Entry) error {
	e.Object = id
	c.reworked = append(c.reworked, e)
	return nil
}

func (c *cache) AddEvents(_ context.Context, evs []identity.Event, watermark time.Time) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	added := 0
	for _, e := range evs {
		if _, known := c.events[e.ID]; known {
			continue
		}
		added++
		c.events[e.ID] = e
		if e.State == identity.EventQueued && identity.AboutIdentity(e.Type) && !e.IsTest {
			c.jobs = append(c.jobs, e.ID)
		}
	}
	if watermark.IsZero() {
		return added, nil
	}
	c.state["events_watermark"] = watermark.UTC().Format(time.RFC3339Nano)
	return added, nil
}

func (c *cache) SaveEvent(_ context.Context, _ queue.Job, e identity.Event) error {
	c.ended = append(c.ended, e)
	return nil
}

func (c *cache) Identity(_ context.Context, id string) (identity.Identity, error) {
	for _, i := range c.rows {
		if i.ID == id {
			return i, nil
		}
	}
	return identity.Identity{}, fault.New(fault.NotFound, "There is no such case.")
}

func (c *cache) IdentityByPaxosID(_ context.Context, id string) (identity.Identity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, ok := c.rows[id]
	if !ok {
		return i, fault.New(fault.NotFound, "There is no such case.")
	}
	return i, nil
}

func (c *cache) apply(n identity.News) identity.Identity {
	c.applied = append(c.applied, n)
	i := c.rows[n.Record.PaxosID]
	i.ID, i.PaxosID = "our-"+n.Record.PaxosID, n.Record.PaxosID
	if n.Record.Status != "" {
		heard := n.HeardAt
		i.Status, i.CheckedAt, i.UpdatedAt = n.Record.Status, &heard, n.Record.UpdatedAt
	}
	c.rows[i.PaxosID] = i
	return i
}

func (c *cache) ApplyIdentity(_ context.Context, n identity.News, _ *queue.Job) (identity.Identity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.apply(n), nil
}

func (c *cache) ApplyPage(_ context.Context, ns []identity.News, state map[string]string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		if err := c.broken(); err != nil {
			return 0, err
		}
	}
	c.pages++
	for _, n := range ns {
		c.apply(n)
	}
	maps.Copy(c.state, state)
	return len(ns), nil
}

func (c *cache) ApplyRunPage(ctx context.Context, ns []identity.News, state map[string]string, run string, _ bool) (int, error) {
	n, err := c.ApplyPage(ctx, ns, state)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs == nil {
		c.runs = map[string]int{}
	}
	c.runs[run]++
	return n, err
}

func (c *cache) Reconcile(ctx context.Context, ns []identity.News, settled time.Time, _ string) (map[identity.Drift]int, error) {
	_, err := c.ApplyPage(ctx, ns, nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settled, c.compared = settled, c.compared+len(ns)
	return c.drift, err
}

func (c *cache) CreatedSpan(context.Context) (first, last time.Time, err error) {
	return c.span[0], c.span[1], nil
}

func (c *cache) Counts(context.Context) (identity.Counts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := identity.Counts{Statuses: map[identity.Status]int64{}}
	for _, i := range c.rows {
		counts.Statuses[i.Status]++
	}
	return counts, nil
}

func (c *cache) EventBacklog(_ context.Context, most int) ([]identity.Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []identity.Event
	for _, id := range slices.Sorted(maps.Keys(c.events)) {
		if c.events[id].State == identity.EventQueued && len(out) < most {
			out = append(out, c.events[id])
		}
	}
	return out, nil
}

func (c *cache) LearnEvents(_ context.Context, ns []identity.News) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	learned := 0
	for _, n := range ns {
		if c.wanting[n.Event.ID] {
			continue
		}
		learned++
		c.learned = append(c.learned, n)
		e := *n.Event
		e.State = identity.EventDone
		c.events[e.ID] = e
	}
	return learned, nil
}

func (c *cache) Attempts(_ context.Context, id string) ([]identity.Attempt, error) {
	return []identity.Attempt{{Error: id}}, nil
}

func (c *cache) ReprocessMany(_ context.Context, _ identity.EventFilter, most int, e audit.Entry) (int, error) {
	c.reworked = append(c.reworked, e)
	return most, nil
}

func (c *cache) Record(_ context.Context, e audit.Entry) error {
	c.recorded = append(c.recorded, e)
	return nil
}

func (c *cache) Undecided(_ context.Context, before time.Time, limit int) ([]identity.Identity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []identity.Identity
	for _, id := range slices.Sorted(maps.Keys(c.rows)) {
		i := c.rows[id]
		undecided := i.Status != identity.Approved && i.Status != identity.Denied
		if undecided && i.CheckedAt.Before(before) && len(out) < limit {
			out = append(out, i)
		}
	}
	return out, nil
}

func (c *cache) EnqueueRechecks(_ context.Context, ids []string, p queue.Priority) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p != queue.Background {
		return fmt.Errorf("priority %d", p)
	}
	c.rechecks = append(c.rechecks, ids...)
	return nil
}

func (c *cache) due() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.rechecks)
}

func (c *cache) FinishJob(context.Context, queue.Job) error {
	c.finished++
	return nil
}

func (c *cache) State(_ context.Context, key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state[key], nil
}

func (c *cache) SetState(_ context.Context, key, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state[key] = value
	return nil
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
