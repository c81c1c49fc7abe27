package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestDecidedAt(t *testing.T) {
	t.Parallel()
	approved := told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 11:00")
	denied := told("e2", identity.EventDenied, "APPROVED", "DENIED", "2026-03-02 12:00")
	known := news("PENDING", "2026-03-02 10:00", identity.BySync)
	answer := func(s identity.Status, updated string, by identity.Source, change ...func(*identity.News)) identity.News {
		return news(s, updated, by, change...)
	}
	for name, c := range map[string]struct {
		news  []identity.News
		want  string // what Learn says; empty for not known
		woven string // what the history says
	}{
		"undecided":                      {[]identity.News{known}, "", ""},
		"first seen decided":             {[]identity.News{answer("APPROVED", "2026-03-02 13:00", identity.BySync)}, "", ""},
		"first seen by its event":        {[]identity.News{answer("APPROVED", "2026-03-02 13:00", identity.ByWebhook, approved)}, "2026-03-02 11:00", "2026-03-02 11:00"},
		"a change that we saw":           {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00:00.250", identity.BySync)}, "2026-03-02 11:00:00.250", "2026-03-02 11:00:00.250"},
		"a change that an event told":    {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00:05", identity.ByWebhook, approved)}, "2026-03-02 11:00", "2026-03-02 11:00"},
		"confirmed later":                {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00", identity.BySync), answer("APPROVED", "2026-03-02 15:00", identity.BySync)}, "2026-03-02 11:00", "2026-03-02 11:00"},
		"decided otherwise":              {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00", identity.BySync), answer("DENIED", "2026-03-02 12:00:01", identity.ByWebhook, denied)}, "2026-03-02 12:00", "2026-03-02 12:00"},
		"undecided again":                {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00", identity.BySync), answer("PENDING", "2026-03-02 12:00", identity.BySync)}, "", ""},
		"frozen":                         {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00", identity.BySync), answer("ERROR", "2026-03-02 12:00", identity.BySync)}, "", ""},
		"decided again":                  {[]identity.News{known, answer("APPROVED", "2026-03-02 11:00", identity.BySync), answer("PENDING", "2026-03-02 12:00", identity.BySync), answer("APPROVED", "2026-03-02 13:00", identity.BySync)}, "2026-03-02 13:00", "2026-03-02 13:00"},
		"a word that the desk learns of": {[]identity.News{known, answer("UNDER_REVIEW", "2026-03-02 11:00", identity.BySync), answer("DISABLED", "2026-03-02 12:00", identity.BySync)}, "2026-03-02 12:00", "2026-03-02 12:00"},
		"first seen decided, then its event": {
			[]identity.News{answer("APPROVED", "2026-03-02 13:00", identity.BySync), answer("APPROVED", "2026-03-02 13:00", identity.ByPoll, approved)},
			"", "2026-03-02 11:00",
		},
		"the record came before the event": {
			[]identity.News{known, answer("APPROVED", "2026-03-02 11:30", identity.BySync), answer("APPROVED", "2026-03-02 11:30", identity.ByWebhook, approved)},
			"2026-03-02 11:30", "2026-03-02 11:00",
		},
		"two decisions, the events last": {[]identity.News{
			known, answer("DENIED", "2026-03-02 12:30", identity.BySync), answer("DENIED", "2026-03-02 12:30", identity.ByWebhook, denied), answer("DENIED", "2026-03-02 12:30", identity.ByWebhook, approved),
		}, "2026-03-02 12:30", "2026-03-02 12:00"},
		"an event for another outcome tells nothing": {[]identity.News{answer("DENIED", "2026-03-02 13:00", identity.BySync), answer("DENIED", "2026-03-02 13:00", identity.ByPoll, approved)}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, history := learnt(identity.Identity{}, c.news...)
			require.Equal(t, maybe(c.want), i.DecidedAt)
			require.Equal(t, maybe(c.woven), identity.DecidedAt(history, i.Status), "%v", lines(history))
		})
	}
}

func TestDecidedAtFromHistory(t *testing.T) {
	t.Parallel()
	found := line(identity.WasFound, "", "APPROVED", "2026-03-02 10:00", "")
	for name, c := range map[string]struct {
		history []identity.Entry
		want    string
	}{
		"none":                                {nil, ""},
		"told at the very moment of the find": {[]identity.Entry{found, line(identity.EventHeard, "PENDING", "APPROVED", "2026-03-02 10:00", "")}, "2026-03-02 10:00"},
		"told by an event that names no past": {[]identity.Entry{line(identity.EventHeard, "", "APPROVED", "2026-03-02 09:00", ""), found}, "2026-03-02 09:00"},
		"a change between was missed":         {[]identity.Entry{line(identity.EventHeard, "", "APPROVED", "2026-03-02 09:00", ""), found, line(identity.StatusChanged, "DENIED", "APPROVED", "2026-03-03 10:00", "")}, "2026-03-03 10:00"},
		"the last line tells another status":  {[]identity.Entry{line(identity.StatusChanged, "PENDING", "APPROVED", "2026-03-02 10:00", ""), line(identity.StatusChanged, "APPROVED", "DENIED", "2026-03-02 11:00", "")}, ""},
		"details changed since":               {[]identity.Entry{line(identity.StatusChanged, "PENDING", "APPROVED", "2026-03-02 10:00", ""), line(identity.DetailChanged, "", "", "2026-03-02 11:00", ""), line(identity.EventHeard, "", "", "2026-03-02 12:00", "")}, "2026-03-02 10:00"},
		"seen decided after another status":   {[]identity.Entry{line(identity.EventHeard, "", "PENDING", "2026-03-02 09:00", ""), found}, ""},
	} {
		require.Equal(t, maybe(c.want), identity.DecidedAt(c.history, identity.Approved), name)
	}
	require.Nil(t, identity.DecidedAt([]identity.Entry{found, line(identity.StatusChanged, "APPROVED", "PENDING", "2026-03-03 10:00", "")}, identity.Pending))
}

// A submission of ours is accepted undecided; where it was decided by the time that we learned of it, nobody told when.
func TestAcceptKnowsTheDecisionOnlyByItsEvent(t *testing.T) {
	t.Parallel()
	sent := identity.Identity{ID: "i1", RefID: "user-1", Submission: identity.Sent, SubmittedAt: ptr(created), CreatedAt: at(created)}
	for want, n := range map[string]identity.News{
		"":                 news("APPROVED", "2026-03-02 12:00", identity.BySync),
		"2026-03-02 11:00": news("APPROVED", "2026-03-02 11:00", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 11:00")),
	} {
		i, entries := sent.Accept(n, policy(), n.HeardAt.Add(time.Second))
		require.Equal(t, identity.Accepted, i.Submission)
		require.Equal(t, maybe(want), i.DecidedAt)
		require.Equal(t, maybe(want), identity.DecidedAt(written(nil, entries), i.Status))
	}
	i, _ := sent.Accept(news("PENDING", "2026-03-02 10:00", identity.BySubmit), policy(), at(created))
	require.Nil(t, i.DecidedAt)
	i, _ = i.Learn(news("DENIED", "2026-03-02 11:00", identity.BySync), policy(), at(changed))
	require.Equal(t, ptr("2026-03-02 11:00"), i.DecidedAt)
}
