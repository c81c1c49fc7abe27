package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
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
	bodyWithin  = 10 * time.Second // how long its body may take to arrive

	// How long the connection of a refused delivery is kept for the rest of its body.
	refusedWithin = time.Second

	// How many refused deliveries one address gets an answer of its own for.
	refusalsPerSecond = 10
	refusalBurst      = 200
)

// receiveWebhook stores a delivery and answers once that is durable. What it means is worked out afterwards.
func (s *server) receiveWebhook(c echo.Context) error {
	if !s.authentic(c.Request()) {
		return s.refuseWebhook(c)
	}
	body, err := s.readBody(c, maxWebhook)
	if err != nil {
		return err
	}
	d, err := parseNotice(body)
	if err != nil {
		return err
	}
	d.Headers = s.keptHeaders(c.Request())
	d.Address, d.RequestID, d.ReceivedAt = c.RealIP(), requestID(c), s.Now()
	ctx, cancel := context.WithTimeout(c.Request().Context(), storeWithin)
	defer cancel()
	if err := s.Inbox.Receive(ctx, d); err != nil {
		s.Log.ErrorContext(ctx, "webhook not stored", "request_id", requestID(c), "kind", fault.KindOf(err), "error", cause(err))
		return fault.Wrap(fault.Unavailable, "The event could not be stored. Send it again.", err)
	}
	return c.NoContent(http.StatusOK)
}

// authentic reports whether a request carries one of the keys, or a token that we have issued.
func (s *server) authentic(r *http.Request) bool {
	known := s.knownKey(r.Header.Get(s.Webhook.Header))
	return s.tokens.valid(bearer(r)) || known
}

// readBody reads the body of a webhook, of which no more is taken than max bytes and no longer waited for than bodyWithin. How
// long the answer takes is another matter.
func (s *server) readBody(c echo.Context, most int64) ([]byte, error) {
	limit := http.NewResponseController(c.Response())
	_ = limit.SetReadDeadline(time.Now().Add(s.bodyWithin)) // where it cannot be set, the server's own holds
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, fault.New(fault.TooLarge, fmt.Sprintf("The body is larger than %d KiB.", most>>10))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, fault.New(fault.Malformed, "The body did not arrive in time.")
	}
	if err != nil {
		return nil, fault.New(fault.Malformed, "The body ended early.")
	}
	_ = limit.SetReadDeadline(time.Time{})
	return body, nil
}

// The headers that are kept of a delivery.
const (
	maxHeaders     = 50
	maxHeaderBytes = 8 << 10
)

// keptHeaders are the request's headers without those that let somebody in.
func (s *server) keptHeaders(r *http.Request) map[string][]string {
	kept, size := map[string][]string{"Host": {r.Host}}, len(r.Host)
	for _, name := range sortedKeys(r.Header) {
		values := r.Header[name]
		if s.secretHeader(name) || slices.ContainsFunc(values, s.knownKey) {
			continue
		}
		for _, v := range values {
			size += len(name) + len(v)
		}
		if len(kept) == maxHeaders || size > maxHeaderBytes {
			break
		}
		kept[name] = values
	}
	return kept
}

func (s *server) secretHeader(name string) bool {
	switch name {
	case echo.HeaderAuthorization, echo.HeaderCookie, "Proxy-Authorization", http.CanonicalHeaderKey(s.Webhook.Header):
		return true
	}
	low := strings.ToLower(name)
	return slices.ContainsFunc([]string{"key", "token", "secret", "auth", "password", "signature"}, func(word string) bool {
		return strings.Contains(low, word)
	})
}

// refuseWebhook answers a wrong key; who keeps trying is told to slow down. A right key is never held up. The answer comes
// before the body, of which only a moment's worth is waited for.
func (s *server) refuseWebhook(c echo.Context) error {
	if c.Request().ContentLength != 0 {
		_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(refusedWithin))
	}
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

// thinNotice is what Paxos says that a webhook tells. A field can hold anything.
type thinNotice struct {
	ID     any `json:"id,omitempty"`
	Type   any `json:"type,omitempty"`
	Source any `json:"source,omitempty"`
	Time   any `json:"time,omitempty"`
	Object any `json:"object,omitempty"`
	IsTest any `json:"is_test,omitempty"`
}

// parseNotice reads the thin notice that Paxos sends. Only id and type are demanded; what else is missing, unknown or of an
// unexpected form must not make us lose an event.
func parseNotice(body []byte) (identity.Delivery, error) {
	var n thinNotice
	err := json.Unmarshal(body, &n)
	if odd, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && odd.Field != "" {
		err = nil // a number that is too large; the other fields are read all the same
	}
	if err != nil {
		return identity.Delivery{}, fault.New(fault.Malformed, "The body is no JSON object.")
	}
	d := identity.Delivery{EventID: word(n.ID), Type: word(n.Type), IsTest: n.IsTest == true}
	if d.EventID == "" || d.Type == "" {
		return identity.Delivery{}, unreadable(d)
	}
	if when, ok := n.Time.(string); ok {
		d.Time, _ = time.Parse(time.RFC3339, when)
	}
	d.Body = n.kept()
	return d, nil
}

func unreadable(d identity.Delivery) error {
	fields := map[string]string{}
	if d.EventID == "" {
		fields["id"] = "Must be a text of 1 to 200 characters."
	}
	if d.Type == "" {
		fields["type"] = "Must be a text of 1 to 200 characters."
	}
	f := fault.Fields("The event cannot be read.", fields)
	f.Kind = fault.Malformed
	return f
}

// kept is a notice with the fields that Paxos says it has, where they are texts (is_test: true or false). What else a body may
// hold is not kept: it could be somebody's data.
func (n thinNotice) kept() []byte {
	for _, field := range []*any{&n.ID, &n.Type, &n.Source, &n.Time, &n.Object} {
		if text, ok := (*field).(string); !ok || len(text) > maxNoticeValue {
			*field = nil
		}
	}
	if _, ok := n.IsTest.(bool); !ok {
		n.IsTest = nil
	}
	kept, err := json.Marshal(n)
	if err != nil {
		return nil
	}
	return kept
}

// maxNoticeValue is how many bytes one value of a notice is kept of.
const maxNoticeValue = 300

// word is a text that can be an id; empty for anything else.
func word(v any) string {
	s, _ := v.(string)
	if len(s) > maxParam || !isText(s) || strings.TrimSpace(s) != s || strings.ContainsAny(s, "\r\n\t") {
		return ""
	}
	return s
}
