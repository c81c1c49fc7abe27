package queue

import (
	"context"
	"log/slog"
	"time"
)

// Store is the table of jobs. A method that is given a job fails, without effect, where its lease is no longer held.
type Store interface {
	// ClaimJobs leases up to n jobs of these kinds that are ready now, the most urgent first.
	ClaimJobs(ctx context.Context, kinds []string, n int, lease time.Duration) ([]Job, error)
	ExtendJob(ctx context.Context, j Job, lease time.Duration) error
	RetryJob(ctx context.Context, j Job, at time.Time, lastError string) error
	ParkJob(ctx context.Context, j Job, lastError string) error
}

// Handler does one job. Nil means that it has finished the job in the store together with the job's effect; a [Retry] or
// [Park] says what shall become of it; any other error (a panic is one) makes the job come again after a pause.
type Handler func(ctx context.Context, j Job) error

// Options are what a [Runner] needs. Zero durations and numbers mean the defaults.
type Options struct {
	Store Store
	// Workers is how many jobs run at once; 8 where zero.
	Workers int
	// Lease is how long a claim holds without being extended; 1 minute where zero. After a crash a job comes back that late.
	Lease time.Duration
	// Poll is how often an idle runner looks for jobs that nobody announced; 1 second where zero.
	Poll time.Duration
	// Grace is how long Run waits for running handlers once its context has ended; 10 seconds where zero.
	Grace time.Duration
	// Backoff is the pause before a failed job comes again, after so many attempts; [Backoff] where nil.
	Backoff func(attempts int) time.Duration
	// Describe turns an error into the short word that is stored and logged; it must never give a text from outside.
	Describe func(error) string
	Now      func() time.Time
	Log      *slog.Logger
}

// Runner runs the jobs of a store.
type Runner struct{ o Options }

// NewRunner makes a runner; see [Runner.Handle] and [Runner.Run].
func NewRunner(o Options) *Runner { return &Runner{o: o} }

// Handle names the handler of a kind. A job that fails for the maxAttempts-th time is parked; 0 means that it never is. It
// must be called before Run.
func (r *Runner) Handle(kind string, maxAttempts int, h Handler) {}

// Wake says that there may be new work.
func (r *Runner) Wake() {}

// Run works until ctx ends.
func (r *Runner) Run(ctx context.Context) error { <-ctx.Done(); return nil }
