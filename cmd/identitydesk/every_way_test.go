package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// way is one way to ask something of Paxos: the call that carries it and the ref_id that the call is about, what a person does for it, when
// the desk takes it for done, and how often it is at Paxos.
type way struct {
	call, about string
	ask, done   func()
	there       func() int
}

// asks posts a form that is taken.
func (p *person) asks(path string, form url.Values) (place string) {
	p.t.Helper()
	resp, body := p.post(path, form)
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode, "%s: %.500s", path, body)
	return resp.Header.Get("Location")
}

// count is how many of the records at Paxos under a ref_id are as wanted.
func (f *faulty) count(refID string, ok func(emulator.TrueRecord) bool) (n int) {
	for _, r := range f.paxos.Truth() {
		if r.RefID == refID && ok(r) {
			n++
		}
	}
	return n
}

// everyWay is ready to go each way, those of corrections and documents aside, which their own tests go. Paxos has its showcase. Lea
// approves what the one who asks has proposed, and imports a file.
func (f *faulty) everyWay(lea *person) map[string]way {
	f.t.Helper()
	ana, today := f.ana, time.Now().UTC().Format(time.DateOnly)
	open, limited, rehearsed := ana.caseOf("demo-refresh-open").ID, ana.caseOf("demo-account").ID, ana.caseOf("demo-account-joint").ID
	ended := ana.caseOf("demo-control-by-us").ID
	again, first, second := f.numbered("user-again", "623-45-1001"), f.numbered("user-first", "623-45-1002"), f.numbered("user-second", "623-45-1002")
	require.NoError(f.t, f.paxos.Misbehave(emulator.Fault{
		Call: emulator.CallCreate, About: "user-again", Do: emulator.DoAnswer, Status: http.StatusBadRequest, Times: 1,
	}))
	failed, existing := f.submitted(again), f.submitted(first)
	ana.becomes(existing, "APPROVED")
	ana.submission(failed, "failed")
	duplicate := f.submitted(second)
	ana.submission(duplicate, "failed")
	resp, body := ana.post("/identities/"+duplicate+"/compare", url.Values{"reason_code": {"suspected_duplicate"}, "reason": {"The number is taken"}})
	require.Equal(f.t, http.StatusOK, resp.StatusCode, body)
	link := accountForm("account-linked")
	link.Set("reason_code", "details_agree")
	link.Set("reason", "It is the same Billy")
	var institution, file string
	moved := func(id string) func() { return func() { ana.moved(id, inState("done")) } }
	return map[string]way{
		"a KYC refresh": {
			emulator.CallUpdate, "demo-refresh-open",
			func() { ana.asks("/identities/"+open+"/kyc-refresh", url.Values{"last_kyc_refresh_date": {today}}) }, moved(open),
			func() int {
				return f.count("demo-refresh-open", func(r emulator.TrueRecord) bool {
					return r.LastKYCRefresh != nil && r.LastKYCRefresh.UTC().Format(time.DateOnly) == today
				})
			},
		},
		"a control": {
			emulator.CallSetControl, "demo-account",
			func() {
				ana.agreed(lea, limited, "/controls", url.Values{"type": {"CLOSED"}, "reason_code": {"LEGAL_ORDER"}, "reason": {"the court asked for it"}})
			}, moved(limited),
			func() int { return len(f.controlsAtPaxos("demo-account")) },
		},
		"the end of a control": {
			emulator.CallEndControl, "demo-control-by-us",
			func() {
				ana.agreed(lea, ended, "/controls/end", url.Values{"control_id": {ana.controls(ended, 1, "DORMANT").Controls[0].ID}, "reason": {"the customer is back"}})
			}, moved(ended),
			func() int { return 1 - len(f.controlsAtPaxos("demo-control-by-us")) },
		},
		"a rehearsal": {
			emulator.CallSandbox, "demo-account-joint",
			func() {
				ana.asks("/identities/"+rehearsed+"/sandbox-status", url.Values{"sanctions_verification_status": {"ERROR"}})
			}, moved(rehearsed),
			func() int {
				return f.count("demo-account-joint", func(r emulator.TrueRecord) bool { return r.Sanctions == "ERROR" })
			},
		},
		"an institution": {
			emulator.CallCreate, "client-0077",
			func() {
				institution = strings.TrimPrefix(ana.asks("/institutions", quill("client-0077", "user-first")), "/identities/")
			},
			func() { ana.submission(institution, "accepted") },
			func() int { return f.atPaxos("client-0077") },
		},
		"a resubmission": {
			emulator.CallCreate, "user-again",
			func() { ana.asks("/identities/"+failed+"/resubmit", nil) },
			func() { ana.submission(failed, "accepted") },
			func() int { return f.atPaxos("user-again") },
		},
		"an import": {
			emulator.CallCreate, "user-filed",
			func() {
				file = lea.imports(fileOf(f.numbered("user-filed", "623-45-1003")))
				lea.until(file, "the preview", func(i importJSON) bool { return i.State == "ready" })
				lea.starts(file)
			},
			func() {
				lea.until(file, "the import is done", func(i importJSON) bool { return i.Results["accepted"] == 1 })
			},
			func() int { return f.atPaxos("user-filed") },
		},
		"the same person": {
			emulator.CallCreateAccount, "user-first",
			func() { ana.asks("/identities/"+duplicate+"/link", link) },
			func() { ana.submission(duplicate, "linked") },
			func() int { return len(ana.accountsOf(existing).Accounts) },
		},
	}
}

