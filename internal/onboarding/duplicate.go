package onboarding

import (
	"cmp"
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

// DeclineDuplicate declines service to somebody whom Paxos knows already and erases the draft. Conflict unless it is a duplicate that nobody
// has decided on, which says who was first, and that the actor has compared; Invalid with Fields without a reason.
func (d *Desk) DeclineDuplicate(ctx context.Context, a access.Actor, id string, attempts int, why identity.Why) error {
	if err := permit(a, access.Submit); err != nil {
		return err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return err
	}
	e, existingID := whyEntry(a, audit.DeclinedService, id, why), i.ExistingID
	if i.Submission == identity.Failed { // else the store says who was first
		o, err := d.undecided(ctx, a, i)
		if err == nil {
			err = d.decidable(ctx, o)
		}
		if err != nil {
			return err
		}
		if o.Existing != nil {
			existingID = o.Existing.ID
		}
		e.Detail = identity.DecidedDetail(existingID, o.Comparison.Basis)
	}
	if wrong := why.Check(identity.DeclineReasons()); len(wrong) > 0 {
		return fault.Fields("Nothing was decided.", wrong)
	}
	_, err = d.o.Store.DeclineDuplicate(ctx, id, existingID, lookedAt(i, attempts), e)
	return err
}

// undecided is a failed submission as whoever decides on it sees it.
func (d *Desk) undecided(ctx context.Context, a access.Actor, i identity.Identity) (Duplicate, error) {
	f, err := d.failed(ctx, a, i)
	if err != nil {
		return Duplicate{}, err
	}
	return d.duplicateOf(ctx, a, f)
}

// decidable refuses a decision that rests on nothing, or on records that could not be read and now can.
func (d *Desk) decidable(ctx context.Context, o Duplicate) error {
	switch {
	case o.Comparison.Basis == identity.BasisUnread && d.readable(ctx, o):
		return &fault.Error{
			Kind: fault.Conflict, Code: "not_compared",
			Text: "Nothing was decided: both records can be read again. Compare them first, with a reason.",
		}
	case o.Comparison.Basis != identity.NoBasis:
		return nil
	}
	if err := d.refuseLinking(ctx, o.Identity.ID); err != nil {
		return err
	}
	return &fault.Error{
		Kind: fault.Conflict, Code: "not_compared",
		Text: "Nothing was decided: compare both records first, with a reason. Whoever has compared them can decide for an hour; a token cannot compare.",
	}
}

// refuseLinking is a Conflict that says who was first, where an account is on its way that joins the submission to another case.
func (d *Desk) refuseLinking(ctx context.Context, id string) error {
	moves, err := d.o.Store.Moves(ctx, id)
	if err != nil {
		return err
	}
	m, linking := identity.Linking(moves, id)
	if !linking {
		return nil
	}
	return &fault.Error{Kind: fault.Conflict, Code: "was_first", Text: m.LinkingText(), Times: []time.Time{m.AskedAt}}
}

// readable tries both records once more, for nobody to see.
func (d *Desk) readable(ctx context.Context, o Duplicate) bool {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	_, _, err := d.bothRecords(ctx, o)
	return err == nil
}

// lookedAt is the failure that a decision is about. One that has not failed yet is none: it may fail before the decision is stored.
func lookedAt(i identity.Identity, attempts int) identity.Mend {
	if i.Submission != identity.Failed {
		return identity.Mend{Attempts: noAttempt}
	}
	return identity.Mend{Attempts: cmp.Or(attempts, i.Attempts)}
}

// noAttempt is a number that no submission has.
const noAttempt = -1

// whyEntry tells of a decision on a duplicate, and why. A ref_id has no place in the log, which outlives the case.
func whyEntry(a access.Actor, act audit.Action, id string, why identity.Why) audit.Entry {
	e := entry(a, act, id)
	e.ReasonCode, e.Reason = why.Code, strings.TrimSpace(why.Words)
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
	existing, basis, err := d.linksTo(ctx, a, i)
	if err != nil {
		return err
	}
	draft, wrong, err := d.accountDraft(ctx, a, existing, ask)
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
	said := whyEntry(a, audit.ConfirmedSame, id, why)
	said.Detail = identity.DecidedDetail(existing.ID, basis)
	_, err = d.o.Store.LinkDuplicate(ctx, id, lookedAt(i, attempts), accountMove(a, existing.ID, draft), payload, said, asked)
	return err
}

// linksTo is the existing identity of a duplicate, and what the decision rests on. Of one that is decided on neither is judged: the store
// says who was first.
func (d *Desk) linksTo(ctx context.Context, a access.Actor, i identity.Identity) (existing identity.Identity, b identity.Basis, err error) {
	switch {
	case i.Submission == identity.Failed:
		o, err := knownExisting(d.undecided(ctx, a, i))
		if err == nil {
			err = holdsAccounts(*o.Existing)
		}
		if err == nil {
			err = d.decidable(ctx, o)
		}
		if err != nil {
			return existing, b, err
		}
		return *o.Existing, o.Comparison.Basis, nil
	case i.Submission == identity.Linked && i.ExistingID != "":
		existing, err = d.o.Store.Identity(ctx, i.ExistingID)
		return existing, b, err
	}
	return identity.Identity{ID: i.ExistingID}, b, nil
}
