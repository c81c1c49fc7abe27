package moves_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
)

// stage is a sandbox that notes what was set last.
type stage struct {
	set identity.SandboxStatus
	err error
}

func (p *stage) SetSandboxStatus(_ context.Context, _ string, s identity.SandboxStatus) error {
	p.set = s
	return p.err
}

func TestRehearse(t *testing.T) {
	t.Parallel()
	want := identity.SandboxStatus{Sanctions: identity.StatusError, AdminDisabled: new(false)}
	text, err := json.Marshal(want)
	require.NoError(t, err)
	for end, paxos := range map[string]*stage{
		"done": {}, "lost": {err: fault.New(fault.Lost, "")}, "failed": {err: fault.New(fault.Invalid, "")},
	} {
		l := &line{payload: string(text)}
		require.NoError(t, l.run(t.Context(), moves.Rehearse(paxos)))
		require.Equal(t, []string{"begin", end}, l.calls)
		require.Equal(t, want, paxos.set)
	}
	l := &line{payload: "{"}
	require.NoError(t, l.run(t.Context(), moves.Rehearse(&stage{})))
	require.Equal(t, []string{"begin", "failed"}, l.calls)
}
