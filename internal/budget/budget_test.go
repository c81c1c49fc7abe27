package budget_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
)

// starts collects who started when.
type starts struct {
	mu  sync.Mutex
	who []string
	at  []time.Time
}

func (s *starts) note(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.who = append(s.who, who)
	s.at = append(s.at, time.Now())
}

func (s *starts) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.who)
}

// call waits in line in a goroutine of its own and notes its start; the caller is in line when call returns.
func call(t *testing.T, b *budget.Budget, s *starts, p budget.Priority, who string) {
	t.Helper()
	go func() {
		if err := b.Wait(t.Context(), p); err == nil {
			s.note(who)
		}
	}()
	synctest.Wait()
}

func TestNeverMoreStartsInASecondThanTheCeiling(t *testing.T) {
	t.Parallel()
	for _, perSecond := range []int{1, 3, 8, 50} {
		synctest.Test(t, func(t *testing.T) {
			b := budget.New(budget.Options{PerSecond: perSecond})
			var s starts
			time.Sleep(10 * time.Second) // an idle time earns no burst
			var all sync.WaitGroup
			for i := range 4 * perSecond {
				all.Go(func() {
					require.NoError(t, b.Wait(t.Context(), budget.Priorities()[1+i%4]))
					s.note("")
				})
			}
			begun := time.Now()
			all.Wait()
			require.Len(t, s.at, 4*perSecond)
			for i := range len(s.at) - perSecond {
				require.GreaterOrEqual(t, s.at[i+perSecond].Sub(s.at[i]), time.Second, "start %d of %d/s", i, perSecond)
			}
			require.Less(t, time.Since(begun), 4100*time.Millisecond, "the ceiling is used, not only kept")
		})
	}
}

func TestTheMoreUrgentStartsFirstAndEqualsInTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 8})
		var s starts
		call(t, b, &s, budget.Background, "first in an empty line")
		call(t, b, &s, budget.Background, "background 1")
		call(t, b, &s, 0, "no priority")
		call(t, b, &s, budget.Event, "event")
		call(t, b, &s, budget.Submission, "submission")
		call(t, b, &s, budget.Click, "click 1")
		call(t, b, &s, budget.Click, "click 2")
		call(t, b, &s, budget.Token, "token")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []string{
			"first in an empty line", "token", "click 1", "click 2", "submission", "event", "background 1", "no priority",
		}, s.names())
	})
}

func TestNobodyStarvesBehindAFloodOfClicks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 8})
		var s starts
		for range 3 {
			call(t, b, &s, budget.Click, "click")
		}
		call(t, b, &s, budget.Background, "background")
		call(t, b, &s, budget.Event, "event")
		flood, stop := context.WithCancel(t.Context())
		for range 16 { // always somebody urgent in line
			go func() {
				for b.Wait(flood, budget.Click) == nil {
					s.note("click")
				}
			}()
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		require.NotContains(t, s.names(), "background", "rank comes before age at first")
		time.Sleep(6 * time.Second)
		stop()
		synctest.Wait()
		require.Contains(t, s.names(), "background")
		require.Contains(t, s.names(), "event")
	})
}

func TestAClickWaitsForOneAgedCallAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 8})
		var s starts
		for range 200 {
			call(t, b, &s, budget.Background, "background")
		}
		time.Sleep(12 * time.Second) // all that are left are aged
		for range 20 {
			before := time.Now()
			require.NoError(t, b.Wait(t.Context(), budget.Click))
			require.LessOrEqual(t, time.Since(before), 2*128*time.Millisecond)
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		require.Len(t, s.names(), 200)
	})
}

func TestTokenCallsStartOnceASecondAndCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 4})
		var tokens, all starts
		for range 3 {
			go func() {
				if b.Wait(t.Context(), budget.Token) == nil {
					tokens.note("token")
					all.note("token")
				}
			}()
		}
		for range 12 {
			call(t, b, &all, budget.Background, "background")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		require.Len(t, tokens.at, 3)
		require.Len(t, all.at, 15)
		for i := range 2 {
			gap := tokens.at[i+1].Sub(tokens.at[i])
			require.GreaterOrEqual(t, gap, time.Second)
			require.Less(t, gap, 1400*time.Millisecond, "a token call does not wait behind the others")
		}
		for i := range len(all.at) - 4 {
			require.GreaterOrEqual(t, all.at[i+4].Sub(all.at[i]), time.Second)
		}
	})
}

func TestATokenCallThatMustWaitHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 8})
		var s starts
		call(t, b, &s, budget.Token, "token 1")
		call(t, b, &s, budget.Token, "token 2")
		call(t, b, &s, budget.Background, "background")
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, []string{"token 1", "background"}, s.names())
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"token 1", "background", "token 2"}, s.names())
	})
}

func TestACancelledCallerFreesItsPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 1})
		require.NoError(t, b.Wait(t.Context(), budget.Click))
		ctx, cancel := context.WithCancel(t.Context())
		var gone error
		go func() { gone = b.Wait(ctx, budget.Click) }()
		synctest.Wait()
		var s starts
		call(t, b, &s, budget.Background, "background")
		require.Equal(t, budget.Counts{budget.Click: 1, budget.Background: 1}, b.Snapshot().Waiting)
		cancel()
		synctest.Wait()
		require.ErrorIs(t, gone, context.Canceled)
		require.Equal(t, budget.Counts{budget.Background: 1}, b.Snapshot().Waiting)
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, []string{"background"}, s.names())

		require.ErrorIs(t, b.Wait(ctx, budget.Click), context.Canceled, "a context that has ended takes no place")
		require.Equal(t, 2, b.Snapshot().LastFiveMinutes.Total())
	})
}

func TestAClosedGateTurnsEverybodyAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 1})
		require.NoError(t, b.Wait(t.Context(), budget.Click))
		var waiting error
		go func() { waiting = b.Wait(t.Context(), budget.Submission) }()
		synctest.Wait()

		until := time.Now().Add(5 * time.Minute)
		require.NoError(t, b.Throttle(t.Context(), until))
		synctest.Wait()
		require.Equal(t, &budget.Closed{Until: until}, waiting, "who waited is turned away too")
		for _, p := range budget.Priorities() {
			closed, ok := errors.AsType[*budget.Closed](b.Wait(t.Context(), p))
			require.True(t, ok, "%s", p)
			require.Equal(t, until, closed.Until)
		}
		require.Equal(t, until, b.Snapshot().ClosedUntil)
		require.Equal(t, until, b.ClosedUntil())

		require.NoError(t, b.Throttle(t.Context(), until.Add(-time.Minute)))
		require.Equal(t, until, b.Snapshot().ClosedUntil, "a shorter pause does not open the gate earlier")

		time.Sleep(5 * time.Minute)
		require.NoError(t, b.Wait(t.Context(), budget.Background))
		require.Zero(t, b.Snapshot().ClosedUntil)
		require.Zero(t, b.ClosedUntil())
	})
}

// gateFile is a store that keeps one time.
type gateFile struct {
	until time.Time
	fail  error
	saves int
}

func (g *gateFile) LoadGate(context.Context) (time.Time, error) { return g.until, g.fail }

func (g *gateFile) SaveGate(ctx context.Context, until time.Time) error {
	if g.fail != nil {
		return g.fail
	}
	g.until, g.saves = until, g.saves+1
	return ctx.Err()
}

func TestTheGateSurvivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := &gateFile{}
		b := budget.New(budget.Options{PerSecond: 8, Store: file})
		require.NoError(t, b.Restore(t.Context()))
		require.NoError(t, b.Wait(t.Context(), budget.Click))

		until := time.Now().Add(5 * time.Minute)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, b.Throttle(ended, until), "the gate is saved although the refused call has ended")
		require.NoError(t, b.Throttle(t.Context(), until.Add(-time.Second)))
		require.Equal(t, 1, file.saves)

		again := budget.New(budget.Options{PerSecond: 8, Store: file})
		require.NoError(t, again.Restore(t.Context()))
		require.Equal(t, &budget.Closed{Until: until}, again.Wait(t.Context(), budget.Click))

		time.Sleep(6 * time.Minute)
		late := budget.New(budget.Options{PerSecond: 8, Store: file})
		require.NoError(t, late.Restore(t.Context()))
		require.NoError(t, late.Wait(t.Context(), budget.Click))
	})
}

func TestAGateThatCannotBeSavedIsClosedAllTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := &gateFile{fail: errors.New("disk full")}
		b := budget.New(budget.Options{PerSecond: 8, Store: file})
		require.ErrorIs(t, b.Restore(t.Context()), file.fail)
		require.ErrorIs(t, b.Throttle(t.Context(), time.Now().Add(time.Minute)), file.fail)
		require.Error(t, b.Wait(t.Context(), budget.Click))
	})
}

func TestAClockPutBackHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := time.Duration(0)
		b := budget.New(budget.Options{PerSecond: 8, Now: func() time.Time { return time.Now().Add(-back) }})
		require.NoError(t, b.Wait(t.Context(), budget.Token))
		back = time.Hour
		before := time.Now()
		require.NoError(t, b.Wait(t.Context(), budget.Click))
		require.NoError(t, b.Wait(t.Context(), budget.Token))
		require.Less(t, time.Since(before), 2*time.Second)
	})
}

func TestSnapshotCountsWhatStarted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{PerSecond: 2})
		require.NoError(t, b.Wait(t.Context(), budget.Token))
		require.NoError(t, b.Wait(t.Context(), budget.Click))
		require.NoError(t, b.Wait(t.Context(), budget.Click))
		got := b.Snapshot()
		require.Equal(t, 2, got.PerSecond)
		require.Equal(t, budget.Counts{budget.Click: 2}, got.LastSecond, "the token call is over a second old")
		require.Equal(t, budget.Counts{budget.Token: 1, budget.Click: 2}, got.LastFiveMinutes)
		require.Empty(t, got.Waiting)

		time.Sleep(4 * time.Minute)
		require.NoError(t, b.Wait(t.Context(), budget.Event))
		time.Sleep(61 * time.Second)
		got = b.Snapshot()
		require.Empty(t, got.LastSecond)
		require.Equal(t, budget.Counts{budget.Event: 1}, got.LastFiveMinutes)
		require.Equal(t, "event", budget.Event.String())
	})
}
