package main

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/internal/emulator"
	"identitydesk/internal/identity"
	"identitydesk/internal/paxos"
)

// TestARehearsalReachesPaxos sets statuses by hand, although the first answer is lost, and the case shows what follows.
func TestARehearsalReachesPaxos(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	id := desk.submitted(duncan("user-4711"))
	desk.ana.becomes(id, "APPROVED")
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallSandbox, Do: emulator.DoDropAfter, Times: 1}))
	resp, _ := desk.ana.post("/identities/"+id+"/sandbox-status", url.Values{"sanctions_verification_status": {"ERROR"}})
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	desk.ana.becomes(id, "ERROR")
	_, text := desk.ana.get("/audit?action=rehearsed&format=json")
	require.Contains(t, text, id)
}

// TestRehearsalsAreForNoProduction: in production nobody is offered to set statuses, and nothing would send it.
func TestRehearsalsAreForNoProduction(t *testing.T) {
	t.Parallel()
	for environment, want := range map[config.PaxosEnv]bool{config.Production: false, config.Sandbox: true, config.Emulator: true} {
		d := &desk{cfg: &config.Config{PaxosEnv: environment}, paxos: &paxos.Client{}}
		require.Equal(t, want, d.rehearses(), environment)
		kinds := d.moveKinds()
		require.Equal(t, want, kinds[identity.MoveRehearse] != nil, environment)
		require.NotNil(t, kinds[identity.MoveCorrect], environment)
	}
}
