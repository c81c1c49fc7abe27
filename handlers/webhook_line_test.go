package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/identity"
)

// hasty serves the desk's database once more, with little patience for bodies.
func (d *desk) hasty(within time.Duration) string {
	d.t.Helper()
	h, err := handlers.NewHasty(d.options(), within)
	require.NoError(d.t, err)
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	d.t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// halfWebhook sends a webhook whose body does not come to its end, and gives the connection.
func halfWebhook(t *testing.T, address, key string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = fmt.Fprintf(conn, "POST /webhooks/paxos HTTP/1.1\r\nHost: desk\r\nX-Api-Key: %s\r\nContent-Length: 200\r\n\r\n{\"id\":\"e-1\",\"type\":\"identity.approved\"", key)
	require.NoError(t, err)
	return conn
}

func statusOn(t *testing.T, conn net.Conn) int {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	return resp.StatusCode
}

func TestWebhookBodiesThatDoNotArrive(t *testing.T) {
	t.Parallel()
	d := boot(t)
	address := d.hasty(300 * time.Millisecond)
	began := time.Now()
	require.Equal(t, http.StatusBadRequest, statusOn(t, halfWebhook(t, address, webhookKey)), "slow")
	require.Less(t, time.Since(began), 5*time.Second)
	began = time.Now()
	require.Equal(t, http.StatusUnauthorized, statusOn(t, halfWebhook(t, address, "wrong")), "a wrong key is not waited for")
	require.Less(t, time.Since(began), 5*time.Second)

	half := halfWebhook(t, address, webhookKey)
	require.NoError(t, half.(*net.TCPConn).CloseWrite())
	require.Equal(t, http.StatusBadRequest, statusOn(t, half), "half-sent")
	page, err := d.store.Events(t.Context(), identity.EventFilter{})
	require.NoError(t, err)
	require.Empty(t, page.Items, "none of them left anything")
}

// Storing may take longer than a body may: the time for one is not the time for the other.
func TestWebhookMayWaitForTheDisk(t *testing.T) {
	t.Parallel()
	d := boot(t)
	within := 200 * time.Millisecond
	address := d.hasty(within)
	hold := make(chan struct{})
	held := d.holdWriter(hold)
	<-held
	time.AfterFunc(3*within, func() { close(hold) })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/webhooks/paxos", strings.NewReader(notice("e-1")))
	require.NoError(t, err)
	req.Header.Set("X-Api-Key", webhookKey)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// holdWriter keeps the store's writer busy until hold is closed.
func (d *desk) holdWriter(hold <-chan struct{}) (held <-chan struct{}) {
	begun := make(chan struct{})
	var once sync.Once
	d.store.OnJobs(func() {
		once.Do(func() {
			close(begun)
			<-hold
		})
	})
	go func() {
		_ = d.store.Receive(d.t.Context(), identity.Delivery{EventID: "e-0", Type: identity.EventApproved, ReceivedAt: d.clock.Now()})
	}()
	return begun
}

// A flood of wrong keys is slowed down, and those who are right do not notice.
func TestFloodOfWrongKeys(t *testing.T) {
	t.Parallel()
	d := boot(t)
	var stop atomic.Bool
	var refused, slowed atomic.Int64
	var flood sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	send := func(id, key string) (int, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/webhooks/paxos", strings.NewReader(notice(id)))
		if err != nil {
			return 0, err
		}
		req.Header.Set("X-Api-Key", key)
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, resp.Body.Close()
	}
	for range 16 {
		flood.Go(func() {
			for !stop.Load() {
				status, err := send("e-flood", "wrong")
				switch {
				case err != nil:
					t.Error(err)
					return
				case status == http.StatusUnauthorized:
					refused.Add(1)
				case status == http.StatusTooManyRequests:
					slowed.Add(1)
				default:
					t.Errorf("a wrong key was answered with %d", status)
				}
			}
		})
	}
	require.Eventually(t, func() bool { return slowed.Load() > 100 }, 30*time.Second, time.Millisecond)
	for n := range 50 {
		began := time.Now()
		status, err := send(fmt.Sprintf("e-%d", n), webhookKey)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		require.Less(t, time.Since(began), 5*time.Second)
	}
	stop.Store(true)
	flood.Wait()
	require.LessOrEqual(t, refused.Load(), int64(200), "the clock stands still, so that no more than the burst is told 401")
	page, err := d.store.Events(t.Context(), identity.EventFilter{Limit: 200})
	require.NoError(t, err)
	require.Len(t, page.Items, 50)
}

func TestWebhookKeepsHeadersWithoutSecrets(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.browser().do(http.MethodPost, "/webhooks/paxos", strings.NewReader(notice("e-1")), "X-Api-Key", webhookKey,
		"User-Agent", "Paxos/1", "Authorization", "Bearer shown-to-nobody", "Cookie", "a=shown-to-nobody",
		"X-Other", webhookKey, "X-Hub-Signature", "shown-to-nobody", "X-Trace", "one", "X-Trace", "two")
	deliveries, err := d.store.Deliveries(t.Context(), "e-1")
	require.NoError(t, err)
	require.Len(t, deliveries, 1)
	got := deliveries[0].Headers
	require.Equal(t, []string{"Paxos/1"}, got["User-Agent"])
	require.Equal(t, []string{"one", "two"}, got["X-Trace"])
	require.Contains(t, got, "Host")
	require.NotContains(t, fmt.Sprint(got), "shown-to-nobody")
	require.NotContains(t, fmt.Sprint(got), webhookKey)
}
