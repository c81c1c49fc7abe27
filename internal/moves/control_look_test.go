package moves_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
	"identitydesk/internal/queue"
)

// limits is a cache and a Paxos of one case with controls.
type limits struct {
	cabinet
	fails error
	kept  identity.ControlList
}

func (l *limits) Controls(_ context.Context, paxosID string, deleted bool) ([]identity.ControlRecord, error) {
	if !deleted {
		paxosID = ""
	}
	return []identity.ControlRecord{{Control: identity.Control{ID: "of " + paxosID}}}, l.fails
}

func (l *limits) ApplyControls(_ context.Context, _ queue.Job, list identity.ControlList) error {
	l.kept = list
	return nil
}

func TestLookAtControls(t *testing.T) {
	t.Parallel()
	gone := noon
	look := func(l *limits) error {
		now := func() time.Time { return noon }
		return moves.LookAtControls(l, l, queue.Backoff, now)(t.Context(), queue.Job{Subject: "i-1", Attempts: 1})
	}
	l := &limits{cabinet: cabinet{asked: identity.Identity{PaxosID: "px"}}}
	require.NoError(t, look(l))
	require.Equal(t, noon, l.kept.AsOf)
	require.Equal(t, "of px", l.kept.Controls[0].ID, "those that have ended are asked for, too")

	for name, l := range map[string]*limits{
		"erased":       {cabinet: cabinet{asked: identity.Identity{PaxosID: "px", ErasedAt: &gone}}},
		"not at Paxos": {},
		"no such case": {cabinet: cabinet{begin: code(fault.NotFound, "")}},
	} {
		require.NoError(t, look(l), name)
		require.Equal(t, []string{"finished"}, l.did, name)
	}
	l = &limits{cabinet: cabinet{asked: identity.Identity{PaxosID: "px"}}, fails: code(fault.Unavailable, "")}
	_, retry := errors.AsType[*queue.Retry](look(l))
	require.True(t, retry, "it is asked again")
	l.fails = code(fault.Throttled, "")
	_, off := errors.AsType[*queue.PutOff](look(l))
	require.True(t, off)
}
