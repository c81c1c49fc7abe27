package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// dial is a store that counts what the clock asks of it.
type dial struct {
	policy     identity.Policy
	state      string
	reassessed int
	idle       int
}

func (d *dial) Turn(context.Context, time.Time) (int, time.Time, error) { return 0, time.Time{}, nil }

func (d *dial) Reassess(_ context.Context, after string, _ int) (string, error) {
	d.reassessed++
	if after == "" {
		return "half-way", nil
	}
	return "", nil
}

func (d *dial) ReleaseIdle(context.Context, int) (int, error) { d.idle++; return 0, nil }

func (d *dial) TurnProposals(context.Context, time.Time) (int, error) { return 0, nil }

func (d *dial) Policy() identity.Policy { return d.policy }

func (d *dial) State(context.Context, string) (string, error) { return d.state, nil }

func (d *dial) SetState(_ context.Context, _, value string) error { d.state = value; return nil }

func TestClockJudgesAnewWhenThePolicyChanges(t *testing.T) {
	t.Parallel()
	store := &dial{state: "1bd"}
	c := &clock{store: store, base: "1bd", now: time.Now, log: slog.New(slog.DiscardHandler)}
	require.NoError(t, c.reassess(t.Context()))
	require.Zero(t, store.reassessed, "nothing has changed since the last run")

	store.policy.Limits = map[string]identity.Limit{identity.ScreeningCheck: {BusinessDays: 2}}
	require.NoError(t, c.reassess(t.Context()))
	require.Equal(t, 2, store.reassessed, "batch after batch, to the end")
	require.NoError(t, c.reassess(t.Context()))
	require.Equal(t, 2, store.reassessed, "once for each change")

	store.policy.Limits = nil
	require.NoError(t, c.reassess(t.Context()))
	require.Equal(t, 4, store.reassessed)

	again := &clock{store: store, base: "36h", now: time.Now, log: slog.New(slog.DiscardHandler)}
	require.NoError(t, again.reassess(t.Context()))
	require.Equal(t, 6, store.reassessed, "the environment has changed before this start")
}
