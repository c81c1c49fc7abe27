package paxos

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"identitydesk/internal/fault"
)

// readScope is the one scope without which the desk is of no use; the ladder begins with it.
const readScope = "identity:read_identity"

// The scopes of the calls.
const (
	writeScope  = "identity:write_identity"
	eventsScope = "events:read_event"

	readAccountScope  = "identity:read_account"
	writeAccountScope = "identity:write_account"
	readControlScope  = "identity:read_identity_control"
	writeControlScope = "identity:write_identity_control"
)

// Scopes is what the desk may do at Paxos.
type Scopes struct {
	Asked   []string
	Granted []string
	Missing []string // asked for and not granted
	Known   bool     // a token was had, so that Granted and Missing are facts
	Error   string   // why the latest token could not be had, safe to show; empty where it was
}

// Scopes tells what was asked for and what the latest token carries. It makes no call.
func (c *Client) Scopes() Scopes {
	t := c.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Scopes{Asked: slices.Clone(t.asked), Granted: slices.Clone(t.granted), Known: t.known, Error: safeText(t.failed)}
	if !s.Known {
		return s
	}
	for _, scope := range s.Asked {
		if !slices.Contains(s.Granted, scope) {
			s.Missing = append(s.Missing, scope)
		}
	}
	return s
}

// readFirst gives the scopes once each, the reading one first.
func readFirst(scopes []string) []string {
	var all []string
	if slices.Contains(scopes, readScope) {
		all = append(all, readScope)
	}
	for _, s := range scopes {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// fetch gets a token with as many of the scopes as Paxos grants. It asks for all of them first, so that a scope which was
// enabled meanwhile is found by a restart; then for those that were granted last time; then it climbs the ladder.
func (t *tokens) fetch(ctx context.Context) (grant, error) {
	if len(t.ask) == 0 {
		t.ask = t.asked
	}
	g, err := t.request(ctx, t.ask)
	if !errors.Is(err, errScope) {
		return g, err
	}
	if remembered := t.remembered(ctx); len(remembered) > 0 && !slices.Equal(remembered, t.ask) {
		g, err = t.request(ctx, remembered)
		if err == nil {
			t.ask = remembered
		}
		if !errors.Is(err, errScope) {
			return g, err
		}
	}
	return t.climb(ctx)
}

// climb adds one scope at a time to those that were granted, one call a second, and remembers where it came.
func (t *tokens) climb(ctx context.Context) (grant, error) {
	t.log.LogAttrs(ctx, slog.LevelWarn, "paxos refuses a scope: asking for them one by one", slog.Any("scopes", t.asked))
	var best grant
	var good []string
	for _, scope := range t.asked {
		g, err := t.request(ctx, append(slices.Clone(good), scope))
		if errors.Is(err, errScope) {
			t.log.LogAttrs(ctx, slog.LevelWarn, "paxos refuses a scope", slog.String("scope", scope))
			continue
		}
		if err != nil {
			return grant{}, err
		}
		best, good = g, append(good, scope)
	}
	if len(good) == 0 {
		return grant{}, missed("no_scope", "Paxos grants this client none of the scopes in PAXOS_SCOPES.",
			fault.New(fault.Forbidden, "every scope is refused"))
	}
	t.ask = good
	t.remember(ctx, good)
	return best, nil
}

// remembered is what was granted last time, where the same scopes were asked for.
func (t *tokens) remembered(ctx context.Context) []string {
	if t.store == nil {
		return nil
	}
	asked, granted, err := t.store.LoadScopes(ctx)
	if err != nil {
		t.log.LogAttrs(ctx, slog.LevelWarn, "the granted scopes cannot be read: finding out again", slog.Any("err", err))
		return nil
	}
	if !slices.Equal(asked, t.asked) {
		return nil
	}
	return granted
}

func (t *tokens) remember(ctx context.Context, granted []string) {
	if t.store == nil {
		return
	}
	if err := t.store.SaveScopes(ctx, t.asked, granted); err != nil {
		t.log.LogAttrs(ctx, slog.LevelWarn, "the granted scopes cannot be remembered", slog.Any("err", err))
	}
}
