package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// denied is a case that Paxos has denied.
func (d *desk) denied() identity.Identity {
	d.t.Helper()
	return d.learn(func(r *identity.Record) { r.Status, r.Details.Requirements = identity.Denied, nil })
}

func erasure() url.Values {
	return url.Values{"reason_code": {"person_asked"}, "reason": {"Zinnober wrote to us"}, "confirmed": {"on"}}
}

// proposal is the id of the one proposal about a case.
func (b *browser) proposal(caseID string) string {
	b.d.t.Helper()
	items := b.json("/proposals?identity=" + caseID).object(http.StatusOK)["items"].([]any)
	require.NotEmpty(b.d.t, items)
	return items[0].(map[string]any)["id"].(string)
}

func TestOneProposesAndAnotherApproves(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.denied()
	path := "/identities/" + i.ID
	ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
	doc := ana.get(path).page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=erase-send]`).Length())
	require.Zero(t, doc.Find(`[data-testid=hold-open]`).Length(), "a lead's")

	a := ana.post(path+"/erase", erasure())
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc = ana.get(path).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=notice]`).Text(), "A colleague who may approve must agree")
	require.Contains(t, doc.Find(`[data-testid=proposal-link]`).Text(), "open")
	require.Zero(t, doc.Find(`[data-testid=erase-send]`).Length(), "it is proposed")
	require.Contains(t, doc.Find(`[data-testid=timeline]`).Text(), "Proposed")
	require.Zero(t, doc.Find(`#proposals-count`).Length(), "an analyst decides nothing")
	require.Contains(t, lea.get("/queue").page(http.StatusOK).Find("#proposals-count").Text(), "1")

	id := ana.proposal(i.ID)
	own := ana.get("/proposals/" + id).page(http.StatusOK)
	require.Equal(t, 1, own.Find(`[data-testid=take-back]`).Length())
	require.Zero(t, own.Find(`[data-testid=approve]`).Length())
	page := lea.get("/proposals/" + id).page(http.StatusOK)
	require.Equal(t, "Zinnober wrote to us", page.Find(`[data-testid=reason]`).Text())
	require.Contains(t, page.Find(`[data-testid=change]`).Text(), "a keyed hash")
	require.Contains(t, page.Find(`[data-testid=evidence]`).Text(), "DENIED")
	require.Contains(t, page.Find(`[data-testid=policy]`).Text(), "3d")
	require.NotContains(t, page.Text(), family, "what is shown is masked")
	require.Zero(t, page.Find(`[data-testid=take-back]`).Length())

	refused := lea.post("/proposals/"+id+"/approve", nil).page(http.StatusUnprocessableEntity)
	require.Contains(t, refused.Find("#approve-confirmed-error").Text(), "Confirm that you have checked it.")
	require.Contains(t, lea.post("/proposals/"+id+"/decline", nil).page(http.StatusUnprocessableEntity).Find("#decline-reason-error").Text(), "Write something.")
	a = lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	done := lea.get(a.header.Get("Location")).page(http.StatusOK)
	require.Contains(t, done.Find(`[data-testid=state]`).Text(), "approved and done")
	require.NotContains(t, done.Text(), "Zinnober", "why it was asked for goes with the case")
	require.Zero(t, done.Find(`[data-testid=approve]`).Length())

	gone := ana.get(path).page(http.StatusOK)
	require.Contains(t, gone.Find(`[data-testid=erased]`).Text(), "Two people agreed")
	require.NotContains(t, gone.Text(), "user-4711")
	require.NotContains(t, gone.Text(), family)
	for _, act := range []string{"claim", "recheck", "note-send", "edit-tags", "erase", "hold-open"} {
		require.Zero(t, gone.Find(`[data-testid=`+act+`]`).Length(), act)
	}
	j := ana.json(path).object(http.StatusOK)
	require.Nil(t, j["ref_id"])
	require.NotNil(t, j["erased_at"])
	for _, act := range []string{"/claim", "/release"} {
		refused := ana.post(path+act, nil, "Accept", "application/json").failure(http.StatusConflict)
		require.Equal(t, "This case was erased: nothing is written about it any more.", refused["text"], act)
	}
	require.Equal(t, "DENIED", j["status"])
	require.Equal(t, 1, d.acts(i.ID, audit.Erased))

	missed := ana.get("/lookup?q=user-4711").page(http.StatusOK)
	require.Contains(t, missed.Find(`[data-testid=erased]`).Text(), "Erased on")
	require.NotContains(t, missed.Find(`[data-testid=erased]`).Text(), i.ID)
	found := ana.json("/lookup?q=user-4711").object(http.StatusOK)
	require.Empty(t, found["items"])
	require.NotNil(t, found["erased_at"])
	many := ana.post("/lookup", url.Values{"ref_ids": {"user-4711\nuser-none"}}).page(http.StatusOK)
	require.Contains(t, many.Find(`[data-testid=matches]`).Text(), "erased on")
	csv := ana.post("/lookup", url.Values{"ref_ids": {"user-4711\nuser-none"}, "format": {"csv"}}).body
	lines := strings.Split(csv, "\n")
	require.Contains(t, lines[1], d.clock.Now().Format("2006-01-02"))
	require.NotContains(t, d.log.String(), "Zinnober")
}

