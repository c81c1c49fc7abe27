package main

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
	"identitydesk/internal/identity"
)

// TestDocumentsSurvive: whatever happens to one of the two calls or to its answer, the file is at Paxos as it was given, once; or,
// where Paxos holds its name for an answer that was lost, another name is offered, and it is there under that. Where only the second
// call is met, the first is not made again.
func TestDocumentsSurvive(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	faults := map[string]emulator.Fault{
		"dropped before its effect": {Do: emulator.DoDropBefore},
		"dropped after its effect":  {Do: emulator.DoDropAfter},
		"503 before its effect":     {Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable},
		"503 after its effect":      {Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable, AfterEffect: true},
		"garbage for an answer":     {Do: emulator.DoGarbage},
		"an answer cut off":         {Do: emulator.DoCut},
		"a slow answer":             {Do: emulator.DoSlow, Delay: time.Second},
		"throttled":                 {Do: emulator.DoAnswer, Status: http.StatusTooManyRequests, RetryAfter: time.Second},
	}
	desk.filesSurvive(emulator.CallUpload, faults)
	require.Equal(t, len(faults), desk.paxos.Report().Calls[emulator.CallAskUpload], "each file was announced once")
	faults["the token is no longer valid"] = emulator.Fault{Do: emulator.DoAnswer, Status: http.StatusUnauthorized} // the storage knows none
	desk.filesSurvive(emulator.CallAskUpload, faults)
}

// filesSurvive sends a file of a person for each fault of a call, and waits for all of them. Each fault happens, once.
func (f *faulty) filesSurvive(call string, faults map[string]emulator.Fault) {
	f.t.Helper()
	type sent struct {
		id, refID string
		given
	}
	var all []sent
	for name, fault := range faults {
		refID := fmt.Sprintf("%s-%02d", call, len(all))
		form := duncan(refID)
		form.Set("person_details.cip_id", fmt.Sprintf("123-4%d-%04d", len(call)%10, 1000+len(all)))
		fault.Call, fault.About, fault.Times = call, refID, 1
		require.NoError(f.t, f.paxos.Misbehave(fault), name)
		all = append(all, sent{f.submitted(form), refID, pdf("OTHER_DOCUMENTS", call+", "+name+".pdf")})
	}
	for _, s := range all {
		f.ana.submission(s.id, "accepted")
		resp, body := f.ana.upload(s.id, s.given)
		require.Equal(f.t, http.StatusSeeOther, resp.StatusCode, body)
	}
	for _, s := range all {
		f.reaches(s.id, s.refID, s.given)
	}
	for _, told := range f.paxos.Report().Faults {
		require.Equal(f.t, 1, told.Injected, "%+v", told.Fault)
	}
}

// reaches waits until the desk says that a case's files are at Paxos, and gives one another name where the one it has is used there.
// This one is there as it was given, once.
func (f *faulty) reaches(id, refID string, g given) {
	f.t.Helper()
	f.ana.eventually(g.name+" is at Paxos", func() (bool, any) {
		var c documentsJSON
		f.ana.json("/identities/"+id, &c)
		there := 0
		for _, d := range c.Documents {
			for _, file := range d.Files {
				if file.Code != nil && *file.Code == identity.FileNameTaken {
					other := identity.OtherFileName(g.name, 2)
					resp, body := f.ana.post("/identities/"+id+"/documents/"+file.ID+"/again", map[string][]string{"name": {other}})
					require.Equal(f.t, http.StatusSeeOther, resp.StatusCode, body)
				}
				if file.State != string(identity.FileDone) {
					return false, c
				}
				there++
			}
		}
		return there > 0, c
	})
	require.Len(f.t, f.held(refID)[g.sum()], 1, g.name)
}

// TestDocumentsNameClash: Paxos holds a file of the name; the form in place offers another, and the file goes under that.
func TestDocumentsNameClash(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, showcase)
	ana := desk.ana
	id := ana.caseOf("demo-documents-half").ID
	g := pdf(homeDoc, "bank-statement.pdf") // as the one that is there
	resp, body := ana.upload(id, g)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	c := ana.checklist(id, fundsDoc+" uploaded", homeDoc+" failed")
	require.Equal(t, identity.FileNameTaken, *c.Documents[1].Files[0].Code)
	offered := ana.page("/identities/"+id).Find(`form[action$="/again"] input[name="name"]`).AttrOr("value", "")
	require.Equal(t, "bank-statement (2).pdf", offered)
	resp, body = ana.post("/identities/"+id+"/documents/"+c.Documents[1].Files[0].ID+"/again", map[string][]string{"name": {offered}})
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	desk.reaches(id, "demo-documents-half", g)
}

// watchedDesk is a desk in a process of its own that Paxos' showcase is known to.
type watchedDesk struct {
	*process
	*person
	paxos *emulator.Emulator
	dir   string
	id    string // of a case that Paxos wants documents of
}

