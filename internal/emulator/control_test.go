package emulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// control sends a command, as text, to the control endpoints.
func (r *rig) control(method, path, body string) (int, string) {
	r.t.Helper()
	res, err := http.DefaultClient.Do(r.request(method, "/control/"+path, strings.NewReader(body)))
	require.NoError(r.t, err)
	status, answer := readJSON(r.t, res)
	raw, err := json.Marshal(answer)
	require.NoError(r.t, err)
	return status, string(raw)
}

func (r *rig) command(path, body string) string {
	r.t.Helper()
	status, answer := r.control(http.MethodPost, path, body)
	require.Equal(r.t, http.StatusOK, status, answer)
	return answer
}

func (r *rig) told(path string, into any) {
	r.t.Helper()
	status, answer := r.control(http.MethodGet, path, "")
	require.Equal(r.t, http.StatusOK, status, answer)
	require.NoError(r.t, json.Unmarshal([]byte(answer), into))
}

func TestControlFaults(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.command("faults", `[{"call": "create", "do": "drop-after", "times": 3}, {"call": "events", "do": "answer", "status": 429, "retry_after": "1m30s", "for": "2m"}]`)
	require.Error(t, r.tryCreate("user-1", "900-01-0001").err)
	require.Equal(t, "90", r.try(http.MethodGet, "/v2/events", nil).header.Get("Retry-After"))
	var report Report
	r.told("report", &report)
	require.Equal(t, r.Report(), report)
	require.Equal(t, FaultReport{Fault: Fault{Call: CallCreate, Do: DoDropAfter, Times: 3}, Injected: 1, Left: 2, InForce: true}, report.Faults[0])
	require.Equal(t, map[string]int{"create drop-after": 1, "events answer 429": 1}, report.Injected)
	require.Equal(t, map[string]int{"create": 1, "events": 1, "token": 1}, report.Calls)
	require.Equal(t, 1, report.Plans)

	r.command("behave", "")
	require.Equal(t, 200, r.try(http.MethodGet, "/v2/events", nil).status)
	r.command("chance", `{"seed": 11, "faults": [{"do": "answer", "status": 500, "chance": 1}]}`)
	require.Equal(t, 500, r.try(http.MethodGet, "/v2/events", nil).status)
}

func TestControlStages(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	r.command("skew", `{"ahead": "-90s"}`)
	require.Equal(t, r.clock.now().Add(-90*time.Second), r.now())
	answer := r.command("foreign", `{"ref_id": "user-9", "created_at": "2026-01-02T03:04:05Z"}`)
	r.command("set", `{"id": "user-9", "sanctions_verification_status": "ERROR"}`)
	r.command("act", `{"id": "user-9", "do": "freeze"}`)
	r.command("events", `{"ids": ["user-9"], "times": 2, "type": "identity.denied", "webhook": true}`)
	r.sendDue()

	var truth struct{ Identities []TrueRecord }
	r.told("truth", &truth)
	require.Equal(t, r.Truth(), truth.Identities)
	rec := truth.Identities[0]
	require.Contains(t, answer, rec.ID)
	require.Equal(t, []string{"user-9", "ERROR", "ERROR"}, []string{rec.RefID, rec.Status, rec.Sanctions})
	require.Equal(t, []TrueRequirement{{Type: reqCompliance, Status: statusPending, Awaiting: awaitPaxos}}, rec.Requirements)

	var taken struct{ Deliveries []Acknowledged }
	r.told("deliveries", &taken)
	require.Equal(t, r.Deliveries(), taken.Deliveries)
	require.Len(t, taken.Deliveries, len(to.received()))
	require.Len(t, taken.Deliveries, 2)

	r.command("expire-tokens", "")
	require.Equal(t, 401, r.try(http.MethodGet, "/v2/events", nil).status)
}

func TestControlRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{http.MethodPost, "faults", `[{"do": "drop-after", "time": 3}]`, 400, `unknown field \"time\"`},
		{http.MethodPost, "faults", `{"do": "drop-after"}`, 400, "cannot unmarshal object"},
		{http.MethodPost, "faults", `[{"do": "delay", "delay": "soon"}]`, 400, "invalid duration"},
		{http.MethodPost, "faults", `[{"do": "vanish"}]`, 400, "not one of"},
		{http.MethodPost, "chance", `{"sed": 1}`, 400, `unknown field \"sed\"`},
		{http.MethodPost, "set", `{"id": "nobody"}`, 404, "identity not found"},
		{http.MethodPost, "act", `{"id": "nobody", "do": "explode"}`, 400, "not one of"},
		{http.MethodPost, "foreign", `{}`, 400, "ref_id or cip_id is needed"},
		{http.MethodPost, "events", `{}`, 400, "ids"},
		{http.MethodPost, "everything", ``, 404, "no control POST /control/everything"},
		{http.MethodGet, "faults", ``, 404, "no control GET /control/faults"},
	} {
		status, answer := r.control(tt.method, tt.path, tt.body)
		require.Equal(t, tt.status, status, tt.path)
		require.Contains(t, answer, tt.says)
	}
	require.Empty(t, r.Report().Faults)
}

func TestControlIsForThisMachineAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.RemotePage = true })
	for name, tt := range map[string]struct {
		host, from, site string
		want             int
	}{
		"here":             {"127.0.0.1:8081", "127.0.0.1:5000", "", 200},
		"here, IPv6":       {"[::1]:8081", "[::1]:5000", "", 200},
		"another machine":  {"127.0.0.1:8081", "192.0.2.7:5000", "", 403},
		"a rebound name":   {"rebound.example.com:8081", "127.0.0.1:5000", "", 403},
		"another web page": {"127.0.0.1:8081", "127.0.0.1:5000", "cross-site", 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/control/expire-tokens", nil)
			req.Host, req.RemoteAddr = tt.host, tt.from
			req.Header.Set("Sec-Fetch-Site", tt.site)
			w := httptest.NewRecorder()
			r.Handler().ServeHTTP(w, req)
			require.Equal(t, tt.want, w.Code)
		})
	}
}

func TestFaultTravelsAsJSON(t *testing.T) {
	t.Parallel()
	full := Fault{
		Call: CallCreate, Do: DoAnswer, About: "user-1", Times: 3, For: time.Minute, Chance: 0.25, Delay: 2 * time.Second,
		Status: 503, AfterEffect: true, RetryAfter: 90 * time.Second,
	}
	for _, f := range []Fault{full, {Do: DoCut}} {
		raw, err := json.Marshal(f)
		require.NoError(t, err)
		var back Fault
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, f, back)
	}
}

func TestPageMisbehaves(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	press := func(key string) {
		require.Equal(t, http.StatusOK, r.post("/faults", url.Values{"fault": {key}}, "same-origin"))
	}
	press("throttle")
	doc, _ := r.open("/")
	require.Contains(t, doc.Find("#faults").Text(), "answer 429")
	o := r.try(http.MethodGet, "/v2/events", nil)
	require.Equal(t, []any{429, "60"}, []any{o.status, o.header.Get("Retry-After")})
	r.clock.add(time.Minute)
	doc, _ = r.open("/")
	require.Zero(t, doc.Find("#faults").Length(), "it has ended")

	press("lose-answer")
	require.Error(t, r.tryCreate("user-1", "900-01-0001").err)
	require.Equal(t, 409, r.tryCreate("user-1", "900-01-0001").status)
	press("unavailable")
	require.Equal(t, 503, r.try(http.MethodGet, "/v2/events", nil).status)
	press("behave")
	require.Equal(t, 200, r.try(http.MethodGet, "/v2/events", nil).status)
	press("garbage")
	require.Contains(t, r.try(http.MethodGet, "/v2/events", nil).body, "<html>")
	press("expire")
	require.Equal(t, 401, r.try(http.MethodGet, "/v2/events", nil).status)
	require.Equal(t, http.StatusUnprocessableEntity, r.post("/faults", url.Values{"fault": {"explode"}}, "same-origin"))
	require.Equal(t, http.StatusForbidden, r.post("/faults", url.Values{"fault": {"throttle"}}, "cross-site"))
}

func TestPageTakesBackTheNextWebhook(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	for _, fate := range []string{"lost", "twice at once", ""} {
		require.Equal(t, http.StatusOK, r.post("/webhooks/next", url.Values{"fate": {fate}}, "same-origin"))
		doc, _ := r.open("/")
		require.Equal(t, fate, doc.Find("section strong").Text())
	}
	r.decide("u-0001")
	r.sendDue()
	require.Len(t, to.received(), 1)
}
