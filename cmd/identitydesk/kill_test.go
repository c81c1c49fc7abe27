package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// TestKilledDuringACall: a desk is killed while its create call is under way. The next process takes the job up once its lease has
// ended, and finds that the call had its effect.
func TestKilledDuringACall(t *testing.T) {
	t.Parallel()
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	paxos, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "desk.db"), "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)
	ana := (&running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")
	require.NoError(t, paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDelay, Delay: 2 * time.Second, Times: 1}))
	id := strings.TrimPrefix(ana.submit(duncan("user-4711")), "/identities/")
	ana.submission(id, "sent")
	desk.kill()
	killed := time.Now()
	desk.start()
	ana.submission(id, "accepted")
	require.Less(t, time.Since(killed), jobLease+10*time.Second)
	n := 0
	for _, r := range paxos.Truth() {
		if r.RefID == "user-4711" {
			n++
		}
	}
	require.Equal(t, 1, n)
}
