package queue

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// bookkeeping is how long noting a job's outcome may take. It has a time of its own, since the handler's may be over.
const bookkeeping = 5 * time.Second

// noting is how long a handler may take to store what Paxos has answered.
const noting = 10 * time.Second

// Unhurried outlives the end of ctx for as long as storing an answer may take: none is lost because the desk is stopping.
func Unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), noting)
}

// work does one claimed job and notes what shall become of it.
func (r *Runner) work(ctx context.Context, j Job) {
	handling, cancel := context.WithCancel(ctx)
	defer cancel()
	go r.hold(handling, cancel, j)
	err := r.handle(handling, j)
	cancel()
	if err == nil {
		return
	}
	store, done := context.WithTimeout(context.WithoutCancel(ctx), bookkeeping)
	defer done()
	if err := r.settle(store, j, err, ctx.Err() != nil); err != nil {
		// Whoever holds the job now, or claims it when the lease has ended, goes on with it.
		r.o.Log.Warn("a job's outcome was not noted", "job", j.ID, "kind", j.Kind, "error", r.o.Describe(err))
	}
}

// hold extends the lease until the handler is done. A lease that could not be extended for its whole length may be
// somebody else's by now: the handler is told to stop.
func (r *Runner) hold(ctx context.Context, stop context.CancelFunc, j Job) {
	every := time.NewTicker(r.o.Lease / 3)
	defer every.Stop()
	held := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		began := time.Now()
		err := r.o.Store.ExtendJob(ctx, j, r.o.Lease)
		if err == nil {
			held = began
			continue
		}
		if time.Since(held) >= r.o.Lease {
			r.o.Log.Warn("a job's lease was lost", "job", j.ID, "kind", j.Kind, "error", r.o.Describe(err))
			stop()
			return
		}
	}
}

// handle calls the handler; a panic becomes an error. The panic's value stays out of the log, since it may hold anything.
func (r *Runner) handle(ctx context.Context, j Job) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic of type %T", v)
			r.o.Log.Error("a job's handler panicked", "job", j.ID, "kind", j.Kind, "stack", string(debug.Stack()))
		}
	}()
	return r.kinds[j.Kind].handler(ctx, j)
}

// settle notes the outcome of a job that was not finished.
func (r *Runner) settle(ctx context.Context, j Job, err error, stopping bool) error {
	var retry *Retry
	var putOff *PutOff
	var park *Park
	word, most := r.o.Describe(err), r.kinds[j.Kind].maxAttempts
	switch {
	case errors.As(err, &park):
		return r.park(ctx, j, word)
	case errors.As(err, &putOff):
		return r.o.Store.PutOffJob(ctx, j, putOff.Until, word)
	case errors.As(err, &retry):
		return r.o.Store.RetryJob(ctx, j, retry.At, word)
	case stopping: // cut short by us: not the job's fault, so that it comes again at once
		return r.o.Store.RetryJob(ctx, j, r.o.Now(), word)
	case most > 0 && j.Attempts >= most:
		return r.park(ctx, j, word)
	default:
		pause := r.o.Backoff(j.Attempts)
		r.o.Log.Warn("a job failed and comes again", "job", j.ID, "kind", j.Kind, "attempts", j.Attempts, "in", pause, "error", word)
		return r.o.Store.RetryJob(ctx, j, r.o.Now().Add(pause), word)
	}
}

func (r *Runner) park(ctx context.Context, j Job, word string) error {
	r.o.Log.Error("a job is parked", "job", j.ID, "kind", j.Kind, "attempts", j.Attempts, "error", word)
	return r.o.Store.ParkJob(ctx, j, word)
}
