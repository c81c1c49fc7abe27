package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// outcome is what an http client sees of a call: an answer, or an error.
type outcome struct {
	status int
	header http.Header
	body   string
	err    error // of the request or of reading the body
}

// json reads the answer, where it is any.
func (o outcome) json() (map[string]any, error) {
	out := map[string]any{}
	return out, json.Unmarshal([]byte(o.body), &out)
}

// tryWith makes a call on a connection of its own, since http.Client repeats a
// GET by itself when a kept one breaks.
func (r *rig) tryWith(client *http.Client, method, path string, body any) outcome {
	r.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(r.t, err)
	req := r.request(method, path, strings.NewReader(string(raw)))
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := client.Do(req)
	if err != nil {
		return outcome{err: err}
	}
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	return outcome{status: res.StatusCode, header: res.Header, body: string(read), err: err}
}

func (r *rig) try(method, path string, body any) outcome {
	r.t.Helper()
	fresh := &http.Transport{DisableKeepAlives: true}
	return r.tryWith(&http.Client{Transport: fresh}, method, path, body)
}

func (r *rig) tryCreate(refID, ssn string) outcome {
	r.t.Helper()
	return r.try(http.MethodPost, "/v2/identity/identities", personBody(named(refID, "Yewbridge", ssn)))
}

func TestFaultsOfACreate(t *testing.T) {
	t.Parallel()
	hasID := func(t *testing.T, o outcome) {
		t.Helper()
		answer, err := o.json()
		require.NoError(t, err)
		require.NotEmpty(t, answer["id"])
	}
	tests := map[string]struct {
		fault  Fault
		effect bool
		see    func(*testing.T, outcome)
	}{
		"delay": {Fault{Do: DoDelay, Delay: time.Millisecond}, true, hasID},
		"drop before": {Fault{Do: DoDropBefore}, false, func(t *testing.T, o outcome) {
			t.Helper()
			require.ErrorIs(t, o.err, io.EOF)
		}},
		"drop after": {Fault{Do: DoDropAfter}, true, func(t *testing.T, o outcome) {
			t.Helper()
			require.ErrorIs(t, o.err, io.EOF)
		}},
		"401":             {Fault{Do: DoAnswer, Status: 401}, false, sees(401, "")},
		"403":             {Fault{Do: DoAnswer, Status: 403}, false, sees(403, "")},
		"409":             {Fault{Do: DoAnswer, Status: 409}, false, sees(409, "")},
		"429":             {Fault{Do: DoAnswer, Status: 429}, false, sees(429, "")},
		"429 with a wait": {Fault{Do: DoAnswer, Status: 429, RetryAfter: 90 * time.Second}, false, sees(429, "90")},
		"500":             {Fault{Do: DoAnswer, Status: 500}, false, sees(500, "")},
		"503 with a wait": {Fault{Do: DoAnswer, Status: 503, RetryAfter: 1500 * time.Millisecond}, false, sees(503, "2")},
		"502 after all":   {Fault{Do: DoAnswer, Status: 502, AfterEffect: true}, true, sees(502, "")},
		"garbage": {Fault{Do: DoGarbage}, true, func(t *testing.T, o outcome) {
			t.Helper()
			require.Equal(t, []any{200, "text/html"}, []any{o.status, o.header.Get("Content-Type")})
			require.Contains(t, o.body, "<html>")
		}},
		"garbage of a gateway": {Fault{Do: DoGarbage, Status: 502}, true, func(t *testing.T, o outcome) {
			t.Helper()
			require.Equal(t, 502, o.status)
		}},
		"truncate": {Fault{Do: DoTruncate}, true, func(t *testing.T, o outcome) {
			t.Helper()
			require.NoError(t, o.err)
			require.Equal(t, 200, o.status)
			require.True(t, strings.HasPrefix(o.body, `{"id":"`))
			_, err := o.json()
			require.ErrorContains(t, err, "unexpected end")
		}},
		"cut": {Fault{Do: DoCut}, true, func(t *testing.T, o outcome) {
			t.Helper()
			require.Equal(t, 200, o.status)
			require.ErrorIs(t, o.err, io.ErrUnexpectedEOF)
		}},
		"no id": {Fault{Do: DoNoID}, true, func(t *testing.T, o outcome) {
			t.Helper()
			answer, err := o.json()
			require.NoError(t, err)
			require.NotContains(t, answer, "id")
			require.Equal(t, "user-1", answer["ref_id"])
		}},
		"slow": {Fault{Do: DoSlow, Delay: 70 * time.Millisecond}, true, hasID},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			tt.fault.Call, tt.fault.Times = CallCreate, 1
			require.NoError(t, r.Misbehave(tt.fault))
			tt.see(t, r.tryCreate("user-1", "900-01-0001"))
			require.Equal(t, tt.effect, len(r.Truth()) == 1, "whether the identity was made")
			require.Equal(t, map[string]int{tt.fault.label(CallCreate): 1}, r.Report().Injected)
			require.Equal(t, 200, r.tryCreate("user-2", "900-01-0002").status, "once only")
		})
	}
}

