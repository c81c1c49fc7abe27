package views_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/static"
	"identitydesk/views"
)

// gallery serves every story as the desk serves its pages, with the policy that the desk sends, to a browser.
type gallery struct {
	url     string
	stories []views.Story
	browser context.Context
	doubts  *sync.Map // what axe-core left to a person, told once
}

func openGallery(t *testing.T) gallery {
	t.Helper()
	assets, err := static.New()
	require.NoError(t, err)
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	g := gallery{doubts: new(sync.Map), stories: views.Stories(assets.Path, time.Date(2026, 3, 4, 17, 3, 9, 0, time.UTC), york)}
	pages := http.NewServeMux()
	pages.Handle("/static/", assets.Handler())
	for _, s := range g.stories {
		pages.HandleFunc("/"+s.Name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", views.ContentPolicy)
			if err := s.Component.Render(r.Context(), w); err != nil {
				panic(err)
			}
		})
	}
	srv := httptest.NewServer(pages)
	t.Cleanup(srv.Close)
	g.url = srv.URL
	g.browser = browse(t)
	return g
}

// tabs is how many pages are looked at in one moment: what two cores can bear.
const tabs = 2

// Every page in every state fits its window, shows where the focus is, and is accessible. A page is loaded once for all three.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	g := openGallery(t)
	for n := range tabs {
		t.Run("tab "+strconv.Itoa(n+1), func(t *testing.T) {
			t.Parallel()
			tab := g.tab(t)
			for i := n; i < len(g.stories); i += tabs {
				s := g.stories[i]
				g.visit(t, tab, s.Name)
				fits(t, tab, s)
				g.showsFocus(t, tab, s)
				g.isAccessible(t, tab, axe, s)
			}
		})
	}
}

// first tells whether a story is the first of its page. The stories of a page have its frame and most of its parts in common.
func (g gallery) first(s views.Story) bool {
	page := func(s views.Story) string { return strings.SplitN(s.Name, "/", 2)[0] }
	return s.Name == g.stories[slices.IndexFunc(g.stories, func(o views.Story) bool { return page(o) == page(s) })].Name
}

// tab opens a page of its own, which remembers what its content policy forbade. It has a profile of its own, since pages of one profile
// may share a process, and then wait for each other.
func (g gallery) tab(t *testing.T) context.Context {
	t.Helper()
	tab, cancel := chromedp.NewContext(g.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(1280, 900)))
	_, err := chromedp.Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	require.NoError(t, err)
	_, err = chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `globalThis.forbidden = []; addEventListener('securitypolicyviolation', e => forbidden.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))`,
	})
	require.NoError(t, err)
	return tab
}

func (g gallery) visit(t *testing.T, tab context.Context, story string) {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(g.url+"/"+story), chromedp.WaitReady(chromedp.CSS("main"))), story)
}

// ask evaluates an expression in a page; a promise is awaited.
func ask[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return answer
}

// prefer sets what the reader's system prefers: "prefers-color-scheme", "dark", and so on in pairs. Media may be "print".
func prefer(t *testing.T, tab context.Context, media string, pairs ...string) {
	t.Helper()
	params := emulation.SetEmulatedMediaParams{Media: media}
	for i := 0; i < len(pairs); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: pairs[i], Value: pairs[i+1]})
	}
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, params)
	require.NoError(t, err)
}

// browse starts a browser with an empty profile. Without one the test fails: what was not seen does not fit.
func browse(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	require.NotEmpty(t, path, "no Chromium on this machine: install the package chromium, or run `make test`, which does")
	ctx, cancel := context.WithTimeout(t.Context(), 17*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}
