package onboarding_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// What a walk through the log has found is kept with who asked for it, also where the log is broken; a walk that failed tells nothing.
func TestVerifyLog(t *testing.T) {
	t.Parallel()
	c := &cache{}
	_, err := deskOf(c).VerifyLog(t.Context(), as(access.Analyst))
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.False(t, c.touched)

	check, err := deskOf(c).VerifyLog(t.Context(), as(access.Auditor))
	require.NoError(t, err)
	require.EqualValues(t, 7, check.Entries)
	require.Equal(t, now, check.At)
	require.Empty(t, check.Broken)

	c.broken = &audit.Break{Seq: 8, Damage: audit.Deleted, Text: "it is missing"}
	check, err = deskOf(c).VerifyLog(t.Context(), as(access.Auditor))
	require.NoError(t, err)
	require.Contains(t, check.Broken, "broken at entry 8 (deleted): it is missing")
	require.Equal(t, check, *c.check)
	last := c.entries[len(c.entries)-1]
	require.Equal(t, []string{string(audit.VerifiedLog), check.Broken}, []string{string(last.Action), last.Detail})

	c.broken = errors.New("the disk is gone")
	written := len(c.entries)
	_, err = deskOf(c).VerifyLog(t.Context(), as(access.Auditor))
	require.ErrorContains(t, err, "the disk is gone")
	require.Len(t, c.entries, written)
}

// Whoever reads the log and may not see names does not get the words of reasons.
func TestReasonsAreForThoseWhoSeeNames(t *testing.T) {
	t.Parallel()
	for role, opens := range map[access.Role]bool{access.Lead: true, access.Auditor: true, access.Admin: false} {
		c := &cache{}
		_, err := deskOf(c).Audit(t.Context(), as(role), audit.Filter{Reasons: true})
		require.NoError(t, err)
		require.Equal(t, opens, c.reasons, role)
	}
}
