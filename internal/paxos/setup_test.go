package paxos_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/identity"
	"identitydesk/internal/paxos"
)

const secret = "a-secret-that-no-log-may-hold"

// standIn is Paxos for a test: a token endpoint that grants what it is told, and one handler for the API.
type standIn struct {
	grants []string // scopes; nil grants all

	mu       sync.Mutex
	tokens   []string // the scope parameter of each token call
	requests []*http.Request
	bodies   []string
	api      http.HandlerFunc
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/oauth2/token" {
		s.token(w, r, string(body))
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, r)
	s.bodies = append(s.bodies, string(body))
	s.mu.Unlock()
	s.api(w, r)
}

func (s *standIn) token(w http.ResponseWriter, r *http.Request, body string) {
	r.Body = io.NopCloser(strings.NewReader(body))
	scope := r.FormValue("scope")
	s.mu.Lock()
	s.tokens = append(s.tokens, scope)
	number := len(s.tokens)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.FormValue("client_secret") != secret || r.FormValue("client_id") != "desk" || r.FormValue("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
		return
	}
	for one := range strings.FieldsSeq(scope) {
		if s.grants != nil && !slices.Contains(s.grants, one) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"invalid_scope","error_description":"no"}`)
			return
		}
	}
	_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"bearer","expires_in":3599,"scope":%q}`, number, scope)
}

func (s *standIn) tokenCalls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.tokens...)
}

func (s *standIn) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// answers makes an API that always says the same.
func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// desk is a client with what it logs and waits for.
type desk struct {
	*paxos.Client
	budget *budget.Budget
	log    *lockedBuffer
}

// lockedBuffer takes the log of several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

var allScopes = []string{"identity:read_identity", "identity:write_identity", "events:read_event"}

// options are those of a client for a test at an address; change what differs.
func options(base string, log io.Writer) paxos.Options {
	return paxos.Options{
		APIURL: base + "/v2", TokenURL: base + "/oauth2/token", ClientID: "desk", ClientSecret: secret,
		Scopes: allScopes, Version: "1.2.3",
		Budget: budget.New(budget.Options{PerSecond: 1000}),
		Log:    slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

func open(t *testing.T, o paxos.Options, log *lockedBuffer) desk {
	t.Helper()
	c, err := paxos.New(o)
	require.NoError(t, err)
	return desk{Client: c, budget: o.Budget, log: log}
}

// overNetwork serves a stand-in on a port of its own.
func overNetwork(t *testing.T, s *standIn) desk {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	log := &lockedBuffer{}
	return open(t, options(server.URL, log), log)
}

// inMemory serves a stand-in without a network, for tests that run on synctest's clock.
func inMemory(t *testing.T, s *standIn, change ...func(*paxos.Options)) desk {
	t.Helper()
	log := &lockedBuffer{}
	o := options("https://paxos.test", log)
	o.HTTP = &http.Client{Transport: direct{s}}
	for _, f := range change {
		f(&o)
	}
	return open(t, o, log)
}

// direct is a transport that calls a handler.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	d.handler.ServeHTTP(w, in)
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// draft is an invented person.
func draft() identity.Draft {
	return identity.Draft{
		RefID: "user-0042",
		Person: identity.PersonDraft{
			PassthroughVerifierType: "JUMIO", PassthroughVerifiedAt: "2024-02-03T04:05:06Z",
			PassthroughVerificationID: "ver-90210", PassthroughVerificationStatus: "APPROVED",
			PassthroughVerificationFields: []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
			FirstName:                     "Wilhelmina", LastName: "O'Brien-Quux", DateOfBirth: "1971-03-29",
			Address:     identity.Address{Address1: "77 Invented Lane", City: "Springfield", Province: "IL", Country: "USA", ZipCode: "62704"},
			Nationality: "USA", CIPID: "078-05-1121", CIPIDType: "SSN", CIPIDCountry: "USA",
			PhoneNumber: "+1 555 010 4477", Email: "wilhelmina@invented.example",
		},
		DueDiligence: identity.DueDiligence{EmploymentStatus: "FULL_TIME"},
	}
}

// perSecond gives a client a budget of so many calls.
func perSecond(n int) func(*paxos.Options) {
	return func(o *paxos.Options) { o.Budget = budget.New(budget.Options{PerSecond: n}) }
}
