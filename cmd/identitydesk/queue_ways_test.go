package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// quiet keeps everything still but what the test does.
func quiet() []string {
	return []string{"SYNC_INTERVAL=1h", "POLL_INTERVAL=1h", "RECHECK_INTERVAL=24h", "EMULATOR_DECIDE_AFTER=24h"}
}

// until waits until an expression of the page is true.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		cancel()
		if err == nil && is { // a page that is just being left answers with an error
			return
		}
	}
	b.t.Fatalf("not in time: %s\nthe page says:\n%s\n%s", what, b.words(), b.desk.Log.tail())
}

// focused is the text of the element with the focus.
func (b *browser) focused() string {
	b.t.Helper()
	return ask(b, "read the focus", chromedp.Evaluate[string]("(e => e === document.body ? '' : e.textContent.trim() || e.outerHTML)(document.activeElement)"))
}

// row is the name of the case in a row, counted from 0.
func (b *browser) row(n int) string {
	b.t.Helper()
	return ask(b, "read a row", chromedp.Evaluate[string]("[...document.querySelectorAll('#rows td:first-child a')].at("+
		string(rune('0'+n))+").textContent.trim()"))
}

// shows waits until the case of a name is open.
func (b *browser) shows(name string) {
	b.t.Helper()
	b.until(name+" is open", "document.querySelector('#case h1')?.textContent.trim() === '"+name+"'")
}

// stays marks the document, so that a page that was loaded anew is told from one that was not.
func (b *browser) stays() {
	b.t.Helper()
	_ = ask(b, "mark the page", chromedp.Evaluate[bool]("window.stays = true"))
}

func (b *browser) stayed() bool {
	b.t.Helper()
	return ask(b, "look for the mark", chromedp.Evaluate[bool]("window.stays === true"))
}

// TestQueueByTheKeyboard walks through the queue without a mouse: down, open, on to the next, and back the same way.
func TestQueueByTheKeyboard(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.run("a wide window", chromedp.EmulateViewport(1600, 900))
	b.visit("/queue?lane=overdue")
	first, second, third := b.row(0), b.row(1), b.row(2)
	b.stays()
	b.press("j")
	require.Equal(t, first, b.focused())
	b.press("j")
	require.Equal(t, second, b.focused())
	b.press("k")
	require.Equal(t, first, b.focused())
	b.run("open it", chromedp.KeyEvent(kb.Enter))
	b.shows(first)
	require.Equal(t, first, b.focused(), "the focus is on the heading of what was opened")
	require.True(t, ask(b, "look at the list", chromedp.Evaluate[bool]("document.querySelector('#rows').offsetWidth > 300")), "the list stays beside it")
	atFirst := b.place()
	require.Regexp(t, `^/queue\?lane=overdue&case=[0-9a-f-]{36}$`, atFirst)
	b.press("n")
	b.shows(second)
	require.Equal(t, second, b.focused())
	b.press("n")
	b.shows(third)
	require.Equal(t, third, strings.TrimSpace(b.text(`#rows [aria-current="true"]`)))

	// Back and forward go the same way, and nothing of it is kept in the browser.
	for _, name := range []string{second, first} {
		b.run("back", chromedp.Evaluate[chromedp.Void]("history.back()"))
		b.shows(name)
	}
	require.Equal(t, atFirst, b.place())
	b.run("back", chromedp.Evaluate[chromedp.Void]("history.back()"))
	b.until("the list is alone", "!document.querySelector('#case')")
	require.Equal(t, "/queue?lane=overdue", b.place())
	require.Equal(t, first, b.focused(), "the focus is where it was")
	b.run("forward", chromedp.Evaluate[chromedp.Void]("history.forward()"))
	b.shows(first)
	require.True(t, b.stayed(), "the page was never loaded anew")
	kept := ask(b, "look into the storage", chromedp.Evaluate[string]("JSON.stringify([{...localStorage}, {...sessionStorage}])"))
	for _, name := range []string{first, second, third, "<"} {
		require.NotContains(t, kept, name, "no page is kept in the browser")
	}

	// On a narrow window the case is alone, with a way back.
	b.run("a narrow window", chromedp.EmulateViewport(1000, 800))
	require.True(t, ask(b, "look at the list", chromedp.Evaluate[bool]("document.querySelector('#rows').offsetWidth === 0")))
	b.run("back to the list", click(`[data-testid="pane-back"]`))
	b.until("the list is shown", "document.querySelector('#rows').offsetWidth > 300")
	require.Equal(t, first, b.focused())
	require.True(t, b.stayed())
}

