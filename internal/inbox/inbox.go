// Package inbox takes in what Paxos tells: it stores deliveries, turns events into fresh rows, polls for what was missed,
// lists what changed and asks again for what has become stale.
package inbox

import (
	"context"
	"log/slog"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// The kinds of job that the inbox handles, and what their subject is.
const (
	EventKind   = "event"   // an event id
	RecheckKind = "recheck" // our id of a case
)

type store interface {
	Receive(ctx context.Context, d identity.Delivery) error
	Event(ctx context.Context, id string) (identity.Event, error)
	Events(ctx context.Context, f identity.EventFilter) (identity.EventPage, error)
	Deliveries(ctx context.Context, eventID string) ([]identity.Delivery, error)
	Reprocess(ctx context.Context, eventID string, e audit.Entry) error
	AddEvents(ctx context.Context, evs []identity.Event, watermark time.Time) (int, error)
	SaveEvent(ctx context.Context, job queue.Job, e identity.Event) error
	Identity(ctx context.Context, id string) (identity.Identity, error)
	ApplyIdentity(ctx context.Context, n identity.News, job *queue.Job) (identity.Identity, error)
	ApplyPage(ctx context.Context, ns []identity.News, state map[string]string) (int, error)
	Undecided(ctx context.Context, checkedBefore time.Time, limit int) ([]identity.Identity, error)
	EnqueueRechecks(ctx context.Context, ids []string, p queue.Priority) error
	State(ctx context.Context, key string) (string, error)
	SetState(ctx context.Context, key, value string) error
}

type client interface {
	Identity(ctx context.Context, paxosID string) (identity.News, error)
	ListIdentities(ctx context.Context, q identity.ListQuery) (identity.ListPage, error)
	Event(ctx context.Context, id string, isTest bool) (identity.Event, error)
	ListEvents(ctx context.Context, after time.Time, limit int) ([]identity.Event, error)
}

// Options are what an [Inbox] needs.
type Options struct {
	Store store
	// The client at three priorities: for what a person waits for, for single fresh events, and for bulk work.
	Clicks, Events, Background client
	// EventsAllowed says whether the token carries the events scope. Without it a delivery only says that something changed.
	EventsAllowed                               func() bool
	PollInterval, SyncInterval, RecheckInterval time.Duration
	Now                                         func() time.Time
	Log                                         *slog.Logger
}

// Inbox is the desk's ear.
type Inbox struct{ o Options }

// New makes an inbox.
func New(o Options) *Inbox { return &Inbox{o: o} }

// Progress is how far the desk has read Paxos' records; times are Paxos' where they name a watermark, ours elsewhere. Zero
// times mean never.
type Progress struct {
	BackfillDone bool
	BackfilledAt time.Time // when the backfill ended
	Reached      time.Time // created_at of the last identity that the backfill has stored
	Read         int64     // identities that the backfill has read so far
	LastPoll     time.Time // when events were last asked for, with success
	EventsUpTo   time.Time // created_at of the last event seen
	LastSync     time.Time // when the list of changes was last read to its end
	SyncedUpTo   time.Time // updated_at of the last change seen
	PollError    string    // kind and code of the last poll's failure; empty when it went well
	SyncError    string
}

// Receive stores one webhook delivery.
func (b *Inbox) Receive(ctx context.Context, d identity.Delivery) error { return nil }

// Events is a page of the webhook inbox, newest first.
func (b *Inbox) Events(ctx context.Context, f identity.EventFilter) (identity.EventPage, error) {
	return identity.EventPage{}, nil
}

// Event is one event and its deliveries, oldest first.
func (b *Inbox) Event(ctx context.Context, id string) (identity.Event, []identity.Delivery, error) {
	return identity.Event{}, nil, nil
}

// Reprocess queues an event once more, at the priority of a click.
func (b *Inbox) Reprocess(ctx context.Context, id string, e audit.Entry) error { return nil }

// HandleEvent does one job of kind [EventKind].
func (b *Inbox) HandleEvent(ctx context.Context, job queue.Job) error { return nil }

// HandleRecheck does one job of kind [RecheckKind].
func (b *Inbox) HandleRecheck(ctx context.Context, job queue.Job) error { return nil }

// Run keeps the cache fresh until ctx ends.
func (b *Inbox) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Backfill reads every identity from the beginning; it goes on where an earlier one stopped.
func (b *Inbox) Backfill(ctx context.Context, progress func(Progress)) error { return nil }

// Progress is how far the desk has read.
func (b *Inbox) Progress(ctx context.Context) (Progress, error) { return Progress{}, nil }
