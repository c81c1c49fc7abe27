package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// submitted submits a person and gives our id.
func (f *faulty) submitted(form url.Values) string {
	f.t.Helper()
	return strings.TrimPrefix(f.ana.submit(form), "/identities/")
}

// submission waits until the submission of a case is in a state.
func (p *person) submission(id, state string) caseJSON {
	p.t.Helper()
	var c caseJSON
	p.eventually("submission "+id+" is "+state, func() (bool, any) {
		c = caseJSON{}
		p.json("/identities/"+id, &c)
		return c.Submission != nil && *c.Submission == state, c
	})
	return c
}

// atPaxos is how many identities Paxos holds under a ref_id.
func (f *faulty) atPaxos(refID string) int {
	n := 0
	for _, r := range f.paxos.Truth() {
		if r.RefID == refID {
			n++
		}
	}
	return n
}

// TestCreateSurvives: whatever happens to the call or to its answer, the person is at Paxos once, and the desk knows it.
func TestCreateSurvives(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	faults := map[string]emulator.Fault{
		"nothing":                      {Do: emulator.DoDelay, Delay: time.Millisecond},
		"dropped before its effect":    {Do: emulator.DoDropBefore},
		"dropped after its effect":     {Do: emulator.DoDropAfter},
		"503 before its effect":        {Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable},
		"503 after its effect":         {Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable, AfterEffect: true},
		"500 after its effect":         {Do: emulator.DoAnswer, Status: http.StatusInternalServerError, AfterEffect: true},
		"garbage for an answer":        {Do: emulator.DoGarbage},
		"half an answer":               {Do: emulator.DoTruncate},
		"an answer cut off":            {Do: emulator.DoCut},
		"an answer without id":         {Do: emulator.DoNoID},
		"a slow answer":                {Do: emulator.DoSlow, Delay: time.Second},
		"the token is no longer valid": {Do: emulator.DoAnswer, Status: http.StatusUnauthorized},
	}
	ids, n := map[string]string{}, 0
	for name, fault := range faults {
		ref := fmt.Sprintf("survivor-%02d", n)
		fault.Call, fault.About, fault.Times = emulator.CallCreate, ref, 1
		require.NoError(t, desk.paxos.Misbehave(fault), name)
		form := duncan(ref)
		form.Set("person_details.cip_id", fmt.Sprintf("123-45-%04d", 1000+n))
		ids[ref] = desk.submitted(form)
		n++
	}
	for ref, id := range ids {
		c := desk.ana.submission(id, "accepted")
		require.Equal(t, ref, *c.RefID)
		require.Equal(t, 1, desk.atPaxos(ref), ref)
		desk.ana.becomes(id, "APPROVED")
		require.Equal(t, id, desk.ana.caseOf(ref).ID, "one case")
	}
}

// TestCreateRefused: what Paxos refuses ends failed, says why, keeps the draft, and can be sent again.
func TestCreateRefused(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	for status, says := range map[int]string{
		http.StatusBadRequest: "Paxos refused the details.", http.StatusForbidden: "The desk lacks the scope to create identities.",
	} {
		ref := fmt.Sprintf("refused-%d", status)
		require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, About: ref, Do: emulator.DoAnswer, Status: status, Times: 1}))
		form := duncan(ref)
		form.Set("person_details.cip_id", fmt.Sprintf("223-45-%04d", 1000+status))
		id := desk.submitted(form)
		c := desk.ana.submission(id, "failed")
		require.Equal(t, "failed", c.Lane)
		require.Equal(t, "ours", c.Move)
		require.Equal(t, says, words(desk.ana.page("/identities/"+id).Find(`[data-testid="failure"] strong`)))
		require.Zero(t, desk.atPaxos(ref))
		resp, body := desk.ana.post("/identities/"+id+"/resubmit", nil)
		require.Equal(t, http.StatusSeeOther, resp.StatusCode, body)
		desk.ana.submission(id, "accepted")
		require.Equal(t, 1, desk.atPaxos(ref), "the draft was kept and has gone out")
	}
}

