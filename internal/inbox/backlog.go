package inbox

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/identity"
)

const (
	// backlogMost is how many queued events are acted on in one go.
	backlogMost = 10_000
	// backlogBatch is how many of them share one write.
	backlogBatch = 200
	// backlogRound is how often a backlog is looked for.
	backlogRound = 5 * time.Second
)

// catchUp acts on a backlog of queued events, such as a pause of Paxos or a flood of webhooks leaves, by lists instead of two
// calls for each: the list of events completes those of which only the id is known, the list of changes shows their
// identities. What the lists leave out, and a few, stay with their jobs.
func (b *Inbox) catchUp(ctx context.Context) error {
	events, err := b.o.Store.EventBacklog(ctx, backlogMost)
	if err != nil || len(events) <= few || !b.o.EventsAllowed() {
		return err
	}
	known, err := b.complete(ctx, events)
	if err != nil {
		return err
	}
	if len(known) <= few {
		return nil
	}
	news, err := b.newsOf(ctx, known)
	if err != nil {
		return err
	}
	learned := 0
	for batch := range slices.Chunk(news, backlogBatch) {
		n, err := b.o.Store.LearnEvents(ctx, batch)
		if err != nil {
			return err
		}
		learned += n
	}
	b.o.Log.Info("a backlog of events was learned by list", "events", learned, "left", len(events)-learned)
	return nil
}

// complete fills in what webhooks did not tell of their events, oldest first. It never makes more calls than there are events
// to complete, and leaves out those that the list does not show.
func (b *Inbox) complete(ctx context.Context, events []identity.Event) ([]identity.Event, error) {
	var known []identity.Event
	thin := map[string]identity.Event{}
	var from, to time.Time
	for _, e := range events {
		switch {
		case e.PaxosID != "":
			known = append(known, e)
		case !e.OccurredAt.IsZero():
			thin[e.ID] = e
			if from.IsZero() || e.OccurredAt.Before(from) {
				from = e.OccurredAt
			}
			to = later(to, e.OccurredAt)
		}
	}
	l := listing{client: b.o.Events, after: from.Add(-identity.ClockGrace)} // a notice's time need not be that of its event
	for range len(thin) {
		page, more, err := l.next(ctx)
		if err != nil {
			return nil, err
		}
		for _, told := range page {
			if e, wanted := thin[told.ID]; wanted {
				known = append(known, completed(e, told))
				delete(thin, told.ID)
			}
		}
		if len(thin) == 0 || !more || l.after.After(to.Add(identity.ClockGrace)) {
			break
		}
	}
	slices.SortStableFunc(known, func(a, b identity.Event) int { return a.OccurredAt.Compare(b.OccurredAt) })
	return known, nil
}

// newsOf is what the list of changes since the last sync tells of the events' identities. One that it leaves out has not
// changed since.
func (b *Inbox) newsOf(ctx context.Context, events []identity.Event) ([]identity.News, error) {
	wanted := map[string]*identity.News{}
	for _, e := range events {
		wanted[e.PaxosID] = nil
	}
	if err := b.changesOf(ctx, wanted); err != nil {
		return nil, err
	}
	news := make([]identity.News, 0, len(events))
	for _, e := range events {
		n := identity.News{Record: identity.Record{PaxosID: e.PaxosID}}
		if told := wanted[e.PaxosID]; told != nil {
			n = *told
		}
		if n.Event = &e; e.IsTest || !identity.AboutIdentity(e.Type) || e.PaxosID == "" {
			n.Record = identity.Record{}
			e.State = untouched(e)
		}
		if n.Behind() && e.OccurredAt.After(b.o.Now().Add(-settled)) {
			continue // its own job asks again in a moment
		}
		var err error
		if n.Unannounced, err = b.unannounced(ctx, e); err != nil {
			return nil, err
		}
		n.By, n.HeardAt, n.CaughtUp = e.HeardBy, e.ReceivedAt, true
		news = append(news, n)
	}
	return news, nil
}

// changesOf fills in the records of the wanted identities that have changed since the last sync.
func (b *Inbox) changesOf(ctx context.Context, wanted map[string]*identity.News) error {
	b.syncing.Lock() // no sync may move the watermark meanwhile
	defer b.syncing.Unlock()
	mark, err := b.time(ctx, syncedUpTo)
	if err != nil {
		return err
	}
	return b.pagesOf(ctx, b.o.Events, since(mark), func(page identity.ListPage) error {
		for _, r := range page.Records {
			if _, want := wanted[r.PaxosID]; want {
				wanted[r.PaxosID] = &identity.News{Record: r, AskedAt: page.AskedAt}
			}
		}
		return nil
	})
}

// untouched is the state of an event that touches no identity that the desk could look at.
func untouched(e identity.Event) identity.EventState {
	switch {
	case e.IsTest:
		return identity.EventTest
	case !identity.AboutIdentity(e.Type):
		return identity.EventIgnored
	default: // whatever it was, the list of changes brings it
		return identity.EventDone
	}
}
