package main

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLockedUnderARunningDesk: while another process holds the database's lock webhooks get 503 and pages are shown and say so; what
// was confirmed stays, what was not comes again, and the desk goes on by itself.
func TestLockedUnderARunningDesk(t *testing.T) {
	t.Parallel()
	desk := boot(t, "WEBHOOK_KEY=of-the-test", "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	ana := desk.signIn("ana", "lead")
	desk.confirmed("before")

	file, err := sql.Open("sqlite", "file:"+filepath.Join(desk.Dir, "desk.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	other, err := file.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)

	status, err := desk.hook("meanwhile")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, status)
	resp, _ := ana.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	resp, body := ana.get("/events/before")
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.Contains(t, body, "The database cannot be written.")

	_, err = other.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	desk.confirmed("meanwhile")
	for _, id := range []string{"before", "meanwhile"} {
		var event struct{ Deliveries int }
		ana.json("/events/"+id, &event)
		require.Equal(t, 1, event.Deliveries, id)
	}
	ana.eventually("say nothing any more", func() (bool, any) {
		resp, body := ana.get("/readyz")
		return resp.StatusCode == http.StatusOK, body
	})
}

// confirmed sends a webhook until it is.
func (r *running) confirmed(id string) {
	r.t.Helper()
	status := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var err error
		if status, err = r.hook(id); err == nil && status == http.StatusOK {
			return
		}
	}
	r.t.Fatalf("%s is refused still: %d", id, status)
}
