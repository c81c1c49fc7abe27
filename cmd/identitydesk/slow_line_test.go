package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// slowLine leads to a desk by a line on which what a page asks for by itself comes a good while after the desk has written it.
func (r *running) slowLine(t *testing.T) (at string, held *atomic.Int64) {
	t.Helper()
	desk, err := url.Parse(r.URL)
	require.NoError(t, err)
	held = &atomic.Int64{}
	line := httputil.NewSingleHostReverseProxy(desk)
	line.FlushInterval = -1
	line.ModifyResponse = func(answer *http.Response) error {
		if answer.Request.Header.Get("HX-Request") == "" {
			return nil
		}
		whole, err := io.ReadAll(answer.Body)
		answer.Body = io.NopCloser(bytes.NewReader(whole))
		held.Add(1)
		time.Sleep(2 * time.Second)
		return err
	}
	return newServer(t, line), held
}

// TestNewsDuringASlowAnswer has something happen while the page waits for an answer that was written before: it asks once more.
func TestNewsDuringASlowAnswer(t *testing.T) {
	t.Parallel()
	b, script, c := besideAScript(t)
	line, held := b.desk.slowLine(t)
	b.run("open the case", chromedp.Navigate(line+"/identities/"+c.ID), chromedp.WaitVisible(chromedp.CSS(`[data-testid="tags"]`)))
	script.tags(c.ID, "one")
	script.eventually("the page has asked", func() (bool, any) { return held.Load() > 0, held.Load() })
	time.Sleep(700 * time.Millisecond) // the page asks no two times within half a second
	script.tags(c.ID, "two")
	asked := time.Now()
	b.until("what came last is shown", `document.querySelector('[data-testid="tags"]').textContent.includes('two')`)
	require.Less(t, time.Since(asked), 30*time.Second, "it did not wait for the look that comes each minute")
}

// tags puts tags on a case.
func (p *person) tags(id, tags string) {
	p.t.Helper()
	resp, body := p.post("/identities/"+id+"/tags", url.Values{"tags": {tags}})
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode, body)
}
