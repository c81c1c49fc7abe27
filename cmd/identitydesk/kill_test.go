package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
	"identitydesk/internal/secret"
)

// TestKilledDuringACall: a desk is killed while its create call is under way. The next process takes the job up once its lease has
// ended, and finds that the call had its effect.
func TestKilledDuringACall(t *testing.T) {
	t.Parallel()
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}}
	paxos, api := paxosFor(t, desk.addr, nil)
	desk.environ = append(api, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "desk.db"), "POLL_INTERVAL=1h", "SYNC_INTERVAL=1h")
	desk.start()
	t.Cleanup(desk.kill)
	ana := (&running{t: t, URL: "http://" + desk.addr, Log: &lockedBuffer{}}).signIn("ana", "analyst")
	require.NoError(t, paxos.Misbehave(emulator.Fault{Call: emulator.CallWebhook, Do: emulator.DoLose}))
	require.NoError(t, paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
	id := strings.TrimPrefix(ana.submit(duncan("user-4711")), "/identities/")
	ana.submission(id, "sent")
	ana.underWay(paxos, emulator.CallCreate)
	desk.kill()
	killed := time.Now()
	made := ana.effect(paxos, func(r emulator.TrueRecord) bool { return r.RefID == "user-4711" })
	for _, call := range []string{emulator.CallList, emulator.CallEvents} { // nothing but the second attempt can tell of it
		require.NoError(t, paxos.Misbehave(emulator.Fault{Call: call, Do: emulator.DoAnswer, Status: http.StatusServiceUnavailable}))
	}
	desk.start()
	c := ana.submission(id, "accepted")
	require.Less(t, time.Since(killed), jobLease+10*time.Second)
	require.Equal(t, made.ID, *c.PaxosID)
	require.Equal(t, 2, paxos.Report().Calls[emulator.CallCreate], "the second met what the first had left")
	require.Len(t, paxos.Truth(), 1)
}

// callTakes is how long a call is under way during which a desk is killed: long enough to see it and to kill.
const callTakes = 5 * time.Second

// underWay waits until the call that is to be delayed has come to Paxos.
func (p *person) underWay(paxos *emulator.Emulator, call string) {
	p.t.Helper()
	p.eventually(call+" is under way", func() (bool, any) {
		made := paxos.Report().Injected
		return made[call+" "+emulator.DoDelay] > 0, made
	})
}

// effect waits until a call whose caller is gone has had its effect at Paxos: a record is as wanted.
func (p *person) effect(paxos *emulator.Emulator, there func(emulator.TrueRecord) bool) (found emulator.TrueRecord) {
	p.t.Helper()
	p.eventually("the call has its effect", func() (bool, any) {
		all := paxos.Truth()
		at := slices.IndexFunc(all, there)
		if at >= 0 {
			found = all[at]
		}
		return at >= 0, all
	})
	return found
}

// TestKilledWithTheEmulator: a desk and the emulator in it are killed together, again and again, when the desk has been told of an event and has
// not asked for it yet. It is still there to be asked for: nothing is parked, and everybody is approved.
func TestKilledWithTheEmulator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sealing, err := secret.Generate()
	require.NoError(t, err)
	paxos := freeAddr(t)
	desk := &process{t: t, addr: freeAddr(t), log: &lockedBuffer{}, environ: []string{
		"EMULATOR_ADDR=" + paxos, "EMULATOR_STATE=" + filepath.Join(dir, "emulator.json"), "EMULATOR_DECIDE_AFTER=50ms",
		"DATABASE_URL=sqlite:" + filepath.Join(dir, "desk.db"), "SESSION_KEYS=" + strings.Repeat("5e", 32), "ENCRYPTION_KEYS=" + sealing,
	}}
	desk.start()
	t.Cleanup(desk.kill)
	at := &running{t: t, URL: "http://" + desk.addr, Emulator: "http://" + paxos, Log: &lockedBuffer{}}
	ana := at.signIn("ana", "analyst")
	var ids []string
	known := func() int64 {
		var events listJSON
		ana.json("/events", &events)
		return events.Total
	}
	ana.synced()
	for round := range 4 {
		form := duncan(fmt.Sprintf("killed-%d", round))
		form.Set("person_details.cip_id", fmt.Sprintf("723-45-%04d", 1000+round))
		at.control("faults", `[{"call": "event", "do": "delay", "delay": "10s"}]`) // what is told has not been asked for when the kill comes
		before := known()
		ids = append(ids, strings.TrimPrefix(ana.submit(form), "/identities/"))
		ana.eventually("the desk is told", func() (bool, any) { n := known(); return n > before, n })
		desk.kill()
		desk.start()
	}
	for _, id := range ids {
		ana.becomes(id, "APPROVED")
	}
	ana.eventually("each event is dealt with", func() (bool, any) {
		var left listJSON
		ana.json("/events?state=queued", &left)
		return left.Total == 0, left.Total
	})
	require.Zero(t, ana.page("/queue").Find(`[data-testid="banner-parked"]`).Length())
}
