package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// A webhook arrives, then we ask: the state is known as of the asking.
func TestCheckedAsOfTheAsking(t *testing.T) {
	t.Parallel()
	n := news("PENDING", created, identity.ByWebhook, func(n *identity.News) { n.HeardAt, n.AskedAt = at(changed), at("2026-03-03 10:07") })
	i, _ := learnt(identity.Identity{}, n)
	require.Equal(t, ptr("2026-03-03 10:07"), i.CheckedAt)
}

func TestEventsThatAddNoStatus(t *testing.T) {
	t.Parallel()
	late := told("e1", identity.EventApproved, "PENDING", "APPROVED", changed)
	approved, _ := learnt(identity.Identity{}, news("PENDING", created, identity.BySubmit), news("APPROVED", changed, identity.ByRecheck))
	for name, c := range map[string]struct {
		i    identity.Identity
		n    identity.News
		want []string
	}{
		"older record, event of long ago": {approved, news("PENDING", created, identity.ByWebhook, told("e0", identity.EventDenied, "PENDING", "DENIED", "2026-03-02 12:00")), []string{"status PENDING>DENIED e0 12:00:00"}},
		"the answer is behind the event":  {approved, news("APPROVED", changed, identity.ByWebhook, told("e2", identity.EventDisabled, "APPROVED", "DISABLED", "2026-03-04 10:00")), nil},
		"an event of another kind":        {approved, news("APPROVED", changed, identity.ByWebhook, told("e3", "identity.control.created", "", "", changed)), []string{"event > e3 10:00:00"}},
		"a test event": {approved, news("APPROVED", changed, identity.ByWebhook, late, func(n *identity.News) {
			n.Event.IsTest = true
		}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, entries := learnt(c.i, c.n)
			require.Equal(t, c.want, lines(entries))
			require.Equal(t, identity.Approved, got.Status)
			require.Equal(t, identity.ByRecheck, got.LearnedBy)
			require.Equal(t, c.i.Rev, got.Rev)
		})
	}
}

