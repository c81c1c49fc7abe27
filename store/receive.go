package store

import (
	"context"
	"time"

	"identitydesk/internal/identity"
)

// Receive stores a webhook delivery and, where its event is new, the event and the job that looks into it. A repeat only adds
// the delivery. A test, or an event that is not about an identity, makes no job.
func (s *Store) Receive(ctx context.Context, d identity.Delivery) error {
	body, headers, err := s.sealDelivery(d)
	if err != nil {
		return err
	}
	e := identity.Event{
		ID: d.EventID, Type: d.Type, IsTest: d.IsTest, OccurredAt: d.Time, HeardBy: identity.ByWebhook, ReceivedAt: d.ReceivedAt,
		Deliveries: 1,
	}
	return s.write(ctx, func(t *tx) error {
		isNew, err := t.addEvent(e)
		if err != nil {
			return err
		}
		eventAt := msAlways(d.ReceivedAt)
		if !isNew {
			if eventAt, err = one(t, scanValue[int64],
				`UPDATE events SET deliveries = deliveries + 1 WHERE id = $1 RETURNING received_at`, d.EventID); err != nil {
				return err
			}
		}
		return t.exec(`INSERT INTO deliveries (event_at, event_id, type, sent_at, is_test, body, headers, address, request_id, received_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			eventAt, d.EventID, d.Type, ms(d.Time), flag(d.IsTest), body, headers, d.Address, d.RequestID, msAlways(d.ReceivedAt))
	})
}

// AddEvents stores events that a poll has found, with jobs for those that nobody told of before and that do not come as done,
// and how far the poll has read. added is how many were new.
func (s *Store) AddEvents(ctx context.Context, evs []identity.Event, watermark time.Time) (added int, err error) {
	err = s.write(ctx, func(t *tx) error {
		added = 0
		for _, e := range evs {
			e.HeardBy = identity.ByPoll
			isNew, err := t.addEvent(e)
			if err != nil {
				return err
			}
			if isNew {
				added++
			}
		}
		if watermark.IsZero() {
			return nil
		}
		return t.setState(stateEvents, watermark.UTC().Format(time.RFC3339Nano))
	})
	return added, err
}

// addEvent stores an event that is not there yet, and its job.
func (t *tx) addEvent(e identity.Event) (isNew bool, err error) {
	if e.ReceivedAt.IsZero() {
		e.ReceivedAt = t.now
	}
	switch {
	case e.IsTest:
		e.State = identity.EventTest
	case !identity.AboutIdentity(e.Type):
		e.State = identity.EventIgnored
	case e.State == identity.EventDone: // a poll has acted on it with many others
	default:
		e.State = identity.EventQueued
	}
	isNew, err = t.insertEvent(e)
	if err != nil || !isNew || e.State != identity.EventQueued {
		return isNew, err
	}
	return true, t.enqueueNew(e)
}

// A webhook tells nothing of an event but these; a poll tells all.
const (
	insertNotice = `INSERT INTO events (id, type, is_test, occurred_at, state, received_at, paxos_id, old_status, new_status, heard_by,
			attempts, last_error, deliveries, identity_id)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', '', 'webhook', 0, '', 1, '') ON CONFLICT (id) DO NOTHING`
	insertEvent = `INSERT INTO events (` + eventColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) DO NOTHING`
)

func (t *tx) insertEvent(e identity.Event) (isNew bool, err error) {
	var added int64
	if e.HeardBy == identity.ByWebhook {
		added, err = t.affect(insertNotice, e.ID, e.Type, flag(e.IsTest), ms(e.OccurredAt), string(e.State), msAlways(e.ReceivedAt))
		return added == 1, err
	}
	values, err := eventValues(e)
	if err != nil {
		return false, err
	}
	added, err = t.affect(insertEvent, values...)
	return added == 1, err
}
