package main

import (
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

// approveTheOne approves the one proposal that waits.
func (b *browser) approveTheOne() {
	b.t.Helper()
	b.visit("/proposals?show=open")
	b.run("open it", click(`[data-testid="proposal"] a`), chromedp.WaitReady(chromedp.CSS(`[data-testid="approve"]`)))
	require.Contains(b.t, b.main(), "Do not disclose")
	b.run("approve", click("#approve-confirmed"), click(`[data-testid="approve"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="ended"]`)))
}
