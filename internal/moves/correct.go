package moves

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// corrector is what a correction needs of Paxos.
type corrector interface {
	Held(ctx context.Context, paxosID string) (identity.Draft, identity.Status, error)
	HeldRefresh(ctx context.Context, paxosID string) (identity.RefreshHeld, error)
	Update(ctx context.Context, paxosID string, what identity.Correction) (identity.News, error)
}

// listener tells what Paxos' events have said of the KYC refreshes of a case.
type listener interface {
	RefreshTold(ctx context.Context, id string) (identity.RefreshTold, error)
}

// Correct sends changed fields, a KYC refresh, or both. What Paxos holds is read first, where somebody has looked at it for the form: a
// record that is not what they saw, details or status, is left alone. The call itself is not repeated where an earlier one has worked, since it can
// start a new verification and completes a refresh anew: after a lost answer the record, or an event, tells. A refresh of which neither
// tells is sent again.
func Correct(paxos corrector, heard listener) Handler {
	return func(ctx context.Context, a *Attempt) (Result, error) {
		var ask identity.CorrectionAsk
		if err := a.Decode(&ask); err != nil {
			return nil, err
		}
		what, err := missing(ctx, paxos, a, ask)
		if err != nil || what.Empty() {
			return nil, err
		}
		if what.OnlyRefresh() && a.Move.LostSince != nil {
			told, err := refreshTold(ctx, paxos, heard, a, what.RefreshedAt)
			if err != nil || told {
				return nil, err
			}
		}
		_, err = paxos.Update(ctx, a.PaxosID, what)
		return nil, err
	}
}

// missing is what Paxos' record lacks of what is to be sent. Whether it lacks a refresh it does not tell.
func missing(ctx context.Context, paxos corrector, a *Attempt, ask identity.CorrectionAsk) (identity.Correction, error) {
	if ask.Base == nil {
		return ask.Send, nil
	}
	now, status, err := paxos.Held(ctx, a.PaxosID)
	if err != nil {
		return identity.Correction{}, Harmless(err)
	}
	lost := a.Move.LostSince != nil
	switch {
	case lost && ask.Send.Holds(now): // it has come
		return identity.Correction{RefreshedAt: ask.Send.RefreshedAt}, nil
	case !identity.Correct(*ask.Base, now).Empty() || ask.Outdated(status, lost):
		return identity.Correction{}, changed(lost)
	}
	return ask.Send, nil
}

// refreshTold reports whether an attempt whose answer was lost has told Paxos of a refresh, by what its events or its record say.
func refreshTold(ctx context.Context, paxos corrector, heard listener, a *Attempt, done time.Time) (bool, error) {
	event, err := heard.RefreshTold(ctx, a.Move.IdentityID)
	if err != nil {
		return false, Harmless(err)
	}
	if event.Shows(done, *a.Move.LostSince) {
		return true, nil
	}
	held, err := paxos.HeldRefresh(ctx, a.PaxosID)
	if err != nil {
		return false, Harmless(err)
	}
	return held.Shows(done, *a.Move.LostSince), nil
}

// changed is the fault of a record that is not what somebody saw.
func changed(lost bool) error {
	code := identity.ChangedAtPaxos
	if lost {
		code = identity.ChangedAfter
	}
	return &fault.Error{Kind: fault.Conflict, Code: code}
}
