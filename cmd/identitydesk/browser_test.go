package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// browser is a person at a real browser.
type browser struct {
	t    *testing.T
	desk *running
	ctx  context.Context
}

// chromium is the browser's path. Without one the test fails: a way through the desk that was not tried is not shown.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium on this machine: install the package chromium (Debian, Ubuntu), or run `make test`, which does")
	return ""
}

// open starts a browser of its own, with an empty profile, that talks to nobody but the desk.
func (r *running) open(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 900), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, desk: r, ctx: ctx}
	require.NoError(t, chromedp.Do(ctx)) // the first run starts the browser, which ends with its context
	return b
}

// besideAScript is the browser of an analyst at a quiet desk, a script that works there, too, and a case that Paxos has not decided.
func besideAScript(t *testing.T) (b *browser, script *person, c caseJSON) {
	t.Helper()
	desk := boot(t, quiet()...)
	script = desk.signIn("script", "analyst")
	c = script.pending()
	b = desk.open(t)
	b.signIn("ana", "analyst")
	return b, script, c
}

// run does some actions and fails with what the page says where they do not work.
func (b *browser) run(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v\nthe page says:\n%s", what, err, b.words())
	}
}

// ask reads one thing from the page.
func ask[T any](b *browser, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v\nthe page says:\n%s", what, err, b.words())
	}
	return answer
}

// words is the place and the text of the page, for messages.
func (b *browser) words() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	place, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
	return place + "\n" + text
}

func (b *browser) visit(path string) {
	b.t.Helper()
	b.run("open "+path, chromedp.Navigate(b.desk.URL+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// back goes back by the browser's own button, and comes where a page was that the browser was not to keep as well.
func (b *browser) back() {
	b.t.Helper()
	history, err := chromedp.Call(b.ctx, page.GetNavigationHistory, cdp.Empty{})
	require.NoError(b.t, err)
	before := history.Entries[history.CurrentIndex-1]
	_, err = chromedp.Call(b.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: before.ID})
	require.NoError(b.t, err)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		now, err := chromedp.Call(b.ctx, page.GetNavigationHistory, cdp.Empty{})
		if err == nil && now.CurrentIndex == history.CurrentIndex-1 { // a page that is just being left answers with an error
			return
		}
	}
	b.t.Fatalf("the browser did not go back; the page says:\n%s", b.words())
}

// text is what a part of the page says, once the page is whole and the part is to be seen. It is read in one step: the page may renew the
// part in any moment.
func (b *browser) text(selector chromedp.CSS) string {
	b.t.Helper()
	read := "(() => { const e = document.querySelector(" + strconv.Quote(string(selector)) + "); return " + whole + " && e?.checkVisibility() ? [e.innerText] : [] })()"
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](read))
		cancel()
		if err == nil && len(found) == 1 { // a page that is just being left answers with an error
			return found[0]
		}
	}
	b.t.Fatalf("the page never showed %s; it says:\n%s\n%s", selector, b.words(), b.desk.Log.tail())
	return ""
}

// main is the text of the page's main part.
func (b *browser) main() string {
	b.t.Helper()
	return b.text("main")
}

// place is where the browser is, without scheme and host.
func (b *browser) place() string {
	b.t.Helper()
	return strings.TrimPrefix(ask(b, "read the address", chromedp.Location()), b.desk.URL)
}

// whole is true once the page is all there: the words at its top are to be seen before the fields at its end.
const whole = `document.readyState === "complete"`

// waitFor waits until the page is whole and its main part says something, without touching the page.
func (b *browser) waitFor(what string) {
	b.t.Helper()
	b.until("the page says "+what, whole+` && document.querySelector("main")?.innerText.toLowerCase().includes(`+strconv.Quote(strings.ToLower(what))+`)`)
}

// click is a click on the first such element, once the page is whole and the element can take one: it is to be seen, not disabled, and
// nothing lies over it. All is done in one step of the page, since a page that is renewed or moves takes the ground from under a mouse.
func click(selector chromedp.CSS) chromedp.Action[chromedp.Void] {
	const step = `(selector => {
		const e = document.querySelector(selector);
		if (!e) return 'is not there';
		if (!(%s)) return 'is on a page that still loads';
		if (!e.checkVisibility() || e.disabled) return 'is hidden or disabled';
		e.scrollIntoView({ block: 'nearest', behavior: 'instant' });
		const { x, y, width, height } = e.getClientRects()[0], top = document.elementFromPoint(x + width / 2, y + height / 2);
		if (!top || !(e.contains(top) || top.contains(e))) return 'lies under ' + top?.outerHTML.slice(0, 80);
		e.focus();
		e.click();
		return '';
	})(%q)`
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for last := "was never looked at"; ; {
			not, err := chromedp.Evaluate[string](fmt.Sprintf(step, whole, selector))(ctx, t)
			if err == nil && not == "" {
				return nil
			}
			if err == nil { // a page that is just being left answers with an error
				last = not
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("click %s: it %s: %w", selector, last, ctx.Err())
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

// named is the selector of a form field.
func named(field string) chromedp.CSS { return chromedp.CSS(`[name="` + field + `"]`) }

// signIn uses the log-in page as a person does.
func (b *browser) signIn(user, role string) {
	b.t.Helper()
	b.visit("/")
	require.Equal(b.t, "/login", strings.SplitN(b.place(), "?", 2)[0])
	b.run("sign in",
		chromedp.SendKeys(named("user"), user),
		click(chromedp.CSS(`input[name="role"][value="`+role+`"]`)),
		chromedp.Submit(named("user")),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="queue"]`)))
}

// fillIn types a person into the form, field by field.
func (b *browser) fillIn(form map[string][]string) {
	b.t.Helper()
	for field, values := range form {
		for _, value := range values {
			b.enter(field, value)
		}
	}
}

// enter puts a value into one field, whatever kind of control it is.
func (b *browser) enter(field, value string) {
	b.t.Helper()
	b.until("the form has the field "+field, "document.querySelector('"+string(named(field))+"')")
	kind := ask(b, "find "+field, chromedp.Evaluate[string](
		"(e => (e.tagName + ' ' + (e.type || '')).toLowerCase())(document.querySelector('"+string(named(field))+"'))"))
	switch {
	case strings.HasPrefix(kind, "select"):
		b.run("choose "+field, chromedp.SetValue(named(field), value))
	case strings.HasSuffix(kind, "checkbox"), strings.HasSuffix(kind, "radio"):
		b.run("tick "+field, click(named(field)+chromedp.CSS(`[value="`+value+`"]`)))
	case strings.HasSuffix(kind, " date"):
		b.run("enter "+field, chromedp.SetValue(named(field), value))
	default:
		b.run("type "+field, chromedp.SendKeys(named(field), value))
	}
}

// scriptsOff makes the browser one without JavaScript.
func (b *browser) scriptsOff() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(b.t, err)
}

// press presses one key as a keyboard does: what the page does on the key going down can keep its letter from being typed.
func (b *browser) press(key string) {
	b.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		params := input.DispatchKeyEventParams{Type: kind, Key: key}
		if kind == input.DispatchKeyEventTypeKeyDown {
			params.Text = key
		}
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, params)
		require.NoError(b.t, err)
	}
}

// lookUp goes to the look-up box by its key, types an id and presses Enter.
func (b *browser) lookUp(id string) {
	b.t.Helper()
	b.press("/")
	b.run("look up "+id, chromedp.KeyEvent(id), chromedp.KeyEvent(kb.Enter))
}
