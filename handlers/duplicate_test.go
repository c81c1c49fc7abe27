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

// duplicate is a submission of b's whose government id an identity of Paxos' has, and that one's case.
func (d *desk) duplicate(b *browser) (place string, existing identity.Identity) {
	d.t.Helper()
	existing = d.learn(func(r *identity.Record) {
		r.RefID, r.Status, r.Details = "user-1", identity.Approved, identity.Details{}
	})
	place = b.post("/identities", example()).header.Get("Location")
	record := identity.Record{PaxosID: existing.PaxosID, RefID: "user-1"}
	d.fails(strings.TrimPrefix(place, "/identities/"), identity.Failure{Code: identity.CIPIDTaken}, &record)
	return place, existing
}

func samePerson() url.Values {
	return url.Values{
		"reason_code": {"details_agree"}, "reason": {"Name, birth and number agree"}, "attempts": {"1"},
		"account.ref_id": {"acc-4711"}, "account.type": {"BROKERAGE"}, "account.description": {"joint with Umbrabarrow"}, "create_profile": {"true"},
		"account.members.0.identity_id": {""},
	}
}

// compares shows somebody both records of a duplicate, so that they may decide on it.
func (b *browser) compares(place string) {
	b.d.t.Helper()
	b.post(place+"/compare", why(), "Accept", "application/json").object(http.StatusOK)
}

func declining() url.Values {
	return url.Values{"reason_code": {"customer_already"}, "reason": {"Has an account with us"}, "attempts": {"1"}}
}

// The records stand side by side for a reason, and each is a reveal; the page that asks holds neither.
func TestCompareDuplicate(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	require.Equal(t, 1, b.get(place).page(http.StatusOK).Find(`[data-testid=to-compare]`).Length())
	asks := b.get(place + "/compare")
	doc := asks.page(http.StatusOK)
	for _, personal := range []string{"123 Main St", "Umbrabarrow", "073-05-1120"} {
		require.NotContains(t, asks.body, personal)
	}
	require.Zero(t, doc.Find(`[data-testid=compared]`).Length())
	require.Zero(t, doc.Find(`[data-testid=decision]`).Length(), "nobody decides who has not compared")
	require.Contains(t, doc.Find(`[data-testid=compare-first]`).Text(), "is decided by whoever has compared both")
	require.Zero(t, d.paxos.asked.Load())
	require.NotEmpty(t, b.post(place+"/compare", nil).page(http.StatusUnprocessableEntity).Find("#compare-reason-error").Text())

	shown := b.post(place+"/compare", why())
	doc = shown.page(http.StatusOK)
	require.Contains(t, shown.header.Get("Cache-Control"), "no-store")
	require.Contains(t, shown.body, "300;url="+place+"/compare")
	require.Equal(t, 2, doc.Find(`[data-testid=decision] form`).Length())
	street := doc.Find(`[data-testid=field]:has([title="person_details.address.address1"])`)
	require.Contains(t, street.Text(), "123 Main St")
	require.Contains(t, street.Text(), "77 Umbrabarrow Lane")
	require.Equal(t, "differs", strings.TrimSpace(street.Find(".agreement").Text()), "a word")
	require.Equal(t, 1, street.Find(".agreement svg").Length(), "and an icon")
	require.Equal(t, "same", strings.TrimSpace(doc.Find(`[data-testid=field]:has([title="person_details.cip_id"]) .agreement`).Text()))
	reveals := d.reveals()
	require.Len(t, reveals, 2)
	require.ElementsMatch(t, []string{existing.ID, strings.TrimPrefix(place, "/identities/")}, []string{reveals[0].IdentityID, reveals[1].IdentityID})
	o := b.post(place+"/compare", why(), "Accept", "application/json").object(http.StatusOK)
	require.Equal(t, existing.ID, o["existing_id"])
	require.Equal(t, d.clock.Now().UTC().Add(time.Hour).Format(time.RFC3339), o["decide_until"])

	d.paxos.refuse.Store(&fault.Error{Kind: fault.Lost, Code: "timeout"})
	doc = b.post(place+"/compare", why()).page(http.StatusServiceUnavailable)
	require.NotEmpty(t, doc.Find(`[data-testid=problem]`).Text())
	require.Zero(t, doc.Find(`[data-testid=compared]`).Length())

	for _, role := range []access.Role{access.Viewer, access.Auditor, access.Admin} {
		other := d.as(role)
		require.NotContains(t, other.get(place).body, place+"/compare", role)
		for _, act := range []string{"/compare", "/decline", "/link", "/accounts"} {
			a := other.post(place+act, why())
			require.Equal(t, http.StatusForbidden, a.status, "%s %s", role, act)
			require.NotContains(t, a.body, "Umbrabarrow", role)
		}
		require.Equal(t, http.StatusForbidden, other.get(place+"/compare").status, role)
	}
	require.NotContains(t, d.log.String(), "Umbrabarrow")
}

