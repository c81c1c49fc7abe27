package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

// What a role may do is not what its holder's scripts may do.
func TestCan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role          access.Role
		permission    access.Permission
		person, token bool
	}{
		{access.Viewer, access.ReadCases, true, true},
		{access.Viewer, access.ReadNames, false, false},
		{access.Analyst, access.ReadNames, true, false},
		{access.Analyst, access.WorkCases, true, true},
		{access.Analyst, access.Reveal, true, false},
		{access.Analyst, access.Propose, true, false},
		{access.Analyst, access.Approve, false, false},
		{access.Lead, access.Approve, true, false},
		{access.Lead, access.SetPolicy, true, false},
		{access.Lead, access.HoldCases, true, false},
		{access.Auditor, access.ReadReveals, true, true},
		{access.Auditor, access.Reveal, false, false},
		{access.Auditor, access.WorkCases, false, false},
		{access.Admin, access.ManagePeople, true, false},
		{access.Admin, access.ReadNames, false, false},
		{access.Admin, access.Reveal, false, false},
		{"intruder", access.ReadCases, false, false},
		{"", access.ReadCases, false, false},
	} {
		require.Equal(t, c.person, access.Actor{Role: c.role}.Can(c.permission), "%s %s", c.role, c.permission)
		require.Equal(t, c.token, access.Actor{Role: c.role, Token: "t1"}.Can(c.permission), "%s %s by token", c.role, c.permission)
	}
}

func TestStronger(t *testing.T) {
	t.Parallel()
	order := []access.Role{access.Admin, access.Lead, access.Analyst, access.Auditor, access.Viewer, ""}
	for n, a := range order {
		for _, b := range order[n:] {
			require.Equal(t, a, access.Stronger(a, b))
			require.Equal(t, a, access.Stronger(b, a))
		}
	}
	require.Len(t, order, len(access.Roles())+1, "every role has its place")
}

func TestTakesCases(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	require.True(t, access.User{Role: access.Analyst}.TakesCases(now))
	require.False(t, access.User{Role: access.Viewer}.TakesCases(now))
	require.False(t, access.User{Role: access.Analyst, AwayUntil: &later}.TakesCases(now))
	require.False(t, access.User{Role: access.Analyst, DisabledAt: &now}.TakesCases(now))
}
