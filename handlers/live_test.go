package handlers_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// patience is how long a test waits for what should come at once; machines under load are slow.
const patience = 30 * time.Second

// listener is an open page that hears what changes.
type listener struct {
	t     *testing.T
	lines chan string // closed when the stream has ended
	last  string      // the id of the last event
	hang  context.CancelFunc
}

// listen opens a stream.
func (b *browser) listen(t *testing.T, headers ...string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.d.url+"/live", nil)
	require.NoError(t, err)
	req.Header.Set("Accept", "text/event-stream")
	for n := 0; n < len(headers); n += 2 {
		req.Header.Set(headers[n], headers[n+1])
	}
	resp, err := b.client.Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	require.Empty(t, resp.Header.Get("Content-Encoding"), "an event must not wait in a packer")
	require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	l := &listener{t: t, lines: make(chan string), hang: cancel}
	go func() {
		defer close(l.lines)
		defer func() { _ = resp.Body.Close() }()
		for in := bufio.NewScanner(resp.Body); in.Scan(); {
			select {
			case l.lines <- in.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	require.True(t, strings.HasPrefix(l.line(), "retry: "))
	return l
}

// line waits for the next line that says something; empty when the stream has ended.
func (l *listener) line() string {
	l.t.Helper()
	for {
		select {
		case line, open := <-l.lines:
			if !open || line != "" {
				return line
			}
		case <-time.After(patience):
			l.t.Fatal("the stream says nothing")
		}
	}
}

// changed waits for the next event and gives the cases that it names.
func (l *listener) changed() (ids []string, many bool) {
	l.t.Helper()
	for {
		line := l.line()
		require.NotEmpty(l.t, line, "the stream has ended")
		if strings.HasPrefix(line, ":") {
			continue
		}
		require.True(l.t, strings.HasPrefix(line, "id: "), line)
		l.last = strings.TrimPrefix(line, "id: ")
		require.Equal(l.t, "event: changed", l.line())
		data, isData := strings.CutPrefix(l.line(), "data: ")
		require.True(l.t, isData)
		var told struct {
			IDs  []string
			Many bool
		}
		require.NoError(l.t, json.Unmarshal([]byte(data), &told))
		return told.IDs, told.Many
	}
}

// ended waits until the stream has ended.
func (l *listener) ended() {
	l.t.Helper()
	for l.line() != "" {
	}
}

func TestAPageHearsWhichCasesChange(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.store.OnChange(d.live.Publish)
	one, other := d.as(access.Viewer).listen(t), d.as(access.Analyst).listen(t)
	i := d.learn(nil)
	for _, l := range []*listener{one, other} {
		ids, many := l.changed()
		require.Equal(t, []string{i.ID}, ids)
		require.False(t, many)
	}
	d.clock.Advance(time.Hour)
	d.learn(func(r *identity.Record) { r.Status, r.UpdatedAt = identity.Approved, d.clock.Now() })
	ids, _ := one.changed()
	require.Equal(t, []string{i.ID}, ids)

	// A page that comes back hears whether it missed something.
	_, many := d.as(access.Lead).listen(t, "Last-Event-ID", "long ago").changed()
	require.True(t, many)
	back := d.as(access.Auditor).listen(t, "Last-Event-ID", one.last)
	d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-other", "user-other" })
	ids, many = back.changed()
	require.Len(t, ids, 1, "nothing was missed before")
	require.False(t, many)
	since := d.as(access.Admin).get("/queue").page(http.StatusOK).Find("body").AttrOr("data-since", "")
	require.Equal(t, d.live.At(), since)
	require.NotContains(t, d.log.String(), i.ID)
}

// lively serves another edge whose streams show often that they live; an answer there may take so long, zero for any time.
func (d *desk) lively(t *testing.T, writeTimeout time.Duration) *desk {
	t.Helper()
	h, err := handlers.NewLively(d.options(), 10*time.Millisecond)
	require.NoError(t, err)
	srv := httptest.NewUnstartedServer(h)
	srv.Config.WriteTimeout = writeTimeout
	srv.Start()
	t.Cleanup(srv.Close)
	return &desk{t: t, url: srv.URL, store: d.store, clock: d.clock, log: d.log, live: d.live}
}

func TestAStreamOutlivesTheServersWriteTimeout(t *testing.T) {
	t.Parallel()
	const timeout = 200 * time.Millisecond // far shorter than the stream lives
	d := boot(t)
	b := d.as(access.Viewer) // at the edge whose pages may take their time: this machine may be busy
	b.d = d.lively(t, timeout)
	l := b.listen(t)
	for start := time.Now(); time.Since(start) < 4*timeout; {
		require.Equal(t, ": still here", l.line())
	}
}

func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	d := boot(t).lively(t, 0)
	leaver, stayer := d.as(access.Viewer), d.as(access.Analyst)
	left, stays := leaver.listen(t), stayer.listen(t)
	require.Equal(t, http.StatusSeeOther, leaver.post("/logout", url.Values{}).status)
	left.ended()
	require.Equal(t, ": still here", stays.line(), "another session goes on")
	d.clock.Advance(9 * time.Hour)
	stays.ended()
	require.Equal(t, http.StatusUnauthorized, stayer.get("/live", "Accept", "text/event-stream").status, "a stream is not sent to the log-in")
}

func TestAStreamEndsWhenTheDeskStops(t *testing.T) {
	t.Parallel()
	d := boot(t)
	l := d.as(access.Viewer).listen(t)
	d.live.Close()
	l.ended()
	d.as(access.Viewer).listen(t).ended()
}

func TestASessionHasOnlySoManyStreams(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Viewer)
	var open []*listener
	for range 8 {
		open = append(open, b.listen(t))
	}
	require.Equal(t, http.StatusTooManyRequests, b.get("/live").status)
	require.Equal(t, http.StatusOK, b.get("/queue").status, "pages are shown all the same")
	d.as(access.Analyst).listen(t)
	open[0].hang()
	require.Eventually(t, func() bool {
		d.live.Publish([]string{"a"}) // what is written to a page that has gone shows that it has
		a := b.do(http.MethodHead, "/live", nil)
		return a.status == http.StatusOK
	}, patience, 20*time.Millisecond)
}
