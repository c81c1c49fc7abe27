package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for something that should happen within moments; machines under load are slow.
const patience = time.Minute

// running is a desk that a test has booted: the same program as main, on free ports, with a folder of its own.
type running struct {
	t        *testing.T
	URL      string
	Emulator string
	Dir      string
	Log      *lockedBuffer

	cancel context.CancelFunc
	done   chan int
}

// boot starts `identitydesk serve` against its embedded emulator. More variables, as NAME=value, win over the test's own.
func boot(t *testing.T, more ...string) *running {
	t.Helper()
	return bootIn(t, t.TempDir(), more...)
}

// bootIn boots in a given folder, to start a second time on the same data.
func bootIn(t *testing.T, dir string, more ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, Dir: dir, Log: &lockedBuffer{}, cancel: cancel, done: make(chan int, 1)}
	ready := make(chan addresses, 1)
	p := program{
		stdout: r.Log, stderr: r.Log, onReady: func(a addresses) { ready <- a },
		environ: environIn(dir, append([]string{
			"LOG_LEVEL=debug", "POLL_INTERVAL=1s", "SYNC_INTERVAL=1s", "EMULATOR_DECIDE_AFTER=1500ms",
		}, more...)...),
	}
	go func() { r.done <- p.main(ctx, []string{"serve"}) }()
	select {
	case a := <-ready:
		r.URL, r.Emulator = a.desk, a.emulator
	case code := <-r.done:
		t.Fatalf("the desk ended with %d before it was ready:\n%s", code, r.Log)
	case <-time.After(patience):
		t.Fatalf("the desk was not ready in time:\n%s", r.Log)
	}
	t.Cleanup(r.stop)
	return r
}

// stop ends the desk and waits for it; twice does no harm.
func (r *running) stop() {
	r.cancel()
	select {
	case code, ok := <-r.done:
		if ok {
			close(r.done)
			require.Zero(r.t, code, "the desk must stop cleanly:\n%s", r.Log)
		}
	case <-time.After(patience):
		r.t.Errorf("the desk did not stop in time:\n%s", r.Log)
	}
}

// person is somebody signed in, as a script would be: a cookie jar and the two representations.
type person struct {
	t    *testing.T
	desk *running
	http *http.Client
}

// signIn signs somebody in at the development log-in.
func (r *running) signIn(user, role string) *person {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	p := &person{t: r.t, desk: r, http: &http.Client{
		Jar: jar, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	resp, body := p.post("/login/dev", url.Values{"user": {user}, "role": {role}})
	require.Equal(r.t, http.StatusSeeOther, resp.StatusCode, body)
	return p
}

func (p *person) do(req *http.Request) (*http.Response, string) {
	p.t.Helper()
	resp, err := p.http.Do(req)
	require.NoError(p.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp, string(body)
}

// get asks for a page.
func (p *person) get(path string) (*http.Response, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.desk.URL+path, nil)
	require.NoError(p.t, err)
	return p.do(req)
}

// post sends a form.
func (p *person) post(path string, form url.Values) (*http.Response, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.desk.URL+path, strings.NewReader(form.Encode()))
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.desk.URL)
	return p.do(req)
}

// json asks for a page as JSON.
func (p *person) json(path string, into any) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.desk.URL+path, nil)
	require.NoError(p.t, err)
	req.Header.Set("Accept", "application/json")
	resp, body := p.do(req)
	require.Equal(p.t, http.StatusOK, resp.StatusCode, "%s: %s", path, body)
	require.NoError(p.t, json.Unmarshal([]byte(body), into), body)
}

// caseJSON is what a script reads of a case.
type caseJSON struct {
	ID         string  `json:"id"`
	PaxosID    *string `json:"paxos_id"`
	RefID      *string `json:"ref_id"`
	Status     *string `json:"status"`
	Submission *string `json:"submission"`
	Lane       string  `json:"lane"`
	Move       string  `json:"move"`
	LearnedBy  *string `json:"learned_by"`
	CheckedAt  *string `json:"checked_at"`
	Blocking   []struct{ Type, Status, Text string }
}

