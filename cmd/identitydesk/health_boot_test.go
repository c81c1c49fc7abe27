package main

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestHealthOfARunningDesk looks at a desk that is well, compares its events with Paxos', then locks its database.
func TestHealthOfARunningDesk(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	ana := desk.signIn("ana", "lead")
	ana.becomes(ana.submit(duncan("user-4711"))[len("/identities/"):], "APPROVED")
	resp, body := ana.get("/readyz")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "ready", body, "nothing is amiss")
	_, body = ana.get("/settings")
	require.Contains(t, body, "Daily comparison with Paxos")
	require.Contains(t, body, "for people who wait")

	day := url.Values{"from": {time.Now().Add(-24 * time.Hour).Format(time.RFC3339)}, "to": {time.Now().Format(time.RFC3339)}}
	resp, body = ana.post("/events/missing", day)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.Contains(t, body, "The desk lacks")

	file, err := sql.Open("sqlite", "file:"+filepath.Join(desk.Dir, "desk.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	conn, err := file.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	_, err = conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 5000")
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	ana.eventually("say that the database cannot be written", func() (bool, any) {
		resp, body := ana.get("/readyz")
		return resp.StatusCode == http.StatusServiceUnavailable, body
	})
	_, body = ana.get("/queue")
	require.Contains(t, body, "The database cannot be written.")
	_, err = conn.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	ana.eventually("be ready again", func() (bool, any) {
		resp, body := ana.get("/readyz")
		return resp.StatusCode == http.StatusOK, body
	})
	_, body = ana.get("/queue")
	require.NotContains(t, body, "The database cannot be written.")
}