// Both records are shown or neither is, and the log says so: where one reveal is left, two are one too many.
func TestCompareDuplicateTooOften(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	for range 19 {
		b.post("/identities/"+existing.ID+"/reveal", address(), "Accept", "application/json").object(http.StatusOK)
	}
	a := b.post(place+"/compare", why())
	doc := a.page(http.StatusTooManyRequests)
	require.Equal(t, "600", a.header.Get("Retry-After"))
	require.Zero(t, doc.Find(`[data-testid=compared]`).Length())
	reveals := d.reveals()
	require.Len(t, reveals, 21)
	for _, e := range reveals[:2] {
		require.Equal(t, "not shown: over the limit", e.Detail)
	}
	b.post("/identities/"+existing.ID+"/reveal", address(), "Accept", "application/json").object(http.StatusOK)
}

func TestDeclineDuplicate(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	b.compares(place)
	reveals := len(d.reveals())
	doc := b.post(place+"/decline", url.Values{"reason": {"x"}}).page(http.StatusUnprocessableEntity)
	require.NotEmpty(t, doc.Find("#decline-reason-error").Text())
	require.NotEmpty(t, doc.Find("#decline-reason-code-error").Text())
	require.Equal(t, "x", doc.Find("#decline-reason").AttrOr("value", ""))
	require.Contains(t, doc.Find(`[data-testid=compared-before]`).Text(), "What was shown is not shown again without a reason")
	require.Zero(t, doc.Find(`[data-testid=compared]`).Length())
	require.Len(t, d.reveals(), reveals)
	require.Equal(t, http.StatusSeeOther, b.post(place+"/decline", declining()).status)
	require.Equal(t, http.StatusSeeOther, b.post(place+"/decline", declining()).status, "a double click")
	o := b.json(place).object(http.StatusOK)
	require.Equal(t, []any{"declined", "decided"}, []any{o["submission"], o["lane"]})
	_, found, err := d.store.Draft(t.Context(), strings.TrimPrefix(place, "/identities/"))
	require.NoError(t, err)
	require.False(t, found)
	said := d.actsOf(audit.DeclinedService)
	require.Len(t, said, 1)
	require.Equal(t, []string{"customer_already", "Has an account with us"}, []string{said[0].ReasonCode, said[0].Reason})
	require.Equal(t, "existing case "+existing.ID+", compared", said[0].Detail, "a ref_id goes with its case, the log stays")
	d.tellsOfTheDuplicate(place, "declined", existing, "Reason: A customer already.", "Has an account with us")
	doc = d.as(access.Lead).post(place+"/decline", declining()).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "some analyst was first with this submission, and declined service at ")
	require.Equal(t, place, b.get(place+"/compare").header.Get("Location"))
}

