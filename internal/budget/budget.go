// Package budget keeps every call to Paxos under one ceiling: who may start next, and when. It spaces starts evenly, serves
// people before machines, and shuts for everybody once Paxos has answered 429, since Paxos then throttles the whole address.
package budget

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// slack widens the second in which at most PerSecond calls start, so that calls which set out a second apart do not arrive
// closer together than that after a late wake-up or a slow packet.
const slack = 20 * time.Millisecond

// tokenEvery is the distance between token calls: Paxos takes one a second.
const tokenEvery = time.Second + slack

// saveTimeout bounds the saving of the gate, which must not hold up the call that was refused.
const saveTimeout = 5 * time.Second

// Closed is the error of [Budget.Wait] while the gate is closed: no call may start before Until.
type Closed struct{ Until time.Time }

// Error says until when.
func (c *Closed) Error() string {
	return fmt.Sprintf("calls to Paxos are held back until %s", c.Until.UTC().Format(time.RFC3339))
}

// GateStore remembers across restarts until when the gate is closed. LoadGate gives the zero time where nothing was saved.
type GateStore interface {
	LoadGate(ctx context.Context) (time.Time, error)
	SaveGate(ctx context.Context, until time.Time) error
}

// Options say how a budget works. Only PerSecond is needed.
type Options struct {
	// PerSecond is the most calls that start in any one second; below 1 counts as 1.
	PerSecond int
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	// Store remembers the gate; nil forgets it at the end of the process.
	Store GateStore
}

// Budget decides which call to Paxos may start next. It is safe for concurrent use and runs nothing while nobody waits.
type Budget struct {
	perSecond int
	interval  time.Duration
	now       func() time.Time
	store     GateStore

	saving sync.Mutex // held while the gate is saved, so that the latest value is saved last

	mu          sync.Mutex
	line        line
	used        usage
	nextAt      time.Time // no start before
	tokenAt     time.Time // no start of a token call before
	closedUntil time.Time
	timer       *time.Timer
}

// New makes a budget. Call [Budget.Restore] before the first call where a store is given.
func New(o Options) *Budget {
	perSecond := max(o.PerSecond, 1)
	n := time.Duration(perSecond)
	b := &Budget{
		perSecond: perSecond,
		interval:  (time.Second + slack + n - 1) / n,
		now:       o.Now,
		store:     o.Store,
	}
	if b.now == nil {
		b.now = time.Now
	}
	return b
}

// Restore closes the gate as the store remembers it.
func (b *Budget) Restore(ctx context.Context) error {
	if b.store == nil {
		return nil
	}
	until, err := b.store.LoadGate(ctx)
	if err != nil {
		return fmt.Errorf("load the gate of the call budget: %w", err)
	}
	b.shut(until)
	return nil
}

// Wait blocks until a call of this priority may start, which the caller then makes at once. It gives *[Closed] without
// waiting while the gate is closed, whatever the priority, also to those who already wait when it closes: a worker then
// puts its job off until the time in the error, and a person is told that time, instead of hanging for minutes. It gives
// the context's error when ctx ends first, and the place goes to the next.
func (b *Budget) Wait(ctx context.Context, p Priority) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := b.enter(p)
	if err != nil {
		return err
	}
	select {
	case err := <-w.turn:
		return err
	case <-ctx.Done():
		return b.leave(ctx, w)
	}
}

// enter puts a caller in line, or turns it away while the gate is closed.
func (b *Budget) enter(p Priority) (*waiter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if now.Before(b.closedUntil) {
		return nil, &Closed{Until: b.closedUntil}
	}
	w := &waiter{priority: p.known(), since: now, turn: make(chan error, 1)}
	b.line.push(w)
	b.serve(now)
	return w, nil
}

// leave takes a caller out of line. One whose turn came at the same moment keeps it.
func (b *Budget) leave(ctx context.Context, w *waiter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.line.remove(w) {
		return <-w.turn
	}
	b.arm(b.now())
	return ctx.Err()
}

// serve lets the next caller start if it is time, and sets the timer for the one after. The lock is held.
func (b *Budget) serve(now time.Time) {
	b.mendClock(now)
	if !now.Before(b.nextAt) {
		if w := b.line.take(now, !now.Before(b.tokenAt)); w != nil {
			b.nextAt = now.Add(b.interval)
			if w.priority == Token {
				b.tokenAt = now.Add(tokenEvery)
			}
			b.used.add(now, w.priority)
			w.turn <- nil
		}
	}
	b.arm(now)
}

// mendClock keeps a clock that was put back from holding everybody up until it has caught up.
func (b *Budget) mendClock(now time.Time) {
	if b.nextAt.Sub(now) > b.interval {
		b.nextAt = now.Add(b.interval)
	}
	if b.tokenAt.Sub(now) > tokenEvery {
		b.tokenAt = now.Add(tokenEvery)
	}
}

// arm sets the timer for the next start that somebody waits for. The lock is held.
func (b *Budget) arm(now time.Time) {
	if b.timer != nil {
		b.timer.Stop()
	}
	if b.line.empty() {
		return
	}
	at := b.nextAt
	if b.line.onlyTokens() && b.tokenAt.After(at) {
		at = b.tokenAt
	}
	b.timer = time.AfterFunc(at.Sub(now), b.tick)
}

func (b *Budget) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(b.now())
}

// Throttle closes the gate for everybody until a time, or leaves it as it is where it is closed for longer already. The gate
// is closed even where it gives an error, which says that the time could not be saved and would not survive a restart.
func (b *Budget) Throttle(ctx context.Context, until time.Time) error {
	if !b.shut(until) || b.store == nil {
		return nil
	}
	b.saving.Lock()
	defer b.saving.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	b.mu.Lock()
	latest := b.closedUntil
	b.mu.Unlock()
	if err := b.store.SaveGate(ctx, latest); err != nil {
		return fmt.Errorf("save the gate of the call budget: %w", err)
	}
	return nil
}

// shut closes the gate and turns away all who wait. It reports whether the gate is closed for longer than before.
func (b *Budget) shut(until time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if !until.After(b.closedUntil) || !until.After(now) {
		return false
	}
	b.closedUntil = until
	for _, w := range b.line.drain() {
		w.turn <- &Closed{Until: until}
	}
	b.arm(now)
	return true
}
