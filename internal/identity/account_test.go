package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestAccountDraft(t *testing.T) {
	t.Parallel()
	good := func() identity.AccountDraft {
		return identity.AccountDraft{Account: identity.AccountFields{
			PaxosID: "px-1", RefID: "account-1", Type: identity.Brokerage, Description: "Joint",
			Members: []identity.AccountMember{{PaxosID: "px-2", Roles: []string{"BENEFICIAL_OWNER"}}},
		}}
	}
	require.Empty(t, good().Check())
	for name, c := range map[string]struct {
		change func(*identity.AccountFields)
		field  string
	}{
		"no ref_id":        {func(a *identity.AccountFields) { a.RefID = "" }, "account.ref_id"},
		"a spaced ref_id":  {func(a *identity.AccountFields) { a.RefID = " a" }, "account.ref_id"},
		"a mail address":   {func(a *identity.AccountFields) { a.RefID = "ana@example.org" }, "account.ref_id"},
		"a long ref_id":    {func(a *identity.AccountFields) { a.RefID = strings.Repeat("a", 256) }, "account.ref_id"},
		"no type":          {func(a *identity.AccountFields) { a.Type = "" }, "account.type"},
		"a long text":      {func(a *identity.AccountFields) { a.Description = strings.Repeat("a", 501) }, "account.description"},
		"an id in a text":  {func(a *identity.AccountFields) { a.Description = "of 900-11-2222" }, "account.description"},
		"nobody":           {func(a *identity.AccountFields) { a.Members[0].PaxosID = "" }, "account.members"},
		"the owner":        {func(a *identity.AccountFields) { a.Members[0].PaxosID = "px-1" }, "account.members"},
		"the same twice":   {func(a *identity.AccountFields) { a.Members = append(a.Members, a.Members[0]) }, "account.members"},
		"no role":          {func(a *identity.AccountFields) { a.Members[0].Roles = nil }, "account.members"},
		"an unknown role":  {func(a *identity.AccountFields) { a.Members[0].Roles = []string{"FRIEND"} }, "account.members"},
		"of institutions'": {func(a *identity.AccountFields) { a.Members[0].Roles = []string{"TRUSTEE"} }, "account.members"},
	} {
		d := good()
		c.change(&d.Account)
		require.Len(t, d.Check(), 1, name)
		require.NotEmpty(t, d.Check()[c.field], name)
	}
}

// An account's ref_id stands in lists and logs here and at Paxos, as a person's does.
func TestAccountRefIDThatTellsOfSomebody(t *testing.T) {
	t.Parallel()
	person := identity.Identity{Type: identity.Person}
	fund := identity.Identity{Type: identity.Institution}
	born := identity.Draft{Person: identity.PersonDraft{DateOfBirth: "1960-01-31"}}
	for name, c := range map[string]struct {
		of    identity.Identity
		name  identity.Name
		draft identity.Draft
		refID string
		tells bool
	}{
		"a number":                      {person, identity.Name{First: "Maria", Last: "Garcia"}, identity.Draft{}, "acc-4711", false},
		"a name":                        {person, identity.Name{First: "Maria", Last: "Garcia"}, identity.Draft{}, "garcia-maria", true},
		"a name among others":           {person, identity.Name{First: "Maria", Last: "Garcia"}, identity.Draft{}, "acc-Garcia-2", true},
		"a birthday":                    {person, identity.Name{}, born, "acc-19600131", true},
		"a fund's name":                 {fund, identity.Name{Last: "Umbrabarrow Capital Fund"}, identity.Draft{}, "umbrabarrow-1", true},
		"a word that many funds have":   {fund, identity.Name{Last: "Umbrabarrow Capital Fund"}, identity.Draft{}, "capital-fund-1", false},
		"nobody whom the desk can name": {person, identity.Name{}, identity.Draft{}, "garcia-maria", false},
	} {
		d := identity.AccountDraft{Account: identity.AccountFields{RefID: c.refID}}
		wrong := d.CheckTelling(c.of, c.name, c.draft)
		require.Equal(t, c.tells, wrong["account.ref_id"] != "", name)
	}
}

func TestAccountThatALostCallMade(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	d := identity.AccountDraft{Account: identity.AccountFields{PaxosID: "px-1", RefID: "account-1"}}
	require.True(t, d.IsOurs(identity.Account{PaxosID: "px-1", RefID: "account-1", CreatedAt: asked.Add(-4 * time.Minute)}, asked))
	require.False(t, d.IsOurs(identity.Account{PaxosID: "px-1", RefID: "account-1", CreatedAt: asked.Add(-6 * time.Minute)}, asked))
	require.False(t, d.IsOurs(identity.Account{PaxosID: "px-2", RefID: "account-1", CreatedAt: asked}, asked))
	require.False(t, d.IsOurs(identity.Account{PaxosID: "px-1", RefID: "account-2", CreatedAt: asked}, asked))
}