func TestLinkDuplicate(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	b.compares(place)
	wrong := samePerson()
	wrong.Set("account.ref_id", "")
	wrong.Set("reason_code", "")
	wrong["account.members.0.identity_id"], wrong["account.members.0.roles"] = []string{"nobody-knows"}, []string{"AUTHORIZED_USER"}
	doc := b.post(place+"/link", wrong).page(http.StatusUnprocessableEntity)
	told := doc.Find(`[data-testid=problem] [data-testid=refused-fields]`).Text()
	require.Contains(t, told, "Why: ")
	require.Contains(t, told, "Account’s ref_id: ")
	require.NotContains(t, told, "account.ref_id", "fields have names that people read")
	for _, field := range []string{"#link-account-ref-id-error", "#link-reason-code-error", "#link-account-members-0-identity-id-error"} {
		require.NotEmpty(t, doc.Find(field).Text(), field)
	}
	require.Equal(t, "joint with Umbrabarrow", doc.Find("#link-account-description").AttrOr("value", ""))
	wrong.Set("act", "add-member")
	doc = b.post(place+"/link", wrong).page(http.StatusOK)
	require.Equal(t, 2, doc.Find(`[data-testid=member-row]`).Length())
	require.Equal(t, "Name, birth and number agree", doc.Find("#link-reason").AttrOr("value", doc.Find("#link-reason").Text()), "what was typed stays")
	require.Equal(t, http.StatusSeeOther, b.post(place+"/link", samePerson()).status)
	require.Equal(t, http.StatusSeeOther, b.post(place+"/link", samePerson()).status, "a double click")
	moves, err := d.store.Moves(t.Context(), existing.ID)
	require.NoError(t, err)
	require.Len(t, moves, 1)
	doc = d.as(access.Lead).post(place+"/resubmit", nil).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "some analyst confirmed the same person at ")

	jobs, err := d.store.ClaimJobs(t.Context(), []string{"move:account"}, 1, time.Minute)
	require.NoError(t, err)
	_, payload, _, err := d.store.BeginMove(t.Context(), jobs[0])
	require.NoError(t, err)
	require.Contains(t, string(payload), `"joint with Umbrabarrow"`)
	require.NoError(t, d.store.MoveDone(t.Context(), jobs[0], map[string]string{"account_id": "acc-1", "profile_id": "pro-1"}))
	for _, at := range []string{place, "/identities/" + existing.ID} {
		made := b.get(at).page(http.StatusOK).Find(`[data-testid=move] [data-testid=move-made]`)
		require.Equal(t, "Account id Profile id", strings.Join(made.Find("dt").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), " "), at)
		require.Equal(t, []string{"acc-1", "pro-1"}, made.Find("button").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("data-copy", "") }), at)
	}
	o := b.json(place).object(http.StatusOK)
	require.Equal(t, []any{"linked", existing.ID}, []any{o["submission"], o["existing_id"]})
	require.Contains(t, b.get(place).page(http.StatusOK).Find(`[data-testid=move-joins]`).Text(), "This submission was linked to it by this account.")
	d.tellsOfTheDuplicate(place, "linked", existing, "Reason: The details agree.", "Name, birth and number agree")
	for refID, want := range map[string]int{"user-4711": 2, "user-1": 1} {
		found := b.json("/lookup?q=" + refID).object(http.StatusOK)["items"].([]any)
		require.Len(t, found, want, refID)
		require.Contains(t, b.json("/lookup?q="+refID).body, existing.ID)
		require.Contains(t, b.json("/identities?q="+refID).body, existing.ID, "search")
	}
	require.NotContains(t, b.get("/identities/"+existing.ID).body, "Umbrabarrow", "a description is personal")
}

