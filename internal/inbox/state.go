package inbox

import (
	"context"
	"strconv"
	"time"

	"identitydesk/internal/fault"
)

// The keys under which the store keeps how far the desk has read. Those of watermarks hold Paxos' times.
const (
	beganAt       = "inbox_began"          // when the desk first read from Paxos
	backfillUpTo  = "inbox_backfill_upto"  // created_at of the last identity that the backfill has stored
	backfillRead  = "inbox_backfill_read"  // how many it has read
	backfillDone  = "inbox_backfill_done"  // when it ended; empty while there is more to read
	backfillAsked = "inbox_backfill_asked" // when somebody asked for another one; empty once it is done
	syncedUpTo    = "inbox_synced_upto"    // updated_at up to which every change is known
	syncedAt      = "inbox_synced_at"      // when the last complete reading of changes began
	syncTrouble   = "inbox_sync_error"
	eventsUpTo    = "events_watermark"   // created_at of the last event seen; the store sets it together with the events
	historyUpTo   = "inbox_history_upto" // where the reading of all events goes on, as created_at
	historyRead   = "inbox_history_read" // how many it has read
	historyDone   = "inbox_history_done" // when it ended; empty while there is more to read
	polledAt      = "inbox_polled_at"
	pollTrouble   = "inbox_poll_error"
)

// Progress is how far the desk has read Paxos' records. Reached, EventsReached, EventsUpTo and SyncedUpTo are Paxos' times, the others
// ours. Zero times mean never.
type Progress struct {
	BackfillDone bool
	BackfilledAt time.Time // when the backfill ended
	Reached      time.Time // created_at of the last identity that the backfill has stored
	Read         int64     // identities that the backfill has read; those at a point where it was interrupted count twice
	AskedAt      time.Time // when somebody asked for everything to be read anew; zero once that is done

	EventsDone    bool // every event from the beginning has been read once
	EventsDoneAt  time.Time
	EventsReached time.Time // created_at of the last of them
	EventsRead    int64     // how many; those at the seams of pages count twice

	LastPoll   time.Time // when events were last asked for, with success
	EventsUpTo time.Time // created_at of the last event seen
	LastSync   time.Time // when the last complete reading of what changed began
	SyncedUpTo time.Time // updated_at up to which every change is known
	PollError  string    // kind and code of the last poll's failure; empty when it went well
	SyncError  string    // the same of the backfill and of the reading of changes
}

// Progress is how far the desk has read.
func (b *Inbox) Progress(ctx context.Context) (Progress, error) {
	var p Progress
	for key, into := range map[string]*time.Time{
		backfillDone: &p.BackfilledAt, backfillUpTo: &p.Reached, polledAt: &p.LastPoll, eventsUpTo: &p.EventsUpTo,
		backfillAsked: &p.AskedAt, historyDone: &p.EventsDoneAt, historyUpTo: &p.EventsReached, syncedAt: &p.LastSync, syncedUpTo: &p.SyncedUpTo,
	} {
		at, err := b.time(ctx, key)
		if err != nil {
			return Progress{}, err
		}
		*into = at
	}
	for key, into := range map[string]*string{pollTrouble: &p.PollError, syncTrouble: &p.SyncError} {
		word, err := b.o.Store.State(ctx, key)
		if err != nil {
			return Progress{}, err
		}
		*into = word
	}
	for key, into := range map[string]*int64{backfillRead: &p.Read, historyRead: &p.EventsRead} {
		read, err := b.o.Store.State(ctx, key)
		if err != nil {
			return Progress{}, err
		}
		*into, _ = strconv.ParseInt(read, 10, 64) // only shown: unreadable is nothing read
	}
	p.BackfillDone, p.EventsDone = !p.BackfilledAt.IsZero(), !p.EventsDoneAt.IsZero()
	return p, nil
}

// time reads a time; zero where none is set.
func (b *Inbox) time(ctx context.Context, key string) (time.Time, error) {
	value, err := b.o.Store.State(ctx, key)
	if err != nil || value == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return time.Time{}, &fault.Error{Kind: fault.Internal, Code: "state " + key, Text: "A stored time cannot be read.", Cause: err}
	}
	return at, nil
}

// written is a time as it is stored; empty for none.
func written(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
