package queue_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/queue"
)

// All workers hang in slow calls; a click is worked on at once all the same, and only a click.
func TestClicksDoNotWaitBehindSlowJobs(t *testing.T) {
	t.Parallel()
	for clickWorkers, waits := range map[int]time.Duration{0: time.Minute, 1: 0} {
		synctest.Test(t, func(t *testing.T) {
			s := tableOf()
			for range 4 {
				s.add(queue.Job{Kind: "k", Priority: queue.Event})
			}
			var clicked time.Time
			most, running := 0, 0
			r, stop := start(t, s, queue.Options{Workers: 2, ClickWorkers: clickWorkers}, 0, func(_ context.Context, j queue.Job) error {
				if j.Priority == queue.Click {
					clicked = time.Now()
					return s.finish(j)
				}
				s.mu.Lock()
				running++
				most = max(most, running)
				s.mu.Unlock()
				time.Sleep(time.Minute)
				s.mu.Lock()
				running--
				s.mu.Unlock()
				return s.finish(j)
			})
			synctest.Wait()
			began := time.Now()
			s.add(queue.Job{Kind: "k", Priority: queue.Click})
			r.Wake()
			time.Sleep(90 * time.Second)
			synctest.Wait()
			require.Equal(t, waits, clicked.Sub(began))
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			require.Equal(t, 2, most, "the worker kept for clicks takes nothing else")
			require.Zero(t, s.left())
			require.NoError(t, stop())
		})
	}
}

// More clicks than workers kept for them: they go one after the other, and the runner does not spin meanwhile.
func TestManyClicksShareTheirWorker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := tableOf(queue.Job{Kind: "k", Priority: queue.Event})
		var ends []time.Duration
		began := time.Now()
		_, stop := start(t, s, queue.Options{Workers: 1, ClickWorkers: 1}, 0, func(_ context.Context, j queue.Job) error {
			if j.Priority == queue.Event {
				time.Sleep(time.Minute)
				return s.finish(j)
			}
			time.Sleep(5 * time.Second)
			ends = append(ends, time.Since(began).Truncate(time.Second))
			return s.finish(j)
		})
		synctest.Wait()
		for range 3 {
			s.add(queue.Job{Kind: "k", Priority: queue.Click})
		}
		time.Sleep(70 * time.Second)
		synctest.Wait()
		require.Equal(t, []time.Duration{6 * time.Second, 11 * time.Second, 16 * time.Second}, ends)
		s.mu.Lock()
		require.Less(t, s.claims, 150)
		s.mu.Unlock()
		require.NoError(t, stop())
	})
}
