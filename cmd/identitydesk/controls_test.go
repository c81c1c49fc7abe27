package main

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// controlsAtPaxos are the types of the controls that Paxos holds in force under a ref_id.
func (f *faulty) controlsAtPaxos(refID string) (types []string) {
	for _, r := range f.paxos.Truth() {
		for _, c := range r.Controls {
			if r.RefID == refID {
				types = append(types, c.Type)
			}
		}
	}
	return types
}

// TestTwoPeopleSetAndEndAControl goes the way of a control with two people at two browsers, while Paxos' answers are lost: it is set once,
// and ended once.
func TestTwoPeopleSetAndEndAControl(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	id := desk.submitted(duncan("user-4711"))
	desk.ana.becomes(id, "APPROVED")
	for _, call := range []string{emulator.CallSetControl, emulator.CallEndControl} {
		require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: call, Do: emulator.DoDropAfter, Times: 1}))
	}
	ana, lea := desk.open(t), desk.open(t)
	ana.signIn("bo", "analyst")
	lea.signIn("lea", "lead")
	ana.visit("/identities/" + id)
	ana.run("propose",
		click(`[data-testid="control-open"]`),
		chromedp.WaitVisible(chromedp.CSS("#controls-reason")),
		click("#controls-type-0"),
		chromedp.SetValue(chromedp.CSS("#controls-reason-code"), "COMPLIANCE_EDD"),
		chromedp.SendKeys(chromedp.CSS("#controls-reason"), "Oddwhistle owes us papers"),
		click("#controls-confirmed"),
		click(`[data-testid="control-send"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="control-proposed"]`)))
	lea.approveTheOne()
	ana.until("the control is in force", `document.querySelector('[data-testid="control"]')?.textContent.includes('approved by lea')`)
	require.Contains(t, ana.text(`[data-testid="able"]`), "can hold and sell; cannot buy, deposit or withdraw")
	ana.until("its first answer was lost", `document.querySelector('[data-testid="move-steps"]').textContent.includes('Answer lost')`)
	require.Equal(t, []string{"SELL_ONLY"}, desk.controlsAtPaxos("user-4711"), "it was not set twice")

	ana.run("propose to end it",
		click(`[data-testid="control-end-open"]`),
		chromedp.WaitVisible(chromedp.CSS("#end-reason")),
		chromedp.SendKeys(chromedp.CSS("#end-reason"), "the papers came"),
		click("#end-confirmed"),
		click(`[data-testid="control-end-send"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="control-proposed"]`)))
	lea.approveTheOne()
	ana.until("the control is over", `document.querySelector('[data-testid="past-control"]')?.textContent.includes('approved by lea')`)
	require.Contains(t, ana.text(`[data-testid="able"]`), "can hold, buy, sell, deposit and withdraw")
	require.Empty(t, desk.controlsAtPaxos("user-4711"))
	require.NotContains(t, desk.Log.String(), "Oddwhistle")
}

// controlsJSON is what a case tells of its controls; nil for not known.
type controlsJSON struct {
	Controls []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"controls"`
	Past []struct {
		Type string `json:"type"`
	} `json:"past_controls"`
	Able map[string]string `json:"able"`
}

// controls waits until a case tells of these controls in force, and of so many past ones.
func (p *person) controls(id string, past int, want ...string) (seen controlsJSON) {
	p.t.Helper()
	p.eventually("controls in force", func() (bool, any) {
		seen = controlsJSON{}
		p.json("/identities/"+id, &seen)
		types := []string{}
		for _, c := range seen.Controls {
			types = append(types, c.Type)
		}
		return seen.Controls != nil && slices.Equal(types, want) && len(seen.Past) == past, seen
	})
	return seen
}

// agreed has a change of controls proposed by one and approved by another.
func (p *person) agreed(lea *person, id, act string, form url.Values) {
	p.t.Helper()
	form.Set("confirmed", "on")
	res, body := p.post("/identities/"+id+act, form)
	require.Equal(p.t, http.StatusSeeOther, res.StatusCode, body)
	var open struct {
		Items []struct{ ID string }
	}
	lea.json("/proposals?show=open", &open)
	require.Len(p.t, open.Items, 1)
	res, body = lea.post("/proposals/"+open.Items[0].ID+"/approve", url.Values{"confirmed": {"on"}})
	require.Equal(p.t, http.StatusSeeOther, res.StatusCode, body)
}

// TestControlsWhereAnswersAreOfTheOlderShape goes the same way where Paxos' answers about an identity cannot tell of controls: what is in
// force the list of controls says, after an event and after our own moves.
func TestControlsWhereAnswersAreOfTheOlderShape(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { o.OlderGeneration = true })
	id := desk.submitted(duncan("user-4720"))
	ana, lea := desk.ana, desk.signIn("lea", "lead")
	ana.becomes(id, "APPROVED")
	require.Equal(t, "yes", ana.controls(id, 0, []string{}...).Able["buy"])

	require.NoError(t, desk.paxos.Act("user-4720", "dormant"))
	require.Equal(t, "not said", ana.controls(id, 0, "DORMANT").Able["buy"])
	ana.agreed(lea, id, "/controls", url.Values{"type": {"CLOSED"}, "reason_code": {"LEGAL_ORDER"}, "reason": {"the court asked for it"}})
	both := ana.controls(id, 0, "DORMANT", "CLOSED")
	require.Equal(t, "no", both.Able["sell"])
	require.Equal(t, []string{"DORMANT", "CLOSED"}, desk.controlsAtPaxos("user-4720"))
	res, body := ana.post("/identities/"+id+"/controls", url.Values{"type": {"CLOSED"}, "reason_code": {"LEGAL_ORDER"}, "reason": {"once more"}, "confirmed": {"on"}})
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	require.Contains(t, body, "This control is in force already.")

	ana.agreed(lea, id, "/controls/end", url.Values{"control_id": {both.Controls[1].ID}, "reason": {"the court let it go"}})
	ana.controls(id, 1, "DORMANT")
	require.Equal(t, []string{"DORMANT"}, desk.controlsAtPaxos("user-4720"))
}

// approveTheOne approves the one proposal that waits.
func (b *browser) approveTheOne() {
	b.t.Helper()
	b.visit("/proposals?show=open")
	b.run("open it", click(`[data-testid="proposal"] a`), chromedp.WaitReady(chromedp.CSS(`[data-testid="approve"]`)))
	require.Contains(b.t, b.main(), "Do not disclose")
	b.run("approve", click("#approve-confirmed"), click(`[data-testid="approve"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="ended"]`)))
}