// tellsOfTheDuplicate sees a case after a decision on a duplicate: it leads to the existing identity, and its timeline and the audit log say
// which that is, and why. The words are for those alone who read the audit log and see names.
func (d *desk) tellsOfTheDuplicate(place, card string, existing identity.Identity, why, inWords string) {
	d.t.Helper()
	link := `a[href="/identities/` + existing.ID + `"]`
	for role, reads := range map[access.Role]bool{access.Viewer: false, access.Analyst: false, access.Lead: true, access.Auditor: true, access.Admin: false} {
		b := d.as(role)
		page := b.get(place)
		doc := page.page(http.StatusOK)
		require.Equal(d.t, "user-1", doc.Find(`[data-testid=`+card+`] `+link).Text(), role)
		told := doc.Find(`[data-testid=line]:has([data-testid=line-reason])`)
		require.Equal(d.t, 1, told.Length(), role)
		require.NotContains(d.t, told.Text(), " for ", role)
		require.Equal(d.t, "user-1", told.Find(`[data-testid=line-existing] `+link).Text(), role)
		require.Contains(d.t, told.Find(`[data-testid=line-reason]`).Text(), why, role)
		require.Contains(d.t, told.Text(), "Decided after a comparison of both records.", role)
		require.Equal(d.t, reads, strings.Contains(page.body, inWords), role)
	}
	row := d.as(access.Auditor).get("/audit?identity=" + strings.TrimPrefix(place, "/identities/")).page(http.StatusOK).Find(`tr:has(td ` + link + `)`)
	require.Equal(d.t, 1, row.Length())
	require.Contains(d.t, row.Find(`[data-testid=reason]`).Text(), why)
	require.Contains(d.t, row.Find("td.why").Text(), ", compared")
}

// Where Paxos does not name the existing identity, the desk finds it by the government id that it was submitted with.
func TestDuplicateFoundByItsNumber(t *testing.T) {
	t.Parallel()
	for act, form := range map[string]url.Values{
		"link":    samePerson(),
		"decline": declining(),
	} {
		t.Run(act, func(t *testing.T) {
			t.Parallel()
			d := boot(t)
			b := d.as(access.Analyst)
			first := d.accepted(b, "user-1")
			place := b.post("/identities", example()).header.Get("Location")
			d.fails(strings.TrimPrefix(place, "/identities/"), identity.Failure{Code: identity.CIPIDTaken}, nil)
			require.Equal(t, 1, b.get(place).page(http.StatusOK).Find(`[data-testid=to-compare]`).Length())
			require.NotZero(t, b.get(place+"/compare").page(http.StatusOK).Find(`a[href="/identities/`+first+`"]`).Length())
			o := b.post(place+"/compare", why(), "Accept", "application/json").object(http.StatusOK)
			require.Equal(t, first, o["existing_id"])
			require.Contains(t, b.post(place+"/compare", why()).body, "77 Umbrabarrow Lane", "what Paxos holds of the first")

			require.Equal(t, http.StatusSeeOther, b.post(place+"/"+act, form).status)
			if act == "link" {
				require.Equal(t, identity.MoveAccount, d.moves(first)[0].Kind)
				return
			}
			o = b.json(place).object(http.StatusOK)
			require.Equal(t, []any{"declined", first}, []any{o["submission"], o["existing_id"]}, "who it is outlives the number")
			require.Empty(t, d.moves(first))
		})
	}
}

