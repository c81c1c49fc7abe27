package emulator

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hooked is a rig whose webhooks reach a receiver, as fast as they come.
func hooked(t *testing.T, change func(*Options)) (*rig, *receiver) {
	t.Helper()
	to := newReceiver(t)
	return newRig(t, func(o *Options) {
		o.WebhookURL, o.WebhookHeader, o.WebhookKey, o.WebhooksPerSecond = to.url+"/webhooks/paxos", "X-Desk-Key", "sesame", 1e6
		if change != nil {
			change(o)
		}
	}), to
}

func TestEvents(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	var ids []string
	for i := range 3 {
		ids = append(ids, r.create(named(fmt.Sprintf("user-%d", i), "Yewbridge", fmt.Sprintf("900-01-000%d", i))))
		r.pass(time.Minute)
	}
	all := list(r.get("/events"), "events")
	require.Len(t, all, 3)
	for i, ev := range all {
		require.Equal(t, ids[i], ev["object"].(map[string]any)["identity_id"], "ascending")
	}
	require.Equal(t, "identity_summary_status_change", all[0]["object_type"])
	require.Equal(t, "PENDING", all[0]["object"].(map[string]any)["old_summary_status"])
	require.Equal(t, "APPROVED", all[0]["object"].(map[string]any)["new_summary_status"])
	require.Equal(t, all[0], r.get("/events/"+all[0]["id"].(string)))

	second := all[1]["created_at"].(string)
	for query, want := range map[string]int{
		"created_at.gt=" + second: 1, "created_at.gte=" + second: 2, "created_at.lt=" + second: 1, "created_at.lte=" + second: 2,
		"created_at.eq=" + second: 1, "limit=2": 2, "type=identity.approved": 3, "type=identity.denied": 0, "is_test=false": 3, "is_test=true": 0,
	} {
		require.Len(t, list(r.get("/events?"+query), "events"), want, query)
	}
	for path, want := range map[string]int{
		"/events?limit=0": 400, "/events?limit=101": 400, "/events?is_test=perhaps": 400, "/events/no-uuid": 400,
		"/events/d99a03ee-6b88-4362-89da-087c2c8cd4a7": 404, "/transfers": 404,
	} {
		status, _ := r.call(http.MethodGet, path, nil)
		require.Equal(t, want, status, path)
	}
}

func TestWebhookIsDelivered(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	r.create(nil)
	r.pass(3 * time.Second)
	ev := list(r.get("/events"), "events")[0]
	require.InDelta(t, 1, ev["undelivered_webhooks"], 0, "until it was delivered")
	r.sendDue()
	got := to.received()
	require.Equal(t, []webhook{{
		ID: ev["id"].(string), Type: "identity.approved", Source: "com.paxos", Time: r.now(), Object: "event",
	}}, got)
	require.Equal(t, "sesame", to.heads[0].Get("X-Desk-Key"))
	require.InDelta(t, 0, r.get("/events/" + ev["id"].(string))["undelivered_webhooks"], 0)
	r.later(24 * time.Hour)
	r.sendDue()
	require.Len(t, to.received(), 1, "once")
}

func TestWebhookIsRetriedForADay(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	to.answers(http.StatusServiceUnavailable)
	r.create(nil)
	r.pass(3 * time.Second)
	r.sendDue()
	require.Len(t, to.received(), 1)
	r.clock.add(3 * time.Second)
	r.sendDue()
	require.Len(t, to.received(), 1, "not before about five seconds")
	r.clock.add(4 * time.Second)
	r.sendDue()
	require.Len(t, to.received(), 2)
	for range 60 * 24 {
		r.clock.add(time.Minute)
		r.sendDue()
	}
	tries := len(to.received())
	require.Greater(t, tries, 20)
	require.Less(t, tries, 50, "the pauses grow")
	to.answers(http.StatusOK)
	r.later(2 * time.Hour)
	r.sendDue()
	require.Len(t, to.received(), tries, "given up after 24 hours")
	require.InDelta(t, 1, list(r.get("/events"), "events")[0]["undelivered_webhooks"], 0)
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	require.Equal(t, 5*time.Second, backoff(5*time.Second, 0, 0.5))
	require.Equal(t, 10*time.Second, backoff(5*time.Second, 1, 0.5))
	require.Equal(t, 4*time.Second, backoff(5*time.Second, 0, 0))
	require.Equal(t, 6*time.Second, backoff(5*time.Second, 0, 1))
	require.Equal(t, time.Hour, backoff(5*time.Second, 15, 0.5))
	require.Equal(t, time.Hour, backoff(5*time.Second, 1000, 0.5))
}

