package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kept is a rig with a state file and a key.
func kept(t *testing.T, path string, change func(*Options)) *rig {
	t.Helper()
	return newRig(t, func(o *Options) {
		o.StatePath, o.StateKey = path, bytes.Repeat([]byte{7}, 32)
		if change != nil {
			change(o)
		}
	})
}

func TestStateOutlivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "emulator.json")
	to := newReceiver(t)
	to.answers(503)
	hooks := func(o *Options) { o.WebhookURL, o.WebhooksPerSecond, o.SeedCount = to.url, 1e6, 40 }
	r := kept(t, path, hooks)
	decided := r.create(nil)
	r.pass(3 * time.Second)
	r.sendDue()
	waiting := r.create(named("user-2", "Slow", "900-01-0002"))
	before := r.get("/identity/identities?limit=1000")
	full := r.get("/identity/identities/" + decided + "?include_details=true")
	events := r.get("/events")
	require.NoError(t, r.save())

	again := kept(t, path, hooks)
	require.Equal(t, before, again.get("/identity/identities?limit=1000"), "and nobody is seeded twice")
	require.Equal(t, full, again.get("/identity/identities/"+decided+"?include_details=true"))
	require.Equal(t, events, again.get("/events"))
	status, problem := again.call("POST", "/identity/identities", personBody(named("user-3", "Other", "073-05-1120")))
	require.Equal(t, 409, status, problem)

	to.answers(200)
	got := len(to.received())
	again.pass(5 * time.Minute)
	again.sendDue()
	require.Equal(t, "APPROVED", again.statusOf(waiting), "what was planned still happens")
	require.Contains(t, again.eventsOf(decided), "identity.approved")
	require.Greater(t, len(to.received()), got, "what was undelivered is delivered")
}

// A kill loses what is not in the state file. What anybody was told of is in it by then: the outcome of a write before its answer, an event
// before its webhook and before it is listed.
func TestNothingToldIsLostByAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emulator.json")
	type heard struct {
		hook webhook
		file []byte // as it was when the webhook came
	}
	told := make(chan heard, 1)
	to := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		var h heard
		var err error
		assert.NoError(t, json.NewDecoder(q.Body).Decode(&h.hook))
		h.file, err = os.ReadFile(path)
		assert.NoError(t, err)
		told <- h
	}))
	t.Cleanup(to.Close)
	r := kept(t, path, func(o *Options) { o.WebhookURL, o.WebhooksPerSecond = to.URL, 1e6 })
	from := func(file []byte) *rig {
		left := filepath.Join(t.TempDir(), "left.json")
		require.NoError(t, os.WriteFile(left, file, 0o600))
		return kept(t, left, func(o *Options) { o.Now = r.clock.now })
	}
	afterKill := func() *rig {
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		return from(file)
	}

	id := r.create(nil)
	require.Equal(t, "PENDING", afterKill().statusOf(id))
	r.pass(3 * time.Second)
	r.sendDue()
	h := <-told
	require.Equal(t, "identity.approved", from(h.file).get("/events/" + h.hook.ID)["type"], "the webhook came before the event was kept")

	put := func(method, path string, body any) map[string]any {
		t.Helper()
		status, answer := r.call(method, path, body)
		require.Equal(t, http.StatusOK, status, answer)
		return answer
	}
	put(http.MethodPut, "/identity/identities/"+id, map[string]any{"last_kyc_refresh_date": r.now()})
	require.NotNil(t, afterKill().get("/identity/identities/" + id)["last_kyc_refresh_date"])
	put(http.MethodPost, "/identity/controls", map[string]any{"identity_id": id, "type": "CLOSED", "reason_code": "RISK_FRAUD", "reason": "x"})
	require.Len(t, afterKill().get("/identity/controls?identity_id=" + id)["items"], 1)
	put(http.MethodPost, "/identity/accounts", map[string]any{"account": map[string]any{"identity_id": id, "ref_id": "acc-1", "type": "BROKERAGE"}})
	require.Len(t, afterKill().get("/identity/accounts?identity_id=" + id)["items"], 1)
	address := r.address(id, "funds.pdf", "PROOF_OF_FUNDS")
	mark := hashed(address[strings.LastIndex(address, "/")+1:])
	require.True(t, afterKill().knowsUpload(mark))
	require.Equal(t, http.StatusOK, r.send(address, pdf))
	require.Len(t, afterKill().get("/identity/identities/" + id + "/documents")["documents"], 1)

	r.pass(time.Minute)
	r.create(named("user-2", "Other", "900-01-0002"))
	r.pass(3 * time.Second)
	all := r.get("/events")
	require.Equal(t, all, afterKill().get("/events"), "what was listed is still there")
}

func TestNoPersonalDataInTheStateFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	plant := func(body, person map[string]any) {
		person["first_name"], person["middle_name"], person["last_name"] = "Plantedfirst", "Plantedmiddle", "Plantedlast"
		person["email"], person["phone_number"] = "planted@example.com", "+1 555 555 0199"
		person["date_of_birth"], person["cip_id"] = "1971-12-29", "900-31-7777"
		person["passthrough_verification_id"] = "planted-check"
		person["address"] = map[string]any{"address1": "9 Planted Road", "city": "Plantedville", "province": "NY", "country": "USA", "zip_code": "98765"}
		body["metadata"] = map[string]string{"nick": "plantednick"}
	}
	for _, key := range [][]byte{bytes.Repeat([]byte{7}, 32), nil} {
		r := kept(t, filepath.Join(folder, "emulator.json"), func(o *Options) { o.StateKey = key })
		id := r.create(plant)
		_, _ = r.call("POST", "/identity/identities", personBody(institutionOf(id)))
		r.pass(3 * time.Second)
		require.NoError(t, r.save())
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, files, 1, "no half-written file is left behind")
		raw, err := os.ReadFile(filepath.Join(folder, "emulator.json"))
		require.NoError(t, err)
		require.Contains(t, string(raw), id)
		for _, planted := range []string{"planted", "1971-12-29", "900-31-7777", "900317777", "555 0199", "98765", "thornquist", "income_50k"} {
			require.NotContains(t, strings.ToLower(string(raw)), planted)
		}
		require.NoError(t, os.Remove(filepath.Join(folder, "emulator.json")))
	}
}

func TestWithoutAKeyDetailsAreGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emulator.json")
	noKey := func(o *Options) { o.StateKey = nil }
	r := kept(t, path, noKey)
	id := r.create(nil)
	require.NoError(t, r.save())
	again := kept(t, path, noKey)
	got := again.get("/identity/identities/" + id + "?include_details=true")
	require.Equal(t, "user-4711", got["ref_id"])
	require.NotContains(t, got["person_details"], "first_name")
}

func TestUnreadableStateIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emulator.json")
	r := kept(t, path, nil)
	r.create(nil)
	require.NoError(t, r.save())
	start := func(change func(*Options)) error {
		o := r.opts
		change(&o)
		_, err := New(o)
		return err
	}
	require.NoError(t, start(func(*Options) {}))
	require.ErrorContains(t, start(func(o *Options) { o.StateKey = bytes.Repeat([]byte{8}, 32) }), "another state key")
	require.ErrorContains(t, start(func(o *Options) { o.StateKey = nil }), "another state key")

	good, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, good[:len(good)/2], 0o600))
	require.ErrorContains(t, start(func(*Options) {}), "damaged")
	require.NoError(t, os.WriteFile(path, bytes.Replace(good, []byte(`"version":1`), []byte(`"version":9`), 1), 0o600))
	require.ErrorContains(t, start(func(*Options) {}), "version 9")
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(left), `"version":9`, "a refused file is left as it was")
}

func TestSealIsBoundToItsRecord(t *testing.T) {
	t.Parallel()
	s, err := newSealer(bytes.Repeat([]byte{1}, 32))
	require.NoError(t, err)
	one, err := s.seal([]byte("who"), "a")
	require.NoError(t, err)
	two, err := s.seal([]byte("who"), "a")
	require.NoError(t, err)
	require.NotEqual(t, one, two, "a fresh nonce each time")
	plain, err := s.open(one, "a")
	require.NoError(t, err)
	require.Equal(t, "who", string(plain))
	_, err = s.open(one, "b")
	require.Error(t, err, "moved to another record")
	_, err = s.open(one[:5], "a")
	require.Error(t, err)
}
