package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestDayOfAnAnalyst goes the whole way of a new user with a browser.
func TestDayOfAnAnalyst(t *testing.T) {
	t.Parallel()
	desk := boot(t, "EMULATOR_DECIDE_AFTER=4s", "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h") // so that the webhook tells first
	b := desk.open(t)
	b.signIn("ana", "analyst")

	// The queue: lanes with counts, oldest breach first, no decided case.
	b.waitFor("late")

	// The form: errors first, each beside its field and in the summary; then the person, typed.
	b.visit("/identities/new")
	b.run("submit an empty form", chromedp.SetAttributeValue(chromedp.CSS(`form[action="/identities"][method="post"]`), "novalidate", ""),
		chromedp.Submit(named("ref_id")), chromedp.WaitVisible(chromedp.CSS(`[data-testid="errors"]`)))
	require.Contains(t, b.text(`[data-testid="errors"]`), "ref_id")
	b.visit("/identities/new")
	b.fillIn(duncan("user-4711"))
	b.run("submit", chromedp.Submit(named("ref_id")), chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	require.Regexp(t, `^/identities/[0-9a-f-]{36}$`, b.place())

	// The decision is seen without touching the page.
	b.waitFor("PENDING")
	b.waitFor("APPROVED")
	b.waitFor("webhook")
	require.Contains(t, b.main(), "Duncan")

	// Look-up by the keyboard alone, from anywhere.
	b.visit("/identities")
	b.lookUp("user-4711")
	b.run("arrive", chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	b.visit("/identities")
	b.lookUp("user-0000")
	b.waitFor("not in the cache as of")

	// The list, the events, the settings.
	b.visit("/identities?ref_id=user-4711")
	require.Contains(t, b.main(), "APPROVED")
	b.visit("/events")
	b.waitFor("identity.approved")
	b.visit("/settings")
	require.Contains(t, b.main(), "identity:write_identity")
	require.NotContains(t, b.main(), "ENCRYPTION")
}

// TestRecheckInTheBrowser presses the button on a seeded case.
func TestRecheckInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	c := desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.visit("/identities/" + c.ID)
	b.run("re-check", click(`form[action$="/recheck"] button`), chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	b.waitFor("re-checked")
}

// TestLeadReadsTheAudit sees what was done, by whom.
func TestLeadReadsTheAudit(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	c := desk.signIn("ana", "analyst").pending()
	_, _ = desk.signIn("ana", "analyst").get("/identities/" + c.ID)
	b := desk.open(t)
	b.signIn("lea", "lead")
	b.visit("/audit")
	doc := document(t, ask(b, "read the log", chromedp.OuterHTML(chromedp.CSS("main"))))
	cells := doc.Find(`[data-testid="audit"] tbody tr:has(a[href="/identities/` + c.ID + `"]) td`)
	require.Equal(t, "ana", words(cells.Eq(2)))
	require.Equal(t, "analyst", words(cells.Eq(3)))
	require.Equal(t, "opened the case", words(cells.Eq(4)))
}

// TestCreateWithoutJavaScript goes the same way with scripts switched off.
func TestCreateWithoutJavaScript(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	b := desk.open(t)
	b.scriptsOff()
	b.signIn("ana", "analyst")
	b.visit("/identities/new")
	b.fillIn(duncan("user-4711"))
	b.run("submit", click(`form[action="/identities"] button[type="submit"]`),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	b.waitFor("APPROVED")
}

// TestDuplicateInTheBrowser submits somebody whose government id Paxos already holds: the case says so, leads to the existing
// identity, can be sent again, and given up.
func TestDuplicateInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	script := desk.signIn("script", "analyst")
	first := script.submit(duncan("user-4711"))
	script.becomes(first[len("/identities/"):], "APPROVED")
	second := script.submit(duncan("user-4712"))

	b := desk.open(t)
	b.signIn("lea", "lead")
	b.visit(second)
	b.waitFor("failed")
	b.waitFor("government id")
	require.Contains(t, ask(b, "read the links", chromedp.OuterHTML(chromedp.CSS("main"))), `href="`+first+`"`)
	b.until("send it again", `(button => button && (button.click(), true))(document.querySelector('form[action$="/resubmit"] button'))`)
	b.waitFor("resubmitted")
	b.waitFor("failed")
	b.run("give it up", click(`[data-testid="withdraw"]`), click(`[data-testid="withdraw-confirm"]`))
	b.waitFor("withdrawn")
	require.Equal(t, second, b.place())
}
