package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/config"
	"identitydesk/internal/emulator"
)

var (
	chaosSeed   = flag.Uint64("chaos-seed", 0, "replay the chaos run with this seed; 0 draws one")
	chaosPeople = flag.Int("chaos-people", 150, "how many people the chaos run submits")
)

// chaos is a desk that is killed again and again while Paxos misbehaves by chance.
type chaos struct {
	t       *testing.T
	rand    *rand.Rand
	paxos   *emulator.Emulator
	desk    *process
	script  *person
	log     *lockedBuffer
	dir     string
	foreign map[string]string // ref_id → Paxos id of somebody else's record
	during  map[string]string // the same, of records made while our own call was under way
	taken   []string          // ref_ids that the desk said it holds
	killer  sync.Mutex        // held while the desk must not be killed
}

// TestChaos submits people to a desk that is killed at random moments, against a Paxos that delays, drops, garbles, repeats and
// throttles, takes tokens back, and whose clock is minutes off.
// Whatever happened, once it is over the desk shows what Paxos holds: one identity for each ref_id, nobody bound to another's
// record, every acknowledged delivery accounted for, counters and audit chain whole.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed := *chaosSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("replay with -run TestChaos -args -chaos-seed=%d -chaos-people=%d", seed, *chaosPeople)
	c := newChaos(t, seed)
	c.misbehave(seed)
	var working sync.WaitGroup
	ctx, stopKilling := context.WithCancel(t.Context())
	moments := rand.New(rand.NewPCG(seed, 2))
	working.Go(func() { c.killing(ctx, moments) })
	c.submitAll(*chaosPeople)
	time.Sleep(2 * time.Second)
	stopKilling()
	working.Wait()
	c.paxos.Behave()
	c.settles()
	c.nobodyIsBoundToAnother()
	c.everyDeliveryIsThere()
	c.desk.end(stopSignal)
	c.storeIsWhole()
}

func newChaos(t *testing.T, seed uint64) *chaos {
	t.Helper()
	c := &chaos{t: t, rand: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), log: &lockedBuffer{}}
	c.foreign, c.during = map[string]string{}, map[string]string{}
	c.desk = &process{t: t, addr: freeAddr(t), log: c.log}
	var api []string
	c.paxos, api = paxosFor(t, c.desk.addr, func(o *emulator.Options) { o.Seed, o.SeedCount = seed, 120 })
	// One difference for the whole run, within the grace: a clock that jumps back would tell of changes before those that it told of.
	c.paxos.Skew(time.Duration(rand.New(rand.NewPCG(seed, 3)).IntN(8*60)-4*60) * time.Second)
	c.desk.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(c.dir, "desk.db"),
		"PAXOS_RPS=300", "POLL_INTERVAL=1s", "SYNC_INTERVAL=1s", "RECHECK_INTERVAL=5s")
	c.desk.start()
	t.Cleanup(c.desk.kill)
	c.script = (&running{t: t, URL: "http://" + c.desk.addr, Log: c.log}).signIn("script", "lead")
	return c
}

// clashes are the people whose ref_id somebody else takes at the last moment: long ago, or about when we try ourselves.
var clashes = map[int]time.Duration{7: -time.Hour, 31: -6 * time.Minute, 58: -time.Hour, 90: -6 * time.Minute}

// holdForeign puts somebody else's record under our ref_id where this person is to clash.
func (c *chaos) holdForeign(n int) {
	before, clash := clashes[n]
	if !clash {
		return
	}
	id, err := c.paxos.HoldForeign(emulator.Foreign{RefID: refOf(n), CreatedAt: time.Now().Add(before)})
	require.NoError(c.t, err)
	c.foreign[refOf(n)] = id
}

// callRuns is how long the create calls take of those people under whose ref_id somebody else's record comes during the call.
const callRuns = 1200 * time.Millisecond

// intrude submits one of them. Of every second, the call ends before the desk is killed again, so that its answer is known.
func (c *chaos) intrude(n int) {
	if n%2 == 0 {
		c.killer.Lock()
		defer c.killer.Unlock()
	}
	ref, ends := refOf(n), time.After(2*callRuns)
	require.NoError(c.t, c.paxos.Misbehave(emulator.Fault{
		Call: emulator.CallCreate, About: ref, Do: emulator.DoDelay, Delay: callRuns, Times: 3,
	}))
	c.submit(n)
	time.Sleep(callRuns / 4)
	id, err := c.paxos.HoldForeign(emulator.Foreign{RefID: ref})
	if err != nil { // our call was quicker after all
		return
	}
	c.foreign[ref], c.during[ref] = id, id
	require.NoError(c.t, c.paxos.Act(id, "approve"))
	if n%2 == 0 {
		<-ends
	}
}

func refOf(n int) string { return fmt.Sprintf("chaos-%04d", n) }

