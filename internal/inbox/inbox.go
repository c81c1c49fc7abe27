// Package inbox takes in what Paxos tells: it stores deliveries, turns events into fresh rows, polls for what was missed,
// lists what changed and asks again for what has become stale.
package inbox

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// The kinds of job that the inbox handles, and what their subject is.
const (
	EventKind   = "event"   // an event id
	RecheckKind = "recheck" // our id of a case
	LookKind    = "look"    // Paxos' id of an identity
)

// few is how many identities are asked for one by one; what is more is asked for in bulk, by List.
const few = 36

type store interface {
	Receive(ctx context.Context, d identity.Delivery) error
	Event(ctx context.Context, id string) (identity.Event, error)
	Events(ctx context.Context, f identity.EventFilter) (identity.EventPage, error)
	Deliveries(ctx context.Context, eventID string) ([]identity.Delivery, error)
	Reprocess(ctx context.Context, eventID string, e audit.Entry) error
	// AddEvents queues the events that the desk did not know, except those that come as done; the watermark is kept as
	// the state eventsUpTo.
	AddEvents(ctx context.Context, evs []identity.Event, watermark time.Time) (int, error)
	SaveEvent(ctx context.Context, job queue.Job, e identity.Event) error
	Identity(ctx context.Context, id string) (identity.Identity, error)
	IdentityByPaxosID(ctx context.Context, paxosID string) (identity.Identity, error)
	// ApplyIdentity is a Conflict with the code [identity.AnswerOpen] while a submission's answer must be awaited.
	ApplyIdentity(ctx context.Context, n identity.News, job *queue.Job) (identity.Identity, error)
	// ApplyPage and what else applies a page leave such a record out, and ask for a job of kind [LookKind].
	ApplyPage(ctx context.Context, ns []identity.News, state map[string]string) (int, error)
	Undecided(ctx context.Context, checkedBefore time.Time, limit int) ([]identity.Identity, error)
	// ApplyRunPage also counts what a run has changed, which its last page tells in the audit log.
	ApplyRunPage(ctx context.Context, ns []identity.News, state map[string]string, run string, last bool) (int, error)
	// ApplyCountedPage has state told how many cases were not in the cache, and how many were and differed.
	ApplyCountedPage(
		ctx context.Context, ns []identity.News, run string, last bool, state func(added, changed int) map[string]string,
	) error
	Reconcile(ctx context.Context, ns []identity.News, settled time.Time, run string) (map[identity.Drift]int, error)
	CreatedSpan(ctx context.Context) (first, last time.Time, err error)
	Counts(ctx context.Context) (identity.Counts, error)
	EventBacklog(ctx context.Context, most int) ([]identity.Event, error)
	LearnEvents(ctx context.Context, ns []identity.News) (int, error)
	Attempts(ctx context.Context, eventID string) ([]identity.Attempt, error)
	ReprocessMany(ctx context.Context, f identity.EventFilter, most int, e audit.Entry) (int, error)
	Record(ctx context.Context, e audit.Entry) error
	EnqueueRechecks(ctx context.Context, ids []string, p queue.Priority) error
	FinishJob(ctx context.Context, job queue.Job) error
	State(ctx context.Context, key string) (string, error)
	SetState(ctx context.Context, key, value string) error
	// Begin keeps a value under a key where none stands, with an audit entry; began is false where one does.
	Begin(ctx context.Context, key, value string, e audit.Entry) (began bool, err error)
}

type client interface {
	Identity(ctx context.Context, paxosID string) (identity.News, error)
	ListIdentities(ctx context.Context, q identity.ListQuery) (identity.ListPage, error)
	Event(ctx context.Context, id string, isTest bool) (identity.Event, error)
	ListEvents(ctx context.Context, q identity.EventQuery) ([]identity.Event, error)
}

