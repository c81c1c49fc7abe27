package inbox

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	// reconcileEvery is the distance between two reconciliations; the first follows the backfill after reconcileFirst.
	reconcileEvery = 24 * time.Hour
	reconcileFirst = 10 * time.Minute
	// reconcileRound is how often the desk looks whether one is due.
	reconcileRound = time.Minute
	// Of what is decided so many records are read, at so many places of the list.
	sampleWindows = 5
	sampleWindow  = 40
)

// The keys of the last reconciliation.
const (
	reconciled       = "inbox_reconciliation" // its report as JSON
	reconcileTrouble = "inbox_reconciliation_error"
)

// Reconciliation is the report of a reading of everything undecided and of a sample of the rest, to see whether the cache is
// what Paxos holds. Zero times mean that there was none yet.
type Reconciliation struct {
	Began, Ended time.Time
	Undecided    int                    // records read because the desk or Paxos had not decided them
	Sampled      int                    // records read of all others
	Drift        map[identity.Drift]int // records that differed although every news of them had been read
	EventsListed int                    // events that Paxos has of the time since the reconciliation before
	EventsMissed int                    // of them: those that the desk had not heard of by any way, and has now
	Error        string                 // kind and code of the failure of a later try; empty when it went well
}

// Drifted is the number of records that differed.
func (r Reconciliation) Drifted() int {
	n := 0
	for _, d := range r.Drift {
		n += d
	}
	return n
}

// Reconciliation is the report of the last one that came to its end.
func (b *Inbox) Reconciliation(ctx context.Context) (r Reconciliation, err error) {
	text, err := b.o.Store.State(ctx, reconciled)
	if err != nil {
		return r, err
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return r, &fault.Error{Kind: fault.Internal, Code: "state " + reconciled, Text: "A stored report cannot be read.", Cause: err}
		}
	}
	r.Error, err = b.o.Store.State(ctx, reconcileTrouble)
	return r, err
}

// reconcileIfDue reconciles once a day.
func (b *Inbox) reconcileIfDue(ctx context.Context) error {
	last, err := b.Reconciliation(ctx)
	if err != nil {
		return err
	}
	due := last.Began.Add(reconcileEvery)
	if last.Began.IsZero() {
		filled, err := b.time(ctx, backfillDone)
		if err != nil || filled.IsZero() {
			return err
		}
		due = filled.Add(reconcileFirst)
	}
	if b.o.Now().Before(due) {
		return nil
	}
	_, err = b.Reconcile(ctx)
	return err
}

// Reconcile reads everything undecided and a sample of the rest once more, mends what differs, looks for events that the desk
// lacks, and keeps the report. All of it is asked for in bulk. What differs counts as drift where it had changed before the list
// of changes was last read, which is done first.
func (b *Inbox) Reconcile(ctx context.Context) (Reconciliation, error) {
	before, err := b.Reconciliation(ctx)
	if err != nil {
		return Reconciliation{}, err
	}
	r := Reconciliation{Began: b.o.Now(), Drift: map[identity.Drift]int{}}
	if err := b.sync(ctx); err != nil {
		return r, err
	}
	if err := b.readUndecided(ctx, &r); err != nil {
		return r, err
	}
	if err := b.readSample(ctx, &r); err != nil {
		return r, err
	}
	if err := b.countMissed(ctx, &r, before.Began); err != nil {
		return r, err
	}
	r.Ended = b.o.Now()
	report, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	_, err = b.o.Store.ApplyRunPage(ctx, nil, map[string]string{reconciled: string(report)}, reconcileRun, true)
	return r, err
}

// compare applies a page and counts what differed.
func (b *Inbox) compare(ctx context.Context, r *Reconciliation, page identity.ListPage) error {
	drift, err := b.o.Store.Reconcile(ctx, b.news(page, identity.ByRecheck), r.Began.Add(-identity.ClockGrace), reconcileRun)
	for kind, n := range drift {
		r.Drift[kind] += n
	}
	return err
}

// readUndecided lists every undecided status. A case that is undecided here and in none of the lists has been decided there
// without our knowledge: it is asked for by itself.
func (b *Inbox) readUndecided(ctx context.Context, r *Reconciliation) error {
	counts, err := b.o.Store.Counts(ctx)
	if err != nil {
		return err
	}
	statuses := map[identity.Status]bool{identity.Pending: true, identity.StatusError: true}
	for s := range counts.Statuses {
		if s != identity.StatusNone && s.Undecided() {
			statuses[s] = true
		}
	}
	for s := range statuses {
		err := b.pages(ctx, identity.ListQuery{Status: s, Limit: pageSize}, func(page identity.ListPage) error {
			r.Undecided += len(page.Records)
			return b.compare(ctx, r, page)
		})
		if err != nil {
			return err
		}
	}
	if err := b.sync(ctx); err != nil { // what was decided while the lists were read is no drift
		return err
	}
	left, err := b.o.Store.Undecided(ctx, r.Began, staleMost)
	if err != nil {
		return err
	}
	r.Undecided += len(left)
	if len(left) > 0 {
		r.Drift[identity.DriftStatus] += len(left)
	}
	return b.recheckAll(ctx, left)
}

// readSample reads some records at random places of the list.
func (b *Inbox) readSample(ctx context.Context, r *Reconciliation) error {
	first, last, err := b.o.Store.CreatedSpan(ctx)
	if err != nil || first.IsZero() {
		return err
	}
	for range sampleWindows {
		from := first.Add(rand.N(last.Sub(first) + 1))
		page, err := b.o.Background.ListIdentities(ctx, identity.ListQuery{CreatedFrom: from, Limit: sampleWindow})
		if err != nil {
			return err
		}
		r.Sampled += len(page.Records)
		if err := b.compare(ctx, r, page); err != nil {
			return err
		}
	}
	return nil
}

// countMissed compares the events since the last reconciliation, or of a day, with the desk's, and takes in what it lacks.
func (b *Inbox) countMissed(ctx context.Context, r *Reconciliation, before time.Time) error {
	if !b.o.EventsAllowed() {
		return nil
	}
	to := r.Began.Add(-identity.ClockGrace) // newer ones are the poll's to find
	from := later(before.Add(-identity.ClockGrace), r.Began.Add(-7*reconcileEvery))
	if before.IsZero() {
		from = r.Began.Add(-reconcileEvery)
	}
	for from.Before(to) {
		m, err := b.missing(ctx, b.o.Background, from, to)
		if err != nil {
			return err
		}
		taken, err := b.keep(ctx, m.lacking, time.Time{})
		if err != nil {
			return err
		}
		r.EventsListed, r.EventsMissed = r.EventsListed+m.Listed, r.EventsMissed+taken
		if !m.Truncated {
			break
		}
		from = m.To
	}
	return nil
}
