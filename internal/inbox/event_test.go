package inbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/queue"
)

func job(kind, subject string, p queue.Priority) queue.Job {
	return queue.Job{ID: 1, Kind: kind, Subject: subject, Priority: p, Attempts: 1, By: "u-1"}
}

// approved is an event that a webhook has announced, and what Paxos says of it and of its identity.
func approved(w *world) identity.Event {
	w.people(1, identity.Approved, now.Add(-time.Minute))
	w.approvals(1, 0, now.Add(-time.Minute))
	e := identity.Event{ID: "e0", Type: identity.EventApproved, HeardBy: identity.ByWebhook, ReceivedAt: now.Add(-time.Second), Deliveries: 1}
	w.cache.events["e0"] = e
	return e
}

func TestWebhookEvent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	approved(w)
	require.NoError(t, w.inbox().HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Event)))
	require.Equal(t, []string{"event event e0", "event get p0"}, w.paxos.calls)
	require.Len(t, w.cache.applied, 1)
	n := w.cache.applied[0]
	require.Equal(t, identity.ByWebhook, n.By)
	require.Equal(t, now.Add(-time.Second), n.HeardAt, "heard when the delivery came")
	require.Equal(t, now, n.AskedAt)
	require.Equal(t, identity.Approved, n.Record.Status)
	require.Equal(t, "p0", n.Event.PaxosID)
	require.Equal(t, identity.Approved, n.Event.NewStatus)
	require.Equal(t, now.Add(-time.Minute), n.Event.OccurredAt)
	require.Equal(t, identity.ByWebhook, n.Event.HeardBy)
	require.Equal(t, 1, n.Event.Deliveries)
	require.False(t, n.Unannounced)
	require.Empty(t, n.ActorID)
}

func TestReprocessedEventGoesAheadOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld()
	approved(w)
	require.NoError(t, w.inbox().HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Click)))
	require.Equal(t, []string{"click event e0", "click get p0"}, w.paxos.calls)
}

func TestEventsThatTouchNoIdentity(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(w *world, e *identity.Event)
		state  identity.EventState
		calls  []string
		sync   bool
	}{
		"of another kind": {
			change: func(_ *world, e *identity.Event) { e.Type = "transfer.completed" }, state: identity.EventIgnored,
		},
		"of another kind, Paxos says": {
			change: func(w *world, _ *identity.Event) { w.paxos.events[0].Type = "transfer.completed" },
			state:  identity.EventIgnored, calls: []string{"event event e0"},
		},
		"a test, Paxos says": {
			change: func(w *world, _ *identity.Event) { w.paxos.events[0].IsTest = true },
			state:  identity.EventTest, calls: []string{"event event e0"},
		},
		"of an identity that Paxos does not name": {
			change: func(w *world, _ *identity.Event) { w.paxos.events[0].PaxosID = "" },
			state:  identity.EventDone, calls: []string{"event event e0"}, sync: true,
		},
		"without the events scope": {
			change: func(w *world, _ *identity.Event) { w.o.EventsAllowed = func() bool { return false } },
			state:  identity.EventDone, sync: true,
		},
		"the events scope is found to be gone": {
			change: func(w *world, _ *identity.Event) {
				w.paxos.fail = func(string) error { return fault.New(fault.Forbidden, "") }
			},
			state: identity.EventDone, calls: []string{"event event e0"}, sync: true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			e := approved(w)
			tt.change(w, &e)
			w.cache.events["e0"] = e
			b := w.inbox()
			require.NoError(t, b.HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Event)))
			require.Equal(t, tt.calls, w.paxos.calls)
			require.Len(t, w.cache.ended, 1)
			require.Equal(t, tt.state, w.cache.ended[0].State)
			require.Empty(t, w.cache.applied)
			require.Equal(t, tt.sync, b.ChangeIsDue())
		})
	}
}