// Options are what an [Inbox] needs.
type Options struct {
	Store store
	// The client at three priorities: for what a person waits for, for single fresh events, and for bulk work.
	Clicks, Events, Background client
	// EventsAllowed says whether the token carries the events scope. Without it a delivery only says that something changed,
	// and the list of changes is read at once.
	EventsAllowed func() bool
	// PollingOnly says that no webhook is set up: then nothing that a poll finds was missed by one.
	PollingOnly bool

	PollInterval    time.Duration // between two looks at the list of events; 30 seconds where zero
	SyncInterval    time.Duration // between two readings of what changed; 5 minutes where zero
	RecheckInterval time.Duration // age at which an undecided record is asked for again; 15 minutes where zero

	Backoff func(attempts int) time.Duration // [queue.Backoff] where nil
	Now     func() time.Time                 // time.Now where nil
	Log     *slog.Logger                     // slog.Default where nil
}

// Inbox is the desk's ear.
type Inbox struct {
	o       Options
	changed chan struct{} // something changed at Paxos and we do not know what: sync at once

	syncing  sync.Mutex                    // one reading of what changed at a time
	polling  sync.Mutex                    // one reading of events at a time
	front    front                         // of the list of events
	crowds   sync.Map                      // the moments of which tellCrowd has told
	listed   map[identity.Status]time.Time // when stale cases of a status were last asked for in bulk
	listedMu sync.Mutex
}

// New makes an inbox.
func New(o Options) *Inbox {
	if o.Backoff == nil {
		o.Backoff = queue.Backoff
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	o.PollInterval = cmp.Or(o.PollInterval, 30*time.Second)
	o.SyncInterval = cmp.Or(o.SyncInterval, 5*time.Minute)
	o.RecheckInterval = cmp.Or(o.RecheckInterval, 15*time.Minute)
	return &Inbox{o: o, changed: make(chan struct{}, 1), listed: map[identity.Status]time.Time{}, front: front{waiting: map[string]unripe{}}}
}

// Receive stores one webhook delivery and has its event looked into. A repeat only adds the delivery. Once it returns nil
// the delivery is durable.
func (b *Inbox) Receive(ctx context.Context, d identity.Delivery) error {
	return b.o.Store.Receive(ctx, d)
}

// Events is a page of the webhook inbox, newest first.
func (b *Inbox) Events(ctx context.Context, f identity.EventFilter) (identity.EventPage, error) {
	return b.o.Store.Events(ctx, f)
}

// Event is one event and its deliveries, oldest first. NotFound where there is no such event.
func (b *Inbox) Event(ctx context.Context, id string) (identity.Event, []identity.Delivery, error) {
	e, err := b.o.Store.Event(ctx, id)
	if err != nil {
		return identity.Event{}, nil, err
	}
	ds, err := b.o.Store.Deliveries(ctx, id)
	return e, ds, err
}

// Reprocess queues an event once more, at the priority of a click.
func (b *Inbox) Reprocess(ctx context.Context, id string, e audit.Entry) error {
	return b.o.Store.Reprocess(ctx, id, e)
}

// reprocessMost is how many events are queued again in one act.
const reprocessMost = 10_000

// ReprocessMany queues the newest events that a filter selects once more, [reprocessMost] at most, behind what people wait for;
// After and Limit of the filter do not count. Tests and what is not about identities are left out. n is how many were queued.
func (b *Inbox) ReprocessMany(ctx context.Context, f identity.EventFilter, e audit.Entry) (n int, err error) {
	return b.o.Store.ReprocessMany(ctx, f, reprocessMost, e)
}

// Attempts are the last attempts at an event, oldest first.
func (b *Inbox) Attempts(ctx context.Context, id string) ([]identity.Attempt, error) {
	return b.o.Store.Attempts(ctx, id)
}

// somethingChanged asks for a sync at once. It never blocks.
func (b *Inbox) somethingChanged() {
	select {
	case b.changed <- struct{}{}:
	default: // one is asked for already
	}
}

// at is the client for a job: what a person waits for goes first.
func (b *Inbox) at(p queue.Priority) client {
	switch {
	case p <= queue.Click:
		return b.o.Clicks
	case p <= queue.Event:
		return b.o.Events
	default:
		return b.o.Background
	}
}
