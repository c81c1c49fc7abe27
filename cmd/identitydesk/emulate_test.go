package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// control sends a command to the embedded emulator.
func (r *running) control(command, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.Emulator+"/control/"+command, strings.NewReader(body))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	require.NoError(r.t, resp.Body.Close())
	require.Less(r.t, resp.StatusCode, 300, "%s", command)
}

// What the emulator answers while it is being stopped it still knows after a restart: the desk has been told so.
func TestEmulatorKeepsWhatHappensWhileItStops(t *testing.T) {
	t.Parallel()
	desk := boot(t, "EMULATOR_DECIDE_AFTER=1h")
	ana := desk.signIn("ana", "analyst")
	desk.control("faults", `[{"call":"create","do":"delay","delay":"2s","times":1}]`)
	id := strings.TrimPrefix(ana.submit(duncan("user-4711")), "/identities/")
	ana.submission(id, "sent")
	time.Sleep(200 * time.Millisecond) // the call is with Paxos
	desk.stop()

	again := bootIn(t, desk.Dir, "EMULATOR_DECIDE_AFTER=1h")
	ana = again.signIn("ana", "analyst")
	c := ana.submission(id, "accepted")
	resp, page := ana.getFrom(again.Emulator + "/identities/" + *c.PaxosID)
	require.Equal(t, http.StatusOK, resp.StatusCode, page)
}

// getFrom asks another server than the desk.
func (p *person) getFrom(url string) (*http.Response, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, url, nil)
	require.NoError(p.t, err)
	return p.do(req)
}