// TestClocksDiffer: a lost answer is recognised although Paxos' clock is four minutes behind or ahead.
func TestClocksDiffer(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{-4 * time.Minute, 4 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			t.Parallel()
			desk := bootFaulty(t, nil)
			desk.paxos.Skew(ahead)
			require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDropAfter, Times: 1}))
			id := desk.submitted(duncan("user-4711"))
			desk.ana.submission(id, "accepted")
			desk.ana.becomes(id, "APPROVED")
			require.Equal(t, 1, desk.atPaxos("user-4711"))
		})
	}
}

// TestClocksFarApart: with a clock that is off by more than the grace the desk errs to the safe side. Where Paxos' is behind, our own
// record looks older than our attempt: it is not bound to the draft, which is kept, and nobody is created twice.
func TestClocksFarApart(t *testing.T) {
	t.Parallel()
	for ahead, state := range map[time.Duration]string{-20 * time.Minute: "failed", 20 * time.Minute: "accepted"} {
		t.Run(ahead.String(), func(t *testing.T) {
			t.Parallel()
			desk := bootFaulty(t, nil)
			desk.paxos.Skew(ahead)
			require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDropAfter, Times: 1}))
			id := desk.submitted(duncan("user-4711"))
			c := desk.ana.submission(id, state)
			require.Equal(t, 1, desk.atPaxos("user-4711"))
			if state == "failed" {
				require.Nil(t, c.PaxosID)
				var found listJSON
				desk.ana.json("/lookup?q="+desk.paxos.Truth()[0].ID, &found)
				require.Len(t, found.Items, 1, "the record is a case of its own")
				_, page := desk.ana.get("/identities/" + id)
				require.Contains(t, page, "/identities/"+found.Items[0].ID, "to which the failed one leads")
				return
			}
			desk.ana.becomes(id, "APPROVED")
		})
	}
}

// TestNoToken: without a token nothing is lost and nothing counts as refused; the pages say so, and all goes out by itself once there
// is one. Tokens that Paxos takes back are replaced.
func TestNoToken(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	desk.ana.synced()
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallToken, Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable, Times: 1000}))
	desk.paxos.ExpireTokens()
	id := desk.submitted(duncan("user-4711"))
	desk.ana.eventually("the pages and /readyz say that there is no token", func() (bool, any) {
		_, page := desk.ana.get("/queue")
		resp, ready := desk.ana.get("/readyz")
		require.Equal(t, http.StatusOK, resp.StatusCode)
		return strings.Contains(page, `data-testid="banner-token"`) && strings.Contains(ready, "gives no token"), ready
	})
	require.Zero(t, desk.atPaxos("user-4711"))
	desk.paxos.Behave()
	desk.ana.submission(id, "accepted")
	desk.paxos.ExpireTokens()
	desk.ana.becomes(id, "APPROVED")
	require.Equal(t, 1, desk.atPaxos("user-4711"))
}

