package main

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// planted is a person whose data no page has by itself, and what must be found nowhere.
func planted() (url.Values, []string) {
	form := duncan("user-4711")
	for field, value := range map[string]string{
		"person_details.first_name": "Quillonia", "person_details.last_name": "Zephyrwright", "person_details.date_of_birth": "1931-12-27",
		"person_details.address.address1": "77 Umbrabarrow Lane", "person_details.email": "q.zephyr@planted.example",
	} {
		form.Set(field, value)
	}
	return form, []string{"Quillonia", "Zephyrwright", "Umbrabarrow", "planted.example", "1931-12-27", "073-05-1120", "555 678 1234"}
}

const street = "77 Umbrabarrow Lane"

// everything is all that the page holds, seen or not.
func (b *browser) everything() string {
	b.t.Helper()
	return ask(b, "read the page's source", chromedp.Evaluate[string]("document.documentElement.outerHTML"))
}

// revealAddress fills the form in that the key opens.
func (b *browser) revealAddress() {
	b.t.Helper()
	b.run("say what and why",
		chromedp.SetValue(chromedp.CSS(`form[action$="/reveal"] [name="group"]`), "address"),
		chromedp.SetValue(chromedp.CSS(`form[action$="/reveal"] [name="reason_code"]`), "paxos_asked"),
		chromedp.SendKeys(chromedp.CSS("#reveal-reason"), "Paxos asked for the street"+kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="personal-data"]`)))
	require.Contains(b.t, b.text(`[data-testid="revealed"]`), street)
}

// TestRevealInTheBrowser reveals by the keyboard, and sees it go: by time, by leaving, by a click, on the case's page and beside the
// queue.
func TestRevealInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	form, _ := planted()
	place := desk.signIn("script", "analyst").submit(form)
	b := desk.open(t)
	b.signIn("ana", "analyst")

	b.visit(place)
	b.press("v")
	b.until("the form is open", "document.activeElement?.id === 'reveal-group'")
	b.revealAddress()
	require.Equal(t, place, b.place(), "to load the page again sends no form")
	require.Equal(t, "Address", b.focused())
	b.until("the countdown runs", `/^4:5\d$/.test(document.querySelector('[data-left]').textContent)`)
	_ = ask(b, "let the time pass", chromedp.Evaluate[bool]("(now => Boolean(Date.now = () => now() + 300000))(Date.now)"))
	b.until("it is gone", `document.querySelector('[data-testid="hidden"]')`)
	require.NotContains(t, b.everything(), "Umbrabarrow")

	b.visit(place)
	b.press("v")
	b.revealAddress()
	b.visit("/queue")
	b.run("back", chromedp.Evaluate[chromedp.Void]("history.back()"))
	b.until("the case is there again", `document.querySelector('#case') && location.pathname === '`+place+`'`)
	require.NotContains(t, b.everything(), "Umbrabarrow")

	b.visit("/queue?lane=waiting&whose=all&case=" + strings.TrimPrefix(place, "/identities/"))
	b.stays()
	b.press("v")
	b.revealAddress()
	require.True(t, b.stayed(), "beside the list, which stays")
	b.run("hide", click(`[data-testid="hide"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="hidden"]`)))
	require.NotContains(t, b.everything(), "Umbrabarrow")
	require.True(t, b.stayed())
}

// TestRevealWithoutJavaScript reveals with a browser that the server leads away after five minutes, and searches by name.
func TestRevealWithoutJavaScript(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	form, _ := planted()
	place := desk.signIn("script", "analyst").submit(form)
	b := desk.open(t)
	b.scriptsOff()
	b.signIn("ana", "analyst")

	b.visit("/lookup")
	b.run("search", chromedp.SendKeys(named("name"), "zephyrwright, QUILLONIA"+kb.Enter), chromedp.WaitVisible(chromedp.CSS(`[data-testid="matches"]`)))
	require.Contains(t, b.text(`[data-testid="matches"]`), "user-4711")
	require.Equal(t, "/lookup", b.place(), "the name stands in no address")

	b.visit(place)
	b.run("open the form", click(`[data-testid="reveal"]`), chromedp.WaitVisible(named("group")))
	b.revealAddress()
	require.Contains(t, b.everything(), `content="300;url=`+place+`"`, "after five minutes the case without it")
	b.run("hide", click(`[data-testid="hide"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="reveal"]`)))
	require.Equal(t, place, b.place())
	require.NotContains(t, b.everything(), "Umbrabarrow")
	b.back()
	b.until("something is there", `document.body`)
	require.NotContains(t, b.everything(), "Umbrabarrow", "the browser has kept nothing")
}

// TestRevealLeavesNothingBehind reveals every group of a planted person, live and from the draft, and searches for the name; then it
// looks for every value in every byte of the data folder and in the log. The words of a reason stand on the pages of the log alone.
func TestRevealLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	ana := desk.signIn("ana", "analyst")
	form, values := planted()
	place := ana.submit(form)
	var seen strings.Builder
	groups := []string{"name", "birth", "address", "contact", "government_id", "tax", "cdd", "verification"}
	revealAll := func() {
		for _, group := range groups {
			resp, body := ana.post(place+"/reveal", url.Values{"group": {group}, "reason_code": {"other"}, "reason": {"Mrs Zephyrwright rang"}})
			require.Equal(t, http.StatusOK, resp.StatusCode, body)
			require.Contains(t, resp.Header.Get("Cache-Control"), "no-store")
			seen.WriteString(body)
		}
	}
	revealAll()
	ana.becomes(strings.TrimPrefix(place, "/identities/"), "APPROVED")
	revealAll()
	resp, body := ana.post("/lookup", url.Values{"name": {"Quillonia Zephyrwright"}})
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.Contains(t, body, "user-4711")
	for _, value := range values {
		require.Contains(t, seen.String(), value, "it was shown")
	}

	lea := desk.signIn("lea", "lead")
	for _, path := range []string{"/queue", "/identities?format=csv", "/audit?format=csv", "/reveals?format=csv", "/metrics"} {
		_, page := lea.get(path)
		for _, value := range values {
			require.NotContains(t, page, value, path)
		}
	}
	desk.stop()
	files := desk.everyByte()
	require.NotEmpty(t, files)
	files["the log"] = []byte(desk.Log.String())
	for name, content := range files {
		for _, value := range values {
			require.False(t, bytes.Contains(bytes.ToLower(content), bytes.ToLower([]byte(value))), "%s in %s", value, name)
		}
	}
}

// TestACorrectionLeavesThePage opens what Paxos holds of a person to correct it: to load the page again asks anew, and when the form is
// not good any more nothing of it is left, nor of what would have been sent.
func TestACorrectionLeavesThePage(t *testing.T) {
	t.Parallel()
	desk := boot(t, quiet()...)
	form, _ := planted()
	script := desk.signIn("script", "analyst")
	place := script.submit(form)
	script.submission(strings.TrimPrefix(place, "/identities/"), "accepted")
	b := desk.open(t)
	b.signIn("ana", "analyst")
	field := chromedp.CSS(`#f-person_details-address-address1`)
	open := func() {
		t.Helper()
		b.run("say why", chromedp.SetValue(chromedp.CSS("#ask-code"), "correction"),
			chromedp.SendKeys(chromedp.CSS("#ask-reason"), "the street is misspelt"+kb.Enter), chromedp.WaitVisible(field))
		require.Contains(t, b.everything(), street)
	}
	b.visit(place + "/correct")
	open()
	b.run("load it again", chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(`[data-testid="change-ask"]`)))
	require.NotContains(t, b.everything(), "Umbrabarrow")

	open()
	b.run("hide", click(`[data-testid="hide"]`), chromedp.WaitVisible(chromedp.CSS(`[data-testid="hidden"]`)))
	require.NotContains(t, b.everything(), "Umbrabarrow")

	b.visit(place + "/correct")
	open()
	b.run("look at what will be sent", chromedp.SetValue(field, "78 Umbrabarrow Lane"), click(`[data-testid="change-check"]`),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="plan"]`)))
	require.Contains(t, b.everything(), "78 Umbrabarrow Lane")
	_ = ask(b, "let the time pass", chromedp.Evaluate[bool]("(now => Boolean(Date.now = () => now() + 1800000))(Date.now)"))
	b.until("it is gone", `document.querySelector('[data-testid="hidden"]')`)
	require.NotContains(t, b.everything(), "Umbrabarrow")
}
