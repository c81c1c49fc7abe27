package queue

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Store is the table of jobs. A method that is given a job fails, without effect, where its lease is no longer held.
type Store interface {
	// ClaimJobs leases up to n jobs of these kinds that are ready now, the most urgent first.
	ClaimJobs(ctx context.Context, kinds []string, n int, lease time.Duration) ([]Job, error)
	// ClaimClicks does the same for jobs of priority [Click] alone. It is asked often, and must cost little where there is none.
	ClaimClicks(ctx context.Context, kinds []string, n int, lease time.Duration) ([]Job, error)
	ExtendJob(ctx context.Context, j Job, lease time.Duration) error
	RetryJob(ctx context.Context, j Job, at time.Time, lastError string) error
	// PutOffJob lets a job go that was not tried: it comes again at a time with as many attempts as before the claim.
	PutOffJob(ctx context.Context, j Job, until time.Time, why string) error
	ParkJob(ctx context.Context, j Job, lastError string) error
}

// Handler does one job. Nil means that it has finished the job in the store together with the job's effect; a [Retry], [PutOff]
// or [Park] says what shall become of it; any other error (a panic is one) makes the job come again after a pause.
type Handler func(ctx context.Context, j Job) error

// Options are what a [Runner] needs. Zero durations and numbers mean the defaults.
type Options struct {
	Store Store
	// Workers is how many jobs run at once; 8 where zero.
	Workers int
	// ClickWorkers is how many more workers are kept free for clicks while all others are busy, so that a person never waits
	// behind slow calls; none where zero.
	ClickWorkers int
	// Lease is how long a claim holds without being extended; 1 minute where zero. After a crash a job comes back that late.
	Lease time.Duration
	// Poll is how often a runner with an idle worker looks for jobs that nobody announced, such as those whose pause has
	// passed; 1 second where zero.
	Poll time.Duration
	// Grace is how long running handlers may go on once Run's context has ended; 10 seconds where zero.
	Grace time.Duration
	// Backoff is the pause before a failed job comes again, after so many attempts; [Backoff] where nil.
	Backoff func(attempts int) time.Duration
	// Describe turns an error into the short word that is stored and logged; it must never give a text from outside. Where
	// nil, every error is "failed".
	Describe func(error) string
	Now      func() time.Time // time.Now where nil
	Log      *slog.Logger     // slog.Default where nil
}

// Runner runs the jobs of a store. A job is claimed only when a worker is free to begin it at once, so that no claimed job
// waits while a more urgent one comes in.
type Runner struct {
	o     Options
	kinds map[string]kind
	wake  chan struct{}
}

type kind struct {
	handler     Handler
	maxAttempts int
}

// NewRunner makes a runner; see [Runner.Handle] and [Runner.Run].
func NewRunner(o Options) *Runner {
	o.Workers = cmp.Or(o.Workers, 8)
	o.Lease = cmp.Or(o.Lease, time.Minute)
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	if o.Backoff == nil {
		o.Backoff = Backoff
	}
	if o.Describe == nil {
		o.Describe = func(error) string { return "failed" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Runner{o: o, kinds: map[string]kind{}, wake: make(chan struct{}, 1)}
}

// Handle names the handler of a kind. A job that fails for the maxAttempts-th time is parked; 0 means that it never is. All
// kinds must be named before Run.
func (r *Runner) Handle(name string, maxAttempts int, h Handler) {
	r.kinds[name] = kind{handler: h, maxAttempts: maxAttempts}
}

// Kinds are the kinds that have a handler, in order.
func (r *Runner) Kinds() []string { return slices.Sorted(maps.Keys(r.kinds)) }

// Wake says that there may be new work. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // a wake is waiting already
	}
}

// Run works until ctx ends. Then it claims nothing more and lets running handlers go on for the grace; past it their
// context ends too, and they have the same time again to return. The error says that some did not.
func (r *Runner) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var running sync.WaitGroup
	c := crew{workers: r.o.Workers, clickWorkers: r.o.ClickWorkers}
	ended := make(chan bool, r.o.Workers+r.o.ClickWorkers)
	for ctx.Err() == nil {
		jobs, clicks := r.claim(ctx, c)
		for n, j := range append(jobs, clicks...) {
			forClick := n >= len(jobs)
			c.begin(forClick)
			running.Go(func() {
				defer func() { ended <- forClick }()
				r.work(work, j)
			})
		}
		r.await(ctx, ended, &c)
	}
	return r.drain(&running, cancel)
}

// crew is how many workers there are and how many are busy.
type crew struct {
	workers, clickWorkers int
	busy, busyClicks      int
}

func (c *crew) begin(forClick bool) {
	if forClick {
		c.busyClicks++
	} else {
		c.busy++
	}
}

func (c *crew) end(forClick bool) {
	if forClick {
		c.busyClicks--
	} else {
		c.busy--
	}
}

func (c *crew) full() bool { return c.busy == c.workers && c.busyClicks == c.clickWorkers }

// claim takes jobs for the workers that are free. Those kept for clicks are only needed where no other is left.
func (r *Runner) claim(ctx context.Context, c crew) (jobs, clicks []Job) {
	kinds := r.Kinds()
	var err error
	if free := c.workers - c.busy; free > 0 {
		if jobs, err = r.o.Store.ClaimJobs(ctx, kinds, free, r.o.Lease); err != nil {
			r.claimFailed(ctx, err)
		}
	}
	if free := c.clickWorkers - c.busyClicks; free > 0 && c.busy+len(jobs) == c.workers {
		if clicks, err = r.o.Store.ClaimClicks(ctx, kinds, free, r.o.Lease); err != nil {
			r.claimFailed(ctx, err)
		}
	}
	return jobs, clicks
}

func (r *Runner) claimFailed(ctx context.Context, err error) {
	if ctx.Err() == nil {
		r.o.Log.Error("claiming jobs failed", "error", r.o.Describe(err))
	}
}

// await returns when there may be something to claim, and notes the workers that have become free. While all are busy only
// the end of a job matters.
func (r *Runner) await(ctx context.Context, ended <-chan bool, c *crew) {
	wake, poll := r.wake, time.NewTimer(r.o.Poll)
	defer poll.Stop()
	if c.full() {
		wake, poll.C = nil, nil
	}
	select {
	case <-ctx.Done():
	case <-wake:
	case <-poll.C:
	case forClick := <-ended:
		c.end(forClick)
	}
	for { // those that ended meanwhile share the next claim
		select {
		case forClick := <-ended:
			c.end(forClick)
		default:
			return
		}
	}
}

func (r *Runner) drain(running *sync.WaitGroup, cancel context.CancelFunc) error {
	stopped := make(chan struct{})
	go func() {
		running.Wait()
		close(stopped)
	}()
	for range 2 {
		select {
		case <-stopped:
			return nil
		case <-time.After(r.o.Grace):
			cancel()
		}
	}
	return fmt.Errorf("some jobs did not stop within %s", 2*r.o.Grace)
}