func TestFirstSeenByEvent(t *testing.T) {
	t.Parallel()
	_, entries := learnt(identity.Identity{}, news("APPROVED", changed, identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", changed)))
	require.Equal(t, []string{"found >APPROVED 10:00:00", "status PENDING>APPROVED e1 10:00:00"}, lines(entries))
}

func TestDocumentsAsked(t *testing.T) {
	t.Parallel()
	asked := func(occurred string) func(*identity.News) {
		return func(n *identity.News) {
			told("e1", identity.EventDocumentsRequired, "", "", occurred)(n)
			n.Event.Documents = []string{"PASSPORT", "UTILITY_BILL"}
		}
	}
	older := requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "")
	older.Older = true
	start, _ := learnt(identity.Identity{}, news("PENDING", created, identity.BySubmit))
	open, entries := learnt(start, news("PENDING", created, identity.ByWebhook, asked("2026-03-02 12:00")))
	require.Equal(t, []string{"event > e1 12:00:00"}, lines(entries))
	require.Equal(t, []identity.Change{{Field: "documents", New: "PASSPORT, UTILITY_BILL"}}, entries[0].Changes)
	require.Equal(t, &identity.DocumentsAsk{Types: []string{"PASSPORT", "UTILITY_BILL"}, At: at("2026-03-02 12:00"), HeardAt: at(created).Add(2 * time.Second)}, open.Documents)
	require.Equal(t, identity.LaneAction, open.Lane)
	require.Equal(t, at("2026-03-02 12:00"), open.MoveSince)

	again, _ := learnt(open, news("PENDING", created, identity.ByWebhook, asked("2026-03-02 12:00")))
	require.Equal(t, open.Rev, again.Rev, "the same ask twice is no news")

	for name, c := range map[string]struct {
		n    identity.News
		open bool
	}{
		"newer, nothing said of requirements":     {news("PENDING", changed, identity.BySync), true},
		"newer, requirements of the older lists":  {news("PENDING", changed, identity.BySync, with(older)), true},
		"newer, still awaits us":                  {news("PENDING", changed, identity.BySync, with(requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT"))), true},
		"newer, awaits Paxos":                     {news("PENDING", changed, identity.BySync, with(requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "PAXOS"))), false},
		"newer, other things await us":            {news("PENDING", changed, identity.BySync, with(requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT"))), false},
		"decided":                                 {news("APPROVED", changed, identity.BySync), false},
		"decided before the ask":                  {news("APPROVED", "2026-03-02 11:00", identity.BySync), true},
		"settled before the ask, as Paxos has it": {news("PENDING", "2026-03-02 11:00", identity.BySync, with(requirement("SCREENING_CHECK", "PENDING", "PAXOS"))), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := learnt(open, c.n)
			require.Equal(t, c.open, got.Documents != nil)
		})
	}
	settled, _ := learnt(start, news("PENDING", changed, identity.BySync, with(requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "PAXOS"))))
	settled, entries = learnt(settled, news("PENDING", changed, identity.ByPoll, with(settled.Details.Requirements...), asked("2026-03-02 12:00")))
	require.Nil(t, settled.Documents, "a late event does not ask again for what a newer record has settled")
	require.Len(t, entries, 1)
}

func TestRefreshEvents(t *testing.T) {
	t.Parallel()
	event := func(kind, occurred, next string) func(*identity.News) {
		return func(n *identity.News) {
			told("e-"+kind, kind, "", "", occurred)(n)
			if next != "" {
				n.Event.RefreshNext = at(next)
			}
		}
	}
	start, _ := learnt(identity.Identity{}, news("APPROVED", created, identity.BySync))
	opened := func(next string) identity.Identity {
		i, _ := learnt(start, news("APPROVED", created, identity.ByWebhook, event(identity.EventRefreshStarted, changed, next)))
		return i
	}
	thirty := at(changed).Add(30 * 24 * time.Hour)
	require.Equal(t, &identity.Refresh{StartedAt: at(changed), EndsAt: thirty}, opened("").Refresh)
	require.Equal(t, at("2026-03-20 00:00"), opened("2026-03-20 00:00").Refresh.EndsAt)
	require.Equal(t, thirty, opened("2028-03-03 00:00").Refresh.EndsAt, "years ahead is the refresh after this one")
	require.Equal(t, thirty, opened("2026-03-03 00:00").Refresh.EndsAt, "no refresh ends before it begins")

	const later = "2026-03-05 10:00"
	closed, entries := learnt(opened(""), news("APPROVED", later, identity.ByWebhook, event(identity.EventRefreshCompleted, later, "")))
	require.Nil(t, closed.Refresh)
	require.Equal(t, identity.LaneDecided, closed.Lane)
	require.Len(t, entries, 1)
	for _, kind := range []string{identity.EventRefreshCompleted, identity.EventRefreshExpired} {
		ended, _ := learnt(opened(""), news("APPROVED", later, identity.ByWebhook, event(kind, later, "")))
		reopened, _ := learnt(ended, news("APPROVED", later, identity.ByWebhook, event(identity.EventRefreshStarted, changed, "")))
		require.Equal(t, ended.Refresh, reopened.Refresh, "a late start does not open again what has ended")
		early, _ := learnt(opened(""), news("APPROVED", created, identity.ByWebhook, event(kind, "2026-03-02 12:00", "")))
		require.Equal(t, opened("").Refresh, early.Refresh, "the end of an earlier refresh does not close this one")
	}
}

// One that was not done in time stays open with its dates until it is done.
func TestExpiredRefresh(t *testing.T) {
	t.Parallel()
	const started, over, later = "2026-02-01 10:00", "2026-03-03 10:00", "2026-03-05 10:00"
	tell := func(kind, occurred string, more ...func(*identity.News)) identity.News {
		return news("APPROVED", occurred, identity.ByPoll, append(more, told("e-"+kind, kind, "", "", occurred))...)
	}
	asks, failed := requirement("KYC_REFRESH", "PENDING", "CLIENT"), requirement("KYC_REFRESH", "FAILED", "CLIENT")
	start, _ := learnt(identity.Identity{}, news("APPROVED", "2026-01-01 10:00", identity.BySync))
	learn := func(i identity.Identity, all ...identity.News) identity.Identity {
		for _, n := range all {
			i, _ = learnt(i, n)
		}
		return i
	}
	open := learn(start, tell(identity.EventRefreshStarted, started, with(asks)))
	expired := learn(open, tell(identity.EventRefreshExpired, over, with(failed)))
	require.Equal(t, &identity.Refresh{StartedAt: at(started), EndsAt: at(over), Expired: true}, expired.Refresh)
	require.Equal(t, []any{identity.LaneAction, at(over)}, []any{expired.Lane, expired.RefreshEndsAt()})
	require.True(t, expired.RefreshExpired())
	require.True(t, expired.Refresh.Backdated(at("2026-01-31 10:00")))
	soon := learn(start, tell(identity.EventRefreshStarted, "2026-02-20 10:00"), tell(identity.EventRefreshExpired, over))
	require.Equal(t, &identity.Refresh{StartedAt: at("2026-02-20 10:00"), EndsAt: at(over), Expired: true}, soon.Refresh, "an end that Paxos has brought forward")
	require.Equal(t, identity.LaneAction, soon.Lane, "also where the record does not repeat it")
	require.Equal(t, "KYC refresh is overdue", identity.Explain(soon, policy(), at(later), 0).Blocking[0].Text)

	heard := learn(start, tell(identity.EventRefreshExpired, over, with(failed)))
	require.Equal(t, &identity.Refresh{EndsAt: at(over), Expired: true}, heard.Refresh, "its start was not heard")
	require.Equal(t, expired.Refresh, learn(heard, tell(identity.EventRefreshStarted, started)).Refresh)
	require.Nil(t, learn(start, tell(identity.EventRefreshExpired, over)).Refresh, "Paxos asks for nothing")
	again := learn(expired, tell(identity.EventRefreshStarted, later, with(asks)))
	require.Equal(t, at(later), again.Refresh.StartedAt)
	require.False(t, again.RefreshExpired())

	require.Nil(t, learn(expired, tell(identity.EventRefreshCompleted, later)).Refresh)
	require.NotNil(t, learn(expired, news("APPROVED", later, identity.BySync, with(failed))).Refresh)
	require.Nil(t, learn(expired, news("APPROVED", later, identity.BySync)).Refresh, "done, and no event told of it")
	require.NotNil(t, learn(soon, news("APPROVED", later, identity.BySync)).Refresh, "the record never spoke of it")

	unheard := learn(start, news("APPROVED", over, identity.BySync, with(failed)))
	require.Equal(t, at(over), unheard.RefreshEndsAt(), "no event told of it: the end is when Paxos began to wait")
}
