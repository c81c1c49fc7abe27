package inbox

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// learnMany acts on a backlog of events without asking for each identity: the list of changes brings the rows up to date,
// then each event's own facts are learned. What it has acted on comes back as done, what the list left out as queued. It runs
// before the events are stored, and running it twice is harmless, so that nothing is lost where it is cut short.
func (b *Inbox) learnMany(ctx context.Context, es []identity.Event) ([]identity.Event, error) {
	if err := b.syncBeyond(ctx, es[len(es)-1].OccurredAt); err != nil {
		return nil, err
	}
	for batch := range slices.Chunk(es, backlogBatch) {
		if err := b.learn(ctx, batch); err != nil {
			return nil, err
		}
	}
	return es, nil
}

// settled is the age from which on an event's own word is history where the list of changes does not show it.
const settled = time.Minute

// syncBeyond makes sure that everything which changed at Paxos up to a time is known.
func (b *Inbox) syncBeyond(ctx context.Context, at time.Time) error {
	began, err := b.time(ctx, syncedAt)
	if err != nil {
		return err
	}
	if at.Add(identity.ClockGrace).Before(began) {
		return nil
	}
	return b.sync(ctx)
}

// learn applies events to the rows that they are about, in one write, and marks those as done. The news carry no record, which
// makes them older than any: the row keeps its state and gains the event's facts and its line of history.
func (b *Inbox) learn(ctx context.Context, es []identity.Event) error {
	var news []identity.News
	now := b.o.Now()
	for n := range es {
		e := &es[n]
		if e.IsTest || !identity.AboutIdentity(e.Type) {
			continue
		}
		if e.PaxosID == "" { // whatever it was, the list of changes has brought it
			e.State, e.ProcessedAt = identity.EventDone, &now
			continue
		}
		i, err := b.o.Store.IdentityByPaxosID(ctx, e.PaxosID)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		told := *e
		unannounced, err := b.unannounced(ctx, told)
		if err != nil {
			return err
		}
		news = append(news, identity.News{
			Record: identity.Record{PaxosID: e.PaxosID}, HeardAt: now, By: identity.ByPoll, Event: &told, Unannounced: unannounced,
			CaughtUp: e.OccurredAt.Before(now.Add(-settled)),
		})
		e.State, e.ProcessedAt, e.IdentityID = identity.EventDone, &now, i.ID
	}
	_, err := b.o.Store.ApplyPage(ctx, news, nil)
	return err
}
