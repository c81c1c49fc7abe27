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

// Paxos tells microseconds and the desk keeps milliseconds: what is not behind is learned, whatever of a moment is cut off.
func TestEventOfTheSameMillisecond(t *testing.T) {
	t.Parallel()
	const before, after = "2026-03-02 11:00:00.000300", "2026-03-02 11:00:00.000700"
	pending, _ := identity.Identity{}.Learn(news("PENDING", created, identity.BySync), policy(), at(created))
	event := told("e1", identity.EventDenied, "PENDING", "DENIED", before)

	n := news("APPROVED", after, identity.ByWebhook, event)
	require.False(t, n.Behind(), "the record has changed again since")
	_, entries := learnt(pending, n)
	require.Equal(t, []string{"status PENDING>DENIED e1 11:00:00", "status DENIED>APPROVED 11:00:00"}, lines(entries))
	approved, _ := learnt(pending, news("APPROVED", after, identity.BySync))
	_, entries = learnt(approved, n)
	require.Equal(t, []string{"status PENDING>DENIED e1 11:00:00"}, lines(entries), "also where that was known")

	n = news("PENDING", before, identity.ByWebhook, told("e2", identity.EventDenied, "PENDING", "DENIED", after))
	require.True(t, n.Behind(), "the record does not show it yet")
}

// Paxos may date an event a little after the change. One whose record shows what it tells is told, also where the case has gone on
// since.
func TestEventDatedAfterTheNextChange(t *testing.T) {
	t.Parallel()
	approved, _ := learnt(identity.Identity{}, news("PENDING", created, identity.BySync), news("APPROVED", "2026-03-02 11:00:00.030", identity.BySync))
	n := news("DENIED", "2026-03-02 11:00:00.000", identity.ByWebhook, told("e1", identity.EventDenied, "PENDING", "DENIED", "2026-03-02 11:00:00.050"))
	require.False(t, n.Behind())
	next, entries := learnt(approved, n)
	require.Equal(t, []string{"status PENDING>DENIED e1 11:00:00"}, lines(entries))
	require.Equal(t, identity.Approved, next.Status)
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
