package store_test

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
	"identitydesk/store/storetest"
)

func delivery(eventID, kind string) identity.Delivery {
	return identity.Delivery{
		EventID: eventID, Type: kind, Time: storetest.Start(), Body: []byte(`{"id":"` + eventID + `"}`), Address: "192.0.2.1",
		RequestID: "r-" + eventID, ReceivedAt: storetest.Start(),
	}
}

func TestReceive(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		e, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, identity.EventQueued, e.State)
		require.Equal(t, 2, e.Deliveries)
		require.Equal(t, identity.ByWebhook, e.HeardBy)
		sent, err := d.Deliveries(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Len(t, sent, 2)
		want := delivery("ev-1", identity.EventApproved)
		want.ID = sent[0].ID
		require.Equal(t, want, sent[0])
		require.Equal(t, int64(1), d.claim("event").Wanted, "a repeat asks for nothing")
		d.noJob("event")
		_, err = d.Event(t.Context(), "ev-0")
		kindIs(t, fault.NotFound, err)
	})
}

func TestReceiveWithoutJob(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		test := delivery("ev-test", identity.EventApproved)
		test.IsTest = true
		for id, want := range map[string]struct {
			delivery identity.Delivery
			state    identity.EventState
		}{
			"ev-test":  {test, identity.EventTest},
			"ev-other": {delivery("ev-other", "transfer.completed"), identity.EventIgnored},
		} {
			require.NoError(t, d.Receive(t.Context(), want.delivery))
			e, err := d.Event(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want.state, e.State)
			kindIs(t, fault.Conflict, d.Reprocess(t.Context(), id, ana(audit.ReprocessedEvent)))
		}
		d.noJob("event")
	})
}

func TestEventFoundByPollBeforeItsWebhook(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		mark := storetest.Start().Add(123456 * time.Microsecond)
		found := identity.Event{ID: "ev-1", Type: identity.EventDocumentsRequired, PaxosID: "px-1", Documents: []string{"PASSPORT"}, OccurredAt: storetest.Start()}
		added, err := d.AddEvents(t.Context(), []identity.Event{found, found}, mark)
		require.NoError(t, err)
		require.Equal(t, 1, added)
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventDocumentsRequired)))
		e, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, identity.ByPoll, e.HeardBy)
		require.Equal(t, 1, e.Deliveries)
		require.Equal(t, []string{"PASSPORT"}, e.Documents)
		kept, err := d.State(t.Context(), "events_watermark")
		require.NoError(t, err)
		require.Equal(t, mark.Format(time.RFC3339Nano), kept)

		job := d.claim("event")
		n := d.news("px-1", "user-1", identity.Pending)
		n.Event = &e
		i, err := d.ApplyIdentity(t.Context(), n, &job)
		require.NoError(t, err)
		require.NotNil(t, i.Documents)
		history := d.kinds(i.ID)
		done, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, identity.EventDone, done.State)
		require.Equal(t, i.ID, done.IdentityID)
		require.Equal(t, 1, done.Attempts)
		require.Equal(t, e.ReceivedAt, done.ReceivedAt)

		require.NoError(t, d.Reprocess(t.Context(), "ev-1", ana(audit.ReprocessedEvent)))
		job = d.claim("event")
		require.Equal(t, queue.Click, job.Priority)
		_, err = d.ApplyIdentity(t.Context(), n, &job)
		require.NoError(t, err)
		require.Equal(t, history, d.kinds(i.ID), "what an event told is written once")
	})
}

// A backlog is learned in bulk before its events are stored: they come as done, and make no job.
func TestEventsThatAreDoneMakeNoJob(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.recheckable("px-1")
		now := d.clock.Now()
		e := identity.Event{
			ID: "ev-1", Type: identity.EventDocumentsRequired, PaxosID: "px-1", Documents: []string{"PASSPORT"}, OccurredAt: now,
		}
		learned, err := d.ApplyIdentity(t.Context(), identity.News{
			Record: identity.Record{PaxosID: "px-1"}, HeardAt: now, By: identity.ByPoll, Event: &e,
		}, nil)
		require.NoError(t, err)
		require.Equal(t, i.Status, learned.Status)
		require.NotNil(t, learned.Documents)
		e.State, e.ProcessedAt, e.IdentityID = identity.EventDone, &now, i.ID
		added, err := d.AddEvents(t.Context(), []identity.Event{e}, now)
		require.NoError(t, err)
		require.Equal(t, 1, added)
		stored, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		e.HeardBy, e.ReceivedAt = identity.ByPoll, now
		e.RefID = i.RefID
		require.NotEmpty(t, e.RefID)
		require.Equal(t, e, stored)
		d.noJob("event")
	})
}

func TestEventParkedAndSaved(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		job := d.claim("event")
		require.NoError(t, d.RetryJob(t.Context(), job, d.clock.Now(), "lost"))
		job = d.claim("event")
		require.NoError(t, d.ParkJob(t.Context(), job, "not_found"))
		e, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, identity.EventParked, e.State)
		require.Equal(t, "not_found", e.LastError)
		require.Equal(t, 2, e.Attempts)
		d.noJob("event")

		require.NoError(t, d.Reprocess(t.Context(), "ev-1", ana(audit.ReprocessedEvent)))
		job = d.claim("event")
		require.Equal(t, 1, job.Attempts, "a parked job begins anew")
		e.Type, e.State, e.LastError = "identity.unheard_of", identity.EventIgnored, ""
		require.NoError(t, d.SaveEvent(t.Context(), job, e))
		kindIs(t, fault.Conflict, d.SaveEvent(t.Context(), job, e))
		saved, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, identity.EventIgnored, saved.State)
		require.NotNil(t, saved.ProcessedAt)
		d.noJob("event")
	})
}