func TestTheMakerCannotDecide(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.denied()
	lea, bo := d.person("Lea", access.Lead), d.person("Bo", access.Lead)
	require.Equal(t, http.StatusSeeOther, lea.post("/identities/"+i.ID+"/erase", erasure()).status)
	id := lea.proposal(i.ID)
	for _, verb := range []string{"approve", "decline"} {
		a := lea.post("/proposals/"+id+"/"+verb, url.Values{"confirmed": {"on"}, "reason": {"x"}}, "Accept", "application/json")
		require.Contains(t, a.failure(http.StatusForbidden)["text"], "a second person must decide")
		lea.post("/proposals/"+id+"/"+verb, nil).page(http.StatusForbidden)
	}
	require.Contains(t, bo.post("/proposals/"+id+"/withdraw", nil, "Accept", "application/json").failure(http.StatusForbidden)["text"], "Only whoever made")
	for _, role := range []access.Role{access.Viewer, access.Analyst, access.Auditor, access.Admin} {
		a := d.as(role).post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}, "Accept", "application/json")
		a.failure(http.StatusForbidden)
	}
	require.Nil(t, bo.json("/identities/" + i.ID).object(http.StatusOK)["erased_at"])
	require.Equal(t, http.StatusSeeOther, lea.post("/proposals/"+id+"/withdraw", nil).status)
	require.Equal(t, "withdrawn", bo.json("/proposals/" + id).object(http.StatusOK)["state"])
	a := bo.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}, "Accept", "application/json")
	require.Contains(t, a.failure(http.StatusConflict)["text"], "Lea took it back at 2026-03-02 15:00 UTC. Nothing was done now.")
}

func TestAChangedCaseVoidsItsProposal(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.denied()
	ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
	ana.post("/identities/"+i.ID+"/erase", erasure())
	id := ana.proposal(i.ID)
	d.clock.Advance(time.Minute)
	d.learn(func(r *identity.Record) {
		r.Status, r.Details.Requirements, r.UpdatedAt = identity.Approved, nil, d.clock.Now()
	})
	doc := lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "the proposal is void")
	require.Contains(t, doc.Find(`[data-testid=state]`).Text(), "void")
	require.Contains(t, lea.get("/identities/"+i.ID).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "Proposal void")

	ana.post("/identities/"+i.ID+"/erase", erasure())
	id = ana.proposal(i.ID)
	d.clock.Advance(72 * time.Hour)
	doc = d.person("Lea", access.Lead).post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "has expired")
}

