package moves

import (
	"context"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// corrector is what a correction needs of Paxos.
type corrector interface {
	Held(ctx context.Context, paxosID string) (identity.Draft, identity.Status, error)
	Update(ctx context.Context, paxosID string, what identity.Correction) (identity.News, error)
}

// Correct sends changed fields, a KYC refresh, or both. What Paxos holds is read first, where somebody has looked at it for the form: a
// record that is not what they saw, details or status, is left alone. The call itself is not repeated where an earlier one has worked, since it can
// start a new verification; that a refresh was done may be said twice.
func Correct(paxos corrector) Handler {
	return func(ctx context.Context, a *Attempt) (Result, error) {
		var ask identity.CorrectionAsk
		if err := a.Decode(&ask); err != nil {
			return nil, err
		}
		what := ask.Send
		if ask.Base != nil {
			now, status, err := paxos.Held(ctx, a.PaxosID)
			if err != nil {
				return nil, Harmless(err)
			}
			lost := a.Move.LostSince != nil
			switch {
			case lost && what.Holds(now): // it has come
				if what = (identity.Correction{RefreshedAt: what.RefreshedAt}); what.Empty() {
					return nil, nil
				}
			case !identity.Correct(*ask.Base, now).Empty() || ask.Outdated(status, lost):
				return nil, changed(lost)
			}
		}
		_, err := paxos.Update(ctx, a.PaxosID, what)
		return nil, err
	}
}

// changed is the fault of a record that is not what somebody saw.
func changed(lost bool) error {
	code := identity.ChangedAtPaxos
	if lost {
		code = identity.ChangedAfter
	}
	return &fault.Error{Kind: fault.Conflict, Code: code}
}
