package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"identitydesk/internal/identity"
)

// placeOfDelivery binds a part of a delivery to its request, of which an event may have several.
func placeOfDelivery(part string, d identity.Delivery) []byte {
	return place("deliveries", part, d.EventID+"/"+d.RequestID)
}

// openPart opens a part of a delivery. What was sealed first of all was bound to the event alone, until a change of keys.
func (s *Store) openPart(part string, d identity.Delivery, sealed []byte) ([]byte, error) {
	plain, err := s.sealer.Open(sealed, placeOfDelivery(part, d))
	if err == nil {
		return plain, nil
	}
	if plain, formerErr := s.sealer.Open(sealed, place("deliveries", part, d.EventID)); formerErr == nil {
		return plain, nil
	}
	return nil, err
}

// sealDelivery seals what came with a webhook request.
func (s *Store) sealDelivery(d identity.Delivery) (body, headers []byte, err error) {
	if body, err = s.sealer.Seal(d.Body, placeOfDelivery("body", d)); err != nil {
		return nil, nil, fmt.Errorf("seal a delivery: %w", err)
	}
	if len(d.Headers) == 0 {
		return body, nil, nil
	}
	text, err := json.Marshal(d.Headers)
	if err != nil {
		return nil, nil, fmt.Errorf("encode a delivery's headers: %w", err)
	}
	if headers, err = s.sealer.Seal(text, placeOfDelivery("headers", d)); err != nil {
		return nil, nil, fmt.Errorf("seal a delivery's headers: %w", err)
	}
	return body, headers, nil
}

const deliveriesQuery = `SELECT id, event_id, type, sent_at, is_test, body, headers, address, request_id, received_at FROM deliveries
	WHERE event_at = (SELECT received_at FROM events WHERE id = $1) AND event_id = $1 ORDER BY id`

// Deliveries gives the webhook requests that brought an event, oldest first, their bodies and headers opened.
func (s *Store) Deliveries(ctx context.Context, eventID string) ([]identity.Delivery, error) {
	sealed, err := all(s.reader(ctx), scanDelivery, deliveriesQuery, eventID)
	if err != nil {
		return nil, s.mask(err)
	}
	deliveries := make([]identity.Delivery, len(sealed))
	for n, d := range sealed {
		deliveries[n] = s.openDelivery(d)
	}
	return deliveries, nil
}

// sealedDelivery is a delivery as it is stored.
type sealedDelivery struct {
	identity.Delivery
	headers []byte
}

func scanDelivery(rows *sql.Rows) (d sealedDelivery, err error) {
	return d, rows.Scan(&d.ID, &d.EventID, &d.Type, intoTime{&d.Time}, intoFlag{&d.IsTest}, &d.Body, &d.headers, &d.Address,
		&d.RequestID, intoTime{&d.ReceivedAt})
}

// openDelivery opens what came with a request. What does not open is left out, and it is said why.
func (s *Store) openDelivery(d sealedDelivery) identity.Delivery {
	if len(d.Body) == 0 { // erased with its case
		return d.Delivery
	}
	body, err := s.openPart("body", d.Delivery, d.Body)
	if err != nil {
		d.Unread = s.unread(d.Body, placeOfDelivery("body", d.Delivery))
	}
	d.Body = body
	if len(d.headers) == 0 {
		return d.Delivery
	}
	text, err := s.openPart("headers", d.Delivery, d.headers)
	if err == nil {
		err = json.Unmarshal(text, &d.Headers)
	}
	if err != nil {
		d.Unread = s.unread(d.headers, placeOfDelivery("headers", d.Delivery))
	}
	return d.Delivery
}