func watchDesk(t *testing.T) *watchedDesk {
	t.Helper()
	w := &watchedDesk{dir: t.TempDir()}
	log := &lockedBuffer{}
	w.process = &process{t: t, addr: freeAddr(t), log: log}
	var api []string
	w.paxos, api = paxosFor(t, w.addr, showcase)
	w.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(w.dir, "desk.db"), "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h", "PAXOS_RPS=300")
	w.start()
	t.Cleanup(w.kill)
	w.person = (&running{t: t, URL: "http://" + w.addr, Log: log, Dir: w.dir}).signIn("ana", "analyst")
	w.synced()
	w.id = w.caseOf("demo-documents-asked").ID
	return w
}

// halfway sends a form of which the last file, a large one, stops half-way, and waits until that half is here; end gives the rest up
// and tells what came of the request.
func (w *watchedDesk) halfway(t *testing.T, first ...given) (end func() error) {
	t.Helper()
	kind, form := filesForm(t, append(first, given{homeDoc, "big.pdf", "%PDF-1.7 " + strings.Repeat("Oddwhistle ", 400_000)})...)
	whole := form.String()
	out, in := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.desk.URL+"/identities/"+w.id+"/documents", out)
	require.NoError(t, err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", w.desk.URL)
	done := make(chan error, 1)
	go func() {
		resp, err := w.http.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		done <- err
	}()
	_, err = io.WriteString(in, whole[:3<<20])
	require.NoError(t, err)
	w.eventually("half of it is here", func() (bool, any) { n := w.spooled(); return n > 2<<20, n })
	return func() error {
		_ = in.CloseWithError(io.ErrClosedPipe)
		return <-done
	}
}

// spooled is how large the spool's files are.
func (w *watchedDesk) spooled() (sum int) {
	for name, content := range w.desk.everyByte() {
		if strings.Contains(name, "-uploads.db") && !strings.HasSuffix(name, "-shm") {
			sum += len(content)
		}
	}
	return sum
}

// nothingIsLeft waits until the spool holds no file and no part of one.
func (w *watchedDesk) nothingIsLeft() {
	w.person.t.Helper()
	spool, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "desk-uploads.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	require.NoError(w.person.t, err)
	defer func() { _ = spool.Close() }()
	w.eventually("nothing of it is left", func() (bool, any) {
		var files, chunks int
		err := spool.QueryRow(`SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM chunks)`).Scan(&files, &chunks)
		return err == nil && files+chunks == 0, []any{files, chunks, err}
	})
}

// TestKilledWhileAFileComes: the desk is killed while it takes files in. What had come whole goes on its way when it is started again;
// of the other nothing is left, and it is offered again.
func TestKilledWhileAFileComes(t *testing.T) {
	t.Parallel()
	w := watchDesk(t)
	funds := pdf(fundsDoc, "Oddwhistle statement.pdf")
	// Nothing is announced before the kill: the name would be used, and a person would have to choose another.
	require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: emulator.CallAskUpload, Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable}))
	end := w.halfway(t, funds)
	w.kill()
	w.paxos.Behave()
	require.Error(t, end())
	w.start()
	w.checklist(w.id, fundsDoc+" uploaded", homeDoc+" missing")
	w.nothingIsLeft()
	for name, content := range w.desk.everyByte() {
		require.NotContains(t, string(content), "Oddwhistle", name)
	}
	var sizes []int64
	for _, r := range w.paxos.Truth() {
		if r.RefID == "demo-documents-asked" {
			for _, d := range r.Documents {
				sizes = append(sizes, d.Size)
				require.Equal(t, funds.sum(), d.SHA256)
			}
		}
	}
	require.Equal(t, []int64{int64(len(funds.content))}, sizes)
}

// TestKilledWhileAFileIsSent: the desk is killed in each of the two steps. Started again it goes on with that step, and what arrives is
// the whole file.
func TestKilledWhileAFileIsSent(t *testing.T) {
	t.Parallel()
	w := watchDesk(t)
	f := &faulty{running: w.desk, paxos: w.paxos, ana: w.person}
	for n, call := range []string{emulator.CallAskUpload, emulator.CallUpload} {
		require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: call, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
		g := given{"OTHER_DOCUMENTS", fmt.Sprintf("killed %d.pdf", n), fmt.Sprintf("%%PDF-1.7 %d ", n) + strings.Repeat("invented ", 300_000)}
		resp, body := w.upload(w.id, g)
		require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
		w.eventually("the step is under way", func() (bool, any) {
			made := w.paxos.Report().Injected
			return made[call+" "+emulator.DoDelay] > 0, made
		})
		w.kill()
		w.start()
		f.reaches(w.id, "demo-documents-asked", g)
	}
}

// TestBrowserGoneWhileAFileComes: who sends goes away half-way; the desk keeps nothing of that file.
func TestBrowserGoneWhileAFileComes(t *testing.T) {
	t.Parallel()
	w := watchDesk(t)
	require.Error(t, w.halfway(t)())
	w.nothingIsLeft()
	w.checklist(w.id, fundsDoc+" missing", homeDoc+" missing")
	resp, body := w.upload(w.id, pdf(homeDoc, "big.pdf"))
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	w.checklist(w.id, fundsDoc+" missing", homeDoc+" uploaded")
}