// TestActsStayInTheQueue re-checks by a key: the case is asked for again, and the list, its filter and the focus stay.
func TestActsStayInTheQueue(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.visit("/queue?lane=overdue&whose=free")
	first := b.row(0)
	b.stays()
	b.press("n") // begins with the first
	b.shows(first)
	at := b.place()
	b.press("r")
	b.waitFor("Paxos is being asked again")
	b.waitFor("re-checked")
	require.Equal(t, at, b.place())
	require.Contains(t, at, "whose=free")
	require.NotEmpty(t, b.focused())
	require.True(t, b.stayed())

	// While somebody types, keys are letters.
	b.press("/")
	for _, key := range []string{"n", "j", "g", "e", "?"} {
		b.press(key)
	}
	require.Equal(t, "njge?", ask(b, "read the box", chromedp.Value(chromedp.CSS("#lookup-q"))))
	require.Equal(t, at, b.place())

	// From a row that is not open, the key acts on the row.
	b.visit("/queue?lane=overdue")
	second := b.row(1)
	b.press("j")
	b.press("j")
	b.press("r")
	b.until("it is said", "document.querySelector('#announcer').textContent === 'Paxos is being asked about "+second+".'")
	require.Equal(t, second, b.focused())
}

// TestKeysExplainedAndGoingTo shows the keys, by a key and by a button, and goes to the sections.
func TestKeysExplainedAndGoingTo(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	b := desk.open(t)
	b.signIn("lea", "lead")
	b.visit("/queue")
	b.press("?")
	b.run("the keys are shown", chromedp.WaitVisible(chromedp.CSS("#keys")))
	require.Contains(t, b.text("#keys"), "Re-check the case")
	b.run("close them", click("#keys button"))
	b.run("ask with the mouse", click("[data-explains-keys]"), chromedp.WaitVisible(chromedp.CSS("#keys")))
	b.run("close them", chromedp.KeyEvent(kb.Escape))
	b.until("they are gone", "!document.querySelector('#keys').open")
	for _, way := range [][2]string{{"i", "/identities"}, {"e", "/events"}, {"a", "/audit"}, {"q", "/queue"}} {
		b.press("g")
		b.press(way[0])
		b.until("at "+way[1], "location.pathname === '"+way[1]+"' && document.readyState === 'complete'")
	}

	// Whoever has switched them off is left alone.
	_ = ask(b, "switch them off", chromedp.Evaluate[string]("document.body.dataset.keys = 'off'"))
	for _, key := range []string{"j", "/", "?", "g", "e"} {
		b.press(key)
	}
	require.Empty(t, b.focused())
	require.False(t, ask(b, "look for the keys", chromedp.Evaluate[bool]("document.querySelector('#keys').open")))
	require.Equal(t, "/queue", b.place())
}

// TestRowsStayUntilTheyAreShownAnew lets one case leave the list and another come, while somebody reads it.
func TestRowsStayUntilTheyAreShownAnew(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	script := desk.signIn("script", "analyst")
	script.synced()
	taken := script.submit(duncan("user-4711"))
	script.becomes(taken[len("/identities/"):], "PENDING")
	var places []string
	fail := func(refID string) {
		places = append(places, script.submit(duncan(refID)))
		script.eventually(refID+" fails", func() (bool, any) {
			var c caseJSON
			script.json(places[len(places)-1], &c)
			return c.Lane == "failed", c
		})
	}
	fail("user-1")
	fail("user-2")
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.visit("/queue?lane=failed")
	require.Equal(t, []string{"user-1", "user-2"}, []string{b.row(0), b.row(1)})
	b.stays()
	b.press("j")

	fail("user-3")
	resp, body := desk.signIn("lea", "lead").post(places[0]+"/withdraw", url.Values{})
	require.Equal(t, 303, resp.StatusCode, body)
	b.until("the new one is announced", `document.querySelector('[data-testid="fresh"]')?.textContent.trim() === '1 new: show'`)
	b.until("the one that left is marked", "document.querySelector('#rows tbody tr')?.classList.contains('left')")
	require.Equal(t, []string{"user-1", "user-2"}, []string{b.row(0), b.row(1)}, "nothing moved")
	require.Equal(t, "user-1", b.focused(), "the focus stayed too")
	b.run("show it", click(`[data-testid="fresh"]`))
	b.until("the list is as it is now", "document.querySelector('#rows td:first-child a').textContent.trim() === 'user-2'")
	require.Equal(t, "user-3", b.row(1))
	require.True(t, b.stayed())
}

