package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// limitFiles sets how large a file of the process can grow, as if the disk had no more room.
func (p *process) limitFiles(bytes uint64) {
	p.t.Helper()
	now := unix.Rlimit{}
	require.NoError(p.t, unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &now))
	now.Cur = min(bytes, now.Max)
	require.NoError(p.t, unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &now, nil))
}

// TestDiskFullUnderARunningDesk: while nothing can be written webhooks get 503 and pages are shown and say so; what was confirmed is
// there, what was not comes again, and the desk goes on by itself when there is room.
func TestDiskFullUnderARunningDesk(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "desk.db")
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	_, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+file, "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)
	at := &running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}
	ana := at.signIn("ana", "lead")
	ana.synced()
	form := duncan("user-4711")
	ana.becomes(ana.submit(form)[len("/identities/"):], "APPROVED")

	log, err := os.Stat(file + "-wal")
	require.NoError(t, err)
	desk.limitFiles(uint64(log.Size()) + 256<<10) // room for some more
	answers := map[int][]string{}
	for n := 0; len(answers[http.StatusServiceUnavailable]) < 20; n++ {
		require.Less(t, n, 5000, "the disk never became full")
		id := fmt.Sprintf("ev-%d", n)
		status, err := at.hook(id)
		require.NoError(t, err)
		answers[status] = append(answers[status], id)
	}
	require.Len(t, answers, 2, "confirmed or 503, nothing else")
	require.NotEmpty(t, answers[http.StatusOK])
	desk.limitFiles(1) // what is smaller than a webhook has no room left either
	resp, body := ana.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode, body)
	for _, page := range []string{"/queue", "/identities?q=user-4711", "/events", "/settings"} {
		resp, body := ana.get(page)
		require.Equal(t, http.StatusOK, resp.StatusCode, page)
		require.Contains(t, body, "The database cannot be written.", page)
	}
	form.Set("ref_id", "user-4712")
	resp, body = ana.post("/identities", form)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode, body)

	desk.limitFiles(unix.RLIM_INFINITY)
	for _, id := range answers[http.StatusServiceUnavailable] { // as Paxos sends again
		at.confirmed(id)
	}
	ana.eventually("be ready again", func() (bool, any) {
		resp, body := ana.get("/readyz")
		return resp.StatusCode == http.StatusOK, body
	})
	_, body = ana.get("/queue")
	require.NotContains(t, body, "The database cannot be written.")
	for _, ids := range answers {
		for _, id := range ids {
			var event struct{ Deliveries int }
			ana.json("/events/"+id, &event)
			require.Equal(t, 1, event.Deliveries, "%s: confirmed once, stored once", id)
		}
	}
}

// TestDiskFullWhileAFileComes: a file for which there is no room is refused in words, and nothing of it is left; once there is room it
// goes its way.
func TestDiskFullWhileAFileComes(t *testing.T) {
	t.Parallel()
	w := watchDesk(t)
	big := given{homeDoc, "big.pdf", "%PDF-1.7 " + strings.Repeat("Oddwhistle ", 600_000)}
	w.limitFiles(w.largestOwn() + 1<<20)
	resp, body := w.upload(w.id, big)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode, body)
	require.Contains(t, body, "no room left")
	ready, _ := w.get("/readyz")
	require.Equal(t, http.StatusOK, ready.StatusCode, "the database has room")
	w.checklist(w.id, fundsDoc+" missing", homeDoc+" missing")
	w.limitFiles(unix.RLIM_INFINITY)
	resp, body = w.upload(w.id, big)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	w.checklist(w.id, fundsDoc+" missing", homeDoc+" uploaded")
	w.end(stopSignal) // what could not be taken away then goes within a minute, or at the start
	w.start()
	w.nothingIsLeft()
}

// largestOwn is how large the larger of the database's own files is.
func (w *watchedDesk) largestOwn() (most uint64) {
	w.person.t.Helper()
	for _, name := range []string{"desk.db", "desk.db-wal"} {
		file, err := os.Stat(filepath.Join(w.dir, name))
		require.NoError(w.person.t, err)
		most = max(most, uint64(file.Size()))
	}
	return most
}

// TestLargeFileHoldsNothingUp: while a file comes others write, and a large one is taken in without ever being in memory.
func TestLargeFileHoldsNothingUp(t *testing.T) {
	t.Parallel()
	w := watchDesk(t)
	end := w.halfway(t)
	w.submission(strings.TrimPrefix(w.submit(duncan("user-4711")), "/identities/"), "accepted")
	w.desk.confirmed("ev-meanwhile")
	require.Error(t, end())

	before, size := w.mostMemory(), int64(80<<20)
	kind, form := filesForm(t, given{homeDoc, "large.pdf", "%PDF-1.7 MIDDLE"})
	head, tail, _ := strings.Cut(form.String(), "MIDDLE")
	body := io.MultiReader(strings.NewReader(head), io.LimitReader(sameByte{}, size), strings.NewReader(tail))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.desk.URL+"/identities/"+w.id+"/documents", body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", w.desk.URL)
	resp, text := w.do(req)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, text)
	require.Less(t, w.mostMemory()-before, 40<<20, "half of the file")
}

// sameByte is a reader without an end.
type sameByte struct{}

func (sameByte) Read(b []byte) (int, error) {
	for n := range b {
		b[n] = 'x'
	}
	return len(b), nil
}

// mostMemory is the most bytes that the desk has had in memory so far.
func (p *process) mostMemory() (most int) {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	require.NoError(p.t, err)
	_, rest, found := strings.Cut(string(status), "VmHWM:")
	require.True(p.t, found)
	_, err = fmt.Sscan(rest, &most)
	require.NoError(p.t, err)
	return most << 10
}
