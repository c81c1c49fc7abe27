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
	"identitydesk/internal/identity"
)

// limited is a case that Paxos has approved, with a control of ours and one of Paxos'.
func (d *desk) limited() identity.Identity {
	d.t.Helper()
	return d.learn(func(r *identity.Record) {
		r.Status, r.Details.Requirements = identity.Approved, nil
		r.Details.Controls = []identity.Control{
			{ID: "k-ours", Type: identity.Dormant, SetBy: "SET_BY_CLIENT", Overridable: true, ReasonCode: "INACTIVITY", CreatedAt: d.clock.Now().Add(-time.Hour)},
			{ID: "k-theirs", Type: identity.SellOnly, SetBy: "SET_BY_PAXOS", ReasonCode: "COMPLIANCE_SCREENING", CreatedAt: d.clock.Now().Add(-time.Hour)},
		}
	})
}

func closing() url.Values {
	return url.Values{"type": {"CLOSED"}, "reason_code": {"COMPLIANCE_INVESTIGATION"}, "reason": {"Zinnober is looked into"}, "confirmed": {"on"}}
}

// controlSent lets the sending of the control end well.
func (d *desk) controlSent() {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"move:control"}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	_, payload, _, err := d.store.BeginMove(d.t.Context(), jobs[0])
	require.NoError(d.t, err)
	require.JSONEq(d.t, `{"type":"CLOSED","reason_code":"COMPLIANCE_INVESTIGATION","reason":"Zinnober is looked into"}`, string(payload))
	require.NoError(d.t, d.store.MoveDone(d.t.Context(), jobs[0], map[string]string{"control_id": "k-new"}))
}