// TestAnOpenPageHearsAtOnce sees a decision long before the page would have asked by itself.
func TestAnOpenPageHearsAtOnce(t *testing.T) {
	t.Parallel()
	b, _, c := besideAScript(t)
	b.visit("/queue?lane=overdue&case=" + c.ID)
	heard := time.Now()
	b.desk.sandboxStatus(*c.PaxosID, `{"id_verification_status":"APPROVED","sanctions_verification_status":"APPROVED","additional_screening_status":"APPROVED"}`)
	b.until("the decision is shown", `document.querySelector('[data-testid="status"]').textContent.trim() === 'APPROVED'`)
	t.Logf("shown after %s", time.Since(heard).Round(10*time.Millisecond))
	b.until("the row is marked", "document.querySelector('#rows [aria-current]')?.closest('tr').classList.contains('left')")

	// An open page does not hold the desk up when it stops.
	stopping := time.Now()
	b.desk.stop()
	require.Less(t, time.Since(stopping), stopGrace)
}

// TestQueueWithoutJavaScript opens a case from the list, goes on to the next and back, and acts, by links and buttons alone.
func TestQueueWithoutJavaScript(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.scriptsOff()
	b.signIn("ana", "analyst")
	open := chromedp.WaitReady(chromedp.CSS("#case"))
	b.visit("/queue?lane=overdue&whose=all")
	b.run("begin", click(`[data-testid="first"]`), open)
	at := b.place()
	require.Regexp(t, `^/queue\?lane=overdue&whose=all&case=|^/queue\?case=[0-9a-f-]{36}&lane=overdue&whose=all$`, at)
	b.run("re-check", click(`[data-testid="recheck"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="notice"]`)))
	require.Equal(t, at, b.place())
	b.run("the next", click(`[data-testid="pane-next"]`), open)
	require.NotEqual(t, at, b.place())
	require.Contains(t, b.place(), "lane=overdue")
	b.run("back to the list", click(`[data-testid="pane-back"]`), chromedp.WaitVisible(chromedp.CSS("#rows")))
	require.Equal(t, "/queue?lane=overdue&whose=all", b.place())
}

// TestTheAnalystsLoop claims, notes and snoozes case after case, by the keyboard alone.
func TestTheAnalystsLoop(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.signIn("ana", "analyst")
	b.run("a wide window", chromedp.EmulateViewport(1600, 900))
	b.visit("/queue?lane=overdue")
	first, second, third := b.row(0), b.row(1), b.row(2)
	b.stays()

	b.press("n")
	b.shows(first)
	b.press("c")
	b.until("it is mine", `document.querySelector('[data-testid="release"]') && document.querySelector('#rows [aria-current]').closest('tr').textContent.includes('You')`)
	require.NotEmpty(t, b.focused(), "the button that had the focus has gone, the focus has not")

	b.press("m")
	b.run("write", chromedp.KeyEvent("Called the bank: *on Friday*."), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.waitFor("Called the bank: on Friday.")
	require.Contains(t, b.place(), "case=", "still beside the list")

	b.press("s")
	b.run("say why", chromedp.KeyEvent("waits for the bank"), chromedp.KeyEvent(kb.Enter))
	b.shows(second)
	require.Equal(t, second, b.focused(), "on to the next")
	b.until("the first has left its lane", "document.querySelector('#rows tbody tr').classList.contains('left')")
	require.Equal(t, first, b.row(0), "and stays in its place")

	// A key acts on a row whose case is not open; what needs words opens it first.
	b.run("close", click(`[data-testid="pane-back"]`))
	b.until("the list is alone", "!document.querySelector('#case')")
	require.Equal(t, second, b.focused())
	b.press("j")
	b.press("c")
	b.until("it is said", "document.querySelector('#announcer').textContent === '"+third+" is yours.'")
	b.until("it is shown", "document.querySelectorAll('#rows tbody tr')[2].textContent.includes('You')")
	require.Equal(t, third, b.focused())
	b.press("s")
	b.shows(third)
	b.until("the reason is asked for", "document.activeElement.name === 'reason'")

	// What is refused says so until it is put right: the link to the field asks the desk nothing.
	b.run("say nothing", chromedp.KeyEvent(kb.Enter))
	b.until("it is refused", "document.querySelector('#problem a')")
	_ = ask(b, "count what is asked", chromedp.Evaluate[bool]("(() => { const real = fetch; window.asked = 0; window.fetch = (...a) => { window.asked++; return real(...a); }; return true; })()"))
	b.run("go to the field", click("#problem a"))
	b.until("it has the focus", "location.hash === '#snooze-reason' && document.activeElement.name === 'reason'")
	require.Zero(t, ask(b, "read the count", chromedp.Evaluate[int]("window.asked")))
	require.True(t, b.stayed(), "the page was never loaded anew")

	// The one that sleeps is found again, and the list is short of it when it is shown anew.
	b.visit("/queue?lane=snoozed")
	require.Equal(t, first, b.row(0))
	b.visit("/queue?lane=overdue")
	require.Equal(t, second, b.row(0))
}

// another is a person beside the first: in the same browser, with nothing in common.
func (b *browser) another(t *testing.T) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	return &browser{t: t, desk: b.desk, ctx: ctx}
}

