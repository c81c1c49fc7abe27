package inbox

import (
	"context"
	"strconv"
	"time"

	"identitydesk/internal/identity"
)

// readHistory reads the events from the first that Paxos has up to where the poll's part begins. They add lines of history and
// what only events tell; the state comes from the lists. What it goes on from is kept after each page, so that one which was
// interrupted reads a page twice at most. Without the events scope there is nothing to read.
func (b *Inbox) readHistory(ctx context.Context, progress func(Progress)) error {
	if !b.o.EventsAllowed() {
		return nil
	}
	p, err := b.Progress(ctx)
	if err != nil || p.EventsDone {
		return err
	}
	if p.EventsUpTo.IsZero() {
		if err := b.beginEvents(ctx); err != nil {
			return err
		}
	}
	l := listing{client: b.o.Background, after: p.EventsReached}
	for {
		page, more, err := l.next(ctx)
		if err != nil {
			return err
		}
		b.tellCrowd(l.crowd)
		if err := b.takeHistory(ctx, page); err != nil {
			return err
		}
		upTo, err := b.time(ctx, eventsUpTo)
		if err != nil {
			return err
		}
		p.EventsRead += int64(len(page))
		p.EventsReached = l.after
		if !more || l.after.After(upTo) {
			p.EventsDone, p.EventsDoneAt = true, b.o.Now()
		}
		if err := b.keepHistory(ctx, p); err != nil {
			return err
		}
		progress(p)
		if p.EventsDone {
			return nil
		}
	}
}

// beginEvents has the poll begin where webhooks may still be on their way; what is older is history.
func (b *Inbox) beginEvents(ctx context.Context) error {
	return b.o.Store.SetState(ctx, eventsUpTo, written(b.o.Now().Add(-identity.ClockGrace-deliveryTime)))
}

// takeHistory takes in what the desk did not know of a page. What may still come by webhook is the poll's.
func (b *Inbox) takeHistory(ctx context.Context, page []identity.Event) error {
	var settled []identity.Event
	for _, e := range page {
		if !e.OccurredAt.After(b.o.Now().Add(-identity.ClockGrace - deliveryTime)) {
			settled = append(settled, e)
		}
	}
	unheard, err := b.unheard(ctx, settled)
	if err != nil || len(unheard) == 0 {
		return err
	}
	if unheard, err = b.learnMany(ctx, unheard); err != nil {
		return err
	}
	_, err = b.o.Store.AddEvents(ctx, unheard, time.Time{})
	return err
}

// keepHistory notes how far the reading has come.
func (b *Inbox) keepHistory(ctx context.Context, p Progress) error {
	_, err := b.o.Store.ApplyPage(ctx, nil, map[string]string{
		historyUpTo: written(p.EventsReached), historyRead: strconv.FormatInt(p.EventsRead, 10), historyDone: written(p.EventsDoneAt),
	})
	return err
}
