package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// An event that Paxos' record never shows is history all the same, once the record has had the time to show it.
func TestEventThatTheRecordDoesNotShow(t *testing.T) {
	t.Parallel()
	p := policy()
	first, _ := identity.Identity{}.Learn(news("PENDING", "2026-03-02 10:00", identity.BySync), p, at("2026-03-02 10:00"))
	n := news("PENDING", "2026-03-02 10:00", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 10:00:01"))
	require.True(t, n.Behind())
	_, entries := first.Learn(n, p, at("2026-03-02 10:01"))
	require.Empty(t, entries, "the next answer will tell")
	n.CaughtUp = true
	next, entries := first.Learn(n, p, at("2026-03-02 10:01"))
	require.Equal(t, []string{"status PENDING>APPROVED e1 10:00:01"}, lines(written(nil, entries)))
	require.Equal(t, identity.Pending, next.Status, "the state is Paxos' record's")

	for name, n := range map[string]identity.News{
		"the record shows it": news("APPROVED", "2026-03-02 10:00", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 10:00:01")),
		"the record is newer": news("DENIED", "2026-03-02 10:00:02", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 10:00:01")),
		"there is no event":   news("PENDING", "2026-03-02 10:00", identity.BySync),
	} {
		require.False(t, n.Behind(), name)
	}
}

func TestDrift(t *testing.T) {
	t.Parallel()
	was := identity.Identity{PaxosID: "p1", RefID: "r1", Status: identity.Pending}
	now := was
	require.Empty(t, was.DriftTo(now))
	now.Details.Screening = "APPROVED"
	require.Equal(t, identity.DriftDetails, was.DriftTo(now))
	now.RefID = "r2"
	require.Equal(t, identity.DriftRefID, was.DriftTo(now))
	now.Status = identity.Approved
	require.Equal(t, identity.DriftStatus, was.DriftTo(now))
	require.Equal(t, identity.DriftMissing, identity.Identity{}.DriftTo(now))
}
