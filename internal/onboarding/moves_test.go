package onboarding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func withMove(m identity.OurMove) *cache {
	c := cacheOf(identity.Identity{ID: "c1", PaxosID: "p1"}, identity.Identity{ID: "c2", PaxosID: "p2"})
	m.ID, m.IdentityID = "m1", "c1"
	c.asked.moves = []identity.OurMove{m}
	return c
}

func TestActOnAMove(t *testing.T) {
	t.Parallel()
	failed := identity.OurMove{Kind: identity.MoveCorrect, State: identity.MoveFailed, Again: true, Code: identity.ScopeMissing}
	for _, role := range access.Roles() {
		c := withMove(failed)
		d, a := deskOf(c), as(role)
		err, gone := d.TryMoveAgain(t.Context(), a, "c1", "m1"), d.WithdrawMove(t.Context(), a, "c1", "m1")
		if !access.May(role, access.Correct) {
			require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
			require.Equal(t, fault.Forbidden, fault.KindOf(gone), role)
			require.Empty(t, c.writes, role)
			continue
		}
		require.NoError(t, err, role)
		require.NoError(t, gone, role)
		require.Equal(t, []string{"again m1", "withdraw m1"}, c.writes)
		require.Equal(t, audit.TriedMove, c.entries[0].Action)
		require.Equal(t, audit.WithdrewMove, c.entries[1].Action)
		require.Equal(t, "correct", c.entries[0].Detail)
	}
	c := withMove(failed)
	script := as(access.Lead)
	script.Token = "t1"
	require.Equal(t, fault.Forbidden, fault.KindOf(deskOf(c).TryMoveAgain(t.Context(), script, "c1", "m1")), "a script is no person")
	require.Equal(t, fault.NotFound, fault.KindOf(deskOf(c).TryMoveAgain(t.Context(), as(access.Lead), "c2", "m1")), "another case's")
	require.Equal(t, fault.NotFound, fault.KindOf(deskOf(c).WithdrawMove(t.Context(), as(access.Lead), "c1", "m2")))
}

func TestCaseTellsItsMoves(t *testing.T) {
	t.Parallel()
	failed := identity.OurMove{Kind: identity.MoveCorrect, State: identity.MoveFailed, Again: true, Code: identity.Refused}
	open := func(role access.Role, m identity.OurMove) (text string, again, withdraw bool) {
		c, err := deskOf(withMove(m)).Open(t.Context(), as(role), "c1")
		require.NoError(t, err)
		require.Len(t, c.Moves, 1)
		v := c.Moves[0]
		require.Equal(t, m.Code, v.Refusal.Code)
		require.Equal(t, role != access.Viewer, v.Reason.Text == "our words", role)
		return v.Refusal.Text, v.CanTryAgain, v.CanWithdraw
	}
	text, again, withdraw := open(access.Analyst, failed)
	require.Equal(t, "Paxos' words", text)
	require.True(t, again)
	require.True(t, withdraw)
	text, again, withdraw = open(access.Auditor, failed)
	require.Equal(t, "Paxos' words", text)
	require.False(t, again)
	require.False(t, withdraw)
	text, _, _ = open(access.Viewer, failed)
	require.Empty(t, text, "it may tell of the person")

	failed.Again = false
	_, again, withdraw = open(access.Lead, failed)
	require.False(t, again, "nothing is kept that could be sent")
	require.False(t, withdraw)
	_, again, withdraw = open(access.Lead, identity.OurMove{Kind: identity.MoveCorrect, State: identity.MoveQueued})
	require.False(t, again)
	require.True(t, withdraw)
}
