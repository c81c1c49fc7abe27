package retention

import (
	"context"
	"log/slog"
	"time"

	"identitydesk/internal/fault"
)

const (
	// runEvery is how often the desk looks for what is due.
	runEvery = 24 * time.Hour
	// retryAfter is when it looks again after a run that failed.
	retryAfter = 10 * time.Minute
	// batch is how many cases are erased in one transaction, so that others get their turn between.
	batch = 50
	// scrubEvery is how often it is tried to let erased bytes leave the disk, where a reader was in the way.
	scrubEvery = 5 * time.Second
)

// store is what retention needs of the cache.
type store interface {
	EraseDue(ctx context.Context, closedBefore time.Time, limit int) (erased int, err error)
	LetDraftsGo(ctx context.Context, failedBefore time.Time, limit int) (gone int, err error)
	LetMovesGo(ctx context.Context, now time.Time, limit int) (gone int, err error)
	EndRetention(ctx context.Context, cases, drafts string) error
	Scrub(ctx context.Context) (done bool, err error)
}

// Options are what a [Keeper] needs.
type Options struct {
	Store  store
	Cases  Period // how long a case is kept after its decision or its end
	Drafts Period // how long the draft of a failed submission waits
	Now    func() time.Time
	Log    *slog.Logger
}

// Keeper erases what is due, once a day and at first.
type Keeper struct{ o Options }

// New makes a keeper.
func New(o Options) *Keeper { return &Keeper{o} }

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(scrubEvery)
	defer tick.Stop()
	var next time.Time
	for {
		if now := k.o.Now(); !now.Before(next) {
			next = now.Add(runEvery)
			if err := k.Once(ctx); err != nil && ctx.Err() == nil {
				next = now.Add(retryAfter)
				k.trouble("erase what is due", err)
			}
		}
		if _, err := all(ctx, k.o.Now(), k.o.Store.LetMovesGo); err != nil && ctx.Err() == nil {
			k.trouble("let failed moves go", err)
		}
		if _, err := k.o.Store.Scrub(ctx); err != nil && ctx.Err() == nil {
			k.trouble("let erased bytes leave the disk", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (k *Keeper) trouble(what string, err error) {
	k.o.Log.Error("retention has trouble", "step", what, "kind", string(fault.KindOf(err)))
}

// Once erases everything that is due now, batch by batch. What it was interrupted at is due the next time.
func (k *Keeper) Once(ctx context.Context) error {
	now := k.o.Now()
	erased, err := all(ctx, k.o.Cases.Before(now), k.o.Store.EraseDue)
	if err != nil {
		return err
	}
	gone, err := all(ctx, k.o.Drafts.Before(now), k.o.Store.LetDraftsGo)
	if err != nil {
		return err
	}
	if erased+gone > 0 {
		k.o.Log.Info("retention has erased what was due", "cases", erased, "drafts", gone)
	}
	return k.o.Store.EndRetention(ctx, k.o.Cases.String(), k.o.Drafts.String())
}

func all(ctx context.Context, before time.Time, erase func(context.Context, time.Time, int) (int, error)) (sum int, err error) {
	for {
		n, err := erase(ctx, before, batch)
		sum += n
		if err != nil || n < batch {
			return sum, err
		}
		if err := ctx.Err(); err != nil {
			return sum, err
		}
	}
}
