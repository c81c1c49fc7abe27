package paxos

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"time"

	"identitydesk/internal/fault"
)

// The most bytes of an answer that are read.
const (
	listLimit = 10 << 20
	bodyLimit = 1 << 20
)

// request is one call of the API.
type request struct {
	method string
	route  string // the path as a template, for the log
	path   string
	query  url.Values
	body   []byte
	limit  int64
	scope  string // what the token must carry
}

// answer is what Paxos said, whatever the status.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	askedAt time.Time // when the request was sent
	heardAt time.Time // when the answer was read to its end
}

func (a answer) ok() bool { return a.status >= 200 && a.status <= 299 }

// ask makes a call and gives an answer of 2xx, or a fault.
func (c *Client) ask(ctx context.Context, r request) (answer, error) {
	a, err := c.do(ctx, r)
	if err != nil {
		return a, err
	}
	if !a.ok() {
		return a, c.refusal(ctx, r, a)
	}
	return a, nil
}

// do makes a call and gives the answer of whatever status, or the fault that there is none. A token that Paxos refuses is
// dropped, and the call made once again with a fresh one.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	a, token, err := c.attempt(ctx, r)
	if err != nil || a.status != http.StatusUnauthorized {
		return a, err
	}
	c.tokens.drop(token)
	a, _, err = c.attempt(ctx, r)
	return a, err
}

// attempt gets a token, waits for its turn and sends the request. All before the sending surely had no effect.
func (c *Client) attempt(ctx context.Context, r request) (a answer, token string, err error) {
	if token, err = c.tokens.get(ctx); err != nil {
		return answer{}, "", err
	}
	if err := c.budget.Wait(ctx, c.priority); err != nil {
		return answer{}, token, notStarted(err)
	}
	begun := c.now()
	a, err = c.send(ctx, r, token)
	c.logCall(ctx, r, a, err, c.now().Sub(begun))
	return a, token, err
}

// send makes the HTTP exchange, bounded in time and size.
func (c *Client) send(ctx context.Context, r request, token string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return answer{}, notStarted(err)
	}
	var way trace
	req, err := c.newRequest(httptrace.WithClientTrace(ctx, way.hooks()), r, token)
	if err != nil {
		return answer{}, err
	}
	a := answer{askedAt: c.now()}
	res, err := c.http.Do(req)
	if err != nil {
		return a, way.fault(err)
	}
	defer func() { _ = res.Body.Close() }()
	a.status, a.header = res.StatusCode, res.Header
	a.body, err = io.ReadAll(io.LimitReader(res.Body, r.limit+1))
	a.heardAt = c.now()
	if err != nil && a.status != http.StatusTooManyRequests {
		return a, lost("cut", fmt.Errorf("answer %d cut off: %w", a.status, safe(err)))
	}
	if int64(len(a.body)) > r.limit {
		a.body = nil
		if a.ok() {
			return a, lost("too_large", fmt.Errorf("answer over %d bytes", r.limit))
		}
	}
	return a, nil
}

func (c *Client) newRequest(ctx context.Context, r request, token string) (*http.Request, error) {
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(r.body))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "The request to Paxos could not be made.", fmt.Errorf("make request %s %s", r.method, r.route))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json, application/problem+json")
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// logCall writes one line per call: never the address, whose query and ids may tell more than the route.
func (c *Client) logCall(ctx context.Context, r request, a answer, err error, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("method", r.method), slog.String("route", r.route), slog.Int("status", a.status),
		slog.Duration("took", took), slog.String("priority", c.priority.String()),
	}
	if id := requestID(a.header); id != "" {
		attrs = append(attrs, slog.String("paxos_request_id", id))
	}
	if err != nil {
		f := fault.From(err)
		attrs = append(attrs, slog.String("kind", string(f.Kind)), slog.String("code", f.Code))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "paxos call", attrs...)
}

var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._:/=+-]{1,100}$`)

// requestID is Paxos' own id of a call, by which its support finds it; empty where there is none of a sane form.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id"} {
		if id := h.Get(name); requestIDForm.MatchString(id) {
			return id
		}
	}
	return ""
}