// accepted is the case of a submission of b's that Paxos has accepted.
func (d *desk) accepted(b *browser, refID string) (id string) {
	d.t.Helper()
	id = strings.TrimPrefix(b.post("/identities", changedForm(example(), "ref_id", refID)).header.Get("Location"), "/identities/")
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"submit"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, _, err = d.store.BeginAttempt(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	now := d.clock.Now()
	_, err = d.store.Accepted(d.t.Context(), id, identity.News{
		Record:  identity.Record{PaxosID: "paxos-" + refID, RefID: refID, Type: identity.Person, Status: identity.Approved, CreatedAt: now, UpdatedAt: now},
		AskedAt: now, HeardAt: now, By: identity.BySubmit,
	}, &jobs[0])
	require.NoError(d.t, err)
	return id
}

// While the account is on its way, the submission leads nowhere else and says so; a refusal shows there, and can be tried again.
func TestLinkShowsOnTheSubmission(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	b.compares(place)
	require.Equal(t, http.StatusSeeOther, b.post(place+"/link", samePerson()).status)
	reveals := len(d.reveals())
	doc := b.get(place).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=why]`).Text(), "some analyst confirmed the same person at ")
	for _, act := range []string{"to-compare", "mend", "resubmit", "withdraw"} {
		require.Zero(t, doc.Find("[data-testid="+act+"]").Length(), act)
	}
	require.Equal(t, "queued", doc.Find(`[data-testid=move]`).AttrOr("data-state", ""))
	require.Equal(t, 1, doc.Find(`[data-testid=move-joins] a[href="/identities/`+existing.ID+`"]`).Length())
	require.Contains(t, doc.Find(`[data-testid=move-joins]`).Text(), "Once Paxos has made it, this submission is linked.")
	require.Contains(t, doc.Find(`[data-testid=timeline]`).Text(), "Confirmed the same person")
	row := b.get("/queue?lane=failed").page(http.StatusOK).Find(`#rows`)
	require.Contains(t, row.Text(), "The account that links it is on its way to Paxos")
	require.NotContains(t, row.Text(), "Our move")
	require.Zero(t, doc.Find(`[data-testid=erase]`).Length())
	require.Contains(t, b.post(place+"/erase", erasure()).body, "Wait for its outcome, or withdraw it, before you have the case erased.")
	o := b.json(place).object(http.StatusOK)
	require.Equal(t, []any{"failed", "line"}, []any{o["lane"], o["move"]})
	require.Len(t, o["moves"], 1)
	require.Equal(t, existing.ID, o["moves"].([]any)[0].(map[string]any)["identity_id"], "it is of another case, and says of which")
	for _, page := range []string{"/compare", "/resubmit"} {
		require.Equal(t, place, b.get(place+page).header.Get("Location"), page)
		require.Equal(t, http.StatusConflict, b.post(place+page, why()).status, page)
	}
	require.Len(t, d.reveals(), reveals)
	doc = d.as(access.Lead).post(place+"/decline", declining()).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "some analyst confirmed the same person at 15:00,", "who was first comes before who has compared")

	jobs, err := d.store.ClaimJobs(t.Context(), []string{"move:account"}, 1, time.Minute)
	require.NoError(t, err)
	_, _, _, err = d.store.BeginMove(t.Context(), jobs[0])
	require.NoError(t, err)
	require.NoError(t, d.store.MoveFailed(t.Context(), jobs[0], identity.Failure{Code: identity.WrongStatus, Text: "not now, says Paxos"}, true))
	doc = b.get(place).page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=to-compare]`).Length())
	failed := doc.Find(`[data-testid=move][data-state=failed]`)
	require.Contains(t, failed.Find(`[data-testid=move-joins]`).Text(), "This submission was not linked by it.")
	require.Equal(t, 1, failed.Find(`[data-testid=move-again]`).Length())
	require.Contains(t, failed.Text(), "not now, says Paxos")
	again := failed.Find("form:has([data-testid=move-again])").AttrOr("action", "")
	require.Equal(t, place, b.post(again, nil).header.Get("Location"), "back on the submission")
	doc = b.get(place).page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=to-compare]`).Length())
	withdraw := doc.Find("form:has([data-testid=move-withdraw])").AttrOr("action", "")
	require.Equal(t, place, b.post(withdraw, nil).header.Get("Location"))
	require.Equal(t, 1, b.get(place).page(http.StatusOK).Find(`[data-testid=to-compare]`).Length(), "it can be decided on again")
}

// Paxos makes accounts for those alone whom it has approved.
func TestLinkAwaitsApproval(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	place, existing := d.duplicate(b)
	d.clock.Advance(time.Minute)
	d.learn(func(r *identity.Record) { r.RefID, r.UpdatedAt = "user-1", d.clock.Now() })
	doc := b.get(place + "/compare").page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=same-person]`).Length())
	require.Contains(t, doc.Find(`[data-testid=not-yet-same]`).Text(), "wait for its decision")
	doc = b.post(place+"/link", samePerson()).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "this one is PENDING")
	moves, err := d.store.Moves(t.Context(), existing.ID)
	require.NoError(t, err)
	require.Empty(t, moves)
}
