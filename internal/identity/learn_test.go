package identity_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// news is an answer about p1 with a status, as it was updated at a moment and asked for a second later.
func news(status identity.Status, updated string, by identity.Source, change ...func(*identity.News)) identity.News {
	n := identity.News{
		Record: identity.Record{
			PaxosID: "p1", RefID: "user-1", Type: identity.Person, Status: status,
			CreatedAt: at(created), UpdatedAt: at(updated),
		},
		AskedAt: at(updated).Add(time.Second), HeardAt: at(updated).Add(2 * time.Second), By: by,
	}
	for _, f := range change {
		f(&n)
	}
	return n
}

func told(id, kind string, old, status identity.Status, occurred string) func(*identity.News) {
	return func(n *identity.News) {
		n.Event = &identity.Event{
			ID: id, Type: kind, PaxosID: "p1", OldStatus: old, NewStatus: status, OccurredAt: at(occurred),
		}
	}
}

func with(rs ...identity.Requirement) func(*identity.News) {
	return func(n *identity.News) { n.Record.Details.Requirements = rs }
}

// learnt lets a case learn one piece of news after another, a minute between, and gives the history that they make.
func learnt(i identity.Identity, ns ...identity.News) (identity.Identity, []identity.Entry) {
	var all []identity.Entry
	for _, n := range ns {
		next, entries := i.Learn(n, policy(), n.HeardAt.Add(time.Minute))
		next.ID = "i1"
		i, all = next, written(all, entries)
	}
	return i, all
}

// written is the history with what was told, as a store keeps it: lines get numbers, and stand by time and number.
func written(known, told []identity.Entry) []identity.Entry {
	all := slices.Clone(known)
	for _, e := range identity.Weave(known, told) {
		if n := slices.IndexFunc(all, func(k identity.Entry) bool { return e.ID != 0 && k.ID == e.ID }); n >= 0 {
			all[n] = e
			continue
		}
		e.ID = int64(len(all) + 1)
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b identity.Entry) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.ID, b.ID))
	})
	return identity.InSequence(all)
}

// lines writes history short: kind, statuses, event, moment.
func lines(entries []identity.Entry) []string {
	var out []string
	for _, e := range entries {
		line := string(e.Kind) + " " + string(e.Old) + ">" + string(e.New)
		if e.EventID != "" {
			line += " " + e.EventID
		}
		out = append(out, line+" "+e.OccurredAt.Format("15:04:05"))
	}
	return out
}

func TestFirstSeen(t *testing.T) {
	t.Parallel()
	n := news("PENDING", changed, identity.BySync, func(n *identity.News) {
		n.Unannounced = true
		n.Record.Name = identity.Name{First: "Mara", Last: "Quill"}
	})
	i, entries := learnt(identity.Identity{}, n)
	require.Equal(t, []string{"found >PENDING 10:00:00"}, lines(entries))
	require.True(t, entries[0].Unannounced)
	require.Equal(t, at(changed), entries[0].OccurredAt, "as of the state that was seen")
	require.Equal(t, at(created), i.CreatedAt)
	require.Equal(t, ptr(created), i.PendingSince)
	require.Equal(t, at(created), i.MoveSince)
	require.Equal(t, identity.BySync, i.LearnedBy)
	require.Equal(t, "MQ", i.Initials)
	require.Equal(t, "user-1", i.RefID)
	require.Equal(t, n.HeardAt, *i.CheckedAt)
	require.Equal(t, identity.LaneOverdue, i.Lane)
	require.EqualValues(t, 1, i.Rev)
}

func TestPartialRecordIsFilledLater(t *testing.T) {
	t.Parallel()
	partial := identity.News{Record: identity.Record{PaxosID: "p1"}, AskedAt: at(changed), HeardAt: at(changed), By: identity.BySubmit}
	i, _ := learnt(identity.Identity{}, partial)
	require.Equal(t, at(changed), i.CreatedAt)
	require.Equal(t, identity.LaneWaiting, i.Lane)
	require.Nil(t, i.PendingSince)
	i, entries := learnt(i, news("APPROVED", changed, identity.ByRecheck))
	require.Equal(t, identity.Approved, i.Status)
	require.Equal(t, at(created), i.CreatedAt)
	require.Equal(t, []string{"status >APPROVED 10:00:00"}, lines(entries))
}

