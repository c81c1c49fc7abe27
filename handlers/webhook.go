package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const (
	webhookPath = "/webhooks/paxos"
	maxWebhook  = 64 << 10         // bytes of a delivery
	storeWithin = 10 * time.Second // how long a delivery may wait for the disk

	// How many refused deliveries one address gets an answer of its own for.
	refusalsPerSecond = 10
	refusalBurst      = 200
)

// receiveWebhook stores a delivery and answers once that is durable. What it means is worked out afterwards.
func (s *server) receiveWebhook(c echo.Context) error {
	if !s.knownKey(c.Request().Header.Get(s.Webhook.Header)) {
		return s.refuseWebhook(c)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxWebhook))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return fault.New(fault.TooLarge, "The body is larger than 64 KiB.")
	}
	if err != nil {
		return fault.New(fault.Malformed, "The body ended early.")
	}
	d, err := parseNotice(body)
	if err != nil {
		return err
	}
	d.Address, d.RequestID, d.ReceivedAt = c.RealIP(), requestID(c), s.Now()
	ctx, cancel := context.WithTimeout(c.Request().Context(), storeWithin)
	defer cancel()
	if err := s.Inbox.Receive(ctx, d); err != nil {
		s.Log.ErrorContext(ctx, "webhook not stored", "request_id", requestID(c), "kind", fault.KindOf(err), "error", cause(err))
		return fault.Wrap(fault.Unavailable, "The event could not be stored. Send it again.", err)
	}
	return c.NoContent(http.StatusOK)
}

// refuseWebhook answers a wrong key; who keeps trying is told to slow down. A right key is never held up.
func (s *server) refuseWebhook(c echo.Context) error {
	if err := s.webhooks.allow(c.RealIP()); err != nil {
		return err
	}
	return fault.New(fault.Unauthenticated, "The webhook key is missing or wrong.")
}

// knownKey compares with every key, in a time that tells neither the key nor which one it was.
func (s *server) knownKey(given string) bool {
	sum, known := sha256.Sum256([]byte(given)), false
	for _, k := range s.keys {
		if same(sum, k) {
			known = true
		}
	}
	return known
}

func hashKeys(keys []string) [][32]byte {
	var sums [][32]byte
	for _, k := range keys {
		if k != "" {
			sums = append(sums, sha256.Sum256([]byte(k)))
		}
	}
	return sums
}

// parseNotice reads the thin notice that Paxos sends. Only id and type are demanded; what else is missing, unknown or of an
// unexpected form must not make us lose an event.
func parseNotice(body []byte) (identity.Delivery, error) {
	var raw struct {
		ID     json.RawMessage `json:"id"`
		Type   json.RawMessage `json:"type"`
		Time   json.RawMessage `json:"time"`
		IsTest json.RawMessage `json:"is_test"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return identity.Delivery{}, fault.New(fault.Malformed, "The body is no JSON object.")
	}
	fields := map[string]string{}
	d := identity.Delivery{EventID: word(raw.ID), Type: word(raw.Type), IsTest: string(raw.IsTest) == "true", Body: body}
	if d.EventID == "" {
		fields["id"] = "Must be a text of 1 to 200 characters."
	}
	if d.Type == "" {
		fields["type"] = "Must be a text of 1 to 200 characters."
	}
	if len(fields) > 0 {
		f := fault.Fields("The event cannot be read.", fields)
		f.Kind = fault.Malformed
		return identity.Delivery{}, f
	}
	var when string
	if json.Unmarshal(raw.Time, &when) == nil {
		d.Time, _ = time.Parse(time.RFC3339, when)
	}
	return d, nil
}

// word is a JSON text that can be an id; empty for anything else.
func word(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil || len(s) > maxParam || !isText(s) || strings.TrimSpace(s) != s || strings.ContainsAny(s, "\r\n\t") {
		return ""
	}
	return s
}
