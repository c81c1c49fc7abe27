package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/emulator"
	"identitydesk/internal/identity"
	"identitydesk/internal/paxos"
)

// moveJSON is what these tests read of a move.
type moveJSON struct {
	Kind     string     `json:"kind"`
	State    string     `json:"state"`
	Attempts int        `json:"attempts"`
	NextAt   *time.Time `json:"next_at"`
	ID       string     `json:"id"`
	Steps    []struct {
		Step string `json:"step"`
	} `json:"steps"`
	Failure *struct {
		Code string `json:"code"`
	} `json:"failure"`
}

func (m moveJSON) steps() (steps []string) {
	for _, s := range m.Steps {
		steps = append(steps, s.Step)
	}
	return steps
}

// moved waits until the newest move of a case is in a state.
func (p *person) moved(id string, ok func(moveJSON) bool) moveJSON {
	p.t.Helper()
	var c struct {
		Moves []moveJSON `json:"moves"`
	}
	p.eventually("the move of "+id, func() (bool, any) {
		c.Moves = nil
		p.json("/identities/"+id, &c)
		return len(c.Moves) > 0 && ok(c.Moves[0]), c
	})
	return c.Moves[0]
}

func inState(state string) func(moveJSON) bool {
	return func(m moveJSON) bool { return m.State == state }
}

// changed is the form of a correction, filled with what Paxos holds, with one field changed.
func (p *person) changed(id, act, field, value string) url.Values {
	p.t.Helper()
	resp, body := p.post("/identities/"+id+"/"+act, url.Values{"reason_code": {"correction"}, "reason": {"the city is misspelt"}})
	require.Equal(p.t, http.StatusOK, resp.StatusCode, body)
	form := url.Values{}
	for _, input := range document(p.t, body).Find(`[data-testid="change-edit"] input, [data-testid="change-edit"] select`).EachIter() {
		name, _ := input.Attr("name")
		_, checked := input.Attr("checked")
		v := input.AttrOr("value", input.Find("option[selected]").AttrOr("value", ""))
		if name != "" && (input.AttrOr("type", "") != "checkbox" || checked) {
			form.Add(name, v)
		}
	}
	form.Set(field, value)
	return form
}

// corrects has the city of a person corrected.
func (p *person) corrects(id, city string) {
	p.t.Helper()
	form := p.changed(id, "correct", "person_details.address.city", city)
	resp, body := p.post("/identities/"+id+"/correct", form)
	require.Equal(p.t, http.StatusOK, resp.StatusCode, body)
	plan := document(p.t, body).Find(`[data-testid="shift"]`)
	require.Equal(p.t, 1, plan.Length(), plan.Text())
	require.Contains(p.t, plan.Text(), city)
	form.Set("step", "send")
	resp, body = p.post("/identities/"+id+"/correct", form)
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode, body)
}

// reader is a client of a test's own, to see what Paxos holds.
func reader(t *testing.T, env []string) *paxos.Client {
	t.Helper()
	at := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		at[name] = value
	}
	c, err := paxos.New(paxos.Options{
		APIURL: at["PAXOS_API_URL"], TokenURL: at["PAXOS_TOKEN_URL"], ClientID: "emulator", ClientSecret: "emulator", Version: "test",
		Budget: budget.New(budget.Options{PerSecond: 1000}), Scopes: []string{"identity:read_identity"}, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	return c
}

// holdsOf is what Paxos holds of a person; nothing where it does not know them.
func (f *faulty) holdsOf(refID string) (held identity.Draft) {
	f.t.Helper()
	for _, r := range f.paxos.Truth() {
		if r.RefID == refID {
			var err error
			held, _, err = reader(f.t, f.env).Held(f.t.Context(), r.ID)
			require.NoError(f.t, err)
		}
	}
	return held
}

// city is where Paxos holds that a person lives.
func (f *faulty) city(refID string) string { return f.holdsOf(refID).Person.Address.City }

// TestCorrectionSurvives: whatever happens to the call or to its answer, Paxos holds the correction, and the desk knows it. While Paxos
// throttles the desk nothing counts as attempted.
func TestCorrectionSurvives(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	lost, sent := []string{"asked", "started", "lost", "started", "done"}, []string{"asked", "started", "done"}
	faults := map[string]struct {
		fault emulator.Fault
		steps []string
	}{
		"nothing":                   {emulator.Fault{Do: emulator.DoDelay, Delay: time.Millisecond}, sent},
		"dropped after its effect":  {emulator.Fault{Do: emulator.DoDropAfter}, lost},
		"503 after its effect":      {emulator.Fault{Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable, AfterEffect: true}, lost},
		"500 before its effect":     {emulator.Fault{Do: emulator.DoAnswer, Status: http.StatusInternalServerError}, lost},
		"an answer cut off":         {emulator.Fault{Do: emulator.DoCut}, lost},
		"the token is not good now": {emulator.Fault{Do: emulator.DoAnswer, Status: http.StatusUnauthorized}, sent},
	}
	ids, steps, n := map[string]string{}, map[string][]string{}, 0
	for name, f := range faults {
		ref := fmt.Sprintf("corrected-%02d", n)
		form := duncan(ref)
		form.Set("person_details.cip_id", fmt.Sprintf("123-45-%04d", 2000+n))
		ids[ref], steps[ref] = desk.submitted(form), f.steps
		f.fault.Call, f.fault.About, f.fault.Times = emulator.CallUpdate, ref, 1
		require.NoError(t, desk.paxos.Misbehave(f.fault), name)
		n++
	}
	for ref, id := range ids {
		desk.ana.becomes(id, "APPROVED")
		desk.ana.corrects(id, "Ostrava Falls")
		require.Equal(t, steps[ref], desk.ana.moved(id, inState("done")).steps(), ref)
		require.Equal(t, "Ostrava Falls", desk.city(ref), ref)
	}
	throttled := ids["corrected-00"]
	desk.ana.becomes(throttled, "APPROVED")
	form := desk.ana.changed(throttled, "correct", "person_details.address.city", "Nowhere")
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallUpdate, Do: emulator.DoAnswer, Status: http.StatusTooManyRequests, Times: 1}))
	form.Set("step", "send")
	resp, body := desk.ana.post("/identities/"+throttled+"/correct", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	m := desk.ana.moved(throttled, func(m moveJSON) bool { return m.NextAt != nil && m.NextAt.After(time.Now().Add(10*time.Second)) })
	require.Equal(t, []any{"queued", 0, []string{"asked"}}, []any{m.State, m.Attempts, m.steps()})
	resp, body = desk.ana.post("/identities/"+throttled+"/moves/"+m.ID+"/withdraw", nil)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	desk.ana.moved(throttled, inState("withdrawn"))
	require.Equal(t, "Ostrava Falls", desk.city("corrected-00"))
}

