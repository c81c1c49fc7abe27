package inbox_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

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
	refuses  error           // what ApplyIdentity answers
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
	if c.refuses != nil {
		return identity.Identity{}, c.refuses
	}
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

func (c *cache) ApplyCountedPage(
	ctx context.Context, ns []identity.News, run string, last bool, state func(added, changed int) map[string]string,
) error {
	added := 0
	for _, n := range ns {
		if _, err := c.IdentityByPaxosID(ctx, n.Record.PaxosID); err != nil {
			added++
		}
	}
	state(len(ns), len(ns)) // a write that was tried before does not count
	_, err := c.ApplyRunPage(ctx, ns, state(added, 0), run, last)
	return err
}

func (c *cache) Begin(_ context.Context, key, value string, e audit.Entry) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state[key] != "" {
		return false, nil
	}
	c.state[key] = value
	c.recorded = append(c.recorded, e)
	return true, nil
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
