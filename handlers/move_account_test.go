package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
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

// A script learns who shares an account, as what, and which case that is.
func TestAccountsAsJSON(t *testing.T) {
	t.Parallel()
	d := boot(t)
	place := "/identities/" + d.approved().ID + "/accounts"
	b := d.as(access.Analyst)
	members := func() any {
		return b.json(place).object(http.StatusOK)["accounts"].([]any)[0].(map[string]any)["members"]
	}
	want := map[string]any{"id": nil, "paxos_id": "px-2", "ref_id": nil, "status": nil, "roles": []any{"AUTHORIZED_USER"}}
	require.Equal(t, []any{want}, members(), "of whom the desk has no case yet")
	want["id"] = d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "px-2", "user-2" }).ID
	want["ref_id"], want["status"] = "user-2", "PENDING"
	require.Equal(t, []any{want}, members())
}

// Who shares an account is named where it is listed and where it was asked for, to those who may see accounts.
func TestJointMembersAreNamed(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approved()
	other := d.learn(func(r *identity.Record) { r.PaxosID, r.RefID, r.Status = "px-2", "user-2", identity.Denied })
	place := "/identities/" + i.ID
	b := d.as(access.Analyst)
	form := samePerson()
	form["account.members.0.identity_id"], form["account.members.0.roles"] = []string{"user-2"}, []string{"AUTHORIZED_USER", "BENEFICIAL_OWNER"}
	form.Set("account.members.0.confirmed", "px-2 DENIED")
	a := b.post(place+"/accounts", form)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	for where, joint := range map[string]*goquery.Selection{
		"moves": b.get(place).page(http.StatusOK).Find(`[data-testid=move-members] [data-testid=joint-member]`),
		"list":  b.get(place + "/accounts").page(http.StatusOK).Find(`[data-testid=account] [data-testid=joint-member]`),
	} {
		require.Equal(t, 1, joint.Length(), where)
		require.Equal(t, "/identities/"+other.ID, joint.Find("a").AttrOr("href", ""), where)
		require.Equal(t, "user-2", joint.Find("a").Text(), where)
		require.Equal(t, "DENIED", joint.Find(".chip").Text(), where)
		require.Contains(t, joint.Text(), "Authorized user", where)
		require.NotContains(t, joint.Text(), "px-2", where)
	}
	require.NotContains(t, b.get(place).page(http.StatusOK).Find(`[data-testid=move-about]`).Text(), "Members", "they are named instead")
	joint := func(b *browser) any {
		return b.json(place).object(http.StatusOK)["moves"].([]any)[0].(map[string]any)["members"]
	}
	require.Equal(t, []any{map[string]any{
		"id": other.ID, "paxos_id": "px-2", "ref_id": "user-2", "status": "DENIED", "roles": []any{"AUTHORIZED_USER", "BENEFICIAL_OWNER"},
	}}, joint(b))
	require.Equal(t, joint(b), joint(d.as(access.Auditor)))

	viewer := d.as(access.Viewer)
	doc := viewer.get(place).page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=joint-member]`).Length())
	require.Contains(t, doc.Find(`[data-testid=move-about]`).Text(), "Members 1")
	require.Empty(t, joint(viewer))
}

func TestOpenAccount(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approved()
	other := d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-2", "user-2" })
	place := "/identities/" + i.ID
	b := d.as(access.Analyst)
	form := func(lines ...[]string) url.Values {
		f := samePerson()
		for n, l := range lines {
			f[identity.AccountMemberField(n, "identity_id")], f[identity.AccountMemberField(n, "roles")] = l[:1], l[1:]
		}
		return f
	}
	roles := []string{"AUTHORIZED_USER", "BENEFICIAL_OWNER"}
	first := append([]string{"user-2"}, roles...)
	confirmed := form(first)
	confirmed.Set("account.members.0.confirmed", "paxos-2 PENDING")
	doc := b.post(place+"/accounts", form(first, []string{"nobody", "AUTHORIZED_USER"})).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#account-account-members-1-identity-id-error").Text(), "knows nobody", "told by line")
	told := doc.Find(`[data-testid=problem] [data-testid=refused-fields] li`).Map(func(_ int, li *goquery.Selection) string { return li.Text() })
	require.Len(t, told, 2)
	require.Regexp(t, `^Member 1: .* PENDING`, told[0])
	require.Regexp(t, `^Member 2: .* knows nobody`, told[1])
	require.Equal(t, "user-2", doc.Find("#account-member-1").AttrOr("value", ""))
	require.Contains(t, doc.Find("#account-account-members-0-confirmed-error").Text(), "is PENDING at Paxos")
	found := doc.Find(`[data-testid=found-member]`)
	require.Equal(t, 1, found.Length())
	require.Equal(t, "/identities/"+other.ID, found.Find("a").AttrOr("href", ""))
	require.Contains(t, found.Text(), "PENDING")
	require.Contains(t, found.Find(".initials").Text(), "Q")
	stale := form(first)
	stale.Set("account.members.0.confirmed", "paxos-9 PENDING")
	doc = b.post(place+"/accounts", stale).page(http.StatusUnprocessableEntity)
	require.Zero(t, doc.Find(`[data-testid=confirm-member] input[checked]`).Length(), "it was said of somebody else")
	doc = b.post(place+"/accounts", form(first, []string{"", "AUTHORIZED_USER"})).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#account-account-members-1-identity-id-error").Text(), "Say who it is", "a member is not dropped in silence")
	more := form(first, []string{""}, []string{"nobody"})
	more.Set("act", "add-member")
	doc = b.post(place+"/accounts", more).page(http.StatusOK)
	rows := doc.Find(`[data-testid=member-row]`)
	require.Equal(t, 3, rows.Length(), "the empty one is left out, and there is one more")
	require.Equal(t, 2, rows.First().Find("input[checked]").Length(), "several roles")
	require.Equal(t, 1, rows.Last().Find("input[autofocus]").Length())
	require.Equal(t, 1, rows.First().Find(`[data-testid=found-member], [data-testid=confirm-member]`).First().Length())
	require.Contains(t, rows.Eq(1).Find(".field-error").Text(), "knows nobody")
	more.Set("account.members.0.confirmed", "paxos-2 PENDING")
	doc = b.post(place+"/accounts", more).page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=confirm-member] input[checked]`).Length())
	require.Equal(t, "joint with Umbrabarrow", doc.Find("#account-account-description").AttrOr("value", ""), "what was typed stays")
	require.Zero(t, doc.Find(`[data-testid=problem]`).Length())
	named := samePerson()
	named.Set("account.ref_id", strings.ToLower(family)+"-1")
	doc = b.post(place+"/accounts", named).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#account-account-ref-id-error").Text(), "part of the customer's name")
	a := b.post(place+"/accounts", confirmed)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc = d.as(access.Lead).post(place+"/accounts", confirmed).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "New account: one that some analyst asked for at ")
	moves, err := d.store.Moves(t.Context(), i.ID)
	require.NoError(t, err)
	require.Len(t, moves, 1)
	require.Equal(t, []string{"ref_id acc-4711", "BROKERAGE", "profile", "members 1"}, moves[0].About)
	require.NotContains(t, b.get(place).body, "Umbrabarrow")
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"move:account"}, 1, time.Minute)
	require.NoError(t, err)
	_, payload, _, err := d.store.BeginMove(t.Context(), jobs[0])
	require.NoError(t, err)
	require.Contains(t, string(payload), `"members":[{"identity_id":"paxos-2","roles":["AUTHORIZED_USER","BENEFICIAL_OWNER"]}]`)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID, Action: audit.AskedAccount})
	require.NoError(t, err)
	require.Equal(t, "BROKERAGE", entries[0].Detail, "what the log keeps for ever names no ref_id")

	pending := "/identities/" + other.ID
	b.post(pending+"/accounts", samePerson()).page(http.StatusConflict)
	require.Zero(t, b.get(pending+"/accounts").page(http.StatusOK).Find(`[data-testid=open-account]`).Length())
}

// Whoever checks the id of a member ten times before sending the form leaves one line on the member's case, and each check in the log.
func TestCheckingAMemberLeavesOneLine(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approved()
	other := d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-2", "user-2" })
	b := d.as(access.Analyst)
	form := samePerson()
	form.Set("account.members.0.identity_id", "user-2")
	form.Set("act", "add-member")
	check := func(times int) {
		for range times {
			b.post("/identities/"+i.ID+"/accounts", form).page(http.StatusOK)
		}
	}
	check(10)
	require.Equal(t, 1, d.acts(other.ID, audit.LookedUp))
	require.Contains(t, d.as(access.Auditor).get("/identities/"+other.ID).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "as a member, in a form")
	require.Len(t, d.actsOf(audit.LookedUp), 11, "each check, and whom they found")
	d.clock.Advance(15 * time.Minute)
	check(1)
	require.Equal(t, 2, d.acts(other.ID, audit.LookedUp), "it is another sitting")
}