// TestThrottled: a 429 closes the gate for every call, the pages say until when, a restart does not open it, and work goes on
// once it is over. A submission says that it waits, and nothing that was not attempted is told as an attempt.
func TestThrottled(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil)
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{
		Call: emulator.CallCreate, Do: emulator.DoAnswer, Status: http.StatusTooManyRequests, RetryAfter: 6 * time.Second, Times: 1,
	}))
	id := desk.submitted(duncan("user-4711"))
	throttled := func() (bool, any) {
		_, page := desk.ana.get("/queue")
		return strings.Contains(page, "throttle"), len(page)
	}
	desk.ana.eventually("the pages say that Paxos throttles us", throttled)
	type held struct {
		WaitsUntil *time.Time `json:"waits_until"`
		Attempts   int        `json:"attempts"`
		History    []struct{ Kind string }
	}
	desk.ana.eventually("the submission waits, and was not attempted", func() (bool, any) {
		var c held
		desk.ana.json("/identities/"+id, &c)
		return c.WaitsUntil != nil && c.Attempts == 0 && len(c.History) == 1, c
	})
	late := duncan("user-4712")
	late.Set("person_details.cip_id", "623-45-1001")
	second := desk.submitted(late)
	calls := desk.paxos.Report().Calls
	desk.again()
	seen, _ := throttled()
	require.True(t, seen, "a restart does not open the gate")
	_, page := desk.ana.get("/queue")
	require.NotContains(t, page, `data-testid="banner-token"`, "and brings no second trouble, although there is no token")
	_, ready := desk.ana.get("/readyz")
	require.NotContains(t, ready, "gives no token")
	after := desk.paxos.Report().Calls
	require.Equal(t, calls[emulator.CallCreate], after[emulator.CallCreate], "nobody calls while the gate is closed")
	require.Equal(t, calls[emulator.CallList], after[emulator.CallList])
	desk.ana.submission(second, "queued")
	for _, id := range []string{id, second} {
		desk.ana.submission(id, "accepted")
		var c held
		desk.ana.json("/identities/"+id, &c)
		require.Equal(t, 1, c.Attempts, "the one that went out")
		require.Nil(t, c.WaitsUntil)
	}
}

// TestWebhooks: lost, late, doubled and disordered ones all end in the truth, with each change told once.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, nil, "POLL_INTERVAL=1s")
	for n, fault := range []emulator.Fault{
		{Do: emulator.DoLose},
		{Do: emulator.DoDuplicate, Delay: 200 * time.Millisecond},
		{Do: emulator.DoAtOnce},
		{Do: emulator.DoDelay, Delay: 2 * time.Second},
	} {
		ref := fmt.Sprintf("hook-%d", n)
		fault.Call, fault.About, fault.Times = emulator.CallWebhook, ref, 1
		require.NoError(t, desk.paxos.Misbehave(fault))
		form := duncan(ref)
		form.Set("person_details.cip_id", fmt.Sprintf("423-45-%04d", 1000+n))
		id := desk.submitted(form)
		desk.ana.becomes(id, "APPROVED")
		time.Sleep(500 * time.Millisecond) // a repeat has come by now
		desk.ana.eventually(ref+" is told once, and how it was found", func() (bool, any) {
			_, page := desk.ana.get("/identities/" + id)
			told := strings.Count(page, "Status changed")
			require.LessOrEqual(t, told, 1, "%s: %s", ref, fault.Do)
			return told == 1 && (fault.Do != emulator.DoLose || strings.Contains(page, "no webhook")), told
		})
	}
}

// TestThereAndBackAgain: DENIED, APPROVED, DENIED within a second, or within a millisecond, its webhooks out of order, are three
// lines in order, each with its event.
func TestThereAndBackAgain(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { o.DecideAfter = time.Hour }, "POLL_INTERVAL=1s")
	ids := map[string]string{}
	for n, ref := range []string{"slow", "quick-1", "quick-2", "quick-3", "quick-4"} {
		form := duncan(ref)
		form.Set("person_details.cip_id", fmt.Sprintf("523-45-%04d", 1000+n))
		ids[ref] = desk.submitted(form)
	}
	for _, id := range ids {
		desk.ana.becomes(id, "PENDING")
	}
	require.NoError(t, desk.paxos.Misbehave(emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoReorder, Delay: 2 * time.Second}))
	for ref := range ids {
		for _, act := range []string{"deny", "approve", "deny"} {
			require.NoError(t, desk.paxos.Act(ref, act))
			if ref == "slow" {
				time.Sleep(50 * time.Millisecond)
			}
		}
	}
	for ref, id := range ids {
		var lines []string
		desk.ana.eventually(ref+": three changes, each with its event", func() (bool, any) {
			var c struct {
				History []struct {
					Kind, Old, New string
					EventID        string `json:"event_id"`
				} `json:"history"`
			}
			desk.ana.json("/identities/"+id, &c)
			lines = nil
			told := true
			for _, l := range c.History {
				if l.Kind == "status" && l.Old != "" {
					lines, told = append(lines, l.Old+" "+l.New), told && l.EventID != ""
				}
			}
			return told && len(lines) >= 3, c.History
		})
		require.Equal(t, []string{"PENDING DENIED", "DENIED APPROVED", "APPROVED DENIED"}, lines, ref)
		desk.ana.becomes(id, "DENIED")
	}
}

