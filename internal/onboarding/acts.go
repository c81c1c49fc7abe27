package onboarding

import (
	"context"
	"errors"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Submit takes a draft in; the outbox sends it. A draft that breaks rules is Invalid with Fields; so is one whose ref_id the
// desk holds already, with an [identity.Held] as its cause: for who fills in the form it is one more field to mend.
func (d *Desk) Submit(ctx context.Context, a access.Actor, draft identity.Draft) (identity.Identity, error) {
	if err := permit(a, access.Submit); err != nil {
		return identity.Identity{}, err
	}
	if wrong := draft.Check(d.o.Now()); len(wrong) > 0 {
		return identity.Identity{}, fault.Fields("Some fields need another look before this can be sent to Paxos.", wrong)
	}
	i, err := d.o.Store.Submit(ctx, draft, entry(a, audit.Submitted, ""))
	return i, heldByForm(err)
}

// heldByForm makes a ref_id that the desk holds one more field to mend.
func heldByForm(err error) error {
	if _, held := errors.AsType[*identity.Held](err); !held {
		return err
	}
	refused := *fault.From(err)
	refused.Kind = fault.Invalid
	return &refused
}

// Recheck asks Paxos again how an identity stands, ahead of background work. Throttled, with RetryAt, within the cool-down;
// Conflict while Paxos has not accepted the identity, since there is nothing to ask for.
func (d *Desk) Recheck(ctx context.Context, a access.Actor, id string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return err
	}
	if err := atPaxos(i); err != nil {
		return err
	}
	return d.o.Store.RequestRecheck(ctx, id, entry(a, audit.AskedRecheck, id))
}

// atPaxos refuses what can only be asked of Paxos, where it does not hold a case.
func atPaxos(i identity.Identity) error {
	if why := i.NotAtPaxos(); why != "" {
		return fault.New(fault.Conflict, why)
	}
	return nil
}

// Withdraw gives a failed submission up and erases its draft. Conflict unless it has failed.
func (d *Desk) Withdraw(ctx context.Context, a access.Actor, id string) (identity.Identity, error) {
	if err := permit(a, access.Withdraw); err != nil {
		return identity.Identity{}, err
	}
	return d.o.Store.Withdraw(ctx, id, entry(a, audit.Withdrew, id))
}
