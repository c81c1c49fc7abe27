package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func limitsOf(d desk, reason string) identity.ControlList {
	return identity.ControlsOf([]identity.ControlRecord{{
		Control:   identity.Control{ID: "c-1", Type: identity.Closed, SetBy: "SET_BY_CLIENT", ReasonCode: "OTHER", CreatedAt: d.clock.Now().Add(-time.Hour)},
		Reason:    reason,
		DeletedAt: d.clock.Now().Add(-time.Minute),
	}}, d.clock.Now())
}

func TestControlLists(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ctx, i := t.Context(), d.asked("1")
		none, err := d.ControlList(ctx, i.ID)
		require.NoError(t, err)
		require.Zero(t, none)

		require.NoError(t, d.LookAtControls(ctx, i.ID))
		require.NoError(t, d.LookAtControls(ctx, i.ID))
		job, list := d.claim("controls"), limitsOf(d, "Umbrabarrow asked for a pause")
		require.Equal(t, i.ID, job.Subject)
		require.Equal(t, []string{i.ID}, d.changedBy(func() { require.NoError(t, d.ApplyControls(ctx, job, list)) }))
		d.noJob("controls")
		kept, err := d.ControlList(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, list, kept)

		require.NoError(t, d.LookAtControls(ctx, i.ID))
		older := limitsOf(d, "older")
		older.AsOf = older.AsOf.Add(-time.Hour)
		require.NoError(t, d.ApplyControls(ctx, d.claim("controls"), older))
		kept, err = d.ControlList(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, list, kept, "older news changes nothing")
	})
}