type listJSON struct {
	Items []caseJSON `json:"items"`
	Next  *string    `json:"next"`
	Total int64      `json:"total"`
}

// eventually waits until ok, and says what was seen last where it never comes.
func (p *person) eventually(what string, ok func() (bool, any)) {
	p.t.Helper()
	var last any
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		done, seen := ok()
		if done {
			return
		}
		last = seen
	}
	p.t.Fatalf("not in time: %s; last seen: %+v\n%s", what, last, p.desk.Log.tail())
}

// lockedBuffer is a log that a test reads while the desk writes.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// tail is the end of the log without the lines of single requests and calls.
func (b *lockedBuffer) tail() string {
	var lines []string
	for line := range strings.Lines(b.String()) {
		if !strings.Contains(line, "msg=request") && !strings.Contains(line, "level=DEBUG") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-40):], "")
}

// duncan is an invented person with the details of a quickstart: they are approved.
func duncan(refID string) url.Values {
	p := "person_details."
	return url.Values{
		"ref_id":                                            {refID},
		p + "passthrough_verifier_type":                     {"JUMIO"},
		p + "passthrough_verified_at":                       {"2021-06-16T09:28:14Z"},
		p + "passthrough_verification_id":                   {"775300ef-4edb-47b9-8ec4-f45fe3cbf41f"},
		p + "passthrough_verification_status":               {"APPROVED"},
		p + "passthrough_verification_fields":               {"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
		p + "first_name":                                    {"Billy"},
		p + "last_name":                                     {"Duncan"},
		p + "date_of_birth":                                 {"1960-01-01"},
		p + "address.address1":                              {"123 Main St"},
		p + "address.city":                                  {"New York"},
		p + "address.province":                              {"NY"},
		p + "address.zip_code":                              {"10001"},
		p + "address.country":                               {"USA"},
		p + "nationality":                                   {"USA"},
		p + "cip_id":                                        {"073-05-1120"},
		p + "cip_id_type":                                   {"SSN"},
		p + "cip_id_country":                                {"USA"},
		p + "phone_number":                                  {"+1 555 678 1234"},
		p + "email":                                         {"example@somemail.org"},
		"customer_due_diligence.estimated_yearly_income":    {"INCOME_50K_TO_100K"},
		"customer_due_diligence.expected_transfer_value":    {"TRANSFER_VALUE_25K_TO_50K"},
		"customer_due_diligence.source_of_wealth":           {"EMPLOYMENT_INCOME"},
		"customer_due_diligence.employment_status":          {"FULL_TIME"},
		"customer_due_diligence.employment_industry_sector": {"ARTS_ENTERTAINMENT_RECREATION"},
	}
}

// newServer runs a handler on a free port and gives its address.
func newServer(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// sandboxStatus sets sub-statuses at the emulator, as a team rehearsing against Paxos' sandbox does.
func (r *running) sandboxStatus(paxosID, body string) {
	r.t.Helper()
	token := r.token()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPut, r.Emulator+"/v2/identity/identities/"+paxosID+"/sandbox-status", strings.NewReader(body))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(r.t, http.StatusOK, resp.StatusCode)
}

// token gets a token of the emulator with the credential that it takes where none is configured.
func (r *running) token() string {
	r.t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"emulator"}, "client_secret": {"emulator"},
		"scope": {"identity:read_identity identity:write_identity"},
	}
	resp, err := http.PostForm(r.Emulator+"/oauth2/token", form)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(r.t, json.NewDecoder(resp.Body).Decode(&answer))
	require.NotEmpty(r.t, answer.AccessToken)
	return answer.AccessToken
}

// everyByte gives each file of the data folder by name.
func (r *running) everyByte() map[string][]byte {
	r.t.Helper()
	files := map[string][]byte{}
	require.NoError(r.t, filepath.WalkDir(r.Dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = os.ReadFile(path)
		}
		if errors.Is(err, fs.ErrNotExist) { // it went just now, as files beside a database do
			return nil
		}
		return err
	}))
	return files
}
