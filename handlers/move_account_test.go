package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func (d *desk) approved() identity.Identity {
	d.t.Helper()
	return d.learn(func(r *identity.Record) { r.Status, r.Details = identity.Approved, identity.Details{} })
}

func TestAccountsPage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	place := "/identities/" + d.approved().ID
	b := d.as(access.Analyst)
	require.Equal(t, 1, b.get(place).page(http.StatusOK).Find(`[data-testid=to-accounts]`).Length())
	page := b.get(place + "/accounts")
	doc := page.page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=account]`).Text(), "acc-ref-1")
	require.Equal(t, "/lookup?q=px-2", doc.Find(`[data-testid=joint-member] a`).AttrOr("href", ""))
	require.Contains(t, doc.Find(`[data-testid=joint-member]`).Text(), "Authorized user")
	require.NotContains(t, page.body, family, "what an account is described as is personal")
	require.NotContains(t, b.json(place+"/accounts").body, family)

	d.paxos.refuse.Store(&fault.Error{Kind: fault.Unavailable, Code: "dial", Text: "Paxos cannot be reached."})
	doc = b.get(place + "/accounts").page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=accounts-unread]`).Text(), "Paxos cannot be reached.")
	require.Equal(t, 1, doc.Find(`[data-testid=open-account]`).Length(), "the form does not wait for Paxos")

	auditor := d.as(access.Auditor)
	require.Equal(t, 1, auditor.get(place).page(http.StatusOK).Find(`[data-testid=to-accounts]`).Length())
	d.paxos.refuse.Store(nil)
	page = auditor.get(place + "/accounts")
	doc = page.page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=account]`).Text(), "acc-ref-1")
	require.Zero(t, doc.Find(`[data-testid=new-account], main form, [data-testid=open-account]`).Length(), "to read, and for nothing else")
	require.NotContains(t, page.body, family)
	require.Contains(t, auditor.json(place+"/accounts").body, "acc-ref-1")
	require.Equal(t, http.StatusForbidden, auditor.post(place+"/accounts", samePerson()).status)

	viewer := d.as(access.Viewer)
	doc = viewer.get(place).page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=to-accounts]`).Length())
	require.Contains(t, doc.Find(`[data-testid=able]`).Text(), "Withdraw")
	require.Equal(t, http.StatusForbidden, viewer.get(place+"/accounts").status)
}

func TestOpenAccount(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approved()
	other := d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-2", "user-2" })
	place := "/identities/" + i.ID
	b := d.as(access.Analyst)
	form := samePerson()
	form["member"], form["member_role"] = []string{"user-2", "nobody"}, []string{"AUTHORIZED_USER", "AUTHORIZED_USER"}
	doc := b.post(place+"/accounts", form).page(http.StatusUnprocessableEntity)
	require.NotEmpty(t, doc.Find("#account-account-members-error").Text())
	require.Equal(t, "user-2", doc.Find("#account-member-1").AttrOr("value", ""))
	form["member"] = []string{"user-2", ""}
	doc = b.post(place+"/accounts", form).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#account-account-members-error").Text(), "Member 2: say who it is", "a member is not dropped in silence")
	form["member"], form["member_role"] = []string{"user-2", "", "", "nobody"}, []string{"AUTHORIZED_USER", "", "", "AUTHORIZED_USER"}
	doc = b.post(place+"/accounts", form).page(http.StatusUnprocessableEntity)
	require.Equal(t, 5, doc.Find(`[name="member"]`).Length(), "there is room for one more")
	form["member"], form["member_role"] = []string{"user-2", ""}, []string{"AUTHORIZED_USER", ""}
	named := samePerson()
	named.Set("account.ref_id", strings.ToLower(family)+"-1")
	doc = b.post(place+"/accounts", named).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#account-account-ref-id-error").Text(), "part of the customer's name")
	a := b.post(place+"/accounts", form)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc = d.as(access.Lead).post(place+"/accounts", form).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "some analyst asked for the same at ")
	moves, err := d.store.Moves(t.Context(), i.ID)
	require.NoError(t, err)
	require.Len(t, moves, 1)
	require.Equal(t, []string{"ref_id acc-4711", "BROKERAGE", "profile", "members 1"}, moves[0].About)
	require.NotContains(t, b.get(place).body, "Umbrabarrow")
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID, Action: audit.AskedAccount})
	require.NoError(t, err)
	require.Equal(t, "BROKERAGE", entries[0].Detail, "what the log keeps for ever names no ref_id")

	pending := "/identities/" + other.ID
	b.post(pending+"/accounts", samePerson()).page(http.StatusConflict)
	require.Zero(t, b.get(pending+"/accounts").page(http.StatusOK).Find(`[data-testid=open-account]`).Length())
}