// TestTwoPeopleAndOneCase has two people claim the same case: the second is told who was faster and overwrites nothing. Then it is
// handed over, and the one who has it now hears of it and of a mention without loading anything.
func TestTwoPeopleAndOneCase(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	desk.signIn("script", "analyst").pending()
	ana := desk.open(t)
	tom := ana.another(t)
	ana.signIn("ana", "analyst")
	tom.signIn("tom", "analyst")
	ana.visit("/queue?lane=overdue")
	first, second := ana.row(0), ana.row(1)
	ana.press("n")
	ana.shows(first)
	at := ana.place()
	tom.visit(at)
	tom.stays()
	_ = ask(tom, "hold the page as it is", chromedp.Evaluate[bool]("document.querySelector('#act-snooze').parentElement.open = true"))
	const holder = `document.querySelector('[data-testid="holder"] strong')?.textContent.trim()`
	ana.press("c")
	ana.until("it is hers", holder+" === 'You'")
	require.Equal(t, "Free", ask(tom, "see what he sees", chromedp.Evaluate[string](holder)))
	tom.press("c")
	tom.until("he is told", "document.querySelector('#problem')")
	require.Regexp(t, `^Taken by ana (just now|\d+ s ago)\. Nothing was changed\.$`, strings.TrimSpace(tom.text("#problem")))
	require.Equal(t, "problem", ask(tom, "read the focus", chromedp.Evaluate[string]("document.activeElement.id")))
	require.Equal(t, "ana", ask(tom, "see what he sees", chromedp.Evaluate[string](holder)))
	tom.until("the answer was a conflict", "performance.getEntriesByType('resource').some((e) => e.name.endsWith('/claim') && e.responseStatus === 409)")
	ana.visit(at)
	require.Equal(t, "You", ask(ana, "see what she sees", chromedp.Evaluate[string](holder)))

	ana.run("hand it over", click("#act-assign"), chromedp.SetValue(chromedp.CSS("#hand-over-to"), "tom"),
		click(`[data-testid="hand-over-send"]`))
	tom.until("it is his", holder+" === 'You'")
	ana.shows(second)
	require.Empty(t, ask(tom, "look at the bell", chromedp.Evaluate[string]("document.querySelector('#bell').dataset.announce")))
	ana.press("m")
	ana.run("mention him", chromedp.KeyEvent("Have a look, @tom."), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	tom.until("the bell rings", "document.querySelector('#bell').dataset.announce === '1 new mention'")
	require.True(t, tom.stayed(), "his page was never loaded anew")
}

// TestAnotherWasFaster claims in one browser what another has claimed a moment before.
func TestAnotherWasFaster(t *testing.T) {
	t.Parallel()
	b, _, c := besideAScript(t)
	b.visit("/queue?lane=overdue&case=" + c.ID)
	_ = ask(b, "hold the page as it is", chromedp.Evaluate[bool]("document.querySelector('#act-snooze').parentElement.open = true"))
	resp, body := b.desk.signIn("tom", "analyst").post("/identities/"+c.ID+"/claim", url.Values{"expected": {""}})
	require.Equal(t, 303, resp.StatusCode, body)
	b.press("c")
	b.waitFor("Taken by tom")
	require.NotEmpty(t, b.focused())
	require.Contains(t, b.text(`[data-testid="case"]`), "tom")
	require.Contains(t, b.place(), "case="+c.ID)
}
