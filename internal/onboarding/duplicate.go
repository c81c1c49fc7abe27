package onboarding

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// duplicates is what deciding on a duplicate needs of the cache.
type duplicates interface {
	SameCIP(ctx context.Context, id string) ([]identity.Identity, error)
	DeclineDuplicate(ctx context.Context, id, existingID string, m identity.Mend, e audit.Entry) (identity.Identity, error)
	LinkDuplicate(ctx context.Context, id string, m identity.Mend, mv identity.OurMove, payload []byte, said, asked audit.Entry) (identity.OurMove, error)
}

// Compared are a draft and what Paxos holds of what may be the same person, side by side, for whoever asked and for a short while.
type Compared struct {
	Failed
	Fields []identity.ComparedField
	Until  time.Time // when they must be gone
}

// DuplicateOf gives a submission that failed since Paxos holds the person, with the existing identity: the one that Paxos named, else one
// whose government id has the same keyed hash. Existing is nil where neither is known. Conflict where there is nothing to decide.
func (d *Desk) DuplicateOf(ctx context.Context, a access.Actor, id string) (Failed, error) {
	f, err := d.FailedOf(ctx, a, id)
	if err != nil {
		return f, err
	}
	return d.duplicateOf(ctx, f)
}

func (d *Desk) duplicateOf(ctx context.Context, f Failed) (Failed, error) {
	if !f.Identity.Duplicates() || !f.Identity.Mends() {
		return f, fault.New(fault.Conflict, "This submission did not fail for a duplicate, so there is nothing to compare it with.")
	}
	existing, err := d.existingOf(ctx, f.Identity, f.Existing)
	f.Existing = existing
	return f, err
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

// CompareDuplicate shows a draft beside what Paxos holds of the existing identity, read live. It is a reveal of both, under the rules of
// [Desk.Reveal]: each is in the audit log, with the reason, before the answer goes out.
func (d *Desk) CompareDuplicate(ctx context.Context, a access.Actor, id string, ask identity.RevealAsk) (Compared, error) {
	if err := permit(a, access.Reveal); err != nil {
		return Compared{}, err
	}
	f, err := d.DuplicateOf(ctx, a, id)
	if f, err = knownExisting(f, err); err != nil {
		return Compared{}, err
	}
	e, err := d.wholeReveal(ctx, a, f.Existing.ID, ask)
	if err != nil {
		return Compared{}, err
	}
	ours, theirs, err := d.bothRecords(ctx, f)
	if err != nil {
		return Compared{}, d.unrevealed(ctx, e, err)
	}
	own := e
	own.IdentityID, own.Detail, e.Detail = f.Identity.ID, shownDraft, shownLive
	if err := d.recordReveal(ctx, own, e); err != nil {
		return Compared{}, err
	}
	return Compared{Failed: f, Fields: identity.Compare(ours, theirs), Until: d.o.Now().Add(ShownFor)}, nil
}

func knownExisting(f Failed, err error) (Failed, error) {
	if err == nil && f.Existing == nil {
		err = fault.New(fault.Conflict, "The desk does not know which identity at Paxos is in the way. Look it up at Paxos, or put the number right and resubmit.")
	}
	return f, err
}

func (d *Desk) bothRecords(ctx context.Context, f Failed) (ours, theirs identity.PersonalData, err error) {
	draft, err := d.draftOf(ctx, f.Identity)
	if err != nil {
		return nil, nil, err
	}
	if ours, err = draft.PersonalData(); err != nil {
		return nil, nil, err
	}
	theirs, _, err = d.personalData(ctx, *f.Existing)
	return ours, theirs, err
}

// DeclineDuplicate declines service to somebody whom Paxos knows already and erases the draft. Invalid with Fields without a reason;
// Conflict unless it is a duplicate that nobody has decided on, which says who was first.
func (d *Desk) DeclineDuplicate(ctx context.Context, a access.Actor, id string, attempts int, why identity.Why) error {
	if err := permit(a, access.Submit); err != nil {
		return err
	}
	if wrong := why.Check(identity.DeclineReasons()); len(wrong) > 0 {
		return fault.Fields("Nothing was decided.", wrong)
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return err
	}
	if i.Submission == identity.Failed && !i.Duplicates() {
		return fault.New(fault.Conflict, "This submission did not fail for a duplicate. Put it right and resubmit it, or ask a lead to withdraw it.")
	}
	existing := ""
	if i.Submission == identity.Failed { // else the store says who was first
		if existing, err = d.existingID(ctx, i); err != nil {
			return err
		}
	}
	_, err = d.o.Store.DeclineDuplicate(ctx, id, existing, identity.Mend{Attempts: attempts}, whyEntry(a, audit.DeclinedService, id, existing, why))
	return err
}

// existingID is our id of the identity that a duplicate is one of, empty where that is not known. Once the draft is erased nothing else leads
// to it.
func (d *Desk) existingID(ctx context.Context, i identity.Identity) (string, error) {
	if i.ExistingID != "" {
		return i.ExistingID, nil
	}
	existing, err := d.existingOf(ctx, i, nil)
	if err != nil || existing == nil {
		return "", err
	}
	return existing.ID, nil
}

// whyEntry tells of a decision on a duplicate: why, and, by our id, of which case it is one. A ref_id has no place in the log, which
// outlives the case.
func whyEntry(a access.Actor, act audit.Action, id, existingID string, why identity.Why) audit.Entry {
	e := entry(a, act, id)
	e.ReasonCode, e.Reason = why.Code, strings.TrimSpace(why.Words)
	if existingID != "" {
		e.Detail = "existing case " + existingID
	}
	return e
}

// LinkDuplicate queues an account for the existing identity, since somebody has confirmed that it is the same person; the submission is
// linked once the account is there. Invalid with Fields where the reason or the account breaks a rule; Conflict as for
// [Desk.DeclineDuplicate], and unless Paxos holds the existing identity as APPROVED.
func (d *Desk) LinkDuplicate(ctx context.Context, a access.Actor, id string, attempts int, why identity.Why, ask AccountAsk) error {
	for _, p := range []access.Permission{access.Submit, access.OpenAccounts} {
		if err := permit(a, p); err != nil {
			return err
		}
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return err
	}
	existing, err := d.linksTo(ctx, a, i)
	if err != nil {
		return err
	}
	draft, wrong, err := d.accountDraft(ctx, a, *existing, ask)
	if err != nil {
		return err
	}
	told, err := d.telling(ctx, i, draft)
	if err != nil {
		return err
	}
	maps.Copy(wrong, told)
	maps.Copy(wrong, why.Check(identity.SamePersonReasons()))
	if len(wrong) > 0 {
		return fault.Fields("Nothing was decided.", wrong)
	}
	payload, err := json.Marshal(draft)
	if err != nil {
		return errors.New("encode an account")
	}
	asked := entry(a, audit.AskedAccount, existing.ID)
	asked.Detail = "for a submission of the same person"
	_, err = d.o.Store.LinkDuplicate(ctx, id, identity.Mend{Attempts: attempts}, accountMove(a, existing.ID, draft), payload,
		whyEntry(a, audit.ConfirmedSame, id, existing.ID, why), asked)
	return err
}

// linksTo is the existing identity of a duplicate. Of one that is decided on it is not judged: the store says who was first.
func (d *Desk) linksTo(ctx context.Context, a access.Actor, i identity.Identity) (*identity.Identity, error) {
	if i.Submission == identity.Failed {
		return d.approvedExisting(ctx, a, i)
	}
	if i.Submission != identity.Linked || i.ExistingID == "" {
		return &identity.Identity{ID: i.ExistingID}, nil
	}
	existing, err := d.o.Store.Identity(ctx, i.ExistingID)
	return &existing, err
}

// approvedExisting is the existing identity that an account can be made for.
func (d *Desk) approvedExisting(ctx context.Context, a access.Actor, i identity.Identity) (*identity.Identity, error) {
	f, err := d.failed(ctx, a, i)
	if err != nil {
		return nil, err
	}
	if f, err = knownExisting(d.duplicateOf(ctx, f)); err != nil {
		return nil, err
	}
	return f.Existing, holdsAccounts(*f.Existing)
}
