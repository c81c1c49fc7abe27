package inbox

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	// pollOverlap is how far behind the last event seen a poll begins: events can come into the list late, and clocks differ.
	pollOverlap = identity.ClockGrace
	// deliveryTime is how long a webhook may take before a poll takes its event; a shorter PollInterval shortens it.
	deliveryTime = 30 * time.Second
)

// front is what a process remembers of Paxos' list of events from one poll to the next.
type front struct {
	upTo    time.Time         // how far it has been read, by Paxos' times; never later than it is here
	moved   time.Time         // when upTo was last moved, by our clock
	swept   time.Time         // when a poll last read its whole overlap, by our clock
	waiting map[string]unripe // by id: read and left to their webhooks
}

// unripe is an event that its webhook may still tell of.
type unripe struct {
	identity.Event
	since  time.Time // when a poll first saw it, by our clock
	before time.Time // the time of the event before it
}

// poll reads the events that no webhook has told of, from a little before the last event seen to the end of the list. Each page
// is read once: what may still come by webhook is remembered, and taken as soon as it is ripe. The watermark in the store stays
// before what was not taken, so that another process sees it again. A desk that has none begins with the first event that Paxos
// has.
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
	mark = earlier(mark, b.o.Now()) // an event dated ahead must not make us blind until then
	if err := b.readFront(ctx, mark); err != nil {
		return err
	}
	if err := b.takeRipe(ctx, mark); err != nil {
		return err
	}
	return b.o.Store.SetState(ctx, polledAt, written(b.o.Now()))
}

// readFront reads the list from the overlap on. Where the overlap is longer than a page it is read as a whole only now and then,
// and else the rest of it is skipped.
func (b *Inbox) readFront(ctx context.Context, mark time.Time) error {
	f, began := &b.front, b.o.Now()
	f.upTo = earlier(later(f.upTo, mark), began)
	whole, news := f.sweepIsDue(began), f.upTo.Add(-time.Millisecond)
	l := listing{client: b.o.Background}
	if !f.upTo.IsZero() {
		l.after = f.upTo.Add(-pollOverlap)
	}
	for more := true; more; {
		var page []identity.Event
		var err error
		if page, more, err = l.next(ctx); err != nil {
			return err
		}
		b.tellCrowd(l.crowd)
		if err := b.takePage(ctx, page, mark); err != nil {
			return err
		}
		if !whole && news.After(l.after) && len(page) >= pageSize {
			l.after = news
		}
	}
	if whole {
		f.swept = began
	}
	return nil
}

// sweepIsDue reports whether the whole overlap is to be read: at the beginning, then once each overlap while anything can still
// have come into it late.
func (f *front) sweepIsDue(now time.Time) bool {
	return f.swept.IsZero() || now.Sub(f.swept) >= pollOverlap && !f.swept.After(f.moved.Add(pollOverlap))
}

// takePage stores what is new on a page and ripe, with the watermark, and remembers what is new and not ripe. How long an event
// has been in the list is told by our own clock from when a poll first saw it, since Paxos' clock may differ; only what is older
// than clocks can differ is taken at once.
func (b *Inbox) takePage(ctx context.Context, page []identity.Event, mark time.Time) error {
	if len(page) == 0 {
		return nil
	}
	f, now := &b.front, b.o.Now()
	unheard, err := b.unheard(ctx, page)
	if err != nil {
		return err
	}
	previous := map[string]time.Time{page[0].ID: f.upTo}
	for n, e := range page[1:] {
		previous[e.ID] = page[n].OccurredAt
	}
	fresh := map[string]unripe{}
	var ripe []identity.Event
	for _, e := range unheard {
		if _, waits := f.waiting[e.ID]; waits {
			continue
		}
		if b.o.PollingOnly || !e.OccurredAt.After(now.Add(-identity.ClockGrace-b.patience())) {
			ripe = append(ripe, e)
		} else {
			fresh[e.ID] = unripe{Event: e, since: now, before: previous[e.ID]}
		}
	}
	upTo := later(f.upTo, earlier(page[len(page)-1].OccurredAt, now))
	if _, err := b.keep(ctx, ripe, later(mark, settledUpTo(settledUpTo(upTo, f.waiting), fresh))); err != nil {
		return err
	}
	if upTo.After(f.upTo) {
		f.moved = now
	}
	f.upTo = upTo
	maps.Copy(f.waiting, fresh)
	return nil
}

// patience is how long an event is left to its webhook.
func (b *Inbox) patience() time.Duration { return min(deliveryTime, b.o.PollInterval) }

// settledUpTo is the time up to which no event waits for its webhook.
func settledUpTo(upTo time.Time, waiting map[string]unripe) time.Time {
	for _, u := range waiting {
		upTo = earlier(upTo, u.before)
	}
	return upTo
}

// takeRipe stores the events whose webhooks have had their time, all in one go, with the watermark.
func (b *Inbox) takeRipe(ctx context.Context, mark time.Time) error {
	f, now := &b.front, b.o.Now()
	left := map[string]unripe{}
	var due []identity.Event
	for id, u := range f.waiting {
		if now.Sub(u.since) < b.patience() {
			left[id] = u
		} else {
			due = append(due, u.Event)
		}
	}
	if len(due) == 0 {
		return nil
	}
	slices.SortFunc(due, func(a, b identity.Event) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.ID, b.ID))
	})
	unheard, err := b.unheard(ctx, due) // webhooks have told of the others
	if err != nil {
		return err
	}
	if _, err := b.keep(ctx, unheard, later(mark, settledUpTo(f.upTo, left))); err != nil {
		return err
	}
	f.waiting = left
	return nil
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
