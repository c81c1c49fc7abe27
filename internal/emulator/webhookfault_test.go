package emulator

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// decide creates and decides somebody, without sending the webhook yet.
func (r *rig) decide(refID string) string {
	r.t.Helper()
	r.clock.add(time.Millisecond) // so that the events have an order
	id := r.create(named(refID, "Yewbridge", "900-01-"+refID[len(refID)-4:]))
	require.NoError(r.t, r.Act(id, actApprove))
	return id
}

// subjectsOf names the ref_ids that a receiver was told of, in order.
func (r *rig) subjectsOf(to *receiver) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []string{}
	for _, hook := range to.received() {
		id, _ := r.data.byEvent[hook.ID].Object["identity_id"].(string)
		out = append(out, r.data.byID[id].RefID)
	}
	return out
}

func TestWebhookFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault Fault
		seen  [][]string // received at once, after 3 s more, after 45 s more
	}{
		"lose":                {Fault{Do: DoLose}, [][]string{{"u-0002"}, {"u-0002"}, {"u-0002"}}},
		"duplicate":           {Fault{Do: DoDuplicate}, [][]string{{"u-0001", "u-0002"}, {"u-0001", "u-0002", "u-0001"}, {"u-0001", "u-0002", "u-0001"}}},
		"delay":               {Fault{Do: DoDelay}, [][]string{{"u-0002"}, {"u-0002"}, {"u-0002", "u-0001"}}},
		"delay for long":      {Fault{Do: DoDelay, Delay: time.Hour}, [][]string{{"u-0002"}, {"u-0002"}, {"u-0002"}}},
		"reorder":             {Fault{Do: DoReorder}, [][]string{{"u-0002", "u-0001"}, {"u-0002", "u-0001"}, {"u-0002", "u-0001"}}},
		"at once":             {Fault{Do: DoAtOnce}, [][]string{{"u-0001", "u-0001", "u-0002"}, {"u-0001", "u-0001", "u-0002"}, {"u-0001", "u-0001", "u-0002"}}},
		"about somebody else": {Fault{Do: DoLose, About: "u-0002"}, [][]string{{"u-0001"}, {"u-0001"}, {"u-0001"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, to := hooked(t, nil)
			tt.fault.Call, tt.fault.Times = CallWebhook, 1
			require.NoError(t, r.Misbehave(tt.fault))
			r.decide("u-0001")
			r.sendDue()
			r.decide("u-0002")
			for i, wait := range []time.Duration{0, 3 * time.Second, 45 * time.Second} {
				r.clock.add(wait)
				r.sendDue()
				r.sendDue() // what the first round set free
				require.Equal(t, tt.seen[i], r.subjectsOf(to), i)
			}
			require.Equal(t, map[string]int{"webhook " + tt.fault.Do: 1}, r.Report().Injected)
			require.Len(t, list(r.get("/events"), "events"), 2, "the log always has both")
		})
	}
}

func TestAReorderedWebhookIsNotHeldForEver(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	require.NoError(t, r.Misbehave(Fault{Call: CallWebhook, Do: DoReorder, Delay: 4 * time.Second}))
	r.decide("u-0001")
	r.clock.add(3 * time.Second)
	r.sendDue()
	require.Empty(t, to.received())
	require.Equal(t, 1, r.Report().Deliveries)
	r.clock.add(time.Second)
	r.sendDue()
	require.Len(t, to.received(), 1)
	require.Zero(t, r.Report().Deliveries)
}

func TestOnlyALaterWebhookOvertakes(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	require.NoError(t, r.Misbehave(
		Fault{Call: CallWebhook, Do: DoDelay, Delay: time.Second, Times: 1}, Fault{Call: CallWebhook, Do: DoReorder, Times: 1}))
	r.decide("u-0001")
	r.decide("u-0002")
	r.clock.add(time.Second)
	r.sendDue()
	r.sendDue()
	require.Equal(t, []string{"u-0001"}, r.subjectsOf(to), "an earlier one sets nothing free")
	r.decide("u-0003")
	r.sendDue()
	r.sendDue()
	require.Equal(t, []string{"u-0001", "u-0003", "u-0002"}, r.subjectsOf(to))
}

// TestTwiceAtOnce: the receiver has both requests open at the same time.
func TestTwiceAtOnce(t *testing.T) {
	t.Parallel()
	var both sync.WaitGroup
	both.Add(2)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		both.Done()
		both.Wait() // for the other: alone it would wait until the delivery times out
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(srv.Close)
	r := newRig(t, func(o *Options) { o.WebhookURL = srv.URL })
	require.NoError(t, r.Misbehave(Fault{Call: CallWebhook, Do: DoAtOnce, Times: 1}))
	r.decide("u-0001")
	r.sendDue()
	require.Len(t, r.Deliveries(), 2)
	require.Equal(t, r.Deliveries()[0].EventID, r.Deliveries()[1].EventID)
}

func TestDeliveriesAreThoseAcknowledged(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	to.answers(http.StatusServiceUnavailable)
	r.decide("u-0001")
	r.sendDue()
	require.Len(t, to.received(), 1)
	require.Empty(t, r.Deliveries(), "it was not taken")
	to.answers(http.StatusNoContent)
	r.clock.add(10 * time.Second)
	r.sendDue()
	require.Equal(t, []Acknowledged{{EventID: to.received()[0].ID, At: r.now()}}, r.Deliveries())
}

func TestWebhooksByChanceAreReplayable(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) []string {
		r, to := hooked(t, nil)
		require.NoError(t, r.MisbehaveByChance(seed,
			Fault{Call: CallWebhook, Do: DoLose, Chance: 0.3}, Fault{Call: CallWebhook, Do: DoAtOnce, Chance: 0.3}))
		for i := range 25 {
			r.decide(fmt.Sprintf("u-%04d", i+1))
			r.sendDue()
		}
		return r.subjectsOf(to)
	}
	first := run(3)
	require.Equal(t, first, run(3))
	require.NotEqual(t, first, run(4))
}

// TestReorderWhileRunning: a reorder comes out on the real clock too, though ten
// deliveries can be under way together.
func TestReorderWhileRunning(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, func(o *Options) { o.Now = time.Now })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	require.NoError(t, r.Misbehave(Fault{Call: CallWebhook, Do: DoReorder, Times: 1}))
	first, err := r.LogEvents(NewEvents{IDs: []string{"u-1"}, Webhook: true})
	require.NoError(t, err)
	second, err := r.LogEvents(NewEvents{IDs: []string{"u-1"}, Webhook: true})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(to.received()) == 2 }, 5*time.Second, 5*time.Millisecond)
	require.Equal(t, []string{second[0], first[0]}, []string{to.received()[0].ID, to.received()[1].ID})
	stop()
	require.NoError(t, <-ended)
}