// sees expects a problem with a status and a Retry-After.
func sees(status int, retryAfter string) func(*testing.T, outcome) {
	return func(t *testing.T, o outcome) {
		t.Helper()
		require.Equal(t, status, o.status)
		require.Equal(t, retryAfter, o.header.Get("Retry-After"))
		require.Equal(t, "application/problem+json", o.header.Get("Content-Type"))
		answer, err := o.json()
		require.NoError(t, err)
		require.InDelta(t, status, answer["status"], 0)
	}
}

func TestDelayAndSlowBodyTakeTheirTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, do := range []string{DoDelay, DoSlow} {
		require.NoError(t, r.Misbehave(Fault{Call: CallList, Do: do, Delay: 80 * time.Millisecond, Times: 1}))
		began := time.Now()
		require.Equal(t, 200, r.try(http.MethodGet, "/v2/identity/identities", nil).status)
		require.GreaterOrEqual(t, time.Since(began), 70*time.Millisecond, do)
	}
}

func TestADelayedCreateHappensThoughTheCallerLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Call: CallCreate, Do: DoDelay, Delay: 150 * time.Millisecond}))
	hasty := &http.Client{Timeout: 30 * time.Millisecond}
	o := r.tryWith(hasty, http.MethodPost, "/v2/identity/identities", personBody(nil))
	require.Error(t, o.err)
	require.Empty(t, r.Truth())
	require.Eventually(t, func() bool { return len(r.Truth()) == 1 }, 5*time.Second, 5*time.Millisecond)
}

func TestFaultsReachTheirCallsAlone(t *testing.T) {
	t.Parallel()
	calls := []struct{ kind, method, path string }{
		{CallList, http.MethodGet, "/v2/identity/identities"},
		{CallGet, http.MethodGet, "/v2/identity/identities/{id}"},
		{CallUpdate, http.MethodPut, "/v2/identity/identities/{id}"},
		{CallSandbox, http.MethodPut, "/v2/identity/identities/{id}/sandbox-status"},
		{CallEvents, http.MethodGet, "/v2/events"},
		{CallEvent, http.MethodGet, "/v2/events/{id}"},
		{CallOther, http.MethodGet, "/v2/transfers"},
	}
	for _, target := range calls {
		for _, name := range []string{target.kind, target.method + " " + target.path} {
			if name == "GET /v2/transfers" {
				continue // no route of its own
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, nil)
				id := r.create(nil)
				require.NoError(t, r.Misbehave(Fault{Call: name, Do: DoAnswer, Status: 418}))
				for _, c := range calls {
					o := r.try(c.method, strings.ReplaceAll(c.path, "{id}", id), map[string]any{})
					require.Equal(t, c.kind == target.kind, o.status == 418, c.kind)
				}
				require.Equal(t, map[string]int{target.kind + " answer 418": 1}, r.Report().Injected)
				require.Equal(t, 1, r.Report().Calls[target.kind])
			})
		}
	}
}

func TestFaultOfEveryCallReachesTheTokenToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Do: DoAnswer, Status: 503, Times: 2}))
	form := url.Values{"client_id": {"client"}, "client_secret": {"hush"}, "grant_type": {"client_credentials"}}
	status, _ := r.askToken(form)
	require.Equal(t, 503, status)
	require.Equal(t, 503, r.try(http.MethodGet, "/v2/events", nil).status)
	require.NoError(t, r.Misbehave(Fault{Call: CallToken, Do: DoAnswer, Status: 401, Times: 1}, Fault{Call: CallToken, Do: DoNoID, Times: 1}))
	status, answer := r.askToken(form)
	require.Equal(t, []any{401, "invalid_client"}, []any{status, answer["error"]})
	status, answer = r.askToken(form)
	require.Equal(t, 200, status)
	require.NotContains(t, answer, "access_token")
}

func TestNoIDEmptiesListsToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	id := r.create(nil)
	_, err := r.LogEvents(NewEvents{IDs: []string{id}})
	require.NoError(t, err)
	require.NoError(t, r.Misbehave(Fault{Do: DoNoID}))
	require.NotContains(t, list(r.get("/identity/identities"), "items")[0], "id")
	ev := list(r.get("/events"), "events")[0]
	require.NotContains(t, ev, "id")
	require.Equal(t, id, ev["object"].(map[string]any)["identity_id"])
}

// TestAFaultWaitsForAnEffect: a create refused for its own sake leaves "the next
// create is dropped after its effect" in force.
func TestAFaultWaitsForAnEffect(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Call: CallCreate, Do: DoDropAfter, Times: 1}))
	require.Equal(t, 400, r.try(http.MethodPost, "/v2/identity/identities", map[string]any{}).status)
	require.Empty(t, r.Report().Injected)
	require.Equal(t, 1, r.Report().Faults[0].Left)
	require.Error(t, r.tryCreate("user-1", "900-01-0001").err)
	require.Equal(t, 409, r.tryCreate("user-1", "900-01-0001").status, "it was made")
	require.Equal(t, 1, r.Report().Faults[0].Injected)
	require.False(t, r.Report().Faults[0].InForce)
}

func TestTheNextThreeInOrderOfCommand(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Call: CallEvents, Do: DoAnswer, Status: 500, Times: 3}, Fault{Do: DoAnswer, Status: 503, Times: 1}))
	var seen []int
	for range 5 {
		seen = append(seen, r.try(http.MethodGet, "/v2/events", nil).status)
	}
	require.Equal(t, []int{500, 500, 500, 503, 200}, seen)
	require.Equal(t, map[string]int{"events answer 500": 3, "events answer 503": 1}, r.Report().Injected)
}

func TestAFaultAboutOneIdentity(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Do: DoAnswer, Status: 500, About: "user-2"}))
	require.Equal(t, 200, r.tryCreate("user-1", "900-01-0001").status)
	require.Equal(t, 500, r.tryCreate("user-2", "900-01-0002").status)
	require.NoError(t, r.Misbehave(Fault{Do: DoAnswer, Status: 502, About: "user-1"}))
	require.Equal(t, 502, r.try(http.MethodGet, "/v2/identity/identities/"+r.Truth()[0].ID, nil).status)
	events, err := r.LogEvents(NewEvents{IDs: []string{"user-1"}})
	require.NoError(t, err)
	require.Equal(t, 502, r.try(http.MethodGet, "/v2/events/"+events[0], nil).status)
	require.Equal(t, 200, r.try(http.MethodGet, "/v2/events", nil).status)
}

func TestAFaultThatEndsByTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Do: DoAnswer, Status: 429, For: time.Minute, RetryAfter: time.Minute}))
	require.Equal(t, "60", r.try(http.MethodGet, "/v2/events", nil).header.Get("Retry-After"))
	r.clock.add(50 * time.Second)
	require.Equal(t, "10", r.try(http.MethodGet, "/v2/events", nil).header.Get("Retry-After"), "what is left of it")
	r.clock.add(10 * time.Second)
	require.Equal(t, 200, r.try(http.MethodGet, "/v2/events", nil).status)
	require.False(t, r.Report().Faults[0].InForce)
}

func TestBehaveTakesEverythingBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Do: DoDropBefore}))
	require.NoError(t, r.MisbehaveByChance(1, Fault{Do: DoDropBefore, Chance: 1}))
	r.Skew(time.Hour)
	require.Error(t, r.try(http.MethodGet, "/v2/events", nil).err)
	r.Behave()
	require.Equal(t, 200, r.try(http.MethodGet, "/v2/events", nil).status)
	require.Equal(t, r.clock.now(), r.now())
	require.Empty(t, r.Report().Faults)
	require.Equal(t, map[string]int{"events drop-before": 1}, r.Report().Injected, "counts stay")
}

func TestWrongFaultsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for want, f := range map[string]Fault{
		"call: there is none such as \"craete\"": {Call: "craete", Do: DoDropAfter},
		"do: \"explode\" is not one of":          {Do: "explode"},
		"do: \"lose\" is not one of":             {Call: CallCreate, Do: DoLose},
		"do: \"garbage\" is not one of lose":     {Call: CallWebhook, Do: DoGarbage},
		"cannot be negative":                     {Do: DoDropAfter, Times: -1},
		"delay: slow needs":                      {Do: DoSlow},
		"delay: delay needs":                     {Do: DoDelay},
		"status: give one from 400":              {Do: DoAnswer, Status: 200},
		"status: give one from 200":              {Do: DoGarbage, Status: 99},
		"belong to answer":                       {Do: DoCut, AfterEffect: true},
		"only MisbehaveByChance":                 {Do: DoCut, Chance: 0.5},
	} {
		require.ErrorContains(t, r.Misbehave(Fault{Do: DoDropBefore}, f), want)
	}
	require.ErrorContains(t, r.MisbehaveByChance(1, Fault{Do: DoCut}), "chance: say how likely")
	require.ErrorContains(t, r.MisbehaveByChance(1, Fault{Do: DoCut, Chance: 1.5}), "chance: give a number")
	require.ErrorContains(t, r.MisbehaveByChance(1, Fault{Do: DoCut, Chance: 0.6}, Fault{Call: CallGet, Do: DoCut, Chance: 0.5}), "get add up to 1.10")
	require.NoError(t, r.MisbehaveByChance(1, Fault{Call: CallList, Do: DoCut, Chance: 0.6}, Fault{Call: CallGet, Do: DoCut, Chance: 0.5}))
	require.Len(t, r.Report().Faults, 2, "none of a list with a wrong one")
}

// TestChanceIsReplayable: what the n-th call of a kind meets depends on the seed
// alone, whatever other calls come between.
func TestChanceIsReplayable(t *testing.T) {
	t.Parallel()
	faults := []Fault{
		{Call: CallEvents, Do: DoAnswer, Status: 500, Chance: 0.3},
		{Call: CallEvents, Do: DoGarbage, Chance: 0.2},
		{Call: CallList, Do: DoAnswer, Status: 503, Chance: 0.5},
	}
	run := func(seed uint64, others int) (seen []string) {
		r := newRig(t, nil)
		require.NoError(t, r.MisbehaveByChance(seed, faults...))
		for range 60 {
			o := r.try(http.MethodGet, "/v2/events", nil)
			seen = append(seen, http.StatusText(o.status)+" "+o.header.Get("Content-Type"))
			for range others {
				r.try(http.MethodGet, "/v2/identity/identities", nil)
			}
		}
		return seen
	}
	first := run(7, 0)
	require.Equal(t, first, run(7, 2))
	require.NotEqual(t, first, run(8, 0))
}

func TestChancesAreMet(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	const calls = 20_000
	require.NoError(t, r.MisbehaveByChance(42,
		Fault{Call: CallCreate, Do: DoDropAfter, Chance: 0.1}, Fault{Do: DoDropBefore, Chance: 0.05}, Fault{Call: CallWebhook, Do: DoLose, Chance: 1, Times: 5}))
	for range calls {
		r.faults.take(CallCreate, "POST /v2/identity/identities", nil)
		r.faults.take(CallWebhook, "", nil)
	}
	got := r.Report().Injected
	require.InDelta(t, 0.1*calls, got["create drop-after"], 0.01*calls)
	require.InDelta(t, 0.05*calls, got["create drop-before"], 0.01*calls)
	require.Equal(t, 5, got["webhook lose"])
}

func TestCountsUnderConcurrency(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	require.NoError(t, r.Misbehave(Fault{Call: CallEvents, Do: DoAnswer, Status: 500, Times: 7}))
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for range 8 {
		all.Go(func() {
			for range 5 {
				o := r.try(http.MethodGet, "/v2/events", nil)
				mu.Lock()
				seen[o.status]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	require.Equal(t, map[int]int{500: 7, 200: 33}, seen)
	require.Equal(t, map[string]int{"events answer 500": 7}, r.Report().Injected)
	require.Equal(t, 40, r.Report().Calls[CallEvents])
}
