package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/queue"
)

// start runs a runner in the bubble; the function stops it and gives Run's error.
func start(t *testing.T, s *table, o queue.Options, most int, h queue.Handler) (*queue.Runner, func() error) {
	t.Helper()
	o.Store, o.Log = s, slog.New(slog.DiscardHandler)
	r := queue.NewRunner(o)
	r.Handle("k", most, h)
	ctx, cancel := context.WithCancel(t.Context())
	var err error
	var running sync.WaitGroup
	running.Go(func() { err = r.Run(ctx) })
	return r, func() error {
		cancel()
		running.Wait()
		return err
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	later := errors.New("secret details")
	tests := map[string]struct {
		attempts int // before this one
		most     int
		handle   func(now time.Time) error
		parked   bool
		after    time.Duration // until the job comes again
		untried  bool          // this one does not count
	}{
		"an error waits for the back-off":       {handle: func(time.Time) error { return later }, after: 7 * time.Second},
		"a retry comes when it says":            {handle: func(n time.Time) error { return &queue.Retry{At: n.Add(time.Hour), Cause: later} }, after: time.Hour},
		"a retry never parks":                   {attempts: 9, most: 3, handle: func(n time.Time) error { return &queue.Retry{At: n.Add(time.Hour), Cause: later} }, after: time.Hour},
		"a job put off comes when it says":      {handle: func(n time.Time) error { return &queue.PutOff{Until: n.Add(time.Hour), Cause: later} }, after: time.Hour, untried: true},
		"a job put off never parks":             {attempts: 9, most: 3, handle: func(n time.Time) error { return &queue.PutOff{Until: n.Add(time.Hour), Cause: later} }, after: time.Hour, untried: true},
		"a park stays":                          {handle: func(time.Time) error { return &queue.Park{Cause: later} }, parked: true},
		"too many errors park":                  {attempts: 2, most: 3, handle: func(time.Time) error { return later }, parked: true},
		"one less does not":                     {attempts: 1, most: 3, handle: func(time.Time) error { return later }, after: 7 * time.Second},
		"zero attempts never park":              {attempts: 999, handle: func(time.Time) error { return later }, after: 7 * time.Second},
		"a panic is an error":                   {handle: func(time.Time) error { panic("secret details") }, after: 7 * time.Second},
		"too many panics park":                  {most: 1, handle: func(time.Time) error { panic("secret details") }, parked: true},
		"a wrapped park is found":               {handle: func(time.Time) error { return errors.Join(&queue.Park{Cause: later}) }, parked: true},
		"a cause of a retry may be anything":    {handle: func(n time.Time) error { return &queue.Retry{At: n.Add(time.Second), Cause: nil} }, after: time.Second},
		"a retry in the past comes immediately": {handle: func(n time.Time) error { return &queue.Retry{At: n, Cause: later} }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := tableOf(queue.Job{Kind: "k", Attempts: tt.attempts})
				var began time.Time
				o := queue.Options{Backoff: func(int) time.Duration { return 7 * time.Second }, Describe: func(error) string { return "word" }}
				_, stop := start(t, s, o, tt.most, func(_ context.Context, j queue.Job) error {
					if !began.IsZero() { // once is enough to see the outcome
						return s.finish(j)
					}
					began = time.Now()
					return tt.handle(began)
				})
				synctest.Wait()
				got := s.row(1)
				require.Equal(t, tt.parked, got.parked)
				if tt.parked || tt.after > 0 {
					require.Equal(t, tt.untried, got.job.Attempts == tt.attempts, "only what was tried counts")
				}
				if tt.parked || tt.after > 0 {
					require.Equal(t, "word", got.job.LastError)
				}
				if !tt.parked && tt.after > 0 {
					require.Equal(t, tt.after, got.job.RunAt.Sub(began))
				}
				time.Sleep(tt.after + 2*time.Second)
				require.Equal(t, tt.parked, s.left() == 1, "a job that is not parked is taken again")
				require.NoError(t, stop())
			})
		})
	}
}

func TestWakeAndPoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf()
		var at []time.Time
		r, stop := start(t, s, queue.Options{Poll: time.Minute}, 0, func(_ context.Context, j queue.Job) error {
			at = append(at, time.Now())
			return s.finish(j)
		})
		synctest.Wait()
		time.Sleep(time.Second)
		began := time.Now()
		s.add(queue.Job{Kind: "k"})
		r.Wake()
		r.Wake()
		synctest.Wait()
		require.Equal(t, []time.Time{began}, at, "a wake needs no poll")

		s.add(queue.Job{Kind: "k", RunAt: time.Now().Add(10 * time.Second)})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Len(t, at, 2, "a poll finds what nobody announced")
		require.NoError(t, stop())
	})
}

func TestUrgentFirstAndNoMoreThanWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf()
		for range 5 {
			s.add(queue.Job{Kind: "k", Priority: queue.Background})
		}
		s.add(queue.Job{Kind: "k", Priority: queue.Click})
		s.add(queue.Job{Kind: "other", Priority: queue.Click})
		var mu sync.Mutex
		var order []queue.Priority
		now, most := 0, 0
		_, stop := start(t, s, queue.Options{Workers: 2}, 0, func(_ context.Context, j queue.Job) error {
			mu.Lock()
			order, now = append(order, j.Priority), now+1
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return s.finish(j)
		})
		time.Sleep(10 * time.Second)
		require.NoError(t, stop())
		require.Equal(t, 2, most)
		require.Len(t, order, 6)
		require.Contains(t, order[:2], queue.Click)
		require.Equal(t, 1, s.left(), "a kind without a handler is left alone")
	})
}

func TestLeaseIsExtendedWhileTheHandlerWorks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf(queue.Job{Kind: "k"})
		calls := 0
		_, stop := start(t, s, queue.Options{Lease: 30 * time.Second}, 0, func(ctx context.Context, j queue.Job) error {
			calls++
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(10 * time.Minute):
				return s.finish(j)
			}
		})
		time.Sleep(11 * time.Minute)
		require.NoError(t, stop())
		require.Equal(t, 1, calls, "nobody else may claim it meanwhile")
		require.Zero(t, s.left())
	})
}

func TestLostLeaseStopsTheHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf(queue.Job{Kind: "k"})
		s.lost = true
		var stopped time.Duration
		began := time.Now()
		_, stop := start(t, s, queue.Options{Workers: 1, Lease: 30 * time.Second}, 0, func(ctx context.Context, j queue.Job) error {
			if j.Attempts > 1 {
				return s.finish(j)
			}
			<-ctx.Done()
			stopped = time.Since(began)
			return ctx.Err()
		})
		time.Sleep(2 * time.Minute)
		require.NoError(t, stop())
		require.Equal(t, 30*time.Second, stopped)
		require.Zero(t, s.left(), "the job is claimed again")
	})
}

func TestClaimErrorsAreSurvived(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf(queue.Job{Kind: "k"})
		s.claimErr = errors.New("disk full")
		_, stop := start(t, s, queue.Options{}, 0, func(_ context.Context, j queue.Job) error { return s.finish(j) })
		time.Sleep(10 * time.Second)
		s.mu.Lock()
		require.LessOrEqual(t, s.claims, 12, "it does not spin")
		s.claimErr = nil
		s.mu.Unlock()
		time.Sleep(2 * time.Second)
		require.Zero(t, s.left())
		require.NoError(t, stop())
	})
}

func TestStopWaitsForHandlers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		takes      time.Duration
		deaf       bool // the handler does not heed its context
		returns    time.Duration
		finished   bool
		comesAgain bool
		err        bool
	}{
		"a short one ends":          {takes: 3 * time.Second, returns: 3 * time.Second, finished: true},
		"a long one is cut short":   {takes: time.Hour, returns: 10 * time.Second, comesAgain: true},
		"a deaf one is left behind": {takes: time.Minute, deaf: true, returns: 20 * time.Second, err: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := tableOf(queue.Job{Kind: "k"}, queue.Job{Kind: "k"})
				_, stop := start(t, s, queue.Options{Workers: 1}, 1, func(ctx context.Context, j queue.Job) error {
					quit := ctx.Done()
					if tt.deaf {
						quit = nil
					}
					select {
					case <-quit:
						return ctx.Err()
					case <-time.After(tt.takes):
						return s.finish(j)
					}
				})
				synctest.Wait()
				began := time.Now()
				err := stop()
				require.Equal(t, tt.returns, time.Since(began))
				require.Equal(t, tt.err, err != nil)
				require.Equal(t, tt.finished, s.row(1).job.Kind == "")
				if tt.comesAgain {
					require.False(t, s.row(1).parked, "being stopped is not the job's fault")
					require.Equal(t, time.Now(), s.row(1).job.RunAt)
				}
				require.Zero(t, s.row(2).job.Attempts, "nothing is claimed after the stop")
				time.Sleep(2 * time.Minute) // let the deaf one end
			})
		})
	}
}

func TestRunCanBeStoppedBeforeItStartsAndRunAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf(queue.Job{Kind: "k"})
		r := queue.NewRunner(queue.Options{Store: s, Log: slog.New(slog.DiscardHandler)})
		r.Handle("k", 0, func(_ context.Context, j queue.Job) error { return s.finish(j) })
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, r.Run(ended))
		require.NoError(t, r.Run(ended))
		require.Zero(t, s.claims)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, r.Run(ctx))
		require.Zero(t, s.left())
	})
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attempts  int
		from, til time.Duration
	}{
		{0, 500 * time.Millisecond, 1500 * time.Millisecond},
		{1, 500 * time.Millisecond, 1500 * time.Millisecond},
		{3, 2 * time.Second, 6 * time.Second},
		{9, 128 * time.Second, 384 * time.Second},
		{10, 150 * time.Second, 450 * time.Second},
		{1_000_000, 150 * time.Second, 450 * time.Second},
	}
	for _, tt := range tests {
		seen := map[time.Duration]bool{}
		for range 100 {
			got := queue.Backoff(tt.attempts)
			require.GreaterOrEqual(t, got, tt.from)
			require.Less(t, got, tt.til)
			seen[got] = true
		}
		require.Greater(t, len(seen), 50, "jobs that failed together do not come back together")
	}
}
