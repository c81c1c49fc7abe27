package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
	"identitydesk/internal/identity"
)

// quill is an LLC with two members, as the form sends it.
func quill(refID string, members ...string) url.Values {
	form := url.Values{"ref_id": {refID}}
	for name, value := range map[string]string{
		"institution_type": "LLC", "institution_sub_type": "CONSTRUCTION", "name": "Quillhaven Holdings", "cip_id_type": "EIN",
		"cip_id": "12-3456789", "cip_id_country": "USA", "govt_registration_date": "2009-06-16",
		"regulation_status": "NON_REGULATED", "trading_type": "PRIVATE",
	} {
		form.Set("institution_details."+name, value)
	}
	for _, address := range []string{"business_address", "incorporation_address"} {
		for name, value := range map[string]string{"address1": "1 Fern Lane", "city": "Austin", "province": "TX", "country": "USA", "zip_code": "78701"} {
			form.Set("institution_details."+address+"."+name, value)
		}
	}
	for n, id := range members {
		form.Set(identity.MemberField(n, "identity_id"), id)
		form.Set(identity.MemberField(n, "roles"), "BENEFICIAL_OWNER")
	}
	return form
}

// TestInstitution creates an LLC with two members, with scripts and without, sees whom it waits for, and that it is approved once
// Paxos has approved the member.
func TestInstitution(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			goTheWayOfAnInstitution(t, scripts)
		})
	}
}

func goTheWayOfAnInstitution(t *testing.T, scripts bool) {
	t.Helper()
	desk := boot(t, "EMULATOR_DECIDE_AFTER=1s")
	script := desk.signIn("script", "analyst")
	member := script.caseOf("demo-member-pending")
	b := desk.open(t)
	if !scripts {
		b.scriptsOff()
	}
	b.signIn("ana", "analyst")
	b.visit("/institutions/new")
	b.fillIn(quill("client-0077", "demo-account"))
	b.run("add a member", click(`[data-testid="add-member"]`), chromedp.WaitReady(chromedp.CSS(`[name="institution_members.1.identity_id"]`)))
	b.waitFor("demo-account")
	b.enter("institution_members.1.identity_id", "demo-member-pending")
	b.run("review too early, by Enter", chromedp.SendKeys(named("institution_members.0.identity_id"), kb.Enter))
	b.waitFor("Choose at least one role")
	b.enter("institution_members.1.roles", "ACCOUNT_OPENER")
	b.run("review", click(`[data-testid="review"]`))
	b.waitFor("What Paxos gets")
	require.Contains(t, b.main(), "PENDING")
	b.run("submit", click(`[data-testid="submit"]`))
	b.waitFor("1 of 2 approved")
	place := b.place()

	script.eventually("the institution waits for its member", func() (bool, any) {
		_, page := script.get(place)
		return strings.Contains(page, "waits for its member demo-member-pending"), len(page)
	})
	b.visit(place)
	b.run("follow the next action", click(`[data-testid="leads"]`))
	b.waitFor("Member of")
	require.Equal(t, "/identities/"+member.ID, b.place())
	require.Contains(t, b.main(), "client-0077")

	desk.sandboxStatus(*member.PaxosID, `{"id_verification_status":"APPROVED","sanctions_verification_status":"APPROVED","additional_screening_status":"APPROVED"}`)
	script.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	b.visit("/institutions?status=APPROVED&q=client-0077")
	b.waitFor("2 of 2 approved")
}

// TestInstitutionSurvivesALostAnswer: the call had its effect and its answer was lost; the institution is at Paxos once, and ours.
func TestInstitutionSurvivesALostAnswer(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	one := desk.submitted(duncan("user-4711"))
	desk.ana.becomes(one, "APPROVED")
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, About: "client-0077", Do: emulator.DoDropAfter, Times: 1}))
	resp, body := desk.ana.post("/institutions", quill("client-0077", "user-4711"))
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	id := strings.TrimPrefix(resp.Header.Get("Location"), "/identities/")
	c := desk.ana.submission(id, "accepted")
	require.Equal(t, "client-0077", *c.RefID)
	require.Equal(t, 1, desk.atPaxos("client-0077"))
	desk.ana.becomes(id, "APPROVED")
	require.Equal(t, id, desk.ana.caseOf("client-0077").ID, "one case")

	// Another with the same number: it fails, names the one that was there before, and what was typed stays for a second try.
	form := quill("client-0078", "user-4711")
	resp, body = desk.ana.post("/institutions", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	failed := desk.ana.submission(strings.TrimPrefix(resp.Header.Get("Location"), "/identities/"), "failed")
	require.Equal(t, "failed", failed.Lane)
	require.Zero(t, desk.atPaxos("client-0078"))
	require.NotZero(t, desk.ana.page("/identities/"+failed.ID).Find(`a[href="/identities/`+id+`"]`).Length())
	before := desk.paxos.Report().Calls[emulator.CallCreate]
	resp, body = desk.ana.post("/identities/"+failed.ID+"/resubmit", nil)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	desk.ana.eventually("it is sent again", func() (bool, any) {
		n := desk.paxos.Report().Calls[emulator.CallCreate]
		return n == before+1, n
	})
	desk.ana.submission(failed.ID, "failed")
}