func TestOlderNeverReplacesNewer(t *testing.T) {
	t.Parallel()
	known, _ := learnt(identity.Identity{}, news("APPROVED", changed, identity.ByPoll))
	earlierAsked := func(n *identity.News) { n.AskedAt = at(changed) }
	laterAsked := func(n *identity.News) { n.AskedAt, n.HeardAt = at("2026-03-03 12:00"), at("2026-03-03 12:00:01") }
	for name, c := range map[string]struct {
		n      identity.News
		status identity.Status
		rev    int64
		fresh  bool // the state counts as checked again
	}{
		"older update":                      {news("PENDING", created, identity.BySync), "APPROVED", 1, false},
		"older update, asked later":         {news("PENDING", created, identity.BySync, laterAsked), "APPROVED", 1, false},
		"same update, asked earlier":        {news("PENDING", changed, identity.BySync, earlierAsked), "APPROVED", 1, false},
		"same again":                        {news("APPROVED", changed, identity.BySync), "APPROVED", 1, false},
		"same, asked later":                 {news("APPROVED", changed, identity.BySync, laterAsked), "APPROVED", 1, true},
		"other, same update, asked later":   {news("DENIED", changed, identity.BySync, laterAsked), "DENIED", 2, true},
		"newer":                             {news("DISABLED", "2026-03-04 10:00", identity.BySync), "DISABLED", 2, true},
		"same millisecond, earlier asked":   {news("PENDING", changed, identity.BySync, earlierAsked, func(n *identity.News) { n.Record.UpdatedAt = at(changed).Add(900 * time.Microsecond) }), "APPROVED", 1, false},
		"only updated_at moved":             {news("APPROVED", "2026-03-04 10:00", identity.BySync), "APPROVED", 2, true},
		"ref_id is missing":                 {news("APPROVED", changed, identity.BySync, laterAsked, func(n *identity.News) { n.Record.RefID = "" }), "APPROVED", 1, true},
		"a name without news, same letters": {news("APPROVED", changed, identity.BySync, laterAsked, func(n *identity.News) { n.Record.Name = identity.Name{} }), "APPROVED", 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := known.Learn(c.n, policy(), at("2026-03-05 10:00"))
			require.Equal(t, c.status, got.Status)
			require.Equal(t, c.rev, got.Rev)
			require.Equal(t, c.fresh, got.CheckedAt.After(*known.CheckedAt))
			require.Equal(t, "user-1", got.RefID)
			if got.Status == known.Status {
				require.Equal(t, identity.ByPoll, got.LearnedBy)
			} else {
				require.Equal(t, identity.BySync, got.LearnedBy)
			}
		})
	}
}

