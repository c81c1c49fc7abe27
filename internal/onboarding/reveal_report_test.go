package onboarding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

func TestReportOnRevealsIsForLeadsAndAuditors(t *testing.T) {
	t.Parallel()
	d, c, _ := revealing(pending)
	for range 3 {
		_, err := d.Reveal(t.Context(), as(access.Analyst), "c1", birth)
		require.NoError(t, err)
	}
	require.NoError(t, d.Exporting(t.Context(), as(access.Lead), onboarding.ExportReveals, "one page"))
	for _, role := range access.Roles() {
		people, err := d.Revealers(t.Context(), as(role))
		entries, total, atLeast, listErr := d.Reveals(t.Context(), as(role), onboarding.RevealFilter{UserID: "u-analyst", Limit: 2})
		if role != access.Lead && role != access.Auditor {
			for _, refused := range []error{err, listErr, d.Exporting(t.Context(), as(role), onboarding.ExportReveals, "one page")} {
				require.Equal(t, fault.Forbidden, fault.KindOf(refused), role)
			}
			require.Empty(t, entries)
			require.Empty(t, people)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, listErr)
		require.Equal(t, "Ana", people[0].Name)
		require.Equal(t, map[identity.Group]int64{identity.GroupTax: 3}, people[0].Groups)
		require.Len(t, entries, 2)
		require.EqualValues(t, 3, total)
		require.False(t, atLeast)
		for _, e := range entries {
			require.Equal(t, audit.Revealed, e.Action)
		}
	}
	require.Len(t, c.entries, 4, "to read the report is no entry")
}
