package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/internal/identity"
)

const hookConnections = 64

// BenchmarkWebhooks delivers webhooks over 64 connections to a whole desk in a process of its own, whose workers do not run; each
// is on the disk before its 200. Beside it stand the same work done one delivery in a transaction by one loop, without a network,
// and the bare disk: a page that is written and synced.
func BenchmarkWebhooks(b *testing.B) {
	in := startIntake(b)
	b.Run("64-connections", func(b *testing.B) {
		lines := make(chan *hookLine, hookConnections)
		for range hookConnections {
			lines <- dialHooks(b, in.address)
		}
		var mu sync.Mutex
		var took []time.Duration
		b.SetParallelism(hookConnections / runtime.GOMAXPROCS(0))
		before, client := in.used(b), cpuTime(b)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			line := <-lines
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
		after, client := in.used(b), cpuTime(b)-client
		slices.Sort(took)
		reportRate(b, len(took), after.cpu-before.cpu)
		b.ReportMetric(float64(len(took))/float64(after.commits-before.commits), "deliveries/commit")
		b.ReportMetric(microseconds(client)/float64(len(took)), "client-cpu-µs")
		b.ReportMetric(microseconds(took[len(took)/2])/1000, "p50-ms")
		b.ReportMetric(microseconds(took[len(took)*99/100])/1000, "p99-ms")
	})
	b.Run("one-in-a-transaction", func(b *testing.B) {
		d, err := buildIntake(b.Context(), b.TempDir())
		require.NoError(b, err)
		defer func() { require.NoError(b, d.close()) }()
		n, cpu := 0, cpuTime(b)
		for ; b.Loop(); n++ {
			require.NoError(b, d.store.Receive(context.Background(), hookDelivery()))
		}
		reportRate(b, n, cpuTime(b)-cpu)
	})
	b.Run("bare-disk", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "page"))
		require.NoError(b, err)
		defer func() { require.NoError(b, f.Close()) }()
		page := make([]byte, 4<<10)
		for b.Loop() {
			_, err := f.Write(page)
			require.NoError(b, errors.Join(err, f.Sync()))
		}
	})
}

// reportRate tells how many deliveries were taken in a second, and what one cost the desk of a processor.
func reportRate(b *testing.B, n int, cpu time.Duration) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "deliveries/s")
	b.ReportMetric(microseconds(cpu)/float64(n), "desk-cpu-µs")
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// asIntake makes the test binary be a desk whose workers do not run, in the folder that it names.
const asIntake = "IDENTITYDESK_TEST_AS_INTAKE"

// intakeUse is what such a desk has used: time of a processor, and commits.
type intakeUse struct {
	cpu     time.Duration
	commits int64
}

// intake is such a desk. It answers each line that it is sent with what it has used.
type intake struct {
	address string
	ask     io.Writer
	answers *bufio.Reader
}

func startIntake(b *testing.B) *intake {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asIntake+"="+b.TempDir())
	cmd.Stderr = os.Stderr
	ask, err := cmd.StdinPipe()
	require.NoError(b, err)
	answers, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		_ = ask.Close() // which ends it
		require.NoError(b, cmd.Wait())
	})
	in := &intake{ask: ask, answers: bufio.NewReader(answers)}
	in.address = in.line(b)
	return in
}

func (in *intake) line(b *testing.B) string {
	line, err := in.answers.ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(line)
}

func (in *intake) used(b *testing.B) (u intakeUse) {
	_, err := fmt.Fprintln(in.ask)
	require.NoError(b, err)
	_, err = fmt.Sscan(in.line(b), &u.cpu, &u.commits)
	require.NoError(b, err)
	return u
}

// serveIntake is what the process does.
func serveIntake(dir string) error {
	collectSeldom()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	d, err := buildIntake(ctx, dir)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var commits atomic.Int64
	d.store.OnJobs(func() { commits.Add(1) }) // each delivery makes a job
	served := make(chan error, 1)
	go func() { served <- serveHTTP(ctx, l, d.handler, slog.New(slog.DiscardHandler)) }()
	fmt.Println(l.Addr())
	for asked := bufio.NewScanner(os.Stdin); asked.Scan(); {
		cpu, err := usedTime()
		if err != nil {
			return err
		}
		fmt.Println(int64(cpu), commits.Load())
	}
	stop()
	return errors.Join(<-served, d.close())
}

// buildIntake builds a desk as serve does, in a folder of its own.
func buildIntake(ctx context.Context, dir string) (*desk, error) {
	cfg, err := config.Load(environIn(dir, "WEBHOOK_KEY=of-the-benchmark"))
	if err != nil {
		return nil, err
	}
	keys, err := ensureKeys(&cfg)
	if err != nil {
		return nil, err
	}
	return build(ctx, &cfg, keys, slog.New(slog.DiscardHandler))
}

// hookLine is a connection that is kept alive. It speaks HTTP by hand and sends the same bytes again with another id, so that the
// desk is measured more than the client.
type hookLine struct {
	conn    net.Conn
	request []byte
	id      []byte // within the request
	answer  [2 << 10]byte
}

func dialHooks(b *testing.B, address string) *hookLine {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close() })
	id := uuid.NewString()
	body := hookBody(id)
	h := &hookLine{conn: conn, request: fmt.Appendf(nil, "POST /webhooks/paxos HTTP/1.1\r\nHost: desk\r\nUser-Agent: Paxos\r\n"+
		"X-Api-Key: of-the-benchmark\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)}
	at := bytes.Index(h.request, []byte(id))
	h.id = h.request[at : at+len(id)]
	return h
}

func (h *hookLine) deliver() error {
	copy(h.id, uuid.NewString())
	if _, err := h.conn.Write(h.request); err != nil {
		return err
	}
	got := 0
	for !bytes.HasSuffix(h.answer[:got], []byte("\r\n\r\n")) { // the answer has no body
		n, err := h.conn.Read(h.answer[got:])
		if err != nil {
			return err
		}
		got += n
	}
	if !bytes.HasPrefix(h.answer[:got], []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("a delivery was answered with %s", h.answer[:got])
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
