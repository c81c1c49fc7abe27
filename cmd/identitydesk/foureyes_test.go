package main

import (
	"bytes"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// approvedCase submits somebody and waits for Paxos to approve them.
func (p *person) approvedCase(refID string) string {
	p.t.Helper()
	place := p.submit(duncan(refID))
	p.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	return place
}

// TestTwoPeopleEraseACase goes the way of an erasure with two people at two browsers: one proposes, the other is told of it and
// approves, and the page of the first shows that the case is gone.
func TestTwoPeopleEraseACase(t *testing.T) {
	t.Parallel()
	desk := boot(t, append(quiet(), "EMULATOR_DECIDE_AFTER=300ms")...)
	script := desk.signIn("script", "analyst")
	place := script.approvedCase("user-4711")
	script.post(place+"/notes", url.Values{"text": {"Oddwhistle called"}})

	ana, lea := desk.open(t), desk.open(t)
	ana.signIn("ana", "analyst")
	lea.signIn("lea", "lead")
	ana.visit(place)
	ana.run("propose",
		click(`[data-testid="erase"]`),
		chromedp.WaitVisible(chromedp.CSS("#erase-reason")),
		chromedp.SetValue(chromedp.CSS("#erase-reason-code"), "person_asked"),
		chromedp.SendKeys(chromedp.CSS("#erase-reason"), "Oddwhistle wrote to us"),
		click("#erase-confirmed"),
		click(`[data-testid="erase-send"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="notice"]`)))
	ana.waitFor("A colleague who may approve must agree")

	lea.visit("/proposals")
	require.Contains(t, lea.text("#proposals-count"), "1")
	lea.run("open it", click(`[data-testid="proposal"] a`), chromedp.WaitReady(chromedp.CSS(`[data-testid="approve"]`)))
	require.Contains(t, lea.main(), "Oddwhistle wrote to us")
	lea.run("approve", click("#approve-confirmed"), click(`[data-testid="approve"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="ended"]`)))
	lea.waitFor("approved and done")

	ana.until("the page of who proposed it shows what is left", `document.querySelector('[data-testid="erased"]')`)
	words := ana.text("#case")
	for _, gone := range []string{"user-4711", "Duncan", "Oddwhistle"} {
		require.NotContains(t, words, gone)
	}
	ana.visit("/lookup?q=user-4711")
	ana.waitFor("Erased")
	desk.stop()
	for name, content := range desk.everyByte() {
		if filepath.Base(name) == "emulator.json" { // that is Paxos' side
			continue
		}
		for _, gone := range []string{"user-4711", "Duncan", "Oddwhistle", "073-05-1120"} {
			require.False(t, bytes.Contains(content, []byte(gone)), "%s in %s", gone, name)
		}
	}
	require.NotContains(t, desk.Log.String(), "Oddwhistle")
}