func TestUnannounced(t *testing.T) {
	t.Parallel()
	began := now.Add(-time.Hour)
	tests := map[string]struct {
		change func(w *world, e *identity.Event)
		want   bool
	}{
		"a poll found it":            {change: func(*world, *identity.Event) {}, want: true},
		"a delivery came after all":  {change: func(_ *world, e *identity.Event) { e.Deliveries = 1 }},
		"a webhook told":             {change: func(_ *world, e *identity.Event) { e.HeardBy = identity.ByWebhook }},
		"no webhook is set up":       {change: func(w *world, _ *identity.Event) { w.o.PollingOnly = true }},
		"from before the desk began": {change: func(_ *world, e *identity.Event) { e.OccurredAt = began }},
		"the desk has not begun":     {change: func(w *world, _ *identity.Event) { delete(w.cache.state, "inbox_began") }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			approved(w)
			w.cache.state["inbox_began"] = began.Format(time.RFC3339Nano)
			e := w.paxos.events[0]
			e.HeardBy = identity.ByPoll
			tt.change(w, &e)
			w.cache.events["e0"] = e
			require.NoError(t, w.inbox().HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Event)))
			require.Equal(t, []string{"event get p0"}, w.paxos.calls, "the poll has brought the whole event")
			require.Equal(t, tt.want, w.cache.applied[0].Unannounced)
			require.Equal(t, e.HeardBy, w.cache.applied[0].By)
		})
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	for p, calls := range map[queue.Priority][]string{
		queue.Click: {"click get p0"}, queue.Submission: {"event get p0"}, queue.Background: {"background get p0"},
	} {
		w := newWorld()
		approved(w)
		w.cache.rows["p0"] = identity.Identity{ID: "c0", PaxosID: "p0"}
		require.NoError(t, w.inbox().HandleRecheck(t.Context(), job(inbox.RecheckKind, "c0", p)))
		require.Equal(t, calls, w.paxos.calls)
		n := w.cache.applied[0]
		require.Equal(t, identity.ByRecheck, n.By)
		require.Equal(t, "u-1", n.ActorID)
		require.Equal(t, now, n.HeardAt)
		require.Nil(t, n.Event)
	}
}

func TestRecheckOfWhatCannotBeAsked(t *testing.T) {
	t.Parallel()
	w := newWorld()
	require.NoError(t, w.inbox().HandleRecheck(t.Context(), job(inbox.RecheckKind, "gone", queue.Click)))
	require.Equal(t, 1, w.cache.finished, "a case that has become one with another")

	w.cache.rows[""] = identity.Identity{ID: "c1"}
	_, parked := errors.AsType[*queue.Park](w.inbox().HandleRecheck(t.Context(), job(inbox.RecheckKind, "c1", queue.Click)))
	require.True(t, parked)
	require.Empty(t, w.paxos.calls)
}

func TestFaultsOfCalls(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err      error
		attempts int
		last     string // how the try before ended
		parked   bool
		again    time.Time // zero: the runner's own back-off
		putOff   time.Time // not tried: again then
	}{
		"the line fails":               {err: fault.New(fault.Lost, ""), attempts: 999, again: now.Add(pause)},
		"Paxos is down":                {err: fault.New(fault.Unavailable, ""), attempts: 999, again: now.Add(pause)},
		"throttled until a time":       {err: &fault.Error{Kind: fault.Throttled, RetryAt: now.Add(time.Hour)}, attempts: 999, putOff: now.Add(time.Hour)},
		"throttled until now":          {err: &fault.Error{Kind: fault.Throttled, RetryAt: now}, putOff: now.Add(pause)},
		"the gate is closed":           {err: &fault.Error{Kind: fault.Unavailable, Code: fault.HeldBack, RetryAt: now.Add(time.Hour)}, attempts: 999, putOff: now.Add(time.Hour)},
		"the token is refused":         {err: fault.New(fault.Unauthenticated, ""), attempts: 999, again: now.Add(5 * time.Minute)},
		"Paxos does not know it yet":   {err: fault.New(fault.NotFound, ""), attempts: 4, last: "not_found", again: now.Add(pause)},
		"Paxos never knew it":          {err: fault.New(fault.NotFound, ""), attempts: 5, last: "not_found", parked: true},
		"unknown, after other trouble": {err: fault.New(fault.NotFound, ""), attempts: 6, last: "lost", again: now.Add(pause)},
		"unknown, after being held":    {err: fault.New(fault.NotFound, ""), attempts: 6, last: "unavailable held_back", again: now.Add(pause)},
		"an id that cannot be one":     {err: fault.New(fault.Invalid, ""), parked: true},
		"a defect is left to the end":  {err: errors.New("boom")},
	}
	places := []struct {
		name, call, subject string
		handle              func(*inbox.Inbox, context.Context, queue.Job) error
	}{
		{"the event", "event event e0", "e0", (*inbox.Inbox).HandleEvent},
		{"its identity", "event get p0", "e0", (*inbox.Inbox).HandleEvent},
		{"a re-check", "event get p0", "our-p0", (*inbox.Inbox).HandleRecheck},
	}
	for name, tt := range tests {
		for _, place := range places {
			t.Run(name+" at "+place.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld()
				approved(w)
				w.cache.rows["p0"] = identity.Identity{ID: "our-p0", PaxosID: "p0"}
				w.paxos.fail = func(made string) error {
					if made == place.call {
						return tt.err
					}
					return nil
				}
				j := job("", place.subject, queue.Event)
				j.Attempts, j.LastError = tt.attempts, tt.last
				err := place.handle(w.inbox(), t.Context(), j)
				require.ErrorIs(t, err, tt.err)
				park, retry, putOff := (*queue.Park)(nil), (*queue.Retry)(nil), (*queue.PutOff)(nil)
				require.Equal(t, tt.parked, errors.As(err, &park))
				require.Equal(t, !tt.again.IsZero(), errors.As(err, &retry))
				if retry != nil {
					require.Equal(t, tt.again, retry.At)
				}
				require.Equal(t, !tt.putOff.IsZero(), errors.As(err, &putOff))
				if putOff != nil {
					require.Equal(t, tt.putOff, putOff.Until)
				}
				require.Empty(t, w.cache.applied)
			})
		}
	}
}

