package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
	"identitydesk/internal/secret"
)

// paxosFor runs an emulator that a test holds in its hand, so that it can be told to misbehave, and gives the environment of a
// desk on an address that talks to it as to Paxos' sandbox. It is quick, without request limits, and knows nobody unless tuned.
func paxosFor(t *testing.T, deskAddr string, tune func(*emulator.Options)) (*emulator.Emulator, []string) {
	t.Helper()
	o := emulator.Options{
		ClientID: "emulator", ClientSecret: "emulator", WebhookURL: "http://" + deskAddr + "/webhooks/paxos", WebhookKey: "of-the-test",
		SeedCount: -1, DecideAfter: 300 * time.Millisecond, RetryAfter: 300 * time.Millisecond, WebhooksPerSecond: 200,
		Limits: emulator.Limits{Off: true}, Log: slog.New(slog.DiscardHandler),
	}
	if tune != nil {
		tune(&o)
	}
	paxos, err := emulator.New(o)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var alive sync.WaitGroup
	alive.Go(func() { _ = paxos.Run(ctx) })
	t.Cleanup(func() { stop(); alive.Wait() })
	api := newServer(t, paxos.Handler())
	sealing, err := secret.Generate()
	require.NoError(t, err)
	return paxos, []string{
		"PAXOS_ENV=sandbox", "LISTEN_ADDR=" + deskAddr, "BASE_URL=http://" + deskAddr, "DEV_LOGIN=true",
		"SESSION_KEYS=" + strings.Repeat("5e", 32), "ENCRYPTION_KEYS=" + sealing,
		"PAXOS_CLIENT_ID=emulator", "PAXOS_CLIENT_SECRET=emulator", "WEBHOOK_KEY=of-the-test",
		"PAXOS_API_URL=" + api + "/v2", "PAXOS_TOKEN_URL=" + api + "/oauth2/token",
	}
}

// faulty is a desk on such an emulator.
type faulty struct {
	*running
	paxos *emulator.Emulator
	ana   *person
	env   []string
}

// bootFaulty boots a desk whose Paxos the test holds in its hand. Loops are slow unless more says otherwise, so that a test
// sees what it means to see.
func bootFaulty(t *testing.T, tune func(*emulator.Options), more ...string) *faulty {
	t.Helper()
	paxos, env := paxosFor(t, freeAddr(t), tune)
	env = append(env, "PAXOS_RPS=300", "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h", "RECHECK_INTERVAL=24h")
	f := &faulty{paxos: paxos, env: append(env, more...)}
	f.running = bootIn(t, t.TempDir(), f.env...)
	f.ana = f.signIn("ana", "lead")
	f.ana.synced()
	return f
}

// again stops the desk and starts it on the same data.
func (f *faulty) again() {
	f.t.Helper()
	f.stop()
	f.running = bootIn(f.t, f.Dir, f.env...)
	f.ana = f.signIn("ana", "lead")
}