func TestFatesOfWebhooks(t *testing.T) {
	t.Parallel()
	for lastName, want := range map[string][]int{ // deliveries at once, after 3 s, after 46 s
		"Yewbridge": {1, 1, 1}, "Lostwood": {0, 0, 0}, "Twice": {1, 2, 2}, "Late": {0, 0, 1},
	} {
		t.Run(lastName, func(t *testing.T) {
			t.Parallel()
			r, to := hooked(t, nil)
			id := r.create(named("user-1", lastName, "900-01-0001"))
			r.pass(3 * time.Second)
			require.Equal(t, "APPROVED", r.statusOf(id))
			require.Len(t, r.eventsOf(id), 1, "the event log always has it, once")
			for i, wait := range []time.Duration{0, 3 * time.Second, 43 * time.Second} {
				r.clock.add(wait)
				r.sendDue()
				require.Len(t, to.received(), want[i])
			}
		})
	}
}

func TestLiveSpeedShortensTheWaiting(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, func(o *Options) { o.LiveSpeed = 10 })
	slow := r.create(named("user-1", "Slow", "900-01-0001"))
	r.create(named("user-2", "Late", "900-01-0002"))
	r.pass(3 * time.Second)
	r.clock.add(4600 * time.Millisecond)
	r.sendDue()
	require.Len(t, to.received(), 1, "45 s late, at ten times the speed")
	require.Equal(t, "PENDING", r.statusOf(slow))
	r.pass(8 * time.Second)
	require.Equal(t, "APPROVED", r.statusOf(slow), "two minutes, at ten times the speed")
}

func TestWebhookTheOAuthWay(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, func(o *Options) {
		o.WebhookKey, o.WebhookClientID, o.WebhookClientSecret = "", "paxos", "knock"
		o.WebhookTokenURL = o.WebhookURL + "/token"
	})
	for i := range 2 {
		r.create(named(fmt.Sprintf("user-%d", i), "Yewbridge", fmt.Sprintf("900-01-000%d", i)))
		r.pass(3 * time.Second)
		r.sendDue()
	}
	require.Len(t, to.received(), 2)
	require.Len(t, to.heads, 3, "one token serves both")
	id, secret, _ := (&http.Request{Header: to.heads[0]}).BasicAuth()
	require.Equal(t, []string{"paxos", "knock"}, []string{id, secret})
	require.Equal(t, "Bearer fetched", to.heads[2].Get("Authorization"))
	require.Empty(t, to.heads[2].Get("X-Desk-Key"))
}

func TestTestEventsAreKeptApart(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, nil)
	r.mu.Lock()
	r.emitTest(r.now())
	r.mu.Unlock()
	r.sendDue()
	require.True(t, to.received()[0].IsTest)
	id := to.received()[0].ID
	require.Empty(t, list(r.get("/events"), "events"))
	require.Len(t, list(r.get("/events?is_test=true"), "events"), 1)
	status, _ := r.call(http.MethodGet, "/events/"+id, nil)
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, id, r.get("/events/" + id + "?is_test=true")["id"])
}

func TestWebhookRate(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, func(o *Options) { o.WebhooksPerSecond = 20 })
	for i := range 6 {
		r.create(named(fmt.Sprintf("user-%d", i), "Yewbridge", fmt.Sprintf("900-01-000%d", i)))
	}
	r.pass(3 * time.Second)
	began := time.Now()
	r.sendDue()
	require.Len(t, to.received(), 6)
	require.GreaterOrEqual(t, time.Since(began), 240*time.Millisecond)
}

// TestRun lets everything happen by itself, on the real clock.
func TestRun(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, func(o *Options) {
		o.Now, o.DecideAfter = time.Now, 20*time.Millisecond
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	id := r.create(nil)
	require.Eventually(t, func() bool { return len(to.received()) == 1 }, 5*time.Second, 10*time.Millisecond)
	require.Equal(t, "APPROVED", r.statusOf(id))
	stop()
	require.NoError(t, <-ended)
}
