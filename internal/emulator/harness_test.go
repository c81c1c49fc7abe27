package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// handClock is a clock that tests set.
type handClock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *handClock { return &handClock{at: time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)} }

func (c *handClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *handClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// rig is an emulator behind a test server, with a token for every scope.
type rig struct {
	*Emulator
	t     *testing.T
	clock *handClock
	url   string
	token string
}

func newRig(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	clock := newClock()
	opts := Options{
		ClientID: "client", ClientSecret: "hush", SeedCount: -1, Limits: Limits{Off: true}, Now: clock.now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&opts)
	}
	e, err := New(opts)
	require.NoError(t, err)
	srv := httptest.NewServer(e.Handler())
	t.Cleanup(srv.Close)
	r := &rig{Emulator: e, t: t, clock: clock, url: srv.URL}
	r.signIn()
	return r
}

func (r *rig) signIn() {
	r.t.Helper()
	status, answer := r.askToken(url.Values{"client_id": {"client"}, "client_secret": {"hush"}, "grant_type": {"client_credentials"}})
	require.Equal(r.t, http.StatusOK, status)
	r.token, _ = answer["access_token"].(string)
}

// later moves the clock far on, and takes a fresh token.
func (r *rig) later(d time.Duration) {
	r.t.Helper()
	r.clock.add(d)
	r.playDue()
	r.signIn()
}

func (r *rig) askToken(form url.Values) (int, map[string]any) {
	r.t.Helper()
	req := r.request(http.MethodPost, "/oauth2/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	return readJSON(r.t, res)
}

func (r *rig) request(method, path string, body io.Reader) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, body)
	require.NoError(r.t, err)
	return req
}

func readJSON(t *testing.T, res *http.Response) (int, map[string]any) {
	t.Helper()
	defer res.Body.Close()
	out := map[string]any{}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&out))
	return res.StatusCode, out
}

// call makes an API request with the rig's token.
func (r *rig) call(method, path string, body any) (int, map[string]any) {
	r.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(r.t, err)
	req := r.request(method, "/v2"+path, bytes.NewReader(raw))
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	if res.StatusCode >= 400 {
		require.Equal(r.t, "application/problem+json", res.Header.Get("Content-Type"))
	}
	return readJSON(r.t, res)
}

func (r *rig) get(path string) map[string]any {
	r.t.Helper()
	status, answer := r.call(http.MethodGet, path, nil)
	require.Equal(r.t, http.StatusOK, status, answer)
	return answer
}

// create makes a person and answers the Paxos id.
func (r *rig) create(change func(body, person map[string]any)) string {
	r.t.Helper()
	status, answer := r.call(http.MethodPost, "/identity/identities", personBody(change))
	require.Equal(r.t, http.StatusOK, status, answer)
	return answer["id"].(string)
}

// named is a create that differs by what must be unique.
func named(refID, lastName, ssn string) func(body, person map[string]any) {
	return func(body, person map[string]any) {
		body["ref_id"], person["last_name"], person["cip_id"] = refID, lastName, ssn
	}
}

// pass lets time go by and plays what is due.
func (r *rig) pass(d time.Duration) {
	r.clock.add(d)
	r.playDue()
}

func (r *rig) statusOf(id string) string {
	r.t.Helper()
	return r.get("/identity/identities/" + id)["status"].(string)
}

// eventsOf lists the types of the events about one identity, oldest first.
func (r *rig) eventsOf(id string) []string {
	r.t.Helper()
	var out []string
	for _, ev := range list(r.get("/events"), "events") {
		if ev["object"].(map[string]any)["identity_id"] == id {
			out = append(out, ev["type"].(string))
		}
	}
	return out
}

func list(answer map[string]any, field string) []map[string]any {
	var out []map[string]any
	for _, v := range answer[field].([]any) {
		out = append(out, v.(map[string]any))
	}
	return out
}

// personBody is a complete create call, changed by the test.
func personBody(change func(body, person map[string]any)) map[string]any {
	person := map[string]any{
		"verifier_type": "PASSTHROUGH", "passthrough_verifier_type": "JUMIO", "passthrough_verified_at": "2021-06-16T09:28:14Z",
		"passthrough_verification_id": "775300ef-4edb-47b9-8ec4-f45fe3cbf41f", "passthrough_verification_status": "APPROVED",
		"passthrough_verification_fields": []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
		"first_name":                      "Billy", "last_name": "Duncan", "date_of_birth": "1960-01-01",
		"address":     map[string]any{"address1": "123 Main St", "city": "New York", "province": "NY", "country": "USA", "zip_code": "10001"},
		"nationality": "USA", "cip_id": "073-05-1120", "cip_id_type": "SSN", "cip_id_country": "USA",
		"phone_number": "+1 555 678 1234", "email": "example@somemail.org",
	}
	body := map[string]any{
		"ref_id": "user-4711", "person_details": person,
		"customer_due_diligence": map[string]any{
			"estimated_yearly_income": "INCOME_50K_TO_100K", "expected_transfer_value": "TRANSFER_VALUE_25K_TO_50K",
			"source_of_wealth": "EMPLOYMENT_INCOME", "employment_status": "FULL_TIME",
			"employment_industry_sector": "ARTS_ENTERTAINMENT_RECREATION",
		},
	}
	if change != nil {
		change(body, person)
	}
	return maps.Clone(body)
}

// receiver is where webhooks go: it keeps what came and answers as told.
type receiver struct {
	mu     sync.Mutex
	got    []webhook
	heads  []http.Header
	answer int
	url    string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	rec := &receiver{answer: http.StatusOK}
	srv := httptest.NewServer(rec)
	t.Cleanup(srv.Close)
	rec.url = srv.URL
	return rec
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/token") {
		rc.heads = append(rc.heads, r.Header.Clone())
		writeJSON(w, "application/json", http.StatusOK, map[string]any{"access_token": "fetched", "expires_in": 3600})
		return
	}
	var hook webhook
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	rc.got, rc.heads = append(rc.got, hook), append(rc.heads, r.Header.Clone())
	w.WriteHeader(rc.answer)
}

func (rc *receiver) answers(status int) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.answer = status
}

func (rc *receiver) received() []webhook {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return append([]webhook{}, rc.got...)
}

// sendDue delivers every webhook that is due and waits for the answers.
func (r *rig) sendDue() {
	r.t.Helper()
	var flying sync.WaitGroup
	r.deliverDue(r.t.Context(), &flying)
	flying.Wait()
}
