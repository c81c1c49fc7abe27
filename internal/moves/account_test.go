package moves_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
)

// bank makes accounts, or does not.
type bank struct {
	calls  []string
	there  []identity.Account
	unread error
	refuse error
}

func (b *bank) Accounts(_ context.Context, paxosID string) ([]identity.Account, error) {
	b.calls = append(b.calls, "list "+paxosID)
	return b.there, b.unread
}

func (b *bank) CreateAccount(_ context.Context, d identity.AccountDraft) (identity.Account, error) {
	b.calls = append(b.calls, "create "+d.Account.RefID+" for "+d.Account.PaxosID)
	return identity.Account{ID: "acc-new", PaxosID: d.Account.PaxosID, RefID: d.Account.RefID, ProfileID: "prof-1"}, b.refuse
}

func TestAccountIsMadeOnce(t *testing.T) {
	t.Parallel()
	began := now.Add(-time.Minute)
	ours := identity.Account{ID: "acc-lost", PaxosID: "p1", RefID: "acc-1", CreatedAt: began}
	theirs := identity.Account{ID: "acc-old", PaxosID: "p1", RefID: "acc-1", CreatedAt: began.Add(-time.Hour)}
	taken := func(a identity.Account) error {
		return &fault.Error{Kind: fault.Conflict, Code: identity.AccountRefIDTaken, Cause: &identity.AccountExists{Account: a}}
	}
	fresh := moves.Result{"account_id": "acc-new", "profile_id": "prof-1"} // Paxos' ids alone: they are kept when a case is erased
	found := moves.Result{"account_id": "acc-lost"}
	for name, c := range map[string]struct {
		bank  bank
		lost  *time.Time
		calls []string
		want  moves.Result
		code  string
		kept  bool
	}{
		"the first time":                   {bank{}, nil, []string{"create acc-1 for p1"}, fresh, "", false},
		"an answer was lost, it worked":    {bank{there: []identity.Account{theirs, ours}}, &began, []string{"list p1"}, found, "", false},
		"an answer was lost, it did not":   {bank{}, &began, []string{"list p1", "create acc-1 for p1"}, fresh, "", false},
		"somebody else's":                  {bank{refuse: taken(theirs)}, nil, []string{"create acc-1 for p1"}, nil, identity.AccountRefIDTaken, false},
		"the list was behind":              {bank{refuse: taken(ours)}, &began, []string{"list p1", "create acc-1 for p1"}, found, "", false},
		"somebody else's, after a loss":    {bank{refuse: taken(theirs)}, &began, []string{"list p1", "create acc-1 for p1", "list p1"}, nil, identity.AccountRefIDTaken, false},
		"Paxos does not tell whose":        {bank{refuse: taken(identity.Account{})}, &began, []string{"list p1", "create acc-1 for p1", "list p1"}, nil, identity.AccountRefIDTaken, true},
		"the identity is not approved yet": {bank{refuse: &fault.Error{Kind: fault.Conflict, Code: identity.WrongStatus}}, nil, []string{"create acc-1 for p1"}, nil, identity.WrongStatus, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &line{payload: `{"account":{"ref_id":"acc-1","type":"BROKERAGE","identity_id":"forged"}}`}
			l.move.LostSince = c.lost
			require.NoError(t, l.run(t.Context(), moves.Account(&c.bank)))
			require.Equal(t, c.calls, c.bank.calls)
			require.Equal(t, map[string]string(c.want), l.result)
			require.Equal(t, c.code, l.failed.Code)
			require.Equal(t, c.kept, l.kept)
		})
	}
}

func TestAccountsThatCannotBeListedAreNotMadeTwice(t *testing.T) {
	t.Parallel()
	began := now
	b := &bank{unread: fault.New(fault.Lost, "")}
	l := &line{payload: `{"account":{"ref_id":"acc-1"}}`}
	l.move.LostSince = &began
	require.NoError(t, l.run(t.Context(), moves.Account(b)))
	require.Equal(t, []string{"list p1"}, b.calls)
	require.Equal(t, []string{"begin", "missed"}, l.calls)
}
