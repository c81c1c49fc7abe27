package moves

import (
	"context"

	"identitydesk/internal/identity"
)

// rehearsal is what setting statuses by hand needs of Paxos' sandbox.
type rehearsal interface {
	SetSandboxStatus(ctx context.Context, paxosID string, s identity.SandboxStatus) error
}

// Rehearse sets statuses by hand. To set the same twice is to set it once.
func Rehearse(paxos rehearsal) Handler {
	return func(ctx context.Context, a *Attempt) (Result, error) {
		var s identity.SandboxStatus
		if err := a.Decode(&s); err != nil {
			return nil, err
		}
		return nil, paxos.SetSandboxStatus(ctx, a.PaxosID, s)
	}
}
