package emulator

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// logged is a log that a test reads while the emulator writes.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// about gives the lines about webhooks, and forgets them.
func (l *logged) about() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.buf.Reset()
	var lines []string
	for line := range strings.Lines(l.buf.String()) {
		if strings.Contains(line, "webhooks are") {
			lines = append(lines, line)
		}
	}
	return lines
}

// Whoever runs the emulator alone learns why its webhooks are not taken and what to set, once for each change.
func TestRefusedWebhooksAreToldOnce(t *testing.T) {
	t.Parallel()
	log := &logged{}
	r, to := hooked(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		o.WebhookURL += "?token=in-the-address"
	})
	n := 0
	send := func(status int) []string {
		to.answers(status)
		for range 3 {
			n++
			r.create(named(fmt.Sprintf("user-%d", n), "Yewbridge", fmt.Sprintf("900-01-%04d", n)))
		}
		r.pass(3 * time.Second)
		r.sendDue()
		lines := log.about()
		for _, line := range lines {
			require.NotContains(t, line, "sesame", "the key")
			require.NotContains(t, line, "in-the-address")
		}
		return lines
	}
	require.Empty(t, send(http.StatusOK), "all is well")
	refused := send(http.StatusUnauthorized)
	require.Len(t, refused, 1)
	for _, part := range []string{"level=WARN", "url=" + to.url + "/webhooks/paxos", "status=401", "WEBHOOK_KEY", "WEBHOOK_HEADER", "X-Desk-Key"} {
		require.Contains(t, refused[0], part)
	}
	require.Empty(t, send(http.StatusUnauthorized), "nothing new")
	lost := send(http.StatusNotFound)
	require.Len(t, lost, 1)
	require.Contains(t, lost[0], "EMULATOR_WEBHOOK_URL")
	broken := send(http.StatusServiceUnavailable)
	require.Len(t, broken, 1)
	require.NotContains(t, broken[0], "EMULATOR_WEBHOOK_URL", "nothing to set")
	well := send(http.StatusOK)
	require.Len(t, well, 1)
	require.Contains(t, well[0], "level=INFO")
}

func TestAReceiverThatDoesNotRunIsTold(t *testing.T) {
	t.Parallel()
	log := &logged{}
	r := newRig(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		o.WebhookURL, o.WebhooksPerSecond = "http://127.0.0.1:1/webhooks/paxos", 1e6
	})
	r.create(nil)
	r.pass(3 * time.Second)
	r.sendDue()
	lines := log.about()
	require.Len(t, lines, 1)
	require.Contains(t, lines[0], "connection refused")
	require.Contains(t, lines[0], "url=http://127.0.0.1:1/webhooks/paxos")
	require.Contains(t, lines[0], "EMULATOR_WEBHOOK_URL")
}

func TestARefusedTokenIsTold(t *testing.T) {
	t.Parallel()
	log := &logged{}
	none := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(none.Close)
	r := newRig(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		o.WebhookURL, o.WebhookTokenURL = none.URL+"/webhooks/paxos", none.URL+"/token"
		o.WebhooksPerSecond, o.WebhookClientID, o.WebhookClientSecret = 1e6, "paxos", "knock"
	})
	r.create(nil)
	r.pass(3 * time.Second)
	r.sendDue()
	lines := log.about()
	require.Len(t, lines, 1)
	require.Contains(t, lines[0], "status=404")
	require.Contains(t, lines[0], "WEBHOOK_CLIENT_ID")
	require.NotContains(t, lines[0], "knock")
}
