package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// answered is an answer of Paxos about an approved person at a minute: of the older shape where no controls are given.
func answered(at int, controls ...identity.Control) identity.News {
	return identity.News{By: identity.ByRecheck, AskedAt: minute(at), HeardAt: minute(at), Record: identity.Record{
		PaxosID: "px-1", Status: identity.Approved, CreatedAt: minute(0), UpdatedAt: minute(0),
		Details: identity.Details{Controls: controls, ControlsUnsaid: controls == nil},
	}}
}

// listed is Paxos' list of controls at a minute: those in force, and one that has ended.
func listed(at int, controls ...identity.Control) identity.ControlList {
	records := []identity.ControlRecord{{Control: control("c-0", identity.Dormant), DeletedAt: minute(1)}}
	for _, c := range controls {
		records = append(records, identity.ControlRecord{Control: c})
	}
	return identity.ControlsOf(records, minute(at))
}

func control(id, typ string) identity.Control {
	return identity.Control{ID: id, Type: typ, SetBy: "SET_BY_PAXOS", CreatedAt: minute(0)}
}

// What the shape of Paxos' answer cannot tell the list tells, the later word counts, and what neither told is not known.
func TestControlsInForce(t *testing.T) {
	t.Parallel()
	sells, closed, none := control("c-1", identity.SellOnly), control("c-2", identity.Closed), []identity.Control{}
	type step any // News or ControlList
	for name, tc := range map[string]struct {
		steps []step
		want  []string
		known bool
		asOf  int // a minute
		buys  identity.Can
	}{
		"an answer that tells":                 {[]step{answered(1, sells)}, []string{"SELL_ONLY"}, true, 1, identity.CanNot},
		"an answer that tells of none":         {[]step{answered(1, none...)}, nil, true, 1, identity.CanDo},
		"an older answer":                      {[]step{answered(1)}, nil, false, 0, identity.CanUnsaid},
		"the list beside an older answer":      {[]step{answered(1), listed(2, sells)}, []string{"SELL_ONLY"}, true, 2, identity.CanNot},
		"a list of none":                       {[]step{answered(1), listed(2)}, nil, true, 2, identity.CanDo},
		"a later older answer":                 {[]step{answered(1), listed(2, sells), answered(3)}, []string{"SELL_ONLY"}, true, 2, identity.CanNot},
		"a later list":                         {[]step{answered(1), listed(2, sells), listed(3, closed)}, []string{"CLOSED"}, true, 3, identity.CanNot},
		"an earlier list":                      {[]step{answered(1), listed(3, sells), listed(2)}, []string{"SELL_ONLY"}, true, 3, identity.CanNot},
		"a list where the answer tells":        {[]step{answered(1, sells), listed(2, closed)}, []string{"SELL_ONLY"}, true, 1, identity.CanNot},
		"an answer that tells, after the list": {[]step{answered(1), listed(2, sells), answered(3, closed)}, []string{"CLOSED"}, true, 3, identity.CanNot},
		"one that was asked for before it":     {[]step{answered(1), listed(3, sells), answered(2, closed)}, []string{"SELL_ONLY"}, true, 3, identity.CanNot},
		"an older answer after one that tells": {[]step{answered(1, sells), answered(2)}, []string{"SELL_ONLY"}, true, 1, identity.CanNot},
		"and a list after it":                  {[]step{answered(1, sells), answered(2), listed(3)}, nil, true, 3, identity.CanDo},
		"none, then nothing said":              {[]step{answered(1, none...), answered(2)}, nil, false, 0, identity.CanUnsaid},
	} {
		var i identity.Identity
		for _, s := range tc.steps {
			switch s := s.(type) {
			case identity.News:
				i, _ = i.Learn(s, identity.Policy{}, minute(9))
			case identity.ControlList:
				i, _ = i.LearnControls(s)
			}
		}
		controls, known := i.Details.InForce()
		var types []string
		for _, c := range controls {
			types = append(types, c.Type)
		}
		require.Equal(t, tc.want, types, name)
		require.Equal(t, tc.known, known, name)
		require.Equal(t, tc.buys, i.Able().Buy, name)
		asOf := time.Time{}
		if tc.asOf > 0 {
			asOf = minute(tc.asOf)
		}
		require.Equal(t, asOf, i.ControlsKnownAt(), name)
	}
}

// A list that brings other controls is news: a line of history, and other facts for whoever decides on a proposal.
func TestAListOfControlsIsNews(t *testing.T) {
	t.Parallel()
	i, _ := identity.Identity{}.Learn(answered(1), identity.Policy{}, minute(1))
	require.Contains(t, identity.Explain(i, identity.Policy{}, minute(1), 0).Sentence, "Whether a control limits it is not known here yet.")
	before := i.FactLines()
	i, told := i.LearnControls(listed(2, control("c-1", identity.SellOnly)))
	require.Len(t, told, 1)
	require.Equal(t, []identity.Change{{Field: "control SELL_ONLY", New: "SET_BY_PAXOS"}}, told[0].Changes)
	require.Equal(t, []time.Time{minute(1), minute(2)}, []time.Time{told[0].OccurredAt, told[0].ProcessedAt})
	require.NotEqual(t, before, i.FactLines())
	require.False(t, i.OutdatesControls(listed(2), told), "its own news asks for nothing more")
	require.True(t, identity.Explain(i, identity.Policy{}, minute(2), 0).Confidential)

	same, told := i.LearnControls(listed(3, control("c-1", identity.SellOnly)))
	require.Empty(t, told)
	require.Equal(t, i.FactLines(), same.FactLines())
}
