package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// TestJointAccountInTheBrowser: an analyst has an account made for two. A member whom Paxos has denied is told of before anything is sent;
// the other one is made, and stands in the list by their ref_id.
func TestJointAccountInTheBrowser(t *testing.T) {
	t.Parallel()
	desk, b, id := atShowcase(t, "demo-account")
	b.run("go to the accounts", click("#act-accounts"), chromedp.WaitVisible(chromedp.CSS("#account-account-ref-id")))
	b.run("ask for one with a member", chromedp.SendKeys(chromedp.CSS("#account-account-ref-id"), "account-for-two"),
		chromedp.SendKeys(chromedp.CSS("#account-member-1"), "demo-member-denied"), click(`[name="account.members.0.roles"][value="AUTHORIZED_USER"]`),
		click(`[data-testid="open-account"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="confirm-member"]`)))
	require.Contains(t, b.text(`[data-testid="confirm-member"]`), "DENIED")
	require.Empty(t, desk.accountsNamed("account-for-two"), "nothing is sent before that is confirmed")

	b.run("take another one", chromedp.SetValue(chromedp.CSS("#account-member-1"), "demo-account-joint"), click(`[data-testid="open-account"]`),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="moves"]`)))
	b.until("it is made", `document.querySelector('[data-testid="move"][data-kind="account"][data-state="done"]')?.textContent.includes('demo-account-joint')`)
	b.visit("/identities/" + id + "/accounts")
	require.Contains(t, b.text(`[data-testid="accounts"]`), "account-for-two")
	require.Contains(t, b.text(`[data-testid="accounts"]`), "demo-account-joint")
	require.Len(t, desk.accountsNamed("account-for-two"), 1)
}

// TestRehearsalInTheBrowser: an analyst sets a status by hand, and the case shows what Paxos makes of it.
func TestRehearsalInTheBrowser(t *testing.T) {
	t.Parallel()
	desk, b, id := atShowcase(t, "demo-account")
	b.run("set a status", click("#act-rehearse"), chromedp.SetValue(chromedp.CSS("#rehearse-sanctions_verification_status"), "ERROR"),
		click(`[data-testid="rehearse-send"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="moves"]`)))
	b.until("it is set", `document.querySelector('[data-testid="move"][data-kind="sandbox_status"][data-state="done"]')`)
	desk.ana.becomes(id, "ERROR")
	b.until("the case tells so", `document.querySelector('[data-testid="able"]').textContent.includes('can hold; cannot buy')`)
}

// accountsNamed are the accounts at Paxos under a ref_id.
func (f *faulty) accountsNamed(refID string) (named []emulator.TrueAccount) {
	for _, r := range f.paxos.Truth() {
		for _, a := range r.Accounts {
			if a.RefID == refID {
				named = append(named, a)
			}
		}
	}
	return named
}
