package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// TestRefreshInTheBrowser: an analyst says that nothing has changed, and sees Paxos complete the refresh.
func TestRefreshInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, showcase, "POLL_INTERVAL=1s", "SYNC_INTERVAL=1s")
	id := desk.ana.caseOf("demo-refresh-open").ID
	b := desk.open(t)
	b.signIn("bea", "analyst")
	b.visit("/identities/" + id + "/kyc-refresh")
	b.run("nothing has changed", click(`[data-testid="refresh-send"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="moves"]`)))
	b.until("it is done", `document.querySelector('[data-testid="move"][data-kind="kyc_refresh"][data-state="done"]')`)
	b.until("Paxos has completed it", `document.querySelector('[data-testid="refresh-told"]')?.textContent.includes('completed')`)
	require.Equal(t, "/identities/"+id, b.place())
}

// TestCorrectionInTheBrowser: an analyst mends a street, sees it before and after, sends it, and reads in the timeline that it is done.
func TestCorrectionInTheBrowser(t *testing.T) {
	t.Parallel()
	b, _, c := besideAScript(t)
	field := chromedp.CSS(`#f-person_details-address-address1`)
	look := func() {
		b.visit("/identities/" + c.ID + "/correct")
		b.run("say why", chromedp.SetValue(chromedp.CSS("#ask-code"), "correction"),
			chromedp.SendKeys(chromedp.CSS("#ask-reason"), "the street is misspelt"+kb.Enter), chromedp.WaitVisible(field))
	}
	look()
	b.run("mend it", chromedp.SetValue(field, "78 Umbrabarrow Lane"), click(`[data-testid="change-check"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="plan"]`)))
	plan := b.text(`[data-testid="plan"]`)
	require.Contains(t, plan, "78 Umbrabarrow Lane")
	b.run("send it", click(`[data-testid="change-send"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="moves"]`)))
	b.until("it is done", `document.querySelector('[data-testid="move"][data-kind="correct"][data-state="done"]')`)
	b.until("the timeline tells so", `document.querySelector('[data-testid="timeline"]').textContent.includes('done at Paxos')`)
	require.NotContains(t, b.main(), "Umbrabarrow")
	look()
	require.Equal(t, "78 Umbrabarrow Lane", ask(b, "read what Paxos holds", chromedp.Value(field)))
	require.NotContains(t, b.desk.Log.String(), "Umbrabarrow")
}
