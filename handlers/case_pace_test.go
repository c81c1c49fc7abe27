package handlers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// A page without scripts looks closely at first, then at leisure, and not at all where nobody is about to act.
func TestHowSoonAPageWithoutScriptsLooksAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	waiting := func(age time.Duration, change func(*identity.Identity)) identity.Identity {
		since := now.Add(-age)
		i := identity.Identity{Status: identity.Pending, PaxosID: "px", Lane: identity.LaneWaiting, Move: identity.Paxos, MoveSince: since, PendingSince: &since}
		if change != nil {
			change(&i)
		}
		return i
	}
	sent := func(age time.Duration) identity.Identity {
		at := now.Add(-age)
		return identity.Identity{Submission: identity.Sent, Lane: identity.LaneWaiting, SubmittedAt: &at}
	}
	for name, c := range map[string]struct {
		i    identity.Identity
		want time.Duration
	}{
		"on its way":          {sent(time.Second), briskly},
		"on its way for long": {sent(time.Hour), slowly},
		"began to wait":       {waiting(59*time.Second, nil), briskly},
		"waits for a minute":  {waiting(time.Minute, nil), slowly},
		"waits for ten":       {waiting(10*time.Minute, nil), 0},
		"documents are looked at": {waiting(time.Second, func(i *identity.Identity) {
			i.Details.Requirements = []identity.Requirement{{Type: identity.EnhancedDueDiligence, Awaiting: identity.AwaitingPaxos}}
		}), 0},
		"a hit is looked at": {waiting(time.Second, func(i *identity.Identity) { i.Details.Sanctions = identity.StatusError }), 0},
		"it is ours":         {waiting(time.Second, func(i *identity.Identity) { i.Lane = identity.LaneAction }), 0},
		"it is decided":      {identity.Identity{Status: identity.Approved, Lane: identity.LaneDecided}, 0},
	} {
		require.Equal(t, c.want, newsWithin(c.i, now), name)
	}
}
