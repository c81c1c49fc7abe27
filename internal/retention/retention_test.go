package retention_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/retention"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		p           retention.Period
		from, until string
	}{
		{retention.Period{Years: 5}, "2021-03-02 15:00", "2026-03-02 15:00"},
		{retention.Period{Months: 18}, "2024-09-02 15:00", "2026-03-02 15:00"},
		{retention.Period{Days: 400}, "2025-01-26 15:00", "2026-03-02 15:00"},
		{retention.Period{Years: 4}, "2020-02-29 12:00", "2024-02-29 12:00"},
	} {
		require.Equal(t, at(tc.until), tc.p.After(at(tc.from)), tc.p)
		require.Equal(t, at(tc.from), tc.p.Before(at(tc.until)), tc.p)
	}
}

// What Before gives has always been kept for the whole period, on every day of years with months of all lengths.
func TestNothingIsErasedTooEarly(t *testing.T) {
	t.Parallel()
	for _, p := range []retention.Period{{Years: 1}, {Years: 5}, {Months: 1}, {Months: 18}, {Days: 30}, {Days: 400}} {
		for now := at("2023-12-25 10:00"); now.Before(at("2025-03-05 10:00")); now = now.AddDate(0, 0, 1) {
			began := p.Before(now)
			require.False(t, p.After(began).After(now), "%s before %s", p, now)
			require.True(t, p.After(began.AddDate(0, 0, 4)).After(now), "%s before %s: not much too late either", p, now)
		}
	}
}

func TestPeriodsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	require.Equal(t, "5y", retention.Period{Years: 5}.String())
	require.Equal(t, "18mo", retention.Period{Months: 18}.String())
	require.Equal(t, "400d", retention.Period{Days: 400}.String())
}

// shelf is a store with so many cases and drafts that are due.
type shelf struct {
	cases, drafts int
	closed        time.Time
	failed        time.Time
	ended         []string
	scrubbed      int
	moves         int
	refuse        error
	onEnd         func()
}

func (s *shelf) take(n *int, limit int) (int, error) {
	if s.refuse != nil {
		return 0, s.refuse
	}
	took := min(*n, limit)
	*n -= took
	return took, nil
}

func (s *shelf) EraseDue(_ context.Context, before time.Time, limit int) (int, error) {
	s.closed = before
	return s.take(&s.cases, limit)
}

func (s *shelf) LetDraftsGo(_ context.Context, before time.Time, limit int) (int, error) {
	s.failed = before
	return s.take(&s.drafts, limit)
}

func (s *shelf) LetMovesGo(_ context.Context, _ time.Time, limit int) (int, error) {
	return s.take(&s.moves, limit)
}

func (s *shelf) EndRetention(_ context.Context, cases, drafts string) error {
	s.ended = append(s.ended, cases+" "+drafts)
	if s.onEnd != nil {
		s.onEnd()
	}
	return nil
}

func (s *shelf) Scrub(context.Context) (bool, error) { s.scrubbed++; return true, nil }

func keeper(s *shelf, now time.Time) *retention.Keeper {
	return retention.New(retention.Options{
		Store: s, Cases: retention.Period{Years: 5}, Drafts: retention.Period{Days: 30}, Now: func() time.Time { return now },
		Log: slog.New(slog.DiscardHandler),
	})
}

func TestOnceErasesAllThatIsDue(t *testing.T) {
	t.Parallel()
	s := &shelf{cases: 120, drafts: 50}
	require.NoError(t, keeper(s, at("2026-03-02 15:00")).Once(t.Context()))
	require.Zero(t, s.cases+s.drafts, "batch by batch, to the end")
	require.Equal(t, at("2021-03-02 15:00"), s.closed)
	require.Equal(t, at("2026-01-31 15:00"), s.failed)
	require.Equal(t, []string{"5y 30d"}, s.ended)
}

func TestARunThatFailsHasNoEnd(t *testing.T) {
	t.Parallel()
	s := &shelf{refuse: errors.New("no disk")}
	require.ErrorContains(t, keeper(s, at("2026-03-02 15:00")).Once(t.Context()), "no disk")
	require.Empty(t, s.ended)
}

func TestRunBeginsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	s := &shelf{cases: 1, moves: 40, onEnd: stop}
	require.NoError(t, keeper(s, at("2026-03-02 15:00")).Run(ctx))
	require.Equal(t, []string{"5y 30d"}, s.ended)
	require.Equal(t, 1, s.scrubbed)
	require.Zero(t, s.moves, "what was kept of failed moves goes at once")
}
