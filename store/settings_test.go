package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/store/storetest"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect storetest.Dialect) {
		clock, url := storetest.NewClock(), dialect.URL(t)
		base := storetest.Policy()
		base.LongestSnooze = time.Minute // which settings lie over
		open := func() desk {
			return desk{dialect.New(t, storetest.WithClock(clock), storetest.WithURL(url), storetest.WithPolicy(base)), t, clock}
		}
		d := open()
		z, err := d.Settings(t.Context())
		require.NoError(t, err)
		require.Equal(t, identity.DefaultSettings(), z)
		require.Equal(t, base.With(z), d.Policy())
		i := d.recheckable("px-1")
		require.Equal(t, clock.Now().Add(24*time.Hour), *i.DueAt)

		set := identity.Settings{
			Limits:        map[string]identity.Limit{identity.ScreeningCheck: {BusinessDays: 2}, "SANCTIONS": {Plain: time.Hour}},
			LongestSnooze: 48 * time.Hour,
		}
		require.NoError(t, d.SetSettings(t.Context(), set, ana(audit.ChangedPolicy)))
		require.Equal(t, base.With(set), d.Policy())
		require.True(t, d.Policy().IdleRelease.Zero(), "claims that last for ever can be stored")
		z, err = d.Settings(t.Context())
		require.NoError(t, err)
		require.Equal(t, set, z)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.ChangedPolicy})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, base.With(set), open().Policy(), "they outlive the desk")
		require.Equal(t, base.With(set), desk{dialect.Open(t, storetest.WithURL(url), storetest.WithPolicy(base)), t, clock}.Policy(),
			"also where nothing is migrated")
		require.Equal(t, base.With(identity.DefaultSettings()), dialect.Open(t, storetest.WithPolicy(base)).Policy(),
			"a database without tables has the defaults")
	})
}

// A setting judges anew once cases are.
func TestSettingsJudgeAnew(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		n := d.news("px-1", "user-1", identity.Pending)
		n.Record.Details.Requirements = []identity.Requirement{
			{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos},
		}
		i, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		z := identity.DefaultSettings()
		z.Limits = map[string]identity.Limit{identity.ScreeningCheck: {Plain: time.Hour}}
		require.NoError(t, d.SetSettings(t.Context(), z, ana(audit.ChangedPolicy)))
		require.Equal(t, i, d.get(i.ID))
		_, err = d.Reassess(t.Context(), "", 10)
		require.NoError(t, err)
		got := d.get(i.ID)
		require.Equal(t, i.PendingSince.Add(time.Hour), *got.DueAt)
		require.Equal(t, i.PendingSince.Add(45*time.Minute), *got.WarnAt)
	})
}
