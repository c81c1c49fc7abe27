package inbox

import (
	"context"
	"maps"
	"slices"
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
	// lookAhead is how many pages a poll looks at behind the first event that it leaves to its webhook.
	lookAhead = 10
)

// poll reads the events that no webhook has told of. It begins a little before the last event seen and reads page by page to
// the end. The first poll begins with the first event that Paxos has: those are history. From the first event on that may
// still come by webhook nothing is taken, and the watermark stays before it: the next poll sees it again.
func (b *Inbox) poll(ctx context.Context) error {
	if !b.o.EventsAllowed() {
		return nil
	}
	b.polling.Lock()
	defer b.polling.Unlock()
	mark, err := b.time(ctx, eventsUpTo)
	if err != nil {
		return err
	}
	after := mark
	if !mark.IsZero() {
		after = mark.Add(-pollOverlap)
	}
	for ahead := 0; ahead <= lookAhead; {
		page, err := b.o.Background.ListEvents(ctx, after, pageSize)
		if err != nil {
			return err
		}
		ripe, unheard, err := b.ripe(ctx, page)
		if err != nil {
			return err
		}
		if ahead == 0 {
			if mark, err = b.take(ctx, ripe, unheard, mark); err != nil {
				return err
			}
		}
		if len(ripe) < len(page) || ahead > 0 {
			ahead++
		}
		next := onward(after, page)
		if !next.After(after) {
			break
		}
		after = next
	}
	return b.o.Store.SetState(ctx, polledAt, written(b.o.Now()))
}

// onward is where the next page begins, given by Paxos as "created after". A full page may have cut off events of the same
// moment as its last, so that the next begins before that moment, by a millisecond where it can; events known already are
// dropped when they are taken. Where a whole page lies within one moment there is no way to ask for its rest: the reading goes
// on behind it, and the list of changed identities brings what it left out. An empty page is the end.
func onward(after time.Time, page []identity.Event) time.Time {
	if len(page) == 0 {
		return after
	}
	last := page[len(page)-1].OccurredAt
	if len(page) < pageSize {
		return last
	}
	if before := last.Add(-time.Millisecond); before.After(after) {
		return before
	}
	for _, e := range slices.Backward(page) {
		if at := e.OccurredAt; at.Before(last) && at.After(after) {
			return at
		}
	}
	return last
}

// ripe gives the beginning of a page up to the first event that may still come by webhook, and what of it the desk has not heard
// of. How long an event has been in the list is told by our own clock from when a poll first saw it, since Paxos' clock may
// differ; only what is older than clocks can differ is taken at once.
func (b *Inbox) ripe(ctx context.Context, page []identity.Event) (ripe, unheard []identity.Event, err error) {
	if unheard, err = b.unheard(ctx, page); err != nil || b.o.PollingOnly {
		return page, unheard, err
	}
	now, wait := b.o.Now(), min(deliveryTime, b.o.PollInterval)
	maps.DeleteFunc(b.seen, func(_ string, first time.Time) bool { return now.Sub(first) > 2*identity.ClockGrace })
	due := len(unheard)
	for n, e := range unheard {
		if !e.OccurredAt.After(now.Add(-identity.ClockGrace - wait)) {
			continue
		}
		first, seen := b.seen[e.ID]
		if !seen {
			first, b.seen[e.ID] = now, now
		}
		if now.Sub(first) < wait && due == len(unheard) {
			due = n
		}
	}
	if due == len(unheard) {
		return page, unheard, nil
	}
	for n, e := range page {
		if e.ID == unheard[due].ID {
			return page[:n], unheard[:due], nil
		}
	}
	return page, unheard, nil
}

// take stores what the desk did not know of a page, with the new watermark: a few as jobs, many in bulk.
func (b *Inbox) take(ctx context.Context, page, unheard []identity.Event, mark time.Time) (time.Time, error) {
	if len(page) == 0 {
		return mark, nil
	}
	mark = later(mark, page[len(page)-1].OccurredAt)
	_, err := b.keep(ctx, unheard, mark)
	return mark, err
}

// keep stores events that the desk did not know, and where it is given the watermark. It gives how many were new.
func (b *Inbox) keep(ctx context.Context, unheard []identity.Event, mark time.Time) (int, error) {
	var err error
	if len(unheard) > few {
		if unheard, err = b.learnMany(ctx, unheard); err != nil {
			return 0, err
		}
	}
	return b.o.Store.AddEvents(ctx, unheard, mark)
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
