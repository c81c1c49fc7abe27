package main

import (
	"context"
	"strings"
	"time"

	"identitydesk/store"
)

// Where the store keeps what the client and the budget must remember across restarts.
const (
	gateKey   = "paxos_gate"
	scopesKey = "paxos_scopes"
)

// gate keeps until when Paxos takes no calls.
type gate struct{ store *store.Store }

// LoadGate gives the zero time where nothing was saved.
func (g gate) LoadGate(ctx context.Context) (time.Time, error) {
	text, err := g.store.State(ctx, gateKey)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}

// SaveGate remembers the time.
func (g gate) SaveGate(ctx context.Context, until time.Time) error {
	return g.store.SetState(ctx, gateKey, until.UTC().Format(time.RFC3339Nano))
}

// scopes keeps which scopes Paxos granted of those that were asked for, so that a start needs no ladder.
type scopes struct{ store *store.Store }

// LoadScopes gives nothing where nothing was saved.
func (s scopes) LoadScopes(ctx context.Context) (asked, granted []string, err error) {
	text, err := s.store.State(ctx, scopesKey)
	before, after, _ := strings.Cut(text, "|")
	return strings.Fields(before), strings.Fields(after), err
}

// SaveScopes remembers both.
func (s scopes) SaveScopes(ctx context.Context, asked, granted []string) error {
	return s.store.SetState(ctx, scopesKey, strings.Join(asked, " ")+"|"+strings.Join(granted, " "))
}
