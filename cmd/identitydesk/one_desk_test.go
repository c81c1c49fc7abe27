package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ends runs a command of the binary in a process of its own until it ends by itself, and gives its exit code and what it printed.
func (p *process) ends(more []string, args ...string) (int, string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(p.environment(), more...)
	said, _ := cmd.CombinedOutput() // the exit code tells
	return cmd.ProcessState.ExitCode(), string(said)
}

// TestOneDeskPerDatabase: a second desk on a database does not start, whatever path leads there; other commands work beside the
// first; and one that was killed is followed at once.
func TestOneDeskPerDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "desk.db"), filepath.Join(t.TempDir(), "link.db")
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	_, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+file, "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)

	require.NoError(t, os.Symlink(file, link))
	for _, url := range []string{"sqlite:" + file, "sqlite:" + link} {
		code, said := desk.ends([]string{"LISTEN_ADDR=127.0.0.1:0", "DATABASE_URL=" + url}, "serve")
		require.Equal(t, exitFailed, code, said)
		require.Contains(t, said, file, url)
		require.Contains(t, said, "stop the desk first")
		require.Contains(t, said, "DATABASE_URL")
	}
	for _, beside := range [][]string{{"migrate"}, {"backup", filepath.Join(t.TempDir(), "copy.db")}, {"sync"}, {"healthcheck"}} {
		code, said := desk.ends(nil, beside...)
		require.Zero(t, code, "%v: %s", beside, said)
	}
	(&running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")

	desk.kill()
	killed := time.Now()
	desk.start()
	require.Less(t, time.Since(killed), leaseFor/2, "it waits for no lease to end")
	desk.end(stopSignal)
}