func TestTwoPeopleSetAControl(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.limited()
	path := "/identities/" + i.ID
	ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
	doc := ana.get(path).page(http.StatusOK)
	card := doc.Find(`[data-testid=controls]`)
	require.Contains(t, card.Text(), "Do not disclose")
	require.Contains(t, card.Text(), "Compliance: screening", "the code in words")
	require.Contains(t, card.Find(`[data-testid=able]`).Text(), "can hold; cannot buy, deposit or withdraw; Paxos does not say whether they can sell.")
	require.Contains(t, card.Find(`label[for=controls-type-0]`).Text(), "The customer then cannot hold, buy, sell, deposit or withdraw.")
	require.Equal(t, 1, card.Find(`input[name=control_id]`).Length(), "only ours can be ended")
	require.Equal(t, "CLOSED", card.Find(`input[name=type]`).AttrOr("value", ""))
	require.Equal(t, 1, card.Find(`input[name=type]`).Length(), "what is in force already is not offered")
	require.NotContains(t, card.Find(`label[for=controls-type-0]`).Text(), "nothing any more", "other controls count, too")

	a := ana.post(path+"/controls", closing())
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc = ana.get(path).page(http.StatusOK)
	notice := doc.Find(`[data-testid=notice]`).Text()
	require.Contains(t, notice, "A colleague who may approve must agree")
	require.NotContains(t, notice, "ompliance", "reasons stay out of notices")
	require.Contains(t, doc.Find(`[data-testid=control-proposed]`).Text(), "A change by Ana waits")
	require.Zero(t, doc.Find(`[data-testid=control-send]`).Length(), "one at a time")
	again := ana.post(path+"/controls", changedForm(closing(), "reason", "Zinnober owes us"), "Accept", "application/json").failure(http.StatusConflict)
	require.Contains(t, again["text"], "made a proposal of this kind at 2026-")

	id := ana.proposal(i.ID)
	require.Equal(t, "forbidden", ana.post("/proposals/"+id+"/approve", nil, "Accept", "application/json").failure(http.StatusForbidden)["kind"], "an analyst")
	page := lea.get("/proposals/" + id).page(http.StatusOK)
	require.Contains(t, page.Find(`[data-testid=asked]`).Text(), "Compliance: investigation")
	require.Equal(t, "Zinnober is looked into", page.Find(`[data-testid=reason]`).Text())
	require.Contains(t, page.Find(`[data-testid=confidential]`).Text(), "Do not disclose.")
	require.Contains(t, page.Find(`[data-testid=change]`).Text(), "Control CLOSED")
	require.Equal(t, "Set CLOSED", page.Find("h1").Text())
	require.Contains(t, page.Find(`[data-testid=approve]`).Text(), "Approve: Set CLOSED")
	require.Contains(t, page.Find(`[data-testid=change]`).Text(), "Paxos is asked to set the control,")
	d.clock.Advance(20 * time.Minute)
	require.Contains(t, lea.get("/proposals").page(http.StatusOK).Find(`[data-testid=proposal] a`).First().Text(), "Set CLOSED")
	own := ana.get(path).page(http.StatusOK)
	require.Equal(t, "Set CLOSED", own.Find(`[data-testid=controls] [data-testid=proposal-link] a`).Text())
	require.Zero(t, own.Find(`[data-testid=keeping] [data-testid=proposal-link]`).Length(), "it is none of keeping")
	a = lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	page = lea.get("/proposals/" + id).page(http.StatusOK)
	require.Contains(t, page.Find(`[data-testid=notice]`).Text(), "queued for Paxos")
	require.Equal(t, "approved", page.Find(`[data-testid=state]`).Text(), "not done before Paxos has done it")

	move := ana.get(path).page(http.StatusOK).Find(`[data-testid=move]`)
	head := strings.Join(strings.Fields(move.Find(".block-head").Text()), " ")
	require.Contains(t, head, "proposed by Ana, 15:00 and approved by Lea, 15:20")
	require.Contains(t, move.Text(), "Set, Closed")
	steps := strings.Join(strings.Fields(move.Find(`[data-testid=move-steps]`).Text()), " ")
	require.Contains(t, steps, "15:00:00Proposed by Ana 15:20:00Approved by Lea")
	story := lea.get(path).page(http.StatusOK).Find(`[data-testid=timeline]`)
	require.Contains(t, story.Text(), "Control: approved")
	require.NotContains(t, story.Text(), "Control: asked for")
	require.NotContains(t, story.Text(), "Approved a proposal", "it is told once")
	require.Zero(t, move.Find("form").Length(), "a lead's to withdraw")
	d.controlSent()
	require.Contains(t, lea.get("/proposals/"+id).page(http.StatusOK).Find(`[data-testid=state]`).Text(), "approved and done")
	require.Equal(t, 1, d.acts(i.ID, audit.ChangedControl))
	require.Contains(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "Control: done at Paxos")
	d.learn(func(r *identity.Record) { // what Paxos then says
		r.Status, r.UpdatedAt, r.Details.Requirements = identity.Approved, d.clock.Now(), nil
		r.Details.Controls = []identity.Control{{ID: "k-new", Type: identity.Closed, SetBy: "SET_BY_CLIENT", Overridable: true, CreatedAt: d.clock.Now()}}
	})
	require.Contains(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=control]`).Text(), "proposed by Ana at 15:00, approved by Lea at 15:20")

	move = ana.get(path).page(http.StatusOK).Find(`[data-testid=move]`)
	require.Equal(t, "Zinnober is looked into", move.Find(`[data-testid=move-reason]`).Text(), "why stays with it")
	require.Contains(t, ana.json(path).body, `"reason":"Zinnober is looked into"`)

	for _, role := range []access.Role{access.Viewer, access.Auditor, access.Admin} {
		b := d.as(role)
		doc := b.get(path).page(http.StatusOK)
		require.NotZero(t, doc.Find(`[data-testid=control]`).Length(), role)
		require.Zero(t, doc.Find(`[data-testid=control-send], [data-testid=control-end-send]`).Length(), role)
		reads := role == access.Auditor
		require.Equal(t, reads, strings.Contains(doc.Text(), "Zinnober"), role)
		require.Equal(t, reads, strings.Contains(b.json(path).body, "Zinnober"), role)
		require.Equal(t, false, b.json(path).object(http.StatusOK)["can_control"], role)
	}
	require.NotContains(t, d.log.String(), "Zinnober")
}

// A control that Paxos refuses leaves nobody waiting for it.
func TestAControlThatPaxosRefuses(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.limited()
	ana, lea := d.person("Ana", access.Analyst), d.person("Lea", access.Lead)
	require.Equal(t, http.StatusSeeOther, ana.post("/identities/"+i.ID+"/controls", closing()).status)
	id := ana.proposal(i.ID)
	require.Equal(t, http.StatusSeeOther, lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}).status)
	require.Zero(t, lea.get("/proposals/"+id).page(http.StatusOK).Find(`[data-testid=undone]`).Length())
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"move:control"}, 1, time.Minute)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	_, _, _, err = d.store.BeginMove(t.Context(), jobs[0])
	require.NoError(t, err)
	require.NoError(t, d.store.MoveFailed(t.Context(), jobs[0], identity.Failure{Code: identity.Refused}, false))
	page := lea.get("/proposals/" + id).page(http.StatusOK)
	require.Equal(t, "approved, not done", page.Find(`[data-testid=state]`).Text())
	require.Equal(t, "/identities/"+i.ID+"#moves-title", page.Find(`[data-testid=undone]`).AttrOr("href", ""))
	require.Equal(t, "undone", lea.json("/proposals/" + id).object(http.StatusOK)["state"])
}

func TestNobodyApprovesTheirOwnControl(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.limited()
	lea, bo := d.person("Lea", access.Lead), d.person("Bo", access.Lead)
	require.Equal(t, http.StatusSeeOther, lea.post("/identities/"+i.ID+"/controls", closing()).status)
	id := lea.proposal(i.ID)
	own := lea.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}, "Accept", "application/json").failure(http.StatusForbidden)
	require.Contains(t, own["text"], "a second person must decide")

	d.clock.Advance(time.Minute)
	d.learn(func(r *identity.Record) {
		r.Status, r.Details, r.UpdatedAt = identity.Denied, identity.Details{}, d.clock.Now()
	})
	changed := bo.post("/proposals/"+id+"/approve", url.Values{"confirmed": {"on"}}, "Accept", "application/json").failure(http.StatusConflict)
	require.Contains(t, changed["text"], "the proposal is void")
	require.Empty(t, lea.json("/identities/" + i.ID).object(http.StatusOK)["moves"])
	past, _ := lea.json("/identities/" + i.ID).object(http.StatusOK)["past_controls"].([]any)
	require.Len(t, past, 2)
	require.Equal(t, 2, lea.get("/identities/"+i.ID).page(http.StatusOK).Find(`[data-testid=past-control]`).Length())
}

func TestAControlThatIsNotGood(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.limited().ID
	ana := d.as(access.Analyst)
	text := func(doc *goquery.Document, id string) string { return doc.Find("#" + id).Text() }
	doc := ana.post(path+"/controls", url.Values{"reason": {"ask ana@example.org"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, text(doc, "controls-type-0-error"), "Choose a control.")
	require.Contains(t, text(doc, "controls-reason_code-error")+text(doc, "controls-reason-code-error"), "Choose why.")
	require.Contains(t, text(doc, "controls-reason-error"), "Take the e-mail address")
	require.Contains(t, text(doc, "controls-confirmed-error"), "Confirm that you have checked it.")
	require.Equal(t, "ask ana@example.org", doc.Find("#controls-reason").AttrOr("value", ""), "what was typed stays")

	for _, typ := range []string{"DORMANT", "SELL_ONLY"} { // ours, and Paxos'
		doc = ana.post(path+"/controls", changedForm(closing(), "type", typ)).page(http.StatusUnprocessableEntity)
		require.Contains(t, text(doc, "controls-type-0-error"), "This control is in force already", typ)
	}

	doc = ana.post(path+"/controls/end", url.Values{"reason": {"it is over"}, "confirmed": {"on"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, text(doc, "end-control-0-error"), "Choose a control that is in force.")
	theirs := url.Values{"control_id": {"k-theirs"}, "reason": {"it is over"}, "confirmed": {"on"}}
	require.Contains(t, ana.post(path+"/controls/end", theirs).page(http.StatusUnprocessableEntity).Text(), "Only Paxos can end this control.")
	theirs.Set("control_id", "k-ours")
	require.Equal(t, http.StatusSeeOther, ana.post(path+"/controls/end", theirs).status)
	require.Contains(t, ana.get("/proposals/"+ana.proposal(d.learn(nil).ID)).page(http.StatusOK).Find(`[data-testid=asked]`).Text(), "it is over")
}

// Where Paxos' answer cannot tell of controls none is claimed: they are not known until Paxos' list of them is here.
func TestControlsThatPaxosHasNotTold(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(func(r *identity.Record) {
		r.Status, r.Details = identity.Approved, identity.Details{ControlsUnsaid: true}
	}).ID
	ana := d.person("Ana", access.Analyst)
	card := ana.get(path).page(http.StatusOK).Find(`[data-testid=controls]`)
	require.Contains(t, card.Find(`[data-testid=able]`).Text(), "Which controls are in force is not known here yet")
	require.NotContains(t, card.Text(), "no control is in force")
	require.Contains(t, card.Find(`[data-testid=controls-asking]`).Text(), "The desk is asking Paxos for its list of controls")
	require.Contains(t, card.Find("noscript").Text(), "Look again", "without JavaScript")
	told := ana.json(path).object(http.StatusOK)
	require.Nil(t, told["controls"])
	require.Nil(t, told["controls_as_of"])
	require.Equal(t, "not said", told["able"].(map[string]any)["buy"])

	now := d.clock.Now()
	set := identity.ControlRecord{Control: identity.Control{
		ID: "k-listed", Type: identity.SellOnly, SetBy: "SET_BY_CLIENT", Overridable: true, ReasonCode: "RISK_FRAUD", CreatedAt: now.Add(-time.Hour),
	}, Reason: "Zinnober is looked into"}
	require.NoError(t, d.store.ApplyControls(t.Context(), d.job("controls"), identity.ControlsOf([]identity.ControlRecord{set}, now)))
	card = ana.get(path).page(http.StatusOK).Find(`[data-testid=controls]`)
	require.Contains(t, card.Find(`[data-testid=able]`).Text(), "can hold and sell; cannot buy, deposit or withdraw")
	require.Contains(t, card.Find(`[data-testid=controls-known]`).Text(), "Those in force as of")
	require.Zero(t, card.Find(`[data-testid=controls-asking]`).Length())
	require.Equal(t, "k-listed", card.Find(`input[name=control_id]`).AttrOr("value", ""), "it can be ended")
	told = ana.json(path).object(http.StatusOK)
	require.Equal(t, now.UTC().Format(time.RFC3339), told["controls_as_of"])
	require.Len(t, told["controls"], 1)
	require.Contains(t, ana.post(path+"/controls", changedForm(closing(), "type", "SELL_ONLY")).page(http.StatusUnprocessableEntity).Text(),
		"This control is in force already")
	require.Equal(t, http.StatusSeeOther, ana.post(path+"/controls/end", url.Values{
		"control_id": {"k-listed"}, "reason": {"it is over"}, "confirmed": {"on"},
	}).status)
}

// Opening a case has Paxos asked for its controls, once; what ended before the desk was there is told with Paxos' words for it, which
// are not for everybody.
func TestControlsFromBeforeTheDesk(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.limited().ID
	ana, vic := d.person("Ana", access.Analyst), d.person("Vic", access.Viewer)
	first := ana.get(path).page(http.StatusOK)
	require.Contains(t, first.Find(`[data-testid=controls-asking]`).Text(), "The desk is asking Paxos for the controls that have ended")
	require.Nil(t, ana.json(path).object(http.StatusOK)["past_controls_as_of"])
	now := d.clock.Now()
	was := identity.ControlRecord{
		Control:   identity.Control{ID: "k-old", Type: identity.Closed, SetBy: "SET_BY_CLIENT", ReasonCode: "END_USER_REQUEST", CreatedAt: now.AddDate(0, 0, -20)},
		Reason:    "Zinnober asked for a pause",
		DeletedAt: now.AddDate(0, 0, -12),
	}
	is := identity.ControlRecord{Control: identity.Control{ID: "k-theirs", Type: identity.SellOnly}, Reason: "Zinnober was on a list"}
	require.NoError(t, d.store.ApplyControls(t.Context(), d.job("controls"), identity.ControlsOf([]identity.ControlRecord{was, is}, now)))

	second := ana.get(path).page(http.StatusOK)
	require.Zero(t, second.Find(`[data-testid=controls-asking]`).Length())
	require.Contains(t, second.Find(`[data-testid=controls-listed]`).Text(), "Ended controls and Paxos’ words as of")
	require.NotNil(t, ana.json(path).object(http.StatusOK)["past_controls_as_of"])
	past := second.Find(`[data-testid=past-control]`)
	require.Equal(t, 1, past.Length())
	require.Contains(t, past.Text(), "CLOSED")
	require.Equal(t, "Zinnober asked for a pause", past.Find(`[data-testid=control-reason]`).Text())
	require.Contains(t, ana.json(path).body, "Zinnober asked")
	active, _ := ana.json(path).object(http.StatusOK)["controls"].([]any)
	require.Len(t, active, 2)
	require.Nil(t, active[0].(map[string]any)["reason"])
	require.Equal(t, "Zinnober was on a list", active[1].(map[string]any)["reason"])
	past = vic.get(path).page(http.StatusOK).Find(`[data-testid=past-control]`)
	require.Contains(t, past.Text(), "CLOSED")
	require.NotContains(t, past.Text(), "Zinnober")
	require.NotContains(t, vic.json(path).body, "Zinnober")
	jobs, err := d.store.ClaimJobs(t.Context(), []string{"controls"}, 1, time.Minute)
	require.NoError(t, err)
	require.Empty(t, jobs, "Paxos is not asked again until there is news")
}