// While a create call is under way that may have made the record, news of it come again within a second, and none of it counts as
// tried. What is shown by a list alone is asked for by itself.
func TestNewsWaitForTheAnswerOfACreateCall(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(b *inbox.Inbox) error{
		"event": func(b *inbox.Inbox) error { return b.HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Event)) },
		"look": func(b *inbox.Inbox) error {
			return b.HandleLook(t.Context(), job(inbox.LookKind, "p0", queue.Background))
		},
	} {
		w := newWorld()
		approved(w)
		w.cache.refuses = &fault.Error{Kind: fault.Conflict, Code: identity.AnswerOpen}
		b := w.inbox()
		putOff, ok := errors.AsType[*queue.PutOff](handle(b))
		require.True(t, ok, name)
		require.Equal(t, now.Add(time.Second), putOff.Until)
		require.Equal(t, "conflict answer_open", fault.Describe(putOff))

		w.cache.refuses = nil
		require.NoError(t, handle(b))
		require.Len(t, w.cache.applied, 1)
		require.Equal(t, map[string]identity.Source{"event": identity.ByWebhook, "look": identity.BySync}[name], w.cache.applied[0].By)
	}
}

// A list showed an identity that is gone when it is asked for by itself: that is nobody's to look into.
func TestLookAtWhatIsGone(t *testing.T) {
	t.Parallel()
	for last, finished := range map[string]int{"": 0, "not_found": 1} {
		w := newWorld()
		j := job(inbox.LookKind, "p0", queue.Background)
		j.Attempts, j.LastError = 5, last
		err := w.inbox().HandleLook(t.Context(), j)
		_, retry := errors.AsType[*queue.Retry](err)
		require.Equal(t, finished == 0, retry)
		require.Equal(t, finished, w.cache.finished)
		require.Equal(t, []string{"background get p0"}, w.paxos.calls)
	}
}

func TestForbiddenIdentityWaits(t *testing.T) {
	t.Parallel()
	w := newWorld()
	approved(w)
	w.paxos.fail = func(call string) error {
		if call == "event get p0" {
			return fault.New(fault.Forbidden, "")
		}
		return nil
	}
	retry, ok := errors.AsType[*queue.Retry](w.inbox().HandleEvent(t.Context(), job(inbox.EventKind, "e0", queue.Event)))
	require.True(t, ok)
	require.Equal(t, now.Add(5*time.Minute), retry.At)
}

func TestWhatIsPassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	approved(w)
	b := w.inbox()
	require.NoError(t, b.Receive(t.Context(), identity.Delivery{EventID: "e9"}))
	require.Equal(t, []identity.Delivery{{EventID: "e9"}}, w.cache.receives)

	e, ds, err := b.Event(t.Context(), "e0")
	require.NoError(t, err)
	require.Equal(t, "e0", e.ID)
	require.Len(t, ds, 1)
	_, _, err = b.Event(t.Context(), "none")
	require.Equal(t, fault.NotFound, fault.KindOf(err))

	page, err := b.Events(t.Context(), identity.EventFilter{})
	require.NoError(t, err)
	require.Equal(t, int64(3), page.Total)

	require.NoError(t, b.Reprocess(t.Context(), "e0", audit.Entry{ActorID: "u-1"}))
	require.Equal(t, "e0", w.cache.reworked[0].Object)
	require.Empty(t, w.paxos.calls, "no page waits for Paxos")
}
