package inbox

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// pageSize is how many objects a list call asks for: Paxos gives no more.
const pageSize = 100

// listing reads Paxos' list of events page by page, oldest first. Paxos knows no cursor for it, only "created after".
type listing struct {
	client
	after time.Time // where the next page begins; zero for the first event that Paxos has
	crowd time.Time // the moment of the last page, where it holds more events than Paxos can be asked for; else zero
}

// next gives a page, and whether another may follow. Pages overlap: an event can come twice.
func (l *listing) next(ctx context.Context) (page []identity.Event, more bool, err error) {
	l.crowd = time.Time{}
	if page, err = l.ListEvents(ctx, identity.EventQuery{After: l.after, Limit: pageSize}); err != nil {
		return nil, false, err
	}
	next := onward(l.after, page)
	if ofOneMoment(page) && !next.Before(page[0].OccurredAt) {
		if page, err = l.split(ctx, page); err != nil {
			return nil, false, err
		}
	}
	more = next.After(l.after)
	l.after = later(l.after, next)
	return page, more, nil
}

// ofOneMoment reports whether a page is full of events of one moment, so that there may be more of it than a page shows.
func ofOneMoment(page []identity.Event) bool {
	if len(page) < pageSize || page[0].OccurredAt.IsZero() {
		return false
	}
	return page[0].OccurredAt.Equal(page[len(page)-1].OccurredAt)
}

// split reads a moment that fills a page once more, one type of event at a time, which shows up to a page of each. What is beyond
// cannot be asked for: the list of changed identities brings what it was about.
func (l *listing) split(ctx context.Context, page []identity.Event) ([]identity.Event, error) {
	types, have := identity.EventTypes(), map[string]bool{}
	for _, e := range page {
		have[e.ID] = true
		if !slices.Contains(types, e.Type) {
			types = append(types, e.Type)
		}
	}
	at := page[0].OccurredAt
	for _, kind := range types {
		some, err := l.ListEvents(ctx, identity.EventQuery{After: l.after, Type: kind, Limit: pageSize})
		if fault.KindOf(err) == fault.Invalid { // Paxos does not know this type
			continue
		}
		if err != nil {
			return nil, err
		}
		if ofOneMoment(some) {
			l.crowd = at
		}
		for _, e := range some {
			if e.OccurredAt.Equal(at) && !have[e.ID] {
				have[e.ID] = true
				page = append(page, e)
			}
		}
	}
	return page, nil
}

// onward is where the next page begins, given by Paxos as "created after". A full page may have cut off events of the same
// moment as its last, so that the next begins before that moment, by a millisecond where it can; events known already are
// dropped when they are taken. Where a whole page lies within one moment the reading goes on behind it. An empty page is the
// end.
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

// tellCrowd logs, once, that a moment holds more events than Paxos can be asked for.
func (b *Inbox) tellCrowd(at time.Time) {
	if at.IsZero() {
		return
	}
	if _, told := b.crowds.LoadOrStore(at.UnixNano(), true); !told {
		b.o.Log.Warn("more than 100 events of one type at one moment: Paxos can not be asked for all of them; "+
			"the list of changed identities brings what they were about", "at", written(at))
	}
}
