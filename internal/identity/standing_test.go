package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// line is one of a history that tells a status; received is when the desk heard, empty for at once.
func line(kind identity.EntryKind, old, status identity.Status, occurred, received string) identity.Entry {
	e := identity.Entry{Kind: kind, Old: old, New: status, OccurredAt: at(occurred), ReceivedAt: at(occurred)}
	if received != "" {
		e.ReceivedAt = at(received)
	}
	return e
}

func TestStandingAt(t *testing.T) {
	t.Parallel()
	flips := []identity.Entry{
		line(identity.WasFound, "", "DENIED", "2026-03-02 10:00", ""),
		line(identity.StatusChanged, "DENIED", "APPROVED", "2026-03-02 11:00:00.200", ""),
		line(identity.StatusChanged, "APPROVED", "DENIED", "2026-03-02 11:00:00.700", ""),
	}
	late := []identity.Entry{
		line(identity.WasFound, "", "PENDING", "2026-03-02 10:00", "2026-03-03 12:00"),
		line(identity.StatusChanged, "PENDING", "APPROVED", "2026-03-03 14:00", ""),
	}
	behind := []identity.Entry{ // the record that was found was behind: the change came before we looked
		line(identity.WasFound, "", "PENDING", "2026-03-02 10:00", "2026-03-02 12:00"),
		line(identity.StatusChanged, "PENDING", "APPROVED", "2026-03-02 11:00", "2026-03-02 12:01"),
	}
	ours := []identity.Entry{
		line(identity.WasSubmitted, "", "", "2026-03-02 09:00", ""),
		line(identity.WasAttempted, "", "", "2026-03-02 09:00:01", ""),
		line(identity.WasAccepted, "", "PENDING", "2026-03-02 09:00:02", "2026-03-02 09:00:03"),
		line(identity.DetailChanged, "", "", "2026-03-02 09:30", ""),
		line(identity.WasRechecked, "", "", "2026-03-02 09:40", ""),
		line(identity.StatusChanged, "PENDING", "APPROVED", "2026-03-02 10:00", ""),
	}
	decidedMeanwhile := []identity.Entry{
		line(identity.WasSubmitted, "", "", "2026-03-02 09:00", ""),
		line(identity.WasAccepted, "", "APPROVED", "2026-03-02 09:00:02", "2026-03-02 12:00"),
	}
	heard := []identity.Entry{
		line(identity.EventHeard, "PENDING", "APPROVED", "2026-03-01 10:00", "2026-03-02 12:00"),
		line(identity.WasFound, "", "DENIED", "2026-03-02 10:00", ""),
	}
	for name, c := range map[string]struct {
		history []identity.Entry
		at      string
		known   bool
		status  identity.Status
		since   string
		from    string
	}{
		"no history":                             {nil, "2026-03-02 10:00", false, "", "", ""},
		"only what tells no status":              {ours[1:2], "2026-03-02 10:00", false, "", "", ""},
		"before the first sight":                 {flips, "2026-03-02 09:59:59.999", false, "", "", "2026-03-02 10:00"},
		"at the first sight":                     {flips, "2026-03-02 10:00", true, "DENIED", "2026-03-02 10:00", "2026-03-02 10:00"},
		"before the flip":                        {flips, "2026-03-02 11:00:00.199", true, "DENIED", "2026-03-02 10:00", "2026-03-02 10:00"},
		"within the second":                      {flips, "2026-03-02 11:00:00.500", true, "APPROVED", "2026-03-02 11:00:00.200", "2026-03-02 10:00"},
		"after the flip":                         {flips, "2026-03-02 11:00:00.700", true, "DENIED", "2026-03-02 11:00:00.700", "2026-03-02 10:00"},
		"long after":                             {flips, "2029-03-02 11:00", true, "DENIED", "2026-03-02 11:00:00.700", "2026-03-02 10:00"},
		"found late: the record's time":          {late, "2026-03-02 10:00", false, "", "", "2026-03-03 12:00"},
		"found late: before we looked":           {late, "2026-03-03 11:59", false, "", "", "2026-03-03 12:00"},
		"found late: once we looked":             {late, "2026-03-03 12:00", true, "PENDING", "2026-03-03 12:00", "2026-03-03 12:00"},
		"found late: afterwards":                 {late, "2026-03-03 15:00", true, "APPROVED", "2026-03-03 14:00", "2026-03-03 12:00"},
		"a change before we looked":              {behind, "2026-03-02 11:30", true, "APPROVED", "2026-03-02 11:00", "2026-03-02 11:00"},
		"a change before we looked, later":       {behind, "2026-03-02 12:30", true, "APPROVED", "2026-03-02 11:00", "2026-03-02 11:00"},
		"before a change before we looked":       {behind, "2026-03-02 10:30", false, "", "", "2026-03-02 11:00"},
		"before we submitted it":                 {ours, "2026-03-02 08:59", false, "", "", "2026-03-02 09:00"},
		"before Paxos answered":                  {ours, "2026-03-02 09:00:01", true, "", "2026-03-02 09:00", "2026-03-02 09:00"},
		"accepted":                               {ours, "2026-03-02 09:59", true, "PENDING", "2026-03-02 09:00:02", "2026-03-02 09:00"},
		"decided":                                {ours, "2026-03-02 10:00", true, "APPROVED", "2026-03-02 10:00", "2026-03-02 09:00"},
		"decided before we learned, at creation": {decidedMeanwhile, "2026-03-02 10:00", true, "", "2026-03-02 09:00", "2026-03-02 09:00"},
		"decided before we learned, after":       {decidedMeanwhile, "2026-03-02 12:00", true, "APPROVED", "2026-03-02 12:00", "2026-03-02 09:00"},
		"an event from before the first sight":   {heard, "2026-03-01 12:00", false, "", "", "2026-03-02 10:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := identity.Standing{At: at(c.at), Known: c.known, Status: c.status}
			if c.since != "" {
				want.Since = at(c.since)
			}
			if c.from != "" {
				want.KnownFrom = at(c.from)
			}
			require.Equal(t, want, identity.StandingAt(c.history, at(c.at)))
		})
	}
}

// What is asked about a moment has the same answer whether the event of a change was heard before or after the record showed it.
func TestStandingOnceAnOlderEventIsWovenIn(t *testing.T) {
	t.Parallel()
	first := news("PENDING", "2026-03-02 10:00", identity.BySync)
	_, record := learnt(identity.Identity{}, first, news("DENIED", "2026-03-02 13:00", identity.BySync))
	require.Equal(t, identity.Pending, identity.StandingAt(record, at("2026-03-02 11:30")).Status, "as far as the records tell")

	_, woven := learnt(identity.Identity{}, first, news("DENIED", "2026-03-02 13:00", identity.BySync),
		news("DENIED", "2026-03-02 13:00", identity.ByWebhook, told("e2", identity.EventDenied, "APPROVED", "DENIED", "2026-03-02 12:00")),
		news("DENIED", "2026-03-02 13:00", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 11:00")))
	for moment, want := range map[string]identity.Status{
		"2026-03-02 10:59": identity.Pending, "2026-03-02 11:30": identity.Approved, "2026-03-02 12:30": identity.Denied,
	} {
		require.Equal(t, want, identity.StandingAt(woven, at(moment)).Status, moment)
	}
}