// misbehave leaves Paxos' faults to chance.
func (c *chaos) misbehave(seed uint64) {
	ms := time.Millisecond
	require.NoError(c.t, c.paxos.MisbehaveByChance(seed,
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDropAfter, Chance: 0.10},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDropBefore, Chance: 0.06},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoAnswer, Status: 503, AfterEffect: true, Chance: 0.05},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoTruncate, Chance: 0.05},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoGarbage, Chance: 0.04},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoNoID, Chance: 0.03},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDelay, Delay: 700 * ms, Chance: 0.10},
		emulator.Fault{Call: emulator.CallGet, Do: emulator.DoAnswer, Status: 502, Chance: 0.06},
		emulator.Fault{Call: emulator.CallGet, Do: emulator.DoTruncate, Chance: 0.05},
		emulator.Fault{Call: emulator.CallGet, Do: emulator.DoAnswer, Status: 429, RetryAfter: time.Second, Chance: 0.01},
		emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoAnswer, Status: 429, RetryAfter: time.Second, Chance: 0.01},
		emulator.Fault{Call: emulator.CallGet, Do: emulator.DoDelay, Delay: 500 * ms, Chance: 0.08},
		emulator.Fault{Call: emulator.CallList, Do: emulator.DoCut, Chance: 0.10},
		emulator.Fault{Call: emulator.CallEvents, Do: emulator.DoGarbage, Chance: 0.10},
		emulator.Fault{Call: emulator.CallEvent, Do: emulator.DoAnswer, Status: 500, Chance: 0.08},
		emulator.Fault{Call: emulator.CallEvent, Do: emulator.DoAnswer, Status: 401, Chance: 0.02},
		emulator.Fault{Call: emulator.CallToken, Do: emulator.DoAnswer, Status: 503, Chance: 0.20},
		emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoLose, Chance: 0.15},
		emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoDuplicate, Delay: 400 * ms, Chance: 0.15},
		emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoAtOnce, Chance: 0.10},
		emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoReorder, Delay: 2 * time.Second, Chance: 0.10},
		emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoDelay, Delay: time.Second, Chance: 0.10},
	))
}

// killing kills the desk at random moments and starts it again. Where a start takes long, so does the time until the next kill: a
// busy machine must get on with the work too.
func (c *chaos) killing(ctx context.Context, moments *rand.Rand) {
	for started := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(started + time.Duration(300+moments.IntN(2200))*time.Millisecond):
		}
		if moments.IntN(3) == 0 {
			c.paxos.ExpireTokens()
		}
		c.killer.Lock()
		c.desk.kill()
		began := time.Now()
		c.desk.start()
		started = time.Since(began)
		c.killer.Unlock()
	}
}

// submitAll submits people, every 25th while somebody else takes the ref_id.
func (c *chaos) submitAll(people int) {
	for n := range people {
		c.holdForeign(n)
		if n%25 == 12 {
			c.intrude(n)
		} else {
			c.submit(n)
		}
		time.Sleep(time.Duration(c.rand.IntN(120)) * time.Millisecond)
	}
}

// submit submits one person until the desk says that it holds the ref_id: a lost answer is asked for again.
func (c *chaos) submit(n int) {
	form := duncan(refOf(n))
	form.Set("person_details.cip_id", fmt.Sprintf("%03d-%02d-%04d", 100+n%500, 10+n/500, 1000+n))
	for end := time.Now().Add(patience); ; {
		if status := c.try(form); status == http.StatusSeeOther || status == http.StatusUnprocessableEntity {
			c.taken = append(c.taken, refOf(n))
			return
		}
		require.True(c.t, time.Now().Before(end), "the desk never took %s", refOf(n))
		time.Sleep(30 * time.Millisecond)
	}
}

