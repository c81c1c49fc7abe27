package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestWakesOn(t *testing.T) {
	t.Parallel()
	screening := requirement("SCREENING_CHECK", "PENDING", "PAXOS")
	first := news("PENDING", "2026-03-02 10:00", identity.BySync, with(screening))
	documents := func(n *identity.News) {
		n.Event = &identity.Event{ID: "e1", Type: identity.EventDocumentsRequired, PaxosID: "p1", Documents: []string{"PASSPORT"}, OccurredAt: at("2026-03-02 11:00")}
	}
	test := func(n *identity.News) { documents(n); n.Event.IsTest = true }
	by := func(actor string) func(*identity.News) { return func(n *identity.News) { n.ActorID = actor } }
	renamed := func(n *identity.News) { n.Record.RefID = "user-2" }
	older := news("PENDING", "2026-03-02 09:00", identity.BySync, with(screening, screening))
	for name, c := range map[string]struct {
		n              identity.News
		plain, onEvent identity.Waking // empty for it sleeps on
	}{
		"confirmed":                          {news("PENDING", "2026-03-02 10:00", identity.BySync, with(screening)), "", ""},
		"confirmed, with a later updated_at": {news("PENDING", "2026-03-02 12:00", identity.BySync, with(screening)), "", ""},
		"re-checked, nothing new":            {news("PENDING", "2026-03-02 10:00", identity.ByRecheck, with(screening), by("ada")), "", ""},
		"re-checked, something new":          {news("PENDING", "2026-03-02 12:00", identity.ByRecheck, by("ada")), "", "news"},
		"a requirement is gone":              {news("PENDING", "2026-03-02 12:00", identity.BySync), "", "news"},
		"another ref_id":                     {news("PENDING", "2026-03-02 12:00", identity.BySync, with(screening), renamed), "", "news"},
		"older news":                         {older, "", ""},
		"documents asked for":                {news("PENDING", "2026-03-02 10:00", identity.ByWebhook, with(screening), documents), "", "news"},
		"a test event":                       {news("PENDING", "2026-03-02 10:00", identity.ByWebhook, with(screening), test), "", ""},
		"frozen":                             {news("ERROR", "2026-03-02 12:00", identity.BySync, with(screening)), "", "news"},
		"an unknown word":                    {news("UNDER_REVIEW", "2026-03-02 12:00", identity.BySync, with(screening)), "", "news"},
		"approved":                           {news("APPROVED", "2026-03-02 12:00", identity.BySync), "decision", "decision"},
		"denied":                             {news("DENIED", "2026-03-02 12:00", identity.ByPoll), "decision", "decision"},
		"approved, and something is open":    {news("APPROVED", "2026-03-02 12:00", identity.BySync, with(requirement("KYC_REFRESH", "PENDING", "CLIENT"))), "decision", "decision"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for untilEvent, want := range map[bool]identity.Waking{false: c.plain, true: c.onEvent} {
				awake, history := learnt(identity.Identity{}, first)
				was := awake
				was.Casework = was.Sleep(identity.Snooze{Until: at("2026-03-09 10:00"), UntilEvent: untilEvent}, "ada", at("2026-03-02 10:30"))
				next, entries := was.Learn(c.n, policy(), c.n.HeardAt.Add(time.Second))
				why, wakes := next.WakesOn(was, identity.Weave(history, entries))
				require.Equal(t, want, why, "until event: %v", untilEvent)
				require.Equal(t, want != "", wakes)

				next, entries = awake.Learn(c.n, policy(), c.n.HeardAt.Add(time.Second))
				_, wakes = next.WakesOn(awake, entries)
				require.False(t, wakes, "what is awake is not woken")
			}
		})
	}
}

func TestWakesOnWhatBecomesOfASubmission(t *testing.T) {
	t.Parallel()
	i, _ := identity.NewSubmission(identity.Draft{RefID: "user-1"}, "ada", policy(), at(created))
	i.Casework = i.Sleep(identity.Snooze{Until: at("2026-03-09 10:00"), UntilEvent: true}, "ada", at(created))
	failed, entries := i.Fail(identity.Failure{Code: identity.RefIDTaken}, "", policy(), at("2026-03-02 10:01"))
	why, _ := failed.WakesOn(i, entries)
	require.Equal(t, identity.WokeByNews, why)
	withdrawn, entries := failed.Withdraw("ada", policy(), at("2026-03-02 10:02"))
	why, _ = withdrawn.WakesOn(failed, entries)
	require.Equal(t, identity.WokeByDecision, why, "what is over does not sleep")
}

// An event that was heard before wakes nobody when it is processed again: its line is not written twice.
func TestAnEventWakesOnce(t *testing.T) {
	t.Parallel()
	event := told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 11:00")
	i, history := learnt(identity.Identity{}, news("PENDING", "2026-03-02 10:00", identity.BySync), news("APPROVED", "2026-03-02 11:00", identity.ByWebhook, event),
		news("PENDING", "2026-03-02 12:00", identity.BySync))
	i.Casework = i.Sleep(identity.Snooze{Until: at("2026-03-09 10:00"), UntilEvent: true}, "ada", at("2026-03-02 13:00"))
	again := news("PENDING", "2026-03-02 12:00", identity.ByWebhook, event)
	next, entries := i.Learn(again, policy(), at("2026-03-02 14:00"))
	require.NotEmpty(t, entries)
	_, wakes := next.WakesOn(i, identity.Weave(history, entries))
	require.False(t, wakes)
}
