package emulator

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const pdf = "%PDF-1.7 an invented statement"

// asked is a rig with a person of whom documents are asked for.
func asked(t *testing.T, surname string, change func(*Options)) (*rig, string) {
	t.Helper()
	r := newRig(t, change)
	id := r.create(named("user-1", surname, "900-01-0001"))
	r.pass(3 * time.Second)
	return r, id
}

// address asks for an upload address.
func (r *rig) address(id, name string, types ...string) string {
	r.t.Helper()
	status, answer := r.call(http.MethodPut, "/identity/identities/"+id+"/documents", map[string]any{"name": name, "document_types": types})
	require.Equal(r.t, http.StatusOK, status, answer)
	require.Equal(r.t, name, answer["name"])
	require.NotEmpty(r.t, answer["file_id"])
	return answer["upload_url"].(string)
}

// upload sends bytes to an address, without a token.
func (r *rig) send(address, body string) int {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPut, address, strings.NewReader(body))
	require.NoError(r.t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(r.t, err)
	return res.StatusCode
}

func (r *rig) pending(id string) any {
	r.t.Helper()
	return r.get("/identity/identities/" + id + "/documents?include_pending_docs=true")["pending_documents"]
}

func (r *rig) requirement(id string) map[string]any {
	r.t.Helper()
	all := list(r.get("/identity/identities/" + id)["status_details"].(map[string]any), "requirements")
	require.Len(r.t, all, 1)
	return all[0]
}

