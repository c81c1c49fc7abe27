package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// command runs a command of the binary on the data of a desk, and gives its exit code and what it printed.
func (r *running) command(args ...string) (int, string) {
	r.t.Helper()
	out := &lockedBuffer{}
	p := program{stdout: out, stderr: out, environ: environIn(r.Dir)}
	code := p.main(context.WithoutCancel(r.t.Context()), args)
	return code, out.String()
}

// hook sends a webhook with the key of these tests.
func (r *running) hook(id string) (int, error) {
	body := fmt.Sprintf(`{"id":%q,"type":"transfer.settled","time":"2026-03-02T10:00:00Z"}`, id)
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.URL+"/webhooks/paxos", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Api-Key", "of-the-test")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func TestBackupDuringWritesAndRestore(t *testing.T) {
	t.Parallel()
	key := "WEBHOOK_KEY=of-the-test"
	desk := boot(t, key, "POLL_INTERVAL=1h")
	ana := desk.signIn("ana", "analyst")
	id := strings.TrimPrefix(ana.submit(duncan("user-4711")), "/identities/")
	ana.becomes(id, "APPROVED")
	for n := range 20 {
		status, err := desk.hook(fmt.Sprintf("before-%d", n))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
	}

	copied := filepath.Join(t.TempDir(), "copy.db")
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if status, err := desk.hook(fmt.Sprintf("during-%d-%d", w, n)); err != nil || status != http.StatusOK {
					t.Errorf("a delivery during the backup: %d, %v", status, err)
					return
				}
			}
		})
	}
	code, said := desk.command("backup", copied)
	stop()
	writers.Wait()
	require.Zero(t, code, said)
	info, err := os.Stat(copied)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	code, said = desk.command("backup", copied)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "--force")
	left, err := os.ReadDir(filepath.Dir(copied))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing but the backup is left")

	status, err := desk.hook("after-0")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	code, said = desk.command("restore", copied)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "stop the desk")
	desk.stop()

	code, said = desk.command("restore", copied)
	require.Zero(t, code, said)
	require.FileExists(t, filepath.Join(desk.Dir, "desk.db.before-restore"))
	again := bootIn(t, desk.Dir, key, "POLL_INTERVAL=1h")
	ana = again.signIn("ana", "analyst")
	ana.becomes(id, "APPROVED")
	_, page := ana.get("/identities/" + id)
	require.Contains(t, page, "Duncan", "what was sealed opens")
	for n := range 20 {
		resp, body := ana.get(fmt.Sprintf("/events/before-%d", n))
		require.Equal(t, http.StatusOK, resp.StatusCode, body)
	}
	resp, _ := ana.get("/events/after-0")
	require.Equal(t, http.StatusNotFound, resp.StatusCode, "the backup was made before")
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	code, said := desk.command("backup", copied)
	require.Zero(t, code, said)
	desk.stop()
	whole, err := os.ReadFile(copied)
	require.NoError(t, err)
	live, err := os.ReadFile(filepath.Join(desk.Dir, "desk.db"))
	require.NoError(t, err)

	bad := func(content []byte) string {
		path := filepath.Join(t.TempDir(), "bad.db")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	for name, c := range map[string]struct{ path, says string }{
		"no file":        {filepath.Join(t.TempDir(), "none"), "cannot be read"},
		"no database":    {bad([]byte("this is no database")), "no whole database"},
		"cut off":        {bad(whole[:len(whole)/2]), "no whole database"},
		"another's file": {bad(nil), "no database of the desk"},
	} {
		code, said := desk.command("restore", c.path)
		require.Equal(t, exitFailed, code, name)
		require.Contains(t, said, c.says, name)
	}
	now, err := os.ReadFile(filepath.Join(desk.Dir, "desk.db"))
	require.NoError(t, err)
	require.Equal(t, live, now, "a refusal touches nothing")
	require.NoFileExists(t, filepath.Join(desk.Dir, "desk.db.before-restore"))

	// A machine that lost its data has no keys either: the backup must not be put in place under new ones.
	lost := &running{t: t, Dir: t.TempDir()}
	code, said = lost.command("restore", copied)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "ENCRYPTION_KEYS")
	require.NoFileExists(t, filepath.Join(lost.Dir, "desk.db"))
}