func TestEventsList(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for n := range 5 {
			one := delivery(fmt.Sprintf("ev-%d", n), identity.EventApproved)
			one.ReceivedAt = storetest.Start().Add(time.Duration(n/2) * time.Second) // two at a time
			require.NoError(t, d.Receive(t.Context(), one))
		}
		require.NoError(t, d.Receive(t.Context(), delivery("ev-other", "transfer.completed")))
		e, err := d.Event(t.Context(), "ev-4")
		require.NoError(t, err)
		n := d.news("px-1", "user-1", identity.Approved)
		n.Event = &e
		i, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)

		ids := func(f identity.EventFilter) (ids []string) {
			page, err := d.Events(t.Context(), f)
			require.NoError(t, err)
			for _, e := range page.Items {
				ids = append(ids, e.ID)
			}
			require.EqualValues(t, len(ids), page.Total, "%+v", f)
			return ids
		}
		require.Equal(t, []string{"ev-4", "ev-3", "ev-2", "ev-other", "ev-1", "ev-0"}, ids(identity.EventFilter{}))
		require.Equal(t, []string{"ev-other"}, ids(identity.EventFilter{State: identity.EventIgnored}))
		require.Equal(t, []string{"ev-other"}, ids(identity.EventFilter{Type: "transfer.completed"}))
		require.Equal(t, []string{"ev-4"}, ids(identity.EventFilter{IdentityID: i.ID}))
		second := storetest.Start().Add(time.Second)
		require.Equal(t, []string{"ev-4", "ev-3", "ev-2"}, ids(identity.EventFilter{From: second}))
		require.Equal(t, []string{"ev-3", "ev-2"}, ids(identity.EventFilter{From: second, To: second.Add(time.Second)}))
		for _, q := range []string{"ev-4", "px-1", "user-1", i.ID} {
			require.Equal(t, []string{"ev-4"}, ids(identity.EventFilter{Query: q}), "q=%s", q)
		}

		var walked []string
		f := identity.EventFilter{Limit: 2}
		for more := true; more; more = f.After != "" {
			page, err := d.Events(t.Context(), f)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Items), 2)
			for _, e := range page.Items {
				walked = append(walked, e.ID)
			}
			f.After = page.Next
		}
		require.Equal(t, ids(identity.EventFilter{}), walked)

		for _, bad := range []string{"?", "YWJj", base64.RawURLEncoding.EncodeToString([]byte("-received_at,happened_at\nx\ny")), base64.RawURLEncoding.EncodeToString([]byte("-received_at,happened_at\n1\ny"))} {
			_, err := d.Events(t.Context(), identity.EventFilter{After: bad})
			require.Contains(t, faultOf(t, fault.Invalid, err).Fields, "after")
		}
	})
}

// A poll brings many events at one moment: among them the one that happened last comes first.
func TestEventsOfOneMomentByWhenTheyHappened(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var found []identity.Event
		for n, minute := range []int{2, 0, 4, 1, 3} {
			e := identity.Event{ID: fmt.Sprintf("ev-%d", n), Type: identity.EventApproved, OccurredAt: storetest.Start().Add(-time.Hour + time.Duration(minute)*time.Minute)}
			found = append(found, e)
		}
		found = append(found, identity.Event{ID: "ev-unsaid", Type: identity.EventApproved})
		_, err := d.AddEvents(t.Context(), found, d.clock.Now())
		require.NoError(t, err)
		var walked []string
		for f := (identity.EventFilter{Limit: 1}); ; {
			page, err := d.Events(t.Context(), f)
			require.NoError(t, err)
			walked = append(walked, page.Items[0].ID)
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		require.Equal(t, []string{"ev-unsaid", "ev-2", "ev-4", "ev-0", "ev-3", "ev-1"}, walked)
	})
}

func TestDeliveriesKeepTheirHeadersSealed(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		one, two := delivery("ev-1", identity.EventApproved), delivery("ev-1", identity.EventApproved)
		one.Headers = map[string][]string{"User-Agent": {"Paxos/1"}, "Via": {"a", "b"}}
		two.ReceivedAt = one.ReceivedAt.Add(time.Minute)
		require.NoError(t, d.Receive(t.Context(), one))
		require.NoError(t, d.Receive(t.Context(), two))
		got, err := d.Deliveries(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Len(t, got, 2, "a later delivery is found with the first")
		require.Equal(t, one.Headers, got[0].Headers)
		require.Nil(t, got[1].Headers)
		require.Equal(t, two.ReceivedAt, got[1].ReceivedAt)
	})
}

// The job of an event is one, however it is asked for.
func TestEventHasOneJob(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		d.clock.Advance(time.Minute)
		require.NoError(t, d.Reprocess(t.Context(), "ev-1", ana(audit.ReprocessedEvent)))
		counts, err := d.JobCounts(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"event ready": 1}, counts)
	})
}
