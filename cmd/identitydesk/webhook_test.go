package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWebhookByOAuth lets the emulator fetch a token from the desk, as Paxos does where it is set up so.
func TestWebhookByOAuth(t *testing.T) {
	t.Parallel()
	desk := boot(t, "WEBHOOK_CLIENT_ID=paxos", "WEBHOOK_CLIENT_SECRET=of-the-test", "SYNC_INTERVAL=1h", "POLL_INTERVAL=1h", "RECHECK_INTERVAL=24h")
	ana := desk.signIn("ana", "analyst")
	c := ana.pending()
	desk.sandboxStatus(*c.PaxosID, `{"id_verification_status":"APPROVED","sanctions_verification_status":"APPROVED","additional_screening_status":"APPROVED"}`)
	ana.heardByWebhook(ana.becomes(c.ID, "APPROVED"))
	_, page := desk.signIn("root", "admin").get("/settings")
	require.Contains(t, page, "OAuth client credentials")
	require.NotContains(t, page, "API key in the header")
}
