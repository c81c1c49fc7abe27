package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestLimitNow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 17, 0, 0, 0, time.UTC)
	p := identity.Policy{Limit: identity.Limit{Plain: 10 * time.Hour}, Limits: map[string]identity.Limit{identity.ScreeningCheck: {Plain: 2 * time.Hour}}, Ours: everOpen{}, Paxos: everOpen{}}
	at := now.Add(-time.Hour)
	screening := identity.Details{Requirements: []identity.Requirement{{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}}}
	for name, tc := range map[string]struct {
		i    identity.Identity
		want identity.Limit
	}{
		"nothing blocks":       {identity.Identity{PaxosID: "p", Status: identity.Pending, CreatedAt: at}, identity.Limit{Plain: 10 * time.Hour}},
		"a limit of its own":   {identity.Identity{PaxosID: "p", Status: identity.Pending, CreatedAt: at, Details: screening}, identity.Limit{Plain: 2 * time.Hour}},
		"on its way":           {identity.Identity{Submission: identity.Queued, CreatedAt: at, SubmittedAt: &at}, identity.Limit{}},
		"a KYC refresh":        {identity.Identity{PaxosID: "p", Status: identity.Approved, CreatedAt: at, Refresh: &identity.Refresh{StartedAt: at, EndsAt: now.Add(48 * time.Hour)}}, identity.Limit{}},
		"decided":              {identity.Identity{PaxosID: "p", Status: identity.Denied, CreatedAt: at}, identity.Limit{}},
		"refused by Paxos":     {identity.Identity{Submission: identity.Failed, CreatedAt: at, SubmittedAt: &at}, identity.Limit{Plain: 10 * time.Hour}},
		"frozen without a why": {identity.Identity{PaxosID: "p", Status: identity.StatusError, CreatedAt: at}, identity.Limit{Plain: 10 * time.Hour}},
	} {
		require.Equal(t, tc.want, identity.LimitNow(tc.i.Assessed(p, now), p, now), name)
		require.Equal(t, tc.want, identity.LimitNow(tc.i, p, now), "%s, not judged yet", name)
	}
}
