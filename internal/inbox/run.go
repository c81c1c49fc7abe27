package inbox

import (
	"context"
	"sync"
	"time"

	"identitydesk/internal/fault"
)

const (
	// kickGap is the least time between two syncs that deliveries asked for.
	kickGap = 2 * time.Second
	// staleRound is how often stale cases are looked for; a short RecheckInterval shortens it.
	staleRound = time.Minute
)

// Run keeps the cache fresh until ctx ends: at first everything is read once, then events are polled, changes are listed and
// stale cases asked for again, each at once and then at its interval. Trouble is logged, kept for [Inbox.Progress] and tried
// again after a pause; it never ends Run.
func (b *Inbox) Run(ctx context.Context) error {
	var running sync.WaitGroup
	ranges := loop{name: "read a range of dates", trouble: rangeTrouble, every: askedRound, do: b.readRange}
	running.Go(func() { b.run(ctx, ranges) }) // people ask for one where they cannot wait for the backfill
	fill := loop{name: "backfill", trouble: syncTrouble, once: true, do: b.fill}
	b.run(ctx, fill)
	for _, l := range []loop{
		{name: "poll events", trouble: pollTrouble, every: b.o.PollInterval, do: b.poll},
		{name: "list changes", trouble: syncTrouble, every: b.o.SyncInterval, do: b.sync, kick: b.changed},
		{name: "re-check", every: min(b.o.RecheckInterval/4, staleRound), do: b.recheckStale},
		{name: "catch up", every: backlogRound, do: b.catchUp},
		{name: "reconcile", trouble: reconcileTrouble, every: reconcileRound, do: b.reconcileIfDue},
		{name: "backfill on demand", every: askedRound, do: b.fillAsAsked},
	} {
		running.Go(func() { b.run(ctx, l) })
	}
	running.Wait()
	return nil
}

// loop is one thing that is done again and again.
type loop struct {
	name    string
	trouble string // the key of its last error; empty where nobody shows it
	every   time.Duration
	once    bool // ends with the first success
	do      func(context.Context) error
	kick    <-chan struct{} // asks for it at once; nil where nothing does
}

func (b *Inbox) run(ctx context.Context, l loop) {
	failures, word := 0, "not known" // what a run before this one left is replaced in any case
	for ctx.Err() == nil {
		err := l.do(ctx)
		if ctx.Err() != nil {
			return
		}
		word = b.note(ctx, l, err, word)
		if err != nil {
			failures++
			b.pause(ctx, failures, err)
			continue
		}
		if l.once {
			return
		}
		failures = 0
		l.wait(ctx)
	}
}

// note logs how a round went and keeps its error's word where that changed.
func (b *Inbox) note(ctx context.Context, l loop, err error, last string) string {
	word := fault.Describe(err)
	if err != nil {
		b.o.Log.Warn(l.name+" failed", "error", word)
	}
	if l.trouble == "" || word == last {
		return word
	}
	if err := b.o.Store.SetState(ctx, l.trouble, word); err != nil {
		b.o.Log.Warn("an error could not be kept", "loop", l.name, "error", fault.Describe(err))
		return last
	}
	return word
}

// pause waits after a failure, ever longer, and never less than Paxos demands.
func (b *Inbox) pause(ctx context.Context, failures int, err error) {
	pause := max(b.o.Backoff(failures), fault.From(err).RetryAt.Sub(b.o.Now()))
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

// wait waits for the next round. Kicks that come in quick succession share one.
func (l loop) wait(ctx context.Context) {
	gap := time.After(min(kickGap, l.every))
	select {
	case <-ctx.Done():
		return
	case <-time.After(l.every):
		return
	case <-l.kick:
	}
	select {
	case <-ctx.Done():
	case <-gap:
	}
	select {
	case <-l.kick: // the round that begins now does for it
	default:
	}
}