func TestStatusChanges(t *testing.T) {
	t.Parallel()
	i, entries := learnt(identity.Identity{},
		news("PENDING", created, identity.BySubmit),
		news("APPROVED", "2026-03-02 11:00:05", identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", "2026-03-02 11:00:04")),
		news("PENDING", "2026-03-04 12:00", identity.BySync, func(n *identity.News) { n.Unannounced = true }),
	)
	require.Equal(t, []string{"found >PENDING 10:00:00", "status PENDING>APPROVED e1 11:00:04", "status APPROVED>PENDING 12:00:00"}, lines(entries))
	require.Equal(t, at("2026-03-02 11:00:07"), entries[1].ReceivedAt)
	require.Equal(t, at("2026-03-02 11:01:07"), entries[1].ProcessedAt)
	require.Equal(t, identity.ByWebhook, entries[1].By)
	require.True(t, entries[2].Unannounced)
	require.Equal(t, ptr("2026-03-04 12:00"), i.PendingSince)
	require.Equal(t, at("2026-03-04 12:00"), i.MoveSince)
	require.Equal(t, ptr("2026-03-05 12:00"), i.DueAt)

	i, _ = learnt(i, news("ERROR", "2026-03-04 13:00", identity.ByRecheck))
	require.Equal(t, ptr("2026-03-04 12:00"), i.PendingSince, "still undecided")
	require.Equal(t, at("2026-03-04 12:00"), i.MoveSince, "still with Paxos")
	i, _ = learnt(i, news("PENDING", "2026-03-04 14:00", identity.ByRecheck))
	require.Equal(t, ptr("2026-03-04 14:00"), i.PendingSince, "brought back")
	i, _ = learnt(i, news("DENIED", "2026-03-04 15:00", identity.ByRecheck))
	require.Nil(t, i.PendingSince)
}

func TestMoveChangesHands(t *testing.T) {
	t.Parallel()
	i, _ := learnt(identity.Identity{}, news("PENDING", created, identity.BySubmit))
	edd := requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT")
	i, _ = learnt(i, news("PENDING", "2026-03-02 15:00", identity.BySync, with(edd)))
	require.Equal(t, identity.Ours, i.Move)
	require.Equal(t, at("2026-03-02 15:00"), i.MoveSince)
	i, _ = learnt(i, news("PENDING", "2026-03-02 16:00", identity.BySync, with(edd, requirement("SCREENING_CHECK", "PENDING", "PAXOS"))))
	require.Equal(t, at("2026-03-02 15:00"), i.MoveSince, "it stayed with us")
	edd.Awaiting = "PAXOS"
	i, _ = learnt(i, news("PENDING", "2026-03-03 09:00", identity.BySync, with(edd)))
	require.Equal(t, identity.Paxos, i.Move)
	require.Equal(t, at("2026-03-03 09:00"), i.MoveSince)
}

// Something new that is asked of us during a refresh must not be late by the refresh's clock.
func TestAskDuringRefreshStartsItsOwnClock(t *testing.T) {
	t.Parallel()
	i, _ := learnt(identity.Identity{}, news("APPROVED", created, identity.BySync))
	i, _ = learnt(i, news("APPROVED", created, identity.ByWebhook, told("e1", identity.EventRefreshStarted, "", "", changed)))
	require.Equal(t, identity.LaneRefresh, i.Lane)
	i, _ = learnt(i, news("APPROVED", "2026-03-12 13:00", identity.BySync, with(requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT"))))
	require.Equal(t, identity.LaneAction, i.Lane)
	require.Equal(t, ptr("2026-03-13 13:00"), i.DueAt)
}

func TestDetailsChange(t *testing.T) {
	t.Parallel()
	before := news("PENDING", created, identity.BySync, with(requirement("SCREENING_CHECK", "PENDING", "PAXOS", "screening_in_progress", "b")))
	i, _ := learnt(identity.Identity{}, before)
	again := before
	again.AskedAt, again.HeardAt = at(changed), at(changed)
	with(requirement("SCREENING_CHECK", "PENDING", "PAXOS", "b", "screening_in_progress"))(&again)
	same, entries := learnt(i, again)
	require.Empty(t, entries, "the order of codes is no news")
	require.Equal(t, i.Rev, same.Rev)

	after := news("PENDING", changed, identity.BySync, with(requirement("ENHANCED_DUE_DILIGENCE", "PENDING", "CLIENT")), func(n *identity.News) {
		n.Record.RefID = "user-2"
		n.Record.Details.Sanctions = "APPROVED"
		n.Record.Details.Controls = []identity.Control{{Type: "FROZEN", SetBy: "SET_BY_PAXOS", ReasonCode: "LEGAL_ORDER"}}
	})
	i, entries = learnt(i, after)
	require.Equal(t, []string{"changed > 10:00:00"}, lines(entries))
	require.Equal(t, []identity.Change{
		{Field: "ref_id", Old: "user-1", New: "user-2"},
		{Field: "sanctions", New: "APPROVED"},
		{Field: "requirement SCREENING_CHECK", Old: "PENDING, awaits PAXOS, b, screening_in_progress"},
		{Field: "requirement ENHANCED_DUE_DILIGENCE", New: "PENDING, awaits CLIENT"},
		{Field: "control FROZEN", New: "SET_BY_PAXOS, LEGAL_ORDER"},
	}, entries[0].Changes)
	require.Equal(t, "user-2", i.RefID)
	require.EqualValues(t, 2, i.Rev)
}

func TestRecheckByAPerson(t *testing.T) {
	t.Parallel()
	asked := func(n *identity.News) { n.ActorID = "u1" }
	i, _ := learnt(identity.Identity{}, news("PENDING", created, identity.BySync))
	i, entries := learnt(i, news("PENDING", created, identity.ByRecheck, asked))
	require.Equal(t, []string{"rechecked > 10:00:02"}, lines(entries))
	require.Empty(t, entries[0].Changes)
	require.Equal(t, "u1", entries[0].ActorID)

	_, entries = learnt(i, news("APPROVED", changed, identity.ByRecheck, asked, func(n *identity.News) { n.Record.Details.Sanctions = "APPROVED" }))
	require.Equal(t, []string{"status PENDING>APPROVED 10:00:00", "rechecked > 10:00:02"}, lines(entries))
	require.Equal(t, []identity.Change{{Field: "sanctions", New: "APPROVED"}}, entries[0].Changes)
	require.Equal(t, []identity.Change{{Field: "status", Old: "PENDING", New: "APPROVED"}, {Field: "sanctions", New: "APPROVED"}}, entries[1].Changes)
}
