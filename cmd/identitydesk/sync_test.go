package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
)

// A sync beside a running desk makes no call of its own: here it could make none.
func TestSyncBesideADeskOnlyShowsItsProgress(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	desk.signIn("ana", "analyst").pending() // the first backfill is done
	var out lockedBuffer
	p := program{stdout: &out, stderr: &out, environ: environIn(
		desk.Dir, "PAXOS_API_URL=http://127.0.0.1:1/v2", "PAXOS_TOKEN_URL=http://127.0.0.1:1/oauth2/token",
	)}
	require.Zero(t, p.main(t.Context(), []string{"sync"}), out.String())
	require.Contains(t, out.String(), "A desk runs on this database")
	require.Regexp(t, `Done: \d{3,} identities, \d{2,} events\.`, out.String())

	desk.stop()
	require.Equal(t, exitFailed, p.main(t.Context(), []string{"sync"}), "a desk that was stopped has let go")
	require.Contains(t, out.String(), "cannot be reached")
}

// endless is a Paxos whose list of identities never ends, and which counts its pages.
func endless(pages *atomic.Int64) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"access_token":"t","token_type":"bearer","expires_in":3599,"scope":"identity:read_identity events:read_event"}`)
	})
	mux.HandleFunc("GET /v2/identity/identities", func(w http.ResponseWriter, _ *http.Request) {
		n := pages.Add(1)
		_, _ = fmt.Fprintf(w, `{"items":[{"id":"00000000-0000-4000-8000-%012d","status":"PENDING","created_at":"2026-03-02T10:00:00Z"}],"next_page_cursor":"c%d"}`, n, n)
	})
	return mux
}

// A desk that starts while a sync reads has the budget to itself within a second or two; the sync goes on by watching.
func TestSyncHandsOverToADesk(t *testing.T) {
	t.Parallel()
	var pages atomic.Int64
	url := newServer(t, endless(&pages))
	environ := environIn(t.TempDir(), "PAXOS_API_URL="+url+"/v2", "PAXOS_TOKEN_URL="+url+"/oauth2/token")
	var out lockedBuffer
	p := program{stdout: &out, stderr: &out, environ: environ}
	code := make(chan int, 1)
	go func() { code <- p.main(t.Context(), []string{"sync"}) }()
	require.Eventually(t, func() bool { return pages.Load() >= 2 }, patience, 10*time.Millisecond, "%s", &out)

	cfg, err := config.Load(environ)
	require.NoError(t, err)
	keys, err := ensureKeys(&cfg)
	require.NoError(t, err)
	s, err := openStore(t.Context(), &cfg, keys, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	_, err = s.TakeLease(t.Context(), callers, "desk test", time.Minute, true)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "A desk runs") }, patience, 10*time.Millisecond, "%s", &out)
	read := pages.Load()
	time.Sleep(time.Second)
	require.LessOrEqual(t, pages.Load(), read+1, "it makes no more calls than the one that was on its way")

	require.NoError(t, s.SetState(t.Context(), "inbox_backfill_asked", ""))
	done := time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano) // as the desk notes when it has read all
	require.NoError(t, s.SetState(t.Context(), "inbox_backfill_done", done))
	require.Zero(t, <-code, out.String())
	require.Contains(t, out.String(), "Done:")
}
