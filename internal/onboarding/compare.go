package onboarding

import (
	"context"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Duplicate is a submission that failed since Paxos holds the person, or may. Existing is nil where it is not known who that is.
type Duplicate struct {
	Failed
	Comparison identity.Comparison // the actor's
}

// Compared are a draft and what Paxos holds of what may be the same person, side by side, for whoever asked and for a short while.
type Compared struct {
	Duplicate
	Fields []identity.ComparedField
	Until  time.Time // when they must be gone
}

// triesRead is how many of somebody's reveals of one case are looked at: more than anybody makes while they may decide.
const triesRead = 1000

// DuplicateOf gives a submission that failed since Paxos holds the person, with the existing identity: the one that Paxos named, else one
// whose government id has the same keyed hash. Conflict where there is nothing to decide.
func (d *Desk) DuplicateOf(ctx context.Context, a access.Actor, id string) (Duplicate, error) {
	f, err := d.FailedOf(ctx, a, id)
	if err != nil {
		return Duplicate{Failed: f}, err
	}
	return d.duplicateOf(ctx, a, f)
}

func (d *Desk) duplicateOf(ctx context.Context, a access.Actor, f Failed) (o Duplicate, err error) {
	o.Failed = f
	if !f.Identity.Duplicates() || !f.Identity.Mends() {
		return o, fault.New(fault.Conflict, "This submission did not fail for a person whom Paxos holds already, so there is nothing to compare or decide. "+
			"Put it right and resubmit it, or ask a lead to withdraw it.")
	}
	if o.Existing, err = d.existingOf(ctx, f.Identity, f.Existing); err != nil {
		return o, err
	}
	o.Comparison, err = d.comparison(ctx, a, f.Identity, o.Existing)
	return o, err
}

// existingOf is the identity that a duplicate is one of: the one that Paxos has named, else one with the same government id; nil for none.
func (d *Desk) existingOf(ctx context.Context, i identity.Identity, named *identity.Identity) (*identity.Identity, error) {
	if named != nil && named.PaxosID != "" {
		return named, nil
	}
	same, err := d.o.Store.SameCIP(ctx, i.ID)
	if err != nil || len(same) == 0 {
		return nil, err
	}
	return &same[0], nil
}

// comparison is what an actor's decision on a duplicate would rest on, by their reveals of it.
func (d *Desk) comparison(ctx context.Context, a access.Actor, i identity.Identity, existing *identity.Identity) (c identity.Comparison, err error) {
	if existing == nil {
		return identity.Comparison{Basis: identity.BasisUnknown}, nil
	}
	tries, err := d.o.Store.AuditEntries(ctx, audit.Filter{
		IdentityID: i.ID, ActorID: a.UserID, Action: audit.Revealed, From: d.o.Now().Add(-identity.DecideWithin), Limit: triesRead,
	})
	proof := identity.ComparisonProof(i.Attempts, existing.ID)
	for _, e := range tries { // newest first
		switch {
		case !strings.HasSuffix(e.Detail, proof):
		case WasShown(e):
			return identity.Comparison{Basis: identity.BasisCompared, At: e.At}, err
		case c.Basis == identity.NoBasis:
			c = identity.Comparison{Basis: identity.BasisUnread, At: e.At}
		}
	}
	return c, err
}

// CompareDuplicate shows a draft beside what Paxos holds of the existing identity, read live. It is a reveal of both, under the rules of
// [Desk.Reveal]: each is in the audit log, with the reason, before the answer goes out.
func (d *Desk) CompareDuplicate(ctx context.Context, a access.Actor, id string, ask identity.RevealAsk) (Compared, error) {
	if err := permit(a, access.Reveal); err != nil {
		return Compared{}, err
	}
	o, err := d.DuplicateOf(ctx, a, id)
	if o, err = knownExisting(o, err); err != nil {
		return Compared{}, err
	}
	e, err := d.wholeReveal(ctx, a, o.Existing.ID, ask)
	if err != nil {
		return Compared{}, err
	}
	own, proof := e, identity.ComparisonProof(o.Identity.Attempts, o.Existing.ID)
	own.IdentityID = o.Identity.ID
	ours, theirs, err := d.bothRecords(ctx, o)
	if err != nil {
		return Compared{}, d.uncompared(ctx, own, e, proof, err)
	}
	own.Detail, e.Detail = shownDraft+proof, shownLive
	if err := d.recordReveal(ctx, own, e); err != nil {
		return Compared{}, err
	}
	now := d.o.Now()
	o.Comparison = identity.Comparison{Basis: identity.BasisCompared, At: now}
	return Compared{Duplicate: o, Fields: identity.Compare(ours, theirs), Until: now.Add(ShownFor)}, nil
}

func knownExisting(o Duplicate, err error) (Duplicate, error) {
	if err == nil && o.Existing == nil {
		err = fault.New(fault.Conflict, "The desk does not know which identity at Paxos is in the way. Look it up at Paxos, or put the number right and resubmit.")
	}
	return o, err
}

func (d *Desk) bothRecords(ctx context.Context, o Duplicate) (ours, theirs identity.PersonalData, err error) {
	draft, err := d.draftOf(ctx, o.Identity)
	if err != nil {
		return nil, nil, err
	}
	if ours, err = draft.PersonalData(); err != nil {
		return nil, nil, err
	}
	theirs, _, err = d.personalData(ctx, *o.Existing)
	return ours, theirs, err
}

// uncompared records that neither record was shown, and gives why. Where one cannot be read, the proof lets the person decide all the same.
func (d *Desk) uncompared(ctx context.Context, own, theirs audit.Entry, proof string, why error) error {
	f := fault.From(why)
	own.Detail = notShown + codeOf(f)
	if excuses(ctx, f) {
		own.Detail += proof
	}
	if err := d.o.Store.Record(context.WithoutCancel(ctx), own); err != nil {
		return err
	}
	return d.unrevealed(ctx, theirs, why)
}

// excuses reports whether a comparison came to nothing for a reason that cannot just be waited for: the end of a pause of Paxos' is known, a
// defect is ours to mend, and whoever went away did not wait for the answer.
func excuses(ctx context.Context, f *fault.Error) bool {
	return f.RetryAt.IsZero() && !f.Throttles() && f.Kind != fault.Internal && ctx.Err() == nil
}