// numbered is a person with a government id of their own.
func (f *faulty) numbered(refID, number string) url.Values {
	form := duncan(refID)
	form.Set("person_details.cip_id", number)
	return form
}

// TestEveryWaySurvives: Paxos throttles the desk at the call of each way, or its answer is lost. Either way it is at Paxos once: what was
// throttled has had no effect and goes again, what was lost is looked for, or asked for again where a second one does no harm.
func TestEveryWaySurvives(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault emulator.Fault
		calls map[string]int // how often those are made of which that is certain
	}{
		"a throttle": {
			emulator.Fault{Do: emulator.DoAnswer, Status: http.StatusTooManyRequests, RetryAfter: time.Second},
			map[string]int{
				emulator.CallUpdate: 2, emulator.CallSetControl: 2, emulator.CallEndControl: 2, emulator.CallCreateAccount: 2, emulator.CallSandbox: 2,
				emulator.CallCreate: 2,
			},
		},
		"a lost answer": {
			emulator.Fault{Do: emulator.DoDropAfter},
			map[string]int{emulator.CallUpdate: 1, emulator.CallSetControl: 1, emulator.CallCreateAccount: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desk := bootFaulty(t, showcase)
			for way, w := range desk.everyWay(desk.signIn("lea", "lead")) {
				before, fault := desk.paxos.Report(), c.fault
				fault.Call, fault.About, fault.Times = w.call, w.about, 1
				require.NoError(t, desk.paxos.Misbehave(fault))
				w.ask()
				w.done()
				if n, certain := c.calls[w.call]; certain {
					require.Equal(t, n, desk.paxos.Report().Calls[w.call]-before.Calls[w.call], way)
				}
				desk.ana.eventually(way+" is at Paxos", func() (bool, any) { return w.there() == 1, w.there() })
			}
		})
	}
}

// TestKilledOnEveryWay: the desk is killed while the calls of every way are under way. They have their effect, and the next process finds
// it: nothing is there twice, nothing fails.
func TestKilledOnEveryWay(t *testing.T) {
	t.Parallel()
	w := watchDesk(t)
	f := &faulty{running: w.desk, paxos: w.paxos, ana: w.person}
	ways, calls := f.everyWay(w.desk.signIn("lea", "lead")), map[string]int{}
	for _, way := range ways {
		calls[way.call]++
		require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: way.call, About: way.about, Do: emulator.DoDelay, Delay: 2 * callTakes, Times: 1}))
	}
	before := w.paxos.Report()
	for _, way := range ways {
		way.ask()
	}
	w.eventually("all are under way", func() (bool, any) {
		made := w.paxos.Report().Injected
		for call, n := range calls {
			if made[call+" "+emulator.DoDelay] < n {
				return false, made
			}
		}
		return true, made
	})
	w.kill()
	w.start()
	for name, way := range ways {
		way.done()
		require.Equal(t, 1, way.there(), name)
	}
	after := w.paxos.Report()
	for _, call := range []string{emulator.CallUpdate, emulator.CallSetControl, emulator.CallCreateAccount} {
		require.Equal(t, 1, after.Calls[call]-before.Calls[call], "%s: it was found, and not asked for again", call)
	}
}
