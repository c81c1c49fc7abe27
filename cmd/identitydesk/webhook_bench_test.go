package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/internal/identity"
)

const hookConnections = 64

// BenchmarkWebhooks delivers webhooks over 64 connections to a whole desk; each is on the disk before its 200. Beside it stands
// the same work done one delivery in a transaction, without a network, on the same disk and in the same run.
func BenchmarkWebhooks(b *testing.B) {
	d, address := hookedDesk(b)
	b.Run("64-connections", func(b *testing.B) {
		var mu sync.Mutex
		var took []time.Duration
		b.SetParallelism(hookConnections / runtime.GOMAXPROCS(0))
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			line := dialHooks(b, address)
			var mine []time.Duration
			for pb.Next() {
				began := time.Now()
				if err := line.deliver(); err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(began))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
		})
		b.StopTimer()
		slices.Sort(took)
		b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "deliveries/s")
		b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
		b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
	})
	b.Run("one-in-a-transaction", func(b *testing.B) {
		n := 0
		for ; b.Loop(); n++ {
			require.NoError(b, d.store.Receive(context.Background(), hookDelivery()))
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "deliveries/s")
	})
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// hookedDesk serves a desk whose workers do not run.
func hookedDesk(b *testing.B) (*desk, string) {
	b.Helper()
	dir := b.TempDir()
	cfg, err := config.Load([]string{
		"DATABASE_URL=sqlite:" + filepath.Join(dir, "desk.db"), "EMULATOR_STATE=" + filepath.Join(dir, "emulator.json"),
		"WEBHOOK_KEY=of-the-benchmark",
	})
	require.NoError(b, err)
	keys, err := ensureKeys(&cfg)
	require.NoError(b, err)
	log := slog.New(slog.DiscardHandler)
	d, err := build(b.Context(), &cfg, keys, log)
	require.NoError(b, err)
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	require.NoError(b, err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serveHTTP(ctx, l, d.handler, log) }()
	b.Cleanup(func() {
		stop()
		require.NoError(b, <-served)
		require.NoError(b, d.close())
	})
	return d, l.Addr().String()
}

// hookLine is a connection that is kept alive. It speaks HTTP by hand, so that the desk is measured more than the client.
type hookLine struct {
	conn net.Conn
	in   *bufio.Reader
}

func dialHooks(b *testing.B, address string) *hookLine {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
	if err != nil {
		b.Error(err)
		return nil
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &hookLine{conn: conn, in: bufio.NewReader(conn)}
}

func (h *hookLine) deliver() error {
	body := hookBody(uuid.NewString())
	if _, err := fmt.Fprintf(h.conn, "POST /webhooks/paxos HTTP/1.1\r\nHost: desk\r\nUser-Agent: Paxos\r\nX-Api-Key: of-the-benchmark\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		return err
	}
	status, err := h.in.ReadString('\n')
	if err != nil {
		return err
	}
	for line := ""; line != "\r\n"; {
		if line, err = h.in.ReadString('\n'); err != nil {
			return err
		}
	}
	if !strings.Contains(status, " 200 ") {
		return fmt.Errorf("a delivery was answered with %s", status)
	}
	return nil
}

func hookBody(id string) string {
	return fmt.Sprintf(`{"id":%q,"type":"identity.approved","source":"com.paxos","time":%q,"object":"event","is_test":false}`,
		id, time.Now().UTC().Format(time.RFC3339Nano))
}

func hookDelivery() identity.Delivery {
	id := uuid.NewString()
	return identity.Delivery{
		EventID: id, Type: identity.EventApproved, Time: time.Now(), ReceivedAt: time.Now(), Body: []byte(hookBody(id)),
		Headers: map[string][]string{"Content-Type": {"application/json"}, "Host": {"desk"}, "User-Agent": {"Paxos"}, "Content-Length": {"140"}},
		Address: "127.0.0.1", RequestID: uuid.NewString(),
	}
}
