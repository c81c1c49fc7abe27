package paxos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
)

// How long before its end a token is renewed, how long one lives that names no end, and how long the desk waits after a
// renewal that failed while the old token still lives.
const (
	renewEarly  = time.Minute
	unnamedLife = 10 * time.Minute
	renewAgain  = 10 * time.Second
)

// tokens holds the one access token. Of many callers without one, one fetches it and the others share what came of it.
type tokens struct {
	conf  clientcredentials.Config
	http  *http.Client
	gate  gate
	store ScopeStore
	now   func() time.Time
	log   *slog.Logger
	asked []string

	turn chan struct{} // holds one value while somebody fetches
	ask  []string      // the scopes that the next fetch asks for; only touched by who has the turn

	mu      sync.Mutex
	value   string
	renewAt time.Time
	ends    time.Time
	round   int   // fetches that came to an end
	failed  error // of the latest fetch, nil where it succeeded
	granted []string
	known   bool
}

func newTokens(o Options, client *http.Client) *tokens {
	return &tokens{
		conf: clientcredentials.Config{
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, TokenURL: o.TokenURL, AuthStyle: oauth2.AuthStyleInParams,
		},
		http:  client,
		gate:  gate{budget: o.Budget, now: o.Now, log: o.Log},
		store: o.ScopeStore,
		now:   o.Now,
		log:   o.Log,
		asked: readFirst(o.Scopes),
		turn:  make(chan struct{}, 1),
	}
}

// get gives a token that is good for a call. Its faults are those of a call that surely had no effect.
func (t *tokens) get(ctx context.Context) (string, error) {
	value, round := t.held()
	if value != "" {
		return value, nil
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", notStarted(ctx.Err())
	}
	defer func() { <-t.turn }()
	if value, err := t.since(round); value != "" || err != nil {
		return value, err
	}
	g, err := t.fetch(ctx)
	return t.settle(ctx, g, err)
}

// held gives the token unless it is time for another, and the number of the latest fetch.
func (t *tokens) held() (value string, round int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now().Before(t.renewAt) {
		value = t.value
	}
	return value, t.round
}

// since gives what came of a fetch that ended while the caller waited for its turn.
func (t *tokens) since(round int) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now().Before(t.renewAt) && t.value != "" {
		return t.value, nil
	}
	if t.round != round {
		return "", t.failed
	}
	return "", nil
}

// settle keeps what came of a fetch. A renewal that failed is no failure while the old token lives.
func (t *tokens) settle(ctx context.Context, g grant, err error) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if err == nil {
		t.round++
		t.failed = nil
		t.value, t.renewAt, t.ends = g.value, g.renewAt, g.ends
		t.granted, t.known = g.scopes, true
		return t.value, nil
	}
	if ctx.Err() == nil { // a caller that gave up tells nothing about the others' tokens
		t.round++
		t.failed = err
	}
	if t.value != "" && now.Before(t.ends) {
		t.renewAt = now.Add(renewAgain)
		return t.value, nil
	}
	return "", err
}

// drop forgets a token that Paxos refused, unless another has taken its place.
func (t *tokens) drop(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == value {
		t.value, t.renewAt, t.ends = "", time.Time{}, time.Time{}
	}
}

// secrets are what a refusal must not quote either.
func (t *tokens) secrets() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return []string{t.conf.ClientSecret, t.value}
}

// grant is a token as Paxos gave it.
type grant struct {
	value   string
	scopes  []string
	renewAt time.Time
	ends    time.Time
}

// errScope means that Paxos gives no token for one of the scopes asked for.
var errScope = errors.New("a scope is refused")

// request asks for one token with these scopes.
func (t *tokens) request(ctx context.Context, scopes []string) (grant, error) {
	if err := t.gate.budget.Wait(ctx, budget.Token); err != nil {
		return grant{}, notStarted(err)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, t.http), callTimeout)
	defer cancel()
	conf := t.conf
	conf.Scopes = scopes
	begun := t.now()
	token, err := conf.Token(ctx)
	t.logCall(ctx, err, t.now().Sub(begun))
	if err != nil {
		return grant{}, t.refusal(ctx, err)
	}
	life := lifeOf(token)
	g := grant{value: token.AccessToken, scopes: scopes, ends: begun.Add(life)}
	g.renewAt = g.ends.Add(-min(renewEarly, life/2))
	if said, ok := token.Extra("scope").(string); ok && strings.TrimSpace(said) != "" {
		g.scopes = strings.Fields(said)
	}
	return g, nil
}

// lifeOf is how long a token lives, by the answer and not by the library's own clock.
func lifeOf(token *oauth2.Token) time.Duration {
	if seconds, ok := token.Extra("expires_in").(float64); ok && seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	return unnamedLife
}

// refusal is the fault of a token that could not be had: the call that needed it was not made.
func (t *tokens) refusal(ctx context.Context, err error) error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return missed("token_unreachable", "Paxos gives no token: its token address cannot be reached or answers nonsense.", safe(err))
	case answer.Response.StatusCode == http.StatusTooManyRequests:
		return t.gate.throttle(ctx, answer.Response.Header)
	case answer.ErrorCode == "invalid_scope" || strings.Contains(string(answer.Body), "invalid_scope"):
		return errScope
	case answer.Response.StatusCode == http.StatusUnauthorized || answer.ErrorCode == "invalid_client" || answer.ErrorCode == "unauthorized_client":
		return missed("token_refused", "Paxos refuses the desk's client id or secret. Check PAXOS_CLIENT_ID and PAXOS_CLIENT_SECRET.",
			fmt.Errorf("token: status %d", answer.Response.StatusCode))
	default:
		return missed(fmt.Sprintf("token_http_%d", answer.Response.StatusCode), "Paxos gives no token at present.",
			fmt.Errorf("token: status %d", answer.Response.StatusCode))
	}
}

func (t *tokens) logCall(ctx context.Context, err error, took time.Duration) {
	status := http.StatusOK
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		status = answer.Response.StatusCode
	} else if err != nil {
		status = 0
	}
	t.log.LogAttrs(ctx, slog.LevelDebug, "paxos call",
		slog.String("method", http.MethodPost), slog.String("route", "token"), slog.Int("status", status),
		slog.Duration("took", took), slog.String("priority", budget.Token.String()))
}

// safeText is what may be shown of a token's failure.
func safeText(err error) string {
	f := fault.From(err)
	if f == nil || f.Code == fault.HeldBack { // not asked for while Paxos throttles the desk, which is told by itself
		return ""
	}
	return f.Text
}
