package views_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/static"
	"identitydesk/views"
)

// measures are what a browser makes of a page, in pixels.
type measures struct {
	Wide   int      `json:"wide"`   // by how much the page is wider than the window
	Cut    []string `json:"cut"`    // tables that are wider than their place
	Tall   []int    `json:"tall"`   // heights of the queue's rows
	Hidden []string `json:"hidden"` // controls that lie outside of the window's width
}

const measure = `JSON.stringify({
	wide: document.documentElement.scrollWidth - innerWidth,
	cut: [...document.querySelectorAll('.table-scroll')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText.slice(0, 60)),
	tall: [...document.querySelectorAll('.split:not(.is-open) .queue tbody tr')].map(e => Math.round(e.getBoundingClientRect().height)),
	hidden: [...document.querySelectorAll('main a, main button, main input')].filter(e => !e.closest('.lanes, pre') && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80)),
})`

// Every page in every state fits on a laptop and on a telephone, and a laptop shows a row of the queue in one line.
func TestEveryPageFitsTheWindow(t *testing.T) {
	t.Parallel()
	assets, err := static.New()
	require.NoError(t, err)
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	pages := http.NewServeMux()
	pages.Handle("/static/", assets.Handler())
	stories := views.Stories(assets.Path, time.Date(2026, 3, 4, 17, 3, 9, 0, time.UTC), york)
	for _, s := range stories {
		pages.HandleFunc("/"+s.Name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := s.Component.Render(r.Context(), w); err != nil {
				panic(err)
			}
		})
	}
	srv := httptest.NewServer(pages)
	t.Cleanup(srv.Close)
	ctx := browse(t)
	for _, s := range stories {
		require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/"+s.Name), chromedp.WaitReady(chromedp.CSS("main"))))
		for _, width := range []int64{1280, 360} {
			require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)))
			text, err := chromedp.Run(ctx, chromedp.Evaluate[string](measure))
			require.NoError(t, err)
			var m measures
			require.NoError(t, json.Unmarshal([]byte(text), &m))
			require.LessOrEqual(t, m.Wide, 0, "%s at %d pixels", s.Name, width)
			require.Empty(t, m.Cut, "%s at %d pixels", s.Name, width)
			require.Empty(t, m.Hidden, "%s at %d pixels", s.Name, width)
			for _, height := range m.Tall {
				require.True(t, width < 1280 || height <= 42, "%s: a row is %d pixels high", s.Name, height)
			}
			require.True(t, s.Name != "queue/stuck" || len(m.Tall) > 20, "the rows are measured")
		}
	}
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
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
