package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/internal/identity"
)

// built is a whole desk of which nothing runs.
func built(t *testing.T) *desk {
	t.Helper()
	cfg, err := config.Load(environIn(t.TempDir()))
	require.NoError(t, err)
	keys, err := ensureKeys(&cfg)
	require.NoError(t, err)
	d, err := build(t.Context(), &cfg, keys, newLog(io.Discard, slog.LevelError, "text"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.close()) })
	return d
}

// hasty serves a whole desk by the server that serve uses, with the same limits but less patience.
func hasty(t *testing.T) (addr string, d *desk) {
	t.Helper()
	d = built(t)
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = limited(d.handler, d.log)
	require.LessOrEqual(t, srv.Config.ReadHeaderTimeout, 5*time.Second)
	require.LessOrEqual(t, srv.Config.ReadTimeout, 30*time.Second)
	require.LessOrEqual(t, srv.Config.WriteTimeout, time.Minute)
	require.LessOrEqual(t, srv.Config.IdleTimeout, 2*time.Minute)
	require.LessOrEqual(t, srv.Config.MaxHeaderBytes, 32<<10)
	for _, limit := range []time.Duration{srv.Config.ReadHeaderTimeout, srv.Config.ReadTimeout, srv.Config.WriteTimeout, srv.Config.IdleTimeout} {
		require.Positive(t, limit, "none is without end")
	}
	srv.Config.ReadHeaderTimeout, srv.Config.ReadTimeout, srv.Config.WriteTimeout = 300*time.Millisecond, 600*time.Millisecond, 2*time.Second
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String(), d
}

// say opens a connection and sends the beginning of a request.
func say(t *testing.T, addr, begin string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = io.WriteString(conn, begin)
	require.NoError(t, err)
	return conn
}

// TestSlowAndLargeRequests: who sends slowly, or too much, is let go of within the server's limits, on pages as on webhooks, and others
// do not notice.
func TestSlowAndLargeRequests(t *testing.T) {
	t.Parallel()
	addr, _ := hasty(t)
	var waiting []net.Conn
	for range 50 { // as many as a small attack holds open
		waiting = append(waiting, say(t, addr, "GET /login HTTP/1.1\r\nHost: desk\r\nX-Slow: "))
	}
	body := say(t, addr, "POST /login/dev HTTP/1.1\r\nHost: desk\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nuser=a")
	resp, err := http.Get("http://" + addr + "/login")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode, "others are served")

	for _, conn := range waiting {
		left, err := io.ReadAll(conn)
		require.NoError(t, err, "the desk closes it")
		require.NotContains(t, string(left), "200 OK")
	}
	resp, err = http.ReadResponse(bufio.NewReader(body), nil)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusBadRequest, resp.StatusCode, "half a form: %s", text)
	require.Empty(t, resp.Header.Get("Set-Cookie"))

	large := say(t, addr, fmt.Sprintf("GET /login HTTP/1.1\r\nHost: desk\r\nX-Large: %s\r\n\r\n", strings.Repeat("x", 40<<10)))
	resp, err = http.ReadResponse(bufio.NewReader(large), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, resp.StatusCode)
}

// TestSlowUpload: a file has longer than any other request, as long as something comes, and its answer has a time of its own.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	addr, d := hasty(t)
	now := time.Now()
	i, err := d.store.ApplyIdentity(t.Context(), identity.News{
		Record:  identity.Record{PaxosID: "paxos-1", RefID: "user-1", Type: identity.Person, Status: identity.Approved, CreatedAt: now, UpdatedAt: now},
		AskedAt: now, HeardAt: now, By: identity.BySync,
	}, nil)
	require.NoError(t, err)
	ana := (&running{t: t, URL: "http://" + addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")
	kind, form := filesForm(t, pdf("OTHER_DOCUMENTS", "slow.pdf"))
	out, in := io.Pipe()
	go func() {
		for piece := form.Len()/12 + 1; form.Len() > 0; time.Sleep(200 * time.Millisecond) {
			_, _ = in.Write(form.Next(piece)) // where it is not taken the answer says so
		}
		_ = in.Close()
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/identities/"+i.ID+"/documents", out)
	require.NoError(t, err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", "http://"+addr)
	resp, body := ana.do(req)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	require.Greater(t, time.Since(now), 2*time.Second, "longer than the server's limits")
}