// TestKilledDuringAMove: a desk is killed while its update call is under way. The next process takes the job up once its lease has
// ended, and finds that the call had its effect.
func TestKilledDuringAMove(t *testing.T) {
	t.Parallel()
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	local, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "desk.db"), "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)
	ana := (&running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")
	id := strings.TrimPrefix(ana.submit(duncan("user-4711")), "/identities/")
	ana.becomes(id, "APPROVED")
	require.NoError(t, local.Misbehave(emulator.Fault{Call: emulator.CallUpdate, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
	ana.corrects(id, "Ostrava Falls")
	ana.underWay(local, emulator.CallUpdate)
	ana.moved(id, inState("sent"))
	desk.kill()
	at := &faulty{running: ana.desk, paxos: local, env: api}
	ana.effect(local, func(r emulator.TrueRecord) bool { return at.city(r.RefID) == "Ostrava Falls" })
	desk.start()
	require.Equal(t, []string{"asked", "started", "lost", "started", "done"}, ana.moved(id, inState("done")).steps())
	require.Equal(t, 1, local.Report().Calls[emulator.CallUpdate], "it was seen, and not sent again")
}

// TestRefreshReachesPaxos: an open KYC refresh has its own lane, is answered, and is completed by Paxos.
func TestRefreshReachesPaxos(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { o.Showcase = true }, "POLL_INTERVAL=1s", "SYNC_INTERVAL=1s")
	c := desk.ana.caseOf("demo-refresh-open")
	require.Equal(t, "refresh", c.Lane)
	calendar := desk.ana.page("/refreshes?show=open").Find(`[data-testid="refresh"]`)
	require.Contains(t, calendar.Text(), "demo-refresh-open")
	today := time.Now().UTC().Format(time.DateOnly)
	resp, body := desk.ana.post("/identities/"+c.ID+"/kyc-refresh", url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {today}})
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
	desk.ana.moved(c.ID, inState("done"))
	desk.ana.eventually("the refresh is over", func() (bool, any) {
		var now caseJSON
		desk.ana.json("/identities/"+c.ID, &now)
		return now.Lane == "decided", now
	})
	for _, r := range desk.paxos.Truth() {
		if r.RefID == "demo-refresh-open" {
			require.Equal(t, today, r.LastKYCRefresh.UTC().Format(time.DateOnly))
		}
	}
	require.Contains(t, words(desk.ana.page("/identities/"+c.ID).Find(`[data-testid="refresh-told"]`)), "completed")
}

// TestALostRefreshIsToldOnce: the answer to a KYC refresh is lost, alone and with changed fields. The desk looks, and tells Paxos of it
// no second time, though a second answer would be lost too.
func TestALostRefreshIsToldOnce(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, showcase, "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	today := time.Now().UTC().Format(time.DateOnly)
	alone, both := desk.ana.caseOf("demo-refresh-open").ID, desk.ana.caseOf("demo-refresh-expired").ID
	refreshed := func(id, ref string, form url.Values, calls int) {
		require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallUpdate, About: ref, Do: emulator.DoDropAfter, Times: 2}))
		resp, body := desk.ana.post("/identities/"+id+"/kyc-refresh", form)
		require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
		require.Equal(t, []string{"asked", "started", "lost", "started", "done"}, desk.ana.moved(id, inState("done")).steps(), ref)
		require.Equal(t, calls, desk.paxos.Report().Calls[emulator.CallUpdate], ref)
	}
	refreshed(alone, "demo-refresh-open", url.Values{"step": {"unchanged"}, "last_kyc_refresh_date": {today}}, 1)
	form := desk.ana.changed(both, "kyc-refresh", "person_details.phone_number", "+1 212 555 0188")
	form.Set("last_kyc_refresh_date", today)
	form.Set("step", "send")
	refreshed(both, "demo-refresh-expired", form, 2)
	require.Equal(t, "+1 212 555 0188", desk.holdsOf("demo-refresh-expired").Person.PhoneNumber)
}
