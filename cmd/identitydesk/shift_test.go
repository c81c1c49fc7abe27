package main

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// watchShifts makes the page add up by how much its parts have moved since it was asked for, but for what somebody's own click or key
// has moved.
const watchShifts = `(() => {
	window.shifted = 0;
	new PerformanceObserver((seen) => {
		for (const { hadRecentInput, value } of seen.getEntries()) if (!hadRecentInput) window.shifted += value;
	}).observe({ type: 'layout-shift', buffered: true });
	return true;
})()`

// steady asserts that nothing worth the name has moved by itself.
func (b *browser) steady(when string) {
	b.t.Helper()
	require.Less(b.t, b.shifted(), 0.01, when)
}

// shifted is the layout shift so far, once the browser has drawn what there is.
func (b *browser) shifted() float64 {
	b.t.Helper()
	return ask(b, "add the shifts up", chromedp.Evaluate[float64](
		"new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shifted), 50))))", chromedp.EvalAwaitPromise))
}

// tops are the heights at which elements begin.
func (b *browser) tops(selector string) []int {
	b.t.Helper()
	return ask(b, "measure "+selector, chromedp.Evaluate[[]int](
		"[...document.querySelectorAll('"+selector+"')].map((e) => Math.round(e.getBoundingClientRect().top))"))
}

// TestNothingMovesByItself reads the queue and a case while news arrives: words change in their places, and nothing else moves.
func TestNothingMovesByItself(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	script := desk.signIn("script", "analyst")
	c := script.pending()
	place := map[string]string{}
	fail := func(refID string) {
		place[refID] = script.submit(duncan(refID))
		script.eventually(refID+" fails", func() (bool, any) {
			var c caseJSON
			script.json(place[refID], &c)
			return c.Lane == "failed", c
		})
	}
	script.becomes(script.submit(duncan("user-4711"))[len("/identities/"):], "PENDING")
	fail("user-1")
	fail("user-2")
	b := desk.open(t)
	b.signIn("ana", "analyst")

	b.visit("/queue?lane=failed")
	require.True(t, ask(b, "watch", chromedp.Evaluate[bool](watchShifts)))
	rows := b.tops("#rows tbody tr")
	require.Len(t, rows, 2)
	fail("user-3")
	resp, body := desk.signIn("lea", "lead").post(place["user-1"]+"/withdraw", url.Values{})
	require.Equal(t, 303, resp.StatusCode, body)
	b.until("the new row is told of", `document.querySelector('[data-testid="fresh"]')`)
	b.until("the old row is marked", "document.querySelector('#rows tr.left')")
	require.Equal(t, rows, b.tops("#rows tbody tr"), "the rows stay where they are")
	b.steady("in the queue")

	b.visit("/identities/" + c.ID)
	require.True(t, ask(b, "watch", chromedp.Evaluate[bool](watchShifts)))
	head := b.tops("#case h1, #case [data-testid=verdict]")
	require.Len(t, head, 2)
	desk.sandboxStatus(*c.PaxosID, `{"id_verification_status":"APPROVED","sanctions_verification_status":"APPROVED","additional_screening_status":"APPROVED"}`)
	b.until("the decision is shown", `document.querySelector('[data-testid="status"]').textContent.trim() === 'APPROVED'`)
	require.Equal(t, head, b.tops("#case h1, #case [data-testid=verdict]"), "the case stays where it is")
	b.steady("on a case")

	// What does move is seen.
	_ = ask(b, "push the page down", chromedp.Evaluate[bool]("document.querySelector('main').prepend(Object.assign(document.createElement('p'), { textContent: 'x'.repeat(20000) })), true"))
	require.Greater(t, b.shifted(), 0.01)
}
