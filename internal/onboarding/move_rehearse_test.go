package onboarding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestRehearse(t *testing.T) {
	t.Parallel()
	for _, role := range access.Roles() {
		c := cacheOf(limited())
		d := deskOf(c)
		opened, err := d.Open(t.Context(), as(role), "c3")
		require.NoError(t, err)
		may := role == access.Analyst || role == access.Lead
		require.Equal(t, may, opened.CanRehearse, role)
		err = d.Rehearse(t.Context(), as(role), "c3", identity.SandboxStatus{Sanctions: identity.StatusError})
		if !may {
			require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
			require.Empty(t, c.asked.moves, role)
			continue
		}
		require.NoError(t, err, role)
		m := c.asked.moves[0]
		require.Equal(t, []any{identity.MoveRehearse, []string{"sanctions_verification_status"}}, []any{m.Kind, m.About})
		require.Contains(t, c.asked.payloads[0], `"Sanctions":"ERROR"`)
		require.Equal(t, audit.Rehearsed, c.entries[len(c.entries)-1].Action)
		c.asked.moves[0].State = identity.MoveQueued
		opened, err = d.Open(t.Context(), as(role), "c3")
		require.NoError(t, err)
		require.False(t, opened.CanRehearse, "one is on its way")
	}
}
