package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestAgeings(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ages, err := d.Ageings(t.Context())
		require.NoError(t, err)
		require.Empty(t, ages)
		screening := []identity.Requirement{{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}}
		decide := func(n int, took time.Duration, blocked []identity.Requirement, status identity.Status) {
			news := d.news(fmt.Sprintf("px-%d", n), "", identity.Pending)
			news.Record.Details.Requirements = blocked
			news.Record.CreatedAt, news.Record.UpdatedAt = news.Record.CreatedAt.Add(-took), news.Record.UpdatedAt.Add(-took)
			_, err := d.ApplyIdentity(t.Context(), news, nil)
			require.NoError(t, err)
			for range 2 { // the same answer again is one decision
				_, err = d.ApplyIdentity(t.Context(), d.news(fmt.Sprintf("px-%d", n), "", status), nil)
				require.NoError(t, err)
			}
		}
		for n := range 100 {
			decide(n, time.Duration(n+1)*time.Minute, screening, identity.Approved)
		}
		decide(100, time.Hour, nil, identity.Denied)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-200", "", identity.Approved), nil) // seen decided: nobody knows how long it took
		require.NoError(t, err)
		decide(201, time.Hour, screening, identity.StatusError) // frozen is not decided

		ages, err = d.Ageings(t.Context())
		require.NoError(t, err)
		require.Empty(t, ages, "what was learned holds for a minute")
		d.clock.Advance(time.Minute)
		ages, err = d.Ageings(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]identity.Ageing{
			identity.ScreeningCheck: {Kind: identity.ScreeningCheck, Of: 100, Median: 50 * time.Minute, Within: 95 * time.Minute},
			identity.AgeingNothing:  {Kind: identity.AgeingNothing, Of: 1, Median: time.Hour, Within: time.Hour},
		}, ages)
	})
}

// Of each kind the latest thousand count.
func TestAgeingsForget(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		require.NoError(t, d.Write(t.Context(), func(exec func(string, ...any) error) error {
			for n := range 1500 {
				took := time.Hour
				if n >= 500 {
					took = time.Minute
				}
				if err := exec(`INSERT INTO decided_ages (kind, decided_at, took) VALUES ('X', $1, $2)`, int64(n/10), took.Milliseconds()); err != nil {
					return err
				}
			}
			return nil
		}))
		ages, err := d.Ageings(t.Context())
		require.NoError(t, err)
		require.Equal(t, identity.Ageing{Kind: "X", Of: 1000, Median: time.Minute, Within: time.Minute}, ages["X"])
	})
}

// What counts no more does not stay for ever: with one decision in a hundred, it goes.
func TestAgeingsKeepNoMoreThanCount(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		kind := identity.AgeingNothing
		require.NoError(t, d.Write(t.Context(), func(exec func(string, ...any) error) error {
			for n := range 1499 {
				if err := exec(`INSERT INTO decided_ages (kind, decided_at, took) VALUES ($1, $2, 0)`, kind, int64(n)); err != nil {
					return err
				}
			}
			return nil
		}))
		kept := func() int {
			took, err := d.AgesKept(t.Context(), kind)
			require.NoError(t, err)
			return took
		}
		require.Equal(t, 1499, kept())
		for _, status := range []identity.Status{identity.Pending, identity.Approved} {
			_, err := d.ApplyIdentity(t.Context(), d.news("px-1", "", status), nil)
			require.NoError(t, err)
		}
		require.Equal(t, 1000, kept())
	})
}