func TestALegalHoldStopsErasing(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.denied()
	path := "/identities/" + i.ID
	ana, lea, bo := d.person("Ana", access.Analyst), d.person("Lea", access.Lead), d.person("Bo", access.Lead)
	ana.post(path+"/erase", erasure())
	id := ana.proposal(i.ID)
	wrong := lea.post(path+"/hold", url.Values{"reason_code": {"because"}}).page(http.StatusUnprocessableEntity)
	require.Equal(t, "Choose why.", strings.TrimSpace(wrong.Find("#hold-reason-code-error").Text()), "the codes are for scripts")
	require.Contains(t, wrong.Find("#hold-reason-error").Text(), "Write something.")
	require.Equal(t, http.StatusSeeOther, lea.post(path+"/hold", url.Values{"reason_code": {"litigation"}, "reason": {"Zinnober against us"}}).status)
	require.Contains(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=hold]`).Text(), "by Lea")
	viewers := d.as(access.Viewer).get(path).page(http.StatusOK)
	require.Contains(t, viewers.Find(`[data-testid=hold]`).Text(), "On legal hold")
	require.NotContains(t, viewers.Text(), "Zinnober")
	require.NotContains(t, ana.json(path).body, "Zinnober")

	a := bo.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}, "Accept", "application/json")
	require.Contains(t, a.failure(http.StatusConflict)["text"], "Lea put it there on")
	require.Equal(t, "open", bo.json("/proposals/" + id).object(http.StatusOK)["state"], "nothing was decided")
	ana.post("/proposals/"+id+"/withdraw", nil)
	a = ana.post(path+"/erase", erasure(), "Accept", "application/json")
	require.Contains(t, a.failure(http.StatusConflict)["text"], "Lea put it there on")
	require.Contains(t, ana.post(path+"/erase", erasure()).page(http.StatusConflict).Find(`[data-testid=problem]`).Text(), "legal hold")

	require.Equal(t, http.StatusSeeOther, lea.post(path+"/unhold", url.Values{"reason": {"It is over"}}).status)
	require.Zero(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=hold]`).Length())
	require.Equal(t, http.StatusSeeOther, ana.post(path+"/erase", erasure()).status)
}

func TestWhatIsUndecidedIsNotErased(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	ana := d.person("Ana", access.Analyst)
	require.Zero(t, ana.get("/identities/"+i.ID).page(http.StatusOK).Find(`[data-testid=erase]`).Length())
	a := ana.post("/identities/"+i.ID+"/erase", erasure(), "Accept", "application/json")
	require.Contains(t, a.failure(http.StatusConflict)["text"], "Paxos has not decided")
}

func TestListOfProposals(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lea := d.person("Lea", access.Lead)
	require.Contains(t, lea.get("/proposals").page(http.StatusOK).Find(`[data-testid=empty]`).Text(), "No proposals")
	i := d.denied()
	d.person("Ana", access.Analyst).post("/identities/"+i.ID+"/erase", erasure())
	doc := lea.get("/proposals").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=proposal]`).Length())
	require.Contains(t, doc.Text(), "user-4711")
	require.NotContains(t, doc.Text(), "Zinnober")
	require.Equal(t, 0, lea.get("/proposals?show=mine").page(http.StatusOK).Find(`[data-testid=proposal]`).Length())
	lea.get("/proposals?show=all").page(http.StatusUnprocessableEntity)
	require.Contains(t, lea.json("/proposals?after=nonsense").failure(http.StatusUnprocessableEntity)["fields"], "after")
	csv := lea.get("/proposals?format=csv").body
	require.Contains(t, csv, "id,kind,state,identity_id")
	require.Contains(t, csv, "erase,open,"+i.ID)
	require.NotContains(t, csv+lea.json("/proposals").body, "Zinnober")
	require.Contains(t, lea.get("/audit?action=exported&format=json").body, "proposals")
	lea.get("/proposals/none").page(http.StatusNotFound)
}

// A proposal is decided by the rules as they were when it was made.
func TestTheRulesAtTheTimeHold(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.denied()
	ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
	rules := func(term string) answer {
		return lea.post("/settings/limits", url.Values{"longest_snooze": {"336h"}, "proposal_term": {term}})
	}
	require.Equal(t, http.StatusSeeOther, rules("1h").status)
	require.Contains(t, rules("2bd").page(http.StatusUnprocessableEntity).Find("#f-proposal-term-error, [id$=term-error]").Text(), "Enter a plain duration")
	require.Contains(t, rules("10m").page(http.StatusUnprocessableEntity).Text(), "Enter a duration from 1h to 720h")
	ana.post("/identities/"+i.ID+"/erase", erasure())
	id := ana.proposal(i.ID)
	require.Equal(t, http.StatusSeeOther, rules("720h").status)
	require.Equal(t, "720h", lea.json("/settings/limits").object(http.StatusOK)["proposal_term"])
	require.InDelta(t, 3600, lea.json("/proposals/" + id).object(http.StatusOK)["term_seconds"], 0)
	d.clock.Advance(time.Hour)
	lea = d.person("Lea", access.Lead)
	a := lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}, "Accept", "application/json")
	require.Contains(t, a.failure(http.StatusConflict)["text"], "has expired")
	require.Contains(t, lea.get("/audit?action=changed_policy&format=json").body, "proposal term: 72h0m0s → 1h0m0s")
}
