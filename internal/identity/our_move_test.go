package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestOurMove(t *testing.T) {
	t.Parallel()
	asked := identity.OurMove{Kind: identity.MoveCorrect, AskedBy: "ana"}.Ask(minute(0))
	proposed := identity.OurMove{Kind: identity.MoveControl, AskedBy: "ana"}
	tests := map[string]struct {
		move     identity.OurMove
		state    identity.MoveState
		attempts int
		lost     bool
		withdraw bool
		steps    []string
	}{
		"asked":                           {asked, identity.MoveQueued, 0, false, true, []string{"asked"}},
		"approved":                        {proposed.Approve(minute(-9), "lea", minute(0)), identity.MoveQueued, 0, false, true, []string{"proposed", "approved"}},
		"begun":                           {asked.Begin(minute(1)), identity.MoveSent, 1, false, false, []string{"asked", "started"}},
		"missed":                          {asked.Begin(minute(1)).Miss("unavailable", minute(2)), identity.MoveQueued, 1, false, true, []string{"asked", "started", "missed"}},
		"lost":                            {asked.Begin(minute(1)).Lose("lost", minute(2)), identity.MoveSent, 1, true, true, []string{"asked", "started", "lost"}},
		"missed after lost":               {asked.Begin(minute(1)).Lose("lost", minute(2)).Begin(minute(3)).Miss("unavailable", minute(4)), identity.MoveSent, 2, true, true, []string{"asked", "started", "lost", "started", "missed"}},
		"put off after lost":              {asked.Begin(minute(1)).Lose("lost", minute(2)).Begin(minute(3)).PutOff(), identity.MoveSent, 1, true, true, []string{"asked", "started", "lost", "started"}},
		"refused after a lost answer":     {asked.Begin(minute(1)).Lose("lost", minute(2)).Begin(minute(3)).Fail("refused", false, minute(4)), identity.MoveFailed, 2, true, false, []string{"asked", "started", "lost", "started", "failed"}},
		"given up after a lost answer":    {asked.Begin(minute(1)).Lose("lost", minute(2)).Withdraw("ana", minute(3)), identity.MoveWithdrawn, 1, true, false, []string{"asked", "started", "lost", "withdrawn"}},
		"stopped in the middle":           {asked.Begin(minute(1)).Begin(minute(2)), identity.MoveSent, 2, true, false, []string{"asked", "started", "lost", "started"}},
		"done":                            {asked.Begin(minute(1)).Do(nil, minute(2)), identity.MoveDone, 1, false, false, []string{"asked", "started", "done"}},
		"refused":                         {asked.Begin(minute(1)).Fail("refused", false, minute(2)), identity.MoveFailed, 1, false, false, []string{"asked", "started", "failed"}},
		"refused, may be tried again":     {asked.Begin(minute(1)).Fail("scope", true, minute(2)), identity.MoveFailed, 1, false, true, []string{"asked", "started", "failed"}},
		"tried again":                     {asked.Begin(minute(1)).Fail("scope", true, minute(2)).TryAgain("lea", minute(3)), identity.MoveQueued, 1, false, true, []string{"asked", "started", "failed", "again"}},
		"tried again after a lost answer": {asked.Begin(minute(1)).Lose("lost", minute(2)).Begin(minute(3)).Fail("scope", true, minute(4)).TryAgain("lea", minute(5)), identity.MoveSent, 2, true, true, []string{"asked", "started", "lost", "started", "failed", "again"}},
		"withdrawn":                       {asked.Withdraw("ana", minute(1)), identity.MoveWithdrawn, 0, false, false, []string{"asked", "withdrawn"}},
		"forgotten":                       {asked.Begin(minute(1)).Fail("scope", true, minute(2)).Forget(minute(3)), identity.MoveFailed, 1, false, false, []string{"asked", "started", "failed", "erased"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := tt.move
			require.Equal(t, tt.state, m.State)
			require.Equal(t, tt.attempts, m.Attempts)
			require.Equal(t, tt.lost, m.LostSince != nil)
			require.Equal(t, tt.withdraw, m.MayWithdraw())
			require.Equal(t, m.State.Open(), m.EndedAt == nil)
			if m.LostSince != nil {
				require.Equal(t, minute(1), *m.LostSince, "the first attempt that may have worked")
			}
			var steps []string
			for _, s := range m.Steps {
				steps = append(steps, s.Step)
			}
			require.Equal(t, tt.steps, steps)
		})
	}
}

func TestThrottledMoveWasNotAttempted(t *testing.T) {
	t.Parallel()
	asked := identity.OurMove{Kind: identity.MoveCorrect}.Ask(minute(0))
	off := asked.Begin(minute(1)).PutOff()
	require.Equal(t, identity.MoveQueued, off.State)
	require.Zero(t, off.Attempts)
	require.Nil(t, off.AttemptedAt)
	lost := asked.Begin(minute(1)).Lose("lost", minute(2)).Begin(minute(3)).PutOff()
	require.Equal(t, identity.MoveSent, lost.State, "the first attempt may still have worked")
	require.Equal(t, 1, lost.Attempts)
}

func minute(minutes int) time.Time {
	return time.Date(2026, 3, 2, 15, minutes, 0, 0, time.UTC)
}

// What two people have agreed on says of both when.
func TestApprovedMove(t *testing.T) {
	t.Parallel()
	m := identity.OurMove{Kind: identity.MoveControl, AskedBy: "ana"}.Approve(minute(-9), "lea", minute(0)).Begin(minute(1))
	require.Equal(t, minute(-9), m.AskedAt)
	require.Equal(t, identity.MoveStep{At: minute(-9), Step: identity.StepProposed, By: "ana"}, m.Steps[0])
	s, approved := m.Approval()
	require.True(t, approved)
	require.Equal(t, identity.MoveStep{At: minute(0), Step: identity.StepApproved, By: "lea"}, s)
	_, approved = identity.OurMove{AskedBy: "ana"}.Ask(minute(0)).Approval()
	require.False(t, approved)
}
