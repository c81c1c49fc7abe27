package inbox

import (
	"context"
	"fmt"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// missingPages is how many pages of Paxos' list of events one check reads.
const missingPages = 50

// MissingReport is what a comparison of Paxos' list of events with the desk's has found.
type MissingReport struct {
	From, To  time.Time // Paxos' times; To is earlier than asked for where Truncated
	Listed    int       // events that Paxos has of that time
	Missing   []string  // ids of those that the desk lacks, oldest first
	Truncated bool      // there is more than one check reads: ask again from To
	// Crowds are moments at which Paxos has more than 100 events of one type: it cannot be asked for all of these, so that some may
	// be missing that are not in Missing.
	Crowds []time.Time

	lacking []identity.Event
}

// Missing compares the events that happened after from and not after to, by Paxos' times, with the desk's. It asks Paxos, up to
// [missingPages] times, while the caller waits. Invalid where from is not before to; Forbidden without the events scope.
func (b *Inbox) Missing(ctx context.Context, from, to time.Time) (MissingReport, error) {
	switch {
	case from.IsZero() || to.IsZero() || !from.Before(to):
		return MissingReport{}, fault.Fields("Give a time from which and a later one up to which to compare.",
			map[string]string{"from": "must be a time before the end", "to": "must be a time after the beginning"})
	case !b.o.EventsAllowed():
		return MissingReport{}, &fault.Error{
			Kind: fault.Forbidden, Code: "scope",
			Text: "Paxos does not let the desk read events: the scope events:read_event is missing. Ask Paxos Support to enable it.",
		}
	}
	return b.missing(ctx, b.o.Events, from, to)
}

// TakeMissing takes in what [Inbox.Missing] finds: a few events are queued, many are acted on at once. Taking the same twice is
// harmless. It gives the report of what it has taken.
func (b *Inbox) TakeMissing(ctx context.Context, from, to time.Time, e audit.Entry) (MissingReport, error) {
	m, err := b.Missing(ctx, from, to)
	if err != nil {
		return m, err
	}
	if e.Detail == "" {
		e.Detail = fmt.Sprintf("%d missing events between %s and %s", len(m.Missing), written(m.From), written(m.To))
	}
	if err := b.o.Store.Record(ctx, e); err != nil {
		return m, err
	}
	_, err = b.keep(ctx, m.lacking, time.Time{})
	return m, err
}

func (b *Inbox) missing(ctx context.Context, paxos client, from, to time.Time) (MissingReport, error) {
	m := MissingReport{From: from, To: to}
	listed := map[string]bool{} // pages overlap
	l := listing{client: paxos, after: from}
	for range missingPages {
		page, more, err := l.next(ctx)
		if err != nil {
			return m, err
		}
		b.tellCrowd(l.crowd)
		if !l.crowd.IsZero() && !l.crowd.After(to) {
			m.Crowds = append(m.Crowds, l.crowd)
		}
		ended := !more || l.after.After(to)
		page = within(page, to, listed)
		m.Listed += len(page)
		lacking, err := b.unheard(ctx, page)
		if err != nil {
			return m, err
		}
		m.lacking = append(m.lacking, lacking...)
		for _, e := range lacking {
			m.Missing = append(m.Missing, e.ID)
		}
		if ended {
			return m, nil
		}
	}
	m.To, m.Truncated = l.after, true
	return m, nil
}

// within gives the events of a page up to a time that have not been listed before.
func within(page []identity.Event, to time.Time, listed map[string]bool) []identity.Event {
	var fresh []identity.Event
	for _, e := range page {
		if !e.OccurredAt.After(to) && !listed[e.ID] {
			listed[e.ID] = true
			fresh = append(fresh, e)
		}
	}
	return fresh
}