func TestDocumentsThatWereAskedFor(t *testing.T) {
	t.Parallel()
	r, id := asked(t, "Eddard", nil)
	require.Equal(t, []any{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"}, r.pending(id))
	require.Equal(t, http.StatusOK, r.send(r.address(id, "funds.pdf", "PROOF_OF_FUNDS"), pdf))
	require.Equal(t, []any{"PROOF_OF_RESIDENCY"}, r.pending(id))
	require.Equal(t, "CLIENT", r.requirement(id)["awaiting_action_from"], "one is still missing")

	home := r.address(id, "home.png", "PROOF_OF_RESIDENCY", "OTHER_DOCUMENTS")
	require.Equal(t, []any{"PROOF_OF_RESIDENCY"}, r.pending(id), "an address is no file")
	require.Equal(t, http.StatusOK, r.send(home, "\x89PNG\r\n\x1a\n and so on"))
	require.Equal(t, http.StatusOK, r.send(home, "\x89PNG\r\n\x1a\n once more"), "a repeat replaces the file")
	require.Nil(t, r.pending(id))
	require.Equal(t, "PAXOS", r.requirement(id)["awaiting_action_from"])
	files := list(r.get("/identity/identities/"+id+"/documents"), "documents")
	require.Len(t, files, 2)
	require.Equal(t, []any{"home.png", []any{"PROOF_OF_RESIDENCY", "OTHER_DOCUMENTS"}}, []any{files[1]["name"], files[1]["document_types"]})
	told := r.Truth()[0].Documents
	require.Equal(t, []any{int64(len(pdf)), hashed(pdf)}, []any{told[0].Size, told[0].SHA256})

	r.pass(3 * time.Second)
	require.Equal(t, "APPROVED", r.statusOf(id))
}

func TestDocumentsThatAreNotAccepted(t *testing.T) {
	t.Parallel()
	r, id := asked(t, "Eddtwice", nil)
	both := []string{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"}
	r.send(r.address(id, "both.pdf", both...), pdf)
	r.pass(3 * time.Second)
	require.Equal(t, []any{"FAILED", "CLIENT"}, []any{r.requirement(id)["status"], r.requirement(id)["awaiting_action_from"]})
	require.Equal(t, []any{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"}, r.pending(id), "the first ones do not count")
	require.Equal(t, []string{"identity.documents_required", "identity.documents_required"}, r.eventsOf(id))
	r.send(r.address(id, "better.pdf", both...), pdf)
	r.pass(3 * time.Second)
	require.Equal(t, "APPROVED", r.statusOf(id))
}

func TestUploadsAreChecked(t *testing.T) {
	t.Parallel()
	r, id := asked(t, "Eddard", nil)
	path := "/identity/identities/" + id + "/documents"
	for name, c := range map[string]struct {
		path   string
		body   map[string]any
		status int
		says   string
	}{
		"no name":      {path, map[string]any{}, 400, "up to 260 characters"},
		"long name":    {path, map[string]any{"name": strings.Repeat("n", 261)}, 400, "up to 260 characters"},
		"unknown type": {path, map[string]any{"name": "a.pdf", "document_types": []string{"HOROSCOPE"}}, 400, "document_types"},
		"nobody":       {"/identity/identities/nobody/documents", map[string]any{"name": "a.pdf"}, 404, "identity not found"},
	} {
		status, problem := r.call(http.MethodPut, c.path, c.body)
		require.Equal(t, c.status, status, name)
		require.Contains(t, problem["detail"], c.says, name)
	}
	address := r.address(id, strings.Repeat("n", 260))
	status, problem := r.call(http.MethodPut, path, map[string]any{"name": strings.Repeat("n", 260)})
	require.Equal(t, []any{409, "Already Exists"}, []any{status, problem["title"]}, "before the file came, too")
	require.Equal(t, http.StatusUnsupportedMediaType, r.send(address, "GIF89a and so on"))
	require.Equal(t, http.StatusUnsupportedMediaType, r.send(address, ""))
	require.Equal(t, http.StatusForbidden, r.send(r.url+"/uploads/guessed", pdf))
	r.clock.add(uploadLife)
	require.Equal(t, http.StatusForbidden, r.send(address, pdf), "it has expired")
	require.Equal(t, http.StatusOK, r.send(r.address(id, strings.Repeat("n", 260)), pdf), "and the name is free again")
	status, _ = r.call(http.MethodGet, "/identity/identities/nobody/documents", nil)
	require.Equal(t, 404, status)
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestDocumentsUnder100MB(t *testing.T) {
	t.Parallel()
	r, id := asked(t, "Eddard", nil)
	for size, status := range map[int64]int{largestDocument - 1: 200, largestDocument + 1: 413} {
		address := r.address(id, http.StatusText(status))
		body := io.MultiReader(bytes.NewReader([]byte(pdf)), io.LimitReader(zeros{}, size-int64(len(pdf))))
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPut, address, body)
		w := httptest.NewRecorder()
		r.Handler().ServeHTTP(w, req)
		require.Equal(t, status, w.Code)
	}
}

func TestUploadsMeetFaults(t *testing.T) {
	t.Parallel()
	r, id := asked(t, "Eddard", nil)
	address := r.address(id, "funds.pdf", "PROOF_OF_FUNDS")
	require.NoError(t, r.Misbehave(Fault{Call: CallUpload, About: "user-1", Do: DoAnswer, Status: 503, Times: 1}))
	require.Equal(t, http.StatusServiceUnavailable, r.send(address, pdf))
	require.Len(t, r.pending(id), 2, "nothing happened")
	require.NoError(t, r.Misbehave(Fault{Call: CallUpload, Do: DoAnswer, Status: 500, AfterEffect: true, Times: 1}))
	require.Equal(t, http.StatusInternalServerError, r.send(address, pdf))
	require.Len(t, r.pending(id), 1, "it had come")
	require.NoError(t, r.Misbehave(Fault{Call: CallAskUpload, Do: DoAnswer, Status: 409, Times: 1}))
	status, _ := r.call(http.MethodPut, "/identity/identities/"+id+"/documents", map[string]any{"name": "b.pdf"})
	require.Equal(t, 409, status)
}

func TestDocumentsOutliveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emulator.json")
	r := kept(t, path, nil)
	id := r.create(named("user-1", "Eddard", "900-01-0001"))
	r.pass(3 * time.Second)
	r.send(r.address(id, "Plantedfirst funds.pdf", "PROOF_OF_FUNDS"), pdf)
	waiting := r.address(id, "home.pdf", "PROOF_OF_RESIDENCY")
	require.NoError(t, r.save())

	again := kept(t, path, nil)
	again.clock.add(time.Minute)
	require.Equal(t, []any{"PROOF_OF_RESIDENCY"}, again.pending(id))
	require.Equal(t, http.StatusOK, again.send(strings.Replace(waiting, r.url, again.url, 1), pdf), "the address is still good")
	require.Nil(t, again.pending(id))
}
