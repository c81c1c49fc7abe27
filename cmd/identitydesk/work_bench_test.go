package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// BenchmarkJobs works event jobs off: claimed by the runner, finished durably together with what they did to the event. Beside
// it stands the same done by hand, one claim and one end in transactions of their own.
func BenchmarkJobs(b *testing.B) {
	b.Run("runner", func(b *testing.B) {
		s := withJobs(b)
		done := make(chan struct{}, b.N)
		r := queue.NewRunner(queue.Options{Store: s, Workers: 64})
		r.Handle("event", 0, func(ctx context.Context, j queue.Job) error {
			defer func() { done <- struct{}{} }()
			return s.SaveEvent(ctx, j, identity.Event{ID: j.Subject, Type: "transfer.done", State: identity.EventIgnored})
		})
		ctx, stop := context.WithCancel(context.Background())
		stopped := make(chan error, 1)
		b.ResetTimer()
		go func() { stopped <- r.Run(ctx) }()
		for range b.N {
			<-done
		}
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		stop()
		require.NoError(b, <-stopped)
	})
	b.Run("one-by-one", func(b *testing.B) {
		s := withJobs(b)
		b.ResetTimer()
		for range b.N {
			jobs, err := s.ClaimJobs(b.Context(), []string{"event"}, 1, time.Minute)
			require.NoError(b, err)
			require.Len(b, jobs, 1)
			e := identity.Event{ID: jobs[0].Subject, Type: "transfer.done", State: identity.EventIgnored}
			require.NoError(b, s.SaveEvent(b.Context(), jobs[0], e))
		}
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

// withJobs is a store with as many jobs as the benchmark works off.
func withJobs(b *testing.B) *store.Store {
	b.Helper()
	s := storetest.New(b)
	addEvents(b, s, "event", b.N)
	return s
}

// addEvents stores so many events, each with its job.
func addEvents(b *testing.B, s *store.Store, name string, n int) {
	b.Helper()
	events := make([]identity.Event, n)
	for n := range events {
		events[n] = identity.Event{
			ID: fmt.Sprintf("%s-%08d", name, n), Type: identity.EventApproved, PaxosID: "px-1", State: identity.EventQueued,
			HeardBy: identity.ByPoll, OccurredAt: storetest.Start(), ReceivedAt: storetest.Start(),
		}
	}
	_, err := s.AddEvents(b.Context(), events, storetest.Start())
	require.NoError(b, err)
}

// BenchmarkClaims claims for eight workers while one job is ready, durably, alone and beside 100,000 jobs that wait for later, 4,000
// that others hold and 1,000 that are parked: these must cost nothing.
func BenchmarkClaims(b *testing.B) {
	for _, others := range []struct{ later, held, parked int }{{}, {later: 100_000, held: 4000, parked: 1000}} {
		b.Run(fmt.Sprintf("later=%d,held=%d,parked=%d", others.later, others.held, others.parked), func(b *testing.B) {
			s := storetest.New(b)
			aside(b, s, others.later, func(j queue.Job) error {
				return s.RetryJob(b.Context(), j, storetest.Start().Add(time.Minute), "throttled")
			})
			aside(b, s, others.parked, func(j queue.Job) error { return s.ParkJob(b.Context(), j, "not_found") })
			aside(b, s, others.held, func(queue.Job) error { return nil })
			addEvents(b, s, "ready", 1)
			for b.Loop() { // a lease without length has ended when it begins: the next claim finds the same job
				jobs, err := s.ClaimJobs(b.Context(), []string{"event", "recheck", "submit"}, 8, 0)
				require.NoError(b, err)
				require.Len(b, jobs, 1)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
		})
	}
}

// aside claims as many new jobs and does something with each.
func aside(b *testing.B, s *store.Store, n int, do func(queue.Job) error) {
	b.Helper()
	addEvents(b, s, fmt.Sprintf("aside-%d", n), n)
	jobs, err := s.ClaimJobs(b.Context(), []string{"event"}, n, time.Hour)
	require.NoError(b, err)
	require.Len(b, jobs, n)
	group, _ := errgroup.WithContext(b.Context())
	group.SetLimit(256)
	for _, j := range jobs {
		group.Go(func() error { return do(j) })
	}
	require.NoError(b, group.Wait())
}

// BenchmarkIdle is a desk with the emulator beside it and nobody who asks for anything: what it costs in percent of a core.
func BenchmarkIdle(b *testing.B) {
	idleFor := func(d time.Duration) float64 {
		before := cpuTime(b)
		time.Sleep(d)
		return float64(cpuTime(b)-before) / float64(d) * 100
	}
	nothing := idleFor(3 * time.Second)
	stop := bootFor(b)
	time.Sleep(10 * time.Second) // the first read of everything is done
	for b.Loop() {
		b.ReportMetric(idleFor(10*time.Second), "%core")
		b.ReportMetric(nothing, "%core-without-desk")
	}
	stop()
}

// bootFor runs a desk as serve does and gives what stops it.
func bootFor(b *testing.B) (stop func()) {
	b.Helper()
	var log lockedBuffer
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan addresses, 1), make(chan int, 1)
	p := program{stdout: &log, stderr: &log, onReady: func(a addresses) { ready <- a }, environ: environIn(b.TempDir())}
	go func() { ended <- p.main(ctx, []string{"serve"}) }()
	<-ready
	return func() { cancel(); <-ended }
}

// cpuTime is what this process has used of the processors.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	used, err := usedTime()
	require.NoError(b, err)
	return used
}
