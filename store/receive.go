package store

import (
	"context"
	"fmt"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// Receive stores a webhook delivery and, where its event is new, the event and the job that looks into it. A repeat only adds
// the delivery. A test, or an event that is not about an identity, makes no job.
func (s *Store) Receive(ctx context.Context, d identity.Delivery) error {
	sealed, err := s.sealer.Seal(d.Body, place("deliveries", "body", d.EventID))
	if err != nil {
		return fmt.Errorf("seal a delivery: %w", err)
	}
	return s.write(ctx, func(t *tx) error {
		e := identity.Event{
			ID: d.EventID, Type: d.Type, IsTest: d.IsTest, OccurredAt: d.Time, HeardBy: identity.ByWebhook, ReceivedAt: d.ReceivedAt,
			Deliveries: 1,
		}
		isNew, err := t.addEvent(e)
		if err != nil {
			return err
		}
		if !isNew {
			if err := t.exec(`UPDATE events SET deliveries = deliveries + 1 WHERE id = $1`, d.EventID); err != nil {
				return err
			}
		}
		return t.exec(`INSERT INTO deliveries (event_id, type, sent_at, is_test, body, address, request_id, received_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			d.EventID, d.Type, ms(d.Time), flag(d.IsTest), sealed, d.Address, d.RequestID, msAlways(d.ReceivedAt))
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
	values, err := eventValues(e)
	if err != nil {
		return false, err
	}
	added, err := t.affect(`INSERT INTO events (`+eventColumns+`) VALUES (`+placeholders(1, len(values))+`)
		ON CONFLICT (id) DO NOTHING`, values...)
	if err != nil || added == 0 || e.State != identity.EventQueued {
		return added == 1, err
	}
	return true, t.enqueue(jobEvent, e.ID, queue.Event, "")
}