// try submits one person and gives the status, 0 where the desk did not answer.
func (c *chaos) try(form url.Values) int {
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "http://"+c.desk.addr+"/identities", strings.NewReader(form.Encode()))
	require.NoError(c.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.script.http.Do(req)
	if err != nil {
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

// ask reads JSON from the desk.
func (c *chaos) ask(path string, into any) error {
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, "http://"+c.desk.addr+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.script.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// held reads every case of the desk.
func (c *chaos) held() ([]caseJSON, error) {
	var all []caseJSON
	for after := ""; ; {
		var page listJSON
		if err := c.ask("/identities?limit=200&sort=created_at&after="+url.QueryEscape(after), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == nil {
			return all, nil
		}
		after = *page.Next
	}
}

// settles waits until the desk shows what Paxos holds.
func (c *chaos) settles() {
	var wrong []string
	for end := time.Now().Add(4 * patience); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		truth := c.paxos.Truth()
		cases, err := c.held()
		require.NoError(c.t, err)
		if wrong = c.differences(truth, cases); len(wrong) == 0 {
			return
		}
	}
	c.t.Fatalf("the desk did not come to the truth:\n%s\n%s", strings.Join(wrong[:min(len(wrong), 20)], "\n"), c.log.tail())
}

// differences tells where the desk and Paxos disagree.
func (c *chaos) differences(truth []emulator.TrueRecord, cases []caseJSON) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	byPaxosID, ours := map[string]caseJSON{}, map[string][]caseJSON{}
	for _, k := range cases {
		if k.PaxosID != nil {
			if _, twice := byPaxosID[*k.PaxosID]; twice {
				say("two cases for Paxos id %s", *k.PaxosID)
			}
			byPaxosID[*k.PaxosID] = k
		}
		if k.Submission != nil && k.RefID != nil {
			ours[*k.RefID] = append(ours[*k.RefID], k)
		}
	}
	atPaxos := map[string]int{}
	for _, r := range truth {
		atPaxos[r.RefID]++
		k, here := byPaxosID[r.ID]
		switch {
		case !here:
			say("%s (%s) is missing", r.ID, r.RefID)
		case k.Status == nil || *k.Status != r.Status:
			say("%s (%s) is %s at Paxos, %+v here", r.ID, r.RefID, r.Status, k)
		}
	}
	for _, ref := range c.taken {
		k := ours[ref]
		theirs, clash := c.foreign[ref]
		_, during := c.during[ref]
		switch {
		case clash && len(k) == 0: // the desk had heard of the other record and refused ours on the form
		case len(k) != 1:
			say("%d submissions for %s", len(k), ref)
		case during && *k[0].Submission == "accepted": // see nobodyIsBoundToAnother
		case clash && (*k[0].Submission != "failed" || k[0].PaxosID != nil):
			say("%s is held by somebody else (%s), here: %+v", ref, theirs, k[0])
		case !clash && *k[0].Submission != "accepted":
			say("%s is %s", ref, *k[0].Submission)
		case atPaxos[ref] != 1:
			say("%d identities at Paxos for %s", atPaxos[ref], ref)
		}
	}
	return wrong
}

// nobodyIsBoundToAnother: a submission that met somebody else's record has failed, is linked to it, and has none of its own. Only
// where an answer of its own was lost before, and the record was made since, can it be taken for what that call had made.
func (c *chaos) nobodyIsBoundToAnother() {
	lost := 0
	for ref, theirs := range c.foreign {
		var found listJSON
		require.NoError(c.t, c.ask("/identities?ref_id="+ref, &found))
		for _, k := range found.Items {
			if k.Submission == nil {
				continue
			}
			var open struct {
				PaxosID    *string                 `json:"paxos_id"`
				ExistingID *string                 `json:"existing_id"`
				History    []struct{ Kind string } `json:"history"`
			}
			require.NoError(c.t, c.ask("/identities/"+k.ID, &open))
			if *k.Submission == "failed" {
				require.Nil(c.t, open.PaxosID, ref)
				require.NotNil(c.t, open.ExistingID, "%s is not linked to %s", ref, theirs)
				continue
			}
			require.Contains(c.t, c.during, ref)
			require.Equal(c.t, theirs, *open.PaxosID)
			require.Contains(c.t, open.History, struct{ Kind string }{"answer_lost"}, "%s was bound to %s", ref, theirs)
			lost++
		}
	}
	c.t.Logf("%d foreign records, %d of them during a call, %d after a lost answer", len(c.foreign), len(c.during), lost)
}

// everyDeliveryIsThere: what the desk answered with 200 it can show.
func (c *chaos) everyDeliveryIsThere() {
	acknowledged := c.paxos.Deliveries()
	require.NotEmpty(c.t, acknowledged)
	times := map[string]int{}
	for _, d := range acknowledged {
		times[d.EventID]++
	}
	for id, n := range times {
		var event struct {
			Deliveries int    `json:"deliveries"`
			State      string `json:"state"`
		}
		require.NoError(c.t, c.ask("/events/"+id, &event), "an acknowledged delivery is lost")
		require.GreaterOrEqual(c.t, event.Deliveries, n, "event %s", id)
	}
	c.t.Logf("%d deliveries of %d events acknowledged; faults: %v", len(acknowledged), len(times), c.paxos.Report().Injected)
}

// storeIsWhole opens the database when the desk has gone: the audit chain holds and no counter has drifted.
func (c *chaos) storeIsWhole() {
	cfg, err := config.Load(c.desk.environ)
	require.NoError(c.t, err)
	keys, err := ensureKeys(&cfg)
	require.NoError(c.t, err)
	s, err := openStore(c.t.Context(), &cfg, keys, slog.New(slog.DiscardHandler))
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, s.Close()) }()
	log, err := s.VerifyAudit(c.t.Context())
	require.NoError(c.t, err)
	require.GreaterOrEqual(c.t, log.Entries, int64(len(c.taken)))
	drift, err := s.RebuildCounters(c.t.Context())
	require.NoError(c.t, err)
	require.Zero(c.t, drift)
}
