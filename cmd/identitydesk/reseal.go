package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/store"
	"identitydesk/views"
)

// A change of keys goes on beside everything else: a step seals a few hundred values anew, then rests for several times as long as
// it took.
const (
	resealBatch = 200
	resealRest  = 4
	resealPause = 25 * time.Millisecond
	resealIdle  = time.Minute // between looks where there is nothing to do, or after trouble
)

// seals is what a change of keys needs of the store.
type seals interface {
	Reseal(ctx context.Context, limit int) (store.Step, error)
	Sealing(ctx context.Context) (store.Sealing, error)
}

// resealer seals everything anew with the key that seals now, and tells how far it is.
type resealer struct {
	store seals
	now   func() time.Time
	log   *slog.Logger

	told bool // that former keys may go

	mu   sync.Mutex
	next time.Time // when the next walk begins; zero where none waits
	from time.Time // since when this process walks; zero while it does not
	done int64     // how far the walk was then
}

// run works until ctx ends. Trouble passes: the walk goes on where it was.
func (r *resealer) run(ctx context.Context) error {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-rest.C:
		}
		pause, err := r.step(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("values could not be sealed anew", "kind", fault.KindOf(err), "err", describe(err))
			pause = resealIdle
		}
		rest.Reset(pause)
	}
}

// step makes one step and tells how long to rest after it.
func (r *resealer) step(ctx context.Context) (time.Duration, error) {
	began := r.now()
	s, err := r.store.Reseal(ctx, resealBatch)
	if err != nil {
		return 0, err
	}
	r.mark(s)
	switch {
	case s.Ended, !s.More && !r.told:
		r.told = true
		if err := r.tell(ctx, s.Ended); err != nil {
			return 0, err
		}
	case s.Began:
		r.told = false
		r.log.Info("another key seals now: what former ones sealed is sealed anew, beside everything else")
	}
	return restAfter(s, r.now(), r.now().Sub(began)), nil
}

// restAfter is how long to rest after a step that took a while. What may begin at a moment begins then.
func restAfter(s store.Step, now time.Time, took time.Duration) time.Duration {
	switch {
	case s.More:
		return max(resealPause, resealRest*took)
	case s.At.IsZero():
		return resealIdle
	default:
		return min(resealIdle, max(resealPause, s.At.Sub(now)))
	}
}

// mark remembers what the pace is reckoned from: where the walk was after this process' first step.
func (r *resealer) mark(s store.Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = s.At
	switch {
	case !s.More:
		r.from = time.Time{}
	case r.from.IsZero():
		r.from, r.done = r.now(), s.Done
	}
}

// tell says in the log which keys may go, or why they may not.
func (r *resealer) tell(ctx context.Context, ended bool) error {
	z, err := r.store.Sealing(ctx)
	if err != nil {
		return err
	}
	if ended {
		r.log.Info("everything is sealed anew", "values", z.Walk.Done, "key", z.Primary)
	}
	for _, f := range z.Walk.Failed {
		r.log.Warn("sealed values do not open: they were altered, or moved from elsewhere; their key must stay", "key", f.Key,
			"where", f.Place, "values", f.Count, "first", f.First)
	}
	if idle := z.Idle(); len(idle) > 0 {
		r.log.Info("former keys are not needed any more: `identitydesk keys rotate --retire` prints ENCRYPTION_KEYS without them", "keys", idle)
	}
	return nil
}

// left is about how long a walk takes from here, by the pace since this process took it up; zero while that cannot be told.
func (r *resealer) left(w store.Reseal) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	did, todo := w.Done-r.done, w.Of-w.Done
	if r.from.IsZero() || did <= 0 || todo <= 0 {
		return 0
	}
	return time.Duration(float64(r.now().Sub(r.from)) / float64(did) * float64(todo))
}

// facts are what the settings page tells of the keys.
func (r *resealer) facts(ctx context.Context) (views.Keys, error) {
	z, err := r.store.Sealing(ctx)
	if err != nil {
		return views.Keys{}, err
	}
	f := views.Keys{Primary: z.Primary, Idle: z.Idle(), Waiting: z.Waiting()}
	for _, id := range z.Former() {
		if z.Uses(id) {
			f.Needed = append(f.Needed, id)
		}
	}
	for _, failed := range z.Walk.Failed {
		f.Failed += failed.Count
	}
	if w := z.Walk; w.To == z.Primary && !w.Began.IsZero() && w.Ended.IsZero() {
		f.Walk = &views.Resealing{Done: w.Done, Of: max(w.Of, w.Done), Left: r.left(w)}
		return f, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f.Begins = optional(r.next)
	return f, nil
}
