package inbox

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	// pageSize is how many objects a list call asks for: Paxos gives no more.
	pageSize = 100
	// pollOverlap is how far behind the last event seen a poll begins: events can come into the list late.
	pollOverlap = 2 * time.Minute
	// deliveryTime is how long a webhook may take before a poll takes its event; a shorter PollInterval shortens it.
	deliveryTime = 30 * time.Second
)

// poll reads the events that no webhook has told of. It begins a little before the last event seen and reads page by page to
// the end. The first poll begins with the first event that Paxos has: those are history.
func (b *Inbox) poll(ctx context.Context) error {
	if !b.o.EventsAllowed() {
		return nil
	}
	mark, err := b.time(ctx, eventsUpTo)
	if err != nil {
		return err
	}
	after := mark
	if !mark.IsZero() {
		after = mark.Add(-pollOverlap)
	}
	for {
		page, err := b.o.Background.ListEvents(ctx, after, pageSize)
		if err != nil {
			return err
		}
		taken := b.ripe(page)
		if mark, err = b.take(ctx, taken, mark); err != nil {
			return err
		}
		next := onward(after, page)
		if len(taken) < len(page) || !next.After(after) {
			return b.o.Store.SetState(ctx, polledAt, written(b.o.Now()))
		}
		after = next
	}
}

// onward is where the next page begins, given by Paxos as "created after". A full page may have cut off events of the same
// moment as its last, so that the next begins a millisecond before that; events known already are dropped when they are
// taken. Where a whole page lies within that millisecond there is no way to ask for its rest: the reading goes on behind it,
// and the list of changed identities brings what it left out. An empty page is the end.
func onward(after time.Time, page []identity.Event) time.Time {
	if len(page) == 0 {
		return after
	}
	last := page[len(page)-1].OccurredAt
	if before := last.Add(-time.Millisecond); len(page) >= pageSize && before.After(after) {
		return before
	}
	return last
}

// ripe leaves out the newest events of a page where their webhooks may still be on the way: the next poll sees them again.
func (b *Inbox) ripe(page []identity.Event) []identity.Event {
	if b.o.PollingOnly {
		return page
	}
	until := b.o.Now().Add(-min(deliveryTime, b.o.PollInterval))
	for n, e := range page {
		if e.OccurredAt.After(until) {
			return page[:n]
		}
	}
	return page
}

// take stores what the desk did not know of a page, with the new watermark: a few as jobs, many in bulk.
func (b *Inbox) take(ctx context.Context, page []identity.Event, mark time.Time) (time.Time, error) {
	if len(page) == 0 {
		return mark, nil
	}
	unheard, err := b.unheard(ctx, page)
	if err != nil {
		return mark, err
	}
	if len(unheard) > few {
		if unheard, err = b.learnMany(ctx, unheard); err != nil {
			return mark, err
		}
	}
	mark = later(mark, page[len(page)-1].OccurredAt)
	_, err = b.o.Store.AddEvents(ctx, unheard, mark)
	return mark, err
}

func (b *Inbox) unheard(ctx context.Context, page []identity.Event) ([]identity.Event, error) {
	var out []identity.Event
	for _, e := range page {
		_, err := b.o.Store.Event(ctx, e.ID)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			e.HeardBy, e.ReceivedAt, e.State = identity.ByPoll, b.o.Now(), identity.EventQueued
			out = append(out, e)
		case err != nil:
			return nil, err
		}
	}
	return out, nil
}
