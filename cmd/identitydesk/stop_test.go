package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/internal/emulator"
)

// slowPaxos is a desk in a process of its own whose Paxos takes long for each person that it creates.
type slowPaxos struct {
	*process
	paxos *emulator.Emulator
	file  string // of the database
	log   *lockedBuffer
	ana   *person
}

func bootSlowPaxos(t *testing.T, delay time.Duration) slowPaxos {
	t.Helper()
	log := &lockedBuffer{}
	s := slowPaxos{process: &process{t: t, addr: freeAddr(t), log: log}, file: filepath.Join(t.TempDir(), "desk.db"), log: log}
	var api []string
	s.paxos, api = paxosFor(t, s.addr, nil)
	s.environ = append(api, "DATABASE_URL=sqlite:"+s.file, "PAXOS_RPS=300", "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	s.start()
	t.Cleanup(s.kill)
	s.ana = (&running{t: t, URL: "http://" + s.addr, Log: s.log}).signIn("ana", "lead")
	s.ana.synced()
	require.NoError(t, s.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDelay, Delay: delay, Times: 100}))
	return s
}

func (s slowPaxos) says(words string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return strings.Contains(s.log.String(), words) }, patience, 5*time.Millisecond, "%s", s.log)
}

// tries posts a form from a goroutine of its own and gives the status, or the error.
func (p *person) tries(path string, form url.Values) string {
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.desk.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.http.Do(req)
	if err != nil {
		return err.Error()
	}
	_ = resp.Body.Close()
	return resp.Status
}

// jobs counts them when the desk has gone.
func (s slowPaxos) jobs() map[string]int64 {
	s.t.Helper()
	cfg, err := config.Load(s.environ)
	require.NoError(s.t, err)
	keys, err := ensureKeys(&cfg)
	require.NoError(s.t, err)
	db, err := openStore(s.t.Context(), &cfg, keys, slog.New(slog.DiscardHandler))
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	counts, err := db.JobCounts(s.t.Context())
	require.NoError(s.t, err)
	return counts
}

// TestStopDrains: a desk that is told to stop takes no more connections and begins no more jobs; what is under way comes to its
// end, requests and jobs, and then the database is closed.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	const people, workers = 20, 8
	s := bootSlowPaxos(t, 5*time.Second)
	var ids []string
	for n := range people {
		form := duncan(fmt.Sprintf("user-%d", n))
		form.Set("person_details.cip_id", fmt.Sprintf("073-05-%04d", 1000+n))
		ids = append(ids, strings.TrimPrefix(s.ana.submit(form), "/identities/"))
	}
	s.ana.eventually("all workers are busy", func() (bool, any) {
		got := s.paxos.Report().Calls[emulator.CallCreate]
		return got >= workers, got
	})
	require.NoError(t, s.paxos.Misbehave(emulator.Fault{Call: emulator.CallEvents, Do: emulator.DoDelay, Delay: time.Second, Times: 1}))
	asked := s.paxos.Report().Calls[emulator.CallEvents]
	answered := make(chan string, 1)
	go func() {
		day := url.Values{"from": {time.Now().Add(-time.Hour).Format(time.RFC3339)}, "to": {time.Now().Format(time.RFC3339)}}
		answered <- s.ana.tries("/events/missing", day)
	}()
	s.ana.eventually("a request is under way", func() (bool, any) {
		return s.paxos.Report().Calls[emulator.CallEvents] > asked, nil
	})
	s.signal(syscall.SIGTERM)
	s.says("stopping")
	require.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp", s.addr, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	}, patience, 5*time.Millisecond, "it still listens")
	require.Equal(t, "200 OK", <-answered, "the request under way is answered")
	begun := s.paxos.Report().Calls[emulator.CallCreate]
	require.Less(t, begun, people)
	require.Zero(t, s.stopped(), "%s", s.log)
	require.Regexp(t, `(?s)stopping.*msg=stopped`, s.log.String())
	require.NotContains(t, s.log.String(), "level=ERROR")
	require.NoFileExists(t, s.file+"-wal", "the database is closed")

	require.Equal(t, begun, s.paxos.Report().Calls[emulator.CallCreate], "no job was begun after the signal")
	require.Len(t, s.paxos.Truth(), begun, "%s", s.log)
	jobs := s.jobs()
	require.Equal(t, int64(people-begun), jobs["submit ready"], "%v", jobs)
	require.Zero(t, jobs["submit running"], "%v", jobs)
	s.paxos.Behave()
	s.start()
	for _, id := range ids {
		s.ana.submission(id, "accepted")
	}
	require.Len(t, s.paxos.Truth(), people)
}

// TestSecondSignalStopsAtOnce: while a desk waits for a call that hangs, another signal ends it.
func TestSecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	for _, how := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(how.String(), func(t *testing.T) {
			t.Parallel()
			s := bootSlowPaxos(t, 12*time.Second)
			id := strings.TrimPrefix(s.ana.submit(duncan("user-4711")), "/identities/")
			s.ana.submission(id, "sent")
			s.signal(syscall.SIGTERM)
			s.says("stopping")
			time.Sleep(100 * time.Millisecond)
			require.NotContains(t, s.log.String(), "msg=stopped", "it waits for the call")
			second := time.Now()
			s.signal(how)
			require.Equal(t, exitSignalled+int(how), s.stopped())
			require.Less(t, time.Since(second), stopGrace/2)
			require.Contains(t, s.log.String(), "stopped at once by a second signal")
		})
	}
}