// TestSilentChange: Paxos has no event for some changes; asking again finds them.
func TestSilentChange(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { o.DecideAfter = time.Hour }, "RECHECK_INTERVAL=1s")
	id := desk.submitted(duncan("user-4711"))
	desk.ana.becomes(id, "PENDING")
	require.NoError(t, desk.paxos.Set(emulator.Change{ID: "user-4711", Status: "ERROR"}))
	c := desk.ana.becomes(id, "ERROR")
	require.Equal(t, "frozen", c.Lane)
	require.Equal(t, "recheck", *c.LearnedBy)
}

// TestWithoutEventsScope: a delivery then means that something changed; the list tells what, and the pages say so.
func TestWithoutEventsScope(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) {
		o.GrantedScopes = []string{"identity:read_identity", "identity:write_identity"}
	})
	id := desk.submitted(duncan("user-4711"))
	desk.ana.becomes(id, "APPROVED")
	page := desk.ana.page("/settings")
	require.Equal(t, "The events scope is missing.", words(page.Find(`[data-testid="banner-no-events"] strong`)))
	var missing []string
	for _, scope := range page.Find(`[data-testid="scopes"] li:has(strong)`).EachIter() {
		missing = append(missing, words(scope))
	}
	require.Contains(t, missing, "events:read_event missing")
}

// TestBacklog: thousands of missed events are caught up by lists, not by thousands of single calls.
func TestBacklog(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { o.Seed, o.SeedCount = 7, 300 }, "POLL_INTERVAL=1s")
	desk.ana.eventually("the first read is done", func() (bool, any) {
		var l listJSON
		desk.ana.json("/identities?limit=1", &l)
		return l.Total == 300, l.Total
	})
	desk.stop()
	var ids []string
	for _, r := range desk.paxos.Truth()[:20] {
		ids = append(ids, r.ID)
	}
	for at := time.Now(); len(ids) > 0; at = at.Add(time.Millisecond) { // fifty events to a moment, 1,000 in all
		_, err := desk.paxos.LogEvents(emulator.NewEvents{IDs: ids[:1], Type: "identity.control.created", Times: 50, CreatedAt: at})
		require.NoError(t, err)
		ids = ids[1:]
	}
	before := desk.paxos.Report().Calls
	desk.again()
	desk.ana.eventually("1,000 missed events are here", func() (bool, any) {
		var l struct {
			Total int64 `json:"total"`
		}
		desk.ana.json("/events?type=identity.control.created&limit=1", &l)
		return l.Total >= 1000, l.Total
	})
	after := desk.paxos.Report().Calls
	calls := after[emulator.CallGet] + after[emulator.CallEvent] - before[emulator.CallGet] - before[emulator.CallEvent]
	require.Less(t, calls, 50, "single calls for 1,000 events")
	require.Less(t, after[emulator.CallEvents]-before[emulator.CallEvents], 60, "pages of the list of events")
}

// TestLearnedByWebhook: where nothing else looks, the webhook is what first told of the decision, and the case says so.
func TestLearnedByWebhook(t *testing.T) {
	t.Parallel()
	desk := bootFaulty(t, func(o *emulator.Options) { o.DecideAfter = time.Hour })
	id := desk.submitted(duncan("user-4711"))
	desk.ana.becomes(id, "PENDING")
	desk.ana.eventually("the first look after acceptance is over", func() (bool, any) {
		gets := desk.paxos.Report().Calls[emulator.CallGet]
		return gets >= 1, gets
	})
	require.NoError(t, desk.paxos.Act("user-4711", "approve"))
	require.Equal(t, "webhook", *desk.ana.becomes(id, "APPROVED").LearnedBy)
}
