package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The load test measures everything that it is for, and never touches the desk of whoever runs it.
func TestLoadtest(t *testing.T) {
	t.Parallel()
	var out, log lockedBuffer
	dir := t.TempDir()
	p := program{stdout: &out, stderr: &log, environ: append(os.Environ(), asProgram+"=1", "PAXOS_ENV=production",
		"DATABASE_URL=sqlite:"+dir+"/theirs.db")}
	args := strings.Fields("loadtest --identities 6000 --connections 2 --rounds 1 --for 50ms --pages 9")
	require.Zero(t, p.main(t.Context(), args), log.String())
	for _, line := range []string{
		"queue page, 6,000 identities, gzip: CPU a page", "its rows from the bare driver", "gzip: p99", "look-up by ref_id, 6,000 identities: p50",
		"look-up by Paxos id", "a first visit", "start to ready, 6,000 identities", "memory, 6,000 identities, 9 open pages", "load average",
	} {
		require.Contains(t, out.String(), line)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)

	require.Equal(t, exitFailed, p.main(t.Context(), []string{"loadtest", "--identities", "10"}))
}
