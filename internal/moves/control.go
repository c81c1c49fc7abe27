package moves

import (
	"context"
	"slices"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// controls is what a change of controls needs of Paxos.
type controls interface {
	Controls(ctx context.Context, paxosID string, deleted bool) ([]identity.ControlRecord, error)
	SetControl(ctx context.Context, ask identity.ControlAsk) (identity.ControlRecord, error)
	RemoveControl(ctx context.Context, id, reason string) error
}

// Control sets a control, or ends one. Paxos would take the same control twice, so that after a lost answer it is looked for first.
func Control(paxos controls) Handler {
	return func(ctx context.Context, a *Attempt) (Result, error) {
		var change identity.ControlChange
		if err := a.Decode(&change); err != nil {
			return nil, err
		}
		if change.End != "" {
			return endControl(ctx, paxos, a.PaxosID, change)
		}
		ask := change.Ask(a.PaxosID)
		if a.Move.LostSince != nil {
			all, err := paxos.Controls(ctx, a.PaxosID, false)
			if err != nil {
				return nil, Harmless(err)
			}
			if c, found := ask.Found(all, *a.Move.LostSince); found {
				return Result{identity.ControlResult: c.ID}, nil
			}
		}
		c, err := paxos.SetControl(ctx, ask)
		return Result{identity.ControlResult: c.ID}, err
	}
}

// endControl ends a control. One that Paxos does not know is looked for among those in force, since the call names the control alone: it
// is over, by an earlier attempt or by somebody else, or the identity itself is unknown.
func endControl(ctx context.Context, paxos controls, paxosID string, change identity.ControlChange) (Result, error) {
	result := Result{identity.ControlResult: change.End}
	err := paxos.RemoveControl(ctx, change.End, change.Reason)
	if fault.KindOf(err) != fault.NotFound {
		return result, err
	}
	all, lookErr := paxos.Controls(ctx, paxosID, false)
	if lookErr != nil {
		return nil, Harmless(lookErr)
	}
	if slices.ContainsFunc(all, func(c identity.ControlRecord) bool { return c.ID == change.End && c.DeletedAt.IsZero() }) {
		return nil, err
	}
	return result, nil
}
