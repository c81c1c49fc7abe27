package onboarding

import (
	"context"
	"net/url"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Failed is a failed submission as the page shows it on which it is sent again. It holds nothing personal but Paxos' words, for those who
// may see names.
type Failed struct {
	Identity identity.Identity
	Failure  identity.Failure
	Unread   identity.Unread    // why all but the code of Failure cannot be read
	Existing *identity.Identity // what it clashed with, where the desk holds it
	Free     bool               // the actor may open the details without a reason
	MayOpen  bool               // and may open them at all
}

// Opened are the details of a failed submission, for whoever asked and for a short while.
type Opened struct {
	Failed
	Draft identity.Draft
	Until time.Time // when they must be gone
}

// FailedOf gives a failed submission to whoever may send it again. Conflict where it has not failed, and while the account is on its way
// that joins it to another case. It is logged as [Desk.Open] is.
func (d *Desk) FailedOf(ctx context.Context, a access.Actor, id string) (Failed, error) {
	if err := permit(a, access.Submit); err != nil {
		return Failed{}, err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return Failed{}, err
	}
	if err := d.refuseLinking(ctx, i.ID); err != nil {
		return Failed{}, err
	}
	f, err := d.failed(ctx, a, i)
	if err != nil {
		return Failed{}, err
	}
	return f, d.o.Store.RecordOnce(ctx, entry(a, audit.OpenedCase, i.ID), openedOnce)
}

func (d *Desk) failed(ctx context.Context, a access.Actor, i identity.Identity) (Failed, error) {
	if i.Submission != identity.Failed {
		return Failed{}, fault.New(fault.Conflict, "This submission has not failed, or somebody has dealt with it meanwhile. Look at how the case stands.")
	}
	c := Case{Row: Row{Identity: i}}
	if err := d.addPersonal(ctx, a, &c); err != nil {
		return Failed{}, err
	}
	if err := d.addExisting(ctx, &c); err != nil {
		return Failed{}, err
	}
	return Failed{
		Identity: i, Failure: c.Failure, Unread: c.FailureUnread, Existing: c.Existing,
		Free: i.OpensOwnDraft(a.UserID, d.o.Now()), MayOpen: i.Mends() && a.Can(access.Reveal),
	}, nil
}

// OpenDraft gives the details of a failed submission, to be mended. Its author needs no reason for [identity.OwnDraft] after submitting; for
// everybody else, and later, it is a reveal of everything, under the same rules. It is in the audit log before the answer goes out.
func (d *Desk) OpenDraft(ctx context.Context, a access.Actor, id string, ask identity.RevealAsk) (Opened, error) {
	if err := permit(a, access.Reveal); err != nil {
		return Opened{}, err
	}
	f, err := d.FailedOf(ctx, a, id)
	if err != nil {
		return Opened{}, err
	}
	if !f.Identity.Mends() {
		return Opened{}, notMended()
	}
	o := Opened{Failed: f, Until: d.o.Now().Add(identity.DraftShownFor)}
	if f.Free {
		if o.Draft, err = d.draftOf(ctx, f.Identity); err != nil {
			return Opened{}, err
		}
		return o, d.o.Store.Record(ctx, entry(a, audit.OpenedDraft, f.Identity.ID))
	}
	e, err := d.wholeReveal(ctx, a, f.Identity.ID, ask)
	if err != nil {
		return Opened{}, err
	}
	if o.Draft, err = d.draftOf(ctx, f.Identity); err != nil {
		return Opened{}, d.unrevealed(ctx, e, err)
	}
	e.Detail = shownDraft
	return o, d.recordReveal(ctx, e)
}

func notMended() error {
	return fault.New(fault.Conflict, "The details of an institution are not put right here: ask a lead to withdraw this submission, and enter it again.")
}

// wholeReveal is the entry of a reveal of everything, once its reason and the quota were found good.
func (d *Desk) wholeReveal(ctx context.Context, a access.Actor, id string, ask identity.RevealAsk) (audit.Entry, error) {
	ask.Group, ask.Reason = identity.GroupWhole, strings.TrimSpace(ask.Reason)
	if wrong := ask.CheckReason(); len(wrong) > 0 {
		return audit.Entry{}, fault.Fields("Nothing was shown.", wrong)
	}
	return d.revealEntry(ctx, a, id, ask)
}

// draftOf opens the draft of a submission.
func (d *Desk) draftOf(ctx context.Context, i identity.Identity) (identity.Draft, error) {
	draft, found, err := d.o.Store.Draft(ctx, i.ID)
	why, err := unread(err)
	switch {
	case err != nil:
		return draft, err
	case why != "":
		return draft, &fault.Error{
			Kind: fault.Conflict, Code: string(why), Text: "There is nothing to show: the stored details cannot be read, for " + why.Why() + ".",
		}
	case !found:
		return draft, &fault.Error{Kind: fault.Conflict, Code: "nothing kept", Text: "There is nothing to show: the details are erased here."}
	}
	return draft, nil
}

// Mending is how somebody wants a failed submission to be sent again: as it is, with another ref_id alone, or with everything as typed.
type Mending struct {
	Typed    url.Values // the whole form; nil where only RefID, or nothing, is given
	RefID    string     // another ref_id; empty keeps it
	Attempts int        // see [identity.Mend]
}

// Resubmit sends a failed submission again, mended or as it was. Invalid with Fields where the details break a rule, or the desk holds the
// new ref_id, with an [identity.Held] as its cause; Conflict unless it has failed, which says who was first.
func (d *Desk) Resubmit(ctx context.Context, a access.Actor, id string, m Mending) (identity.Identity, error) {
	if err := permit(a, access.Submit); err != nil {
		return identity.Identity{}, err
	}
	mend := identity.Mend{Attempts: m.Attempts}
	if m.Typed == nil {
		mend.RefID = strings.TrimSpace(m.RefID)
	}
	if m.Typed != nil || m.RefID != "" {
		draft, err := d.mended(ctx, id, m)
		if err != nil {
			return identity.Identity{}, err
		}
		mend.Draft = draft
	}
	i, err := d.o.Store.Resubmit(ctx, id, mend, mendedEntry(a, id, mend))
	return i, heldByForm(err)
}

// mendedEntry says of what was sent again no more than whether it was mended.
func mendedEntry(a access.Actor, id string, m identity.Mend) audit.Entry {
	e := entry(a, audit.Resubmitted, id)
	if m.Draft != nil {
		e.Detail = "with mended details"
	}
	return e
}

// mended is the draft to send; nil where the submission has not failed any more, for the store to say who was first.
func (d *Desk) mended(ctx context.Context, id string, m Mending) (*identity.Draft, error) {
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return nil, err
	}
	if i.Submission == identity.Failed && !i.Mends() {
		return nil, notMended()
	}
	var draft identity.Draft
	if m.Typed != nil {
		draft = identity.ParseDraft(m.Typed)
	} else {
		if i.Submission != identity.Failed {
			return nil, nil
		}
		if draft, err = d.draftOf(ctx, i); err != nil {
			return nil, err
		}
		draft.RefID = strings.TrimSpace(m.RefID)
	}
	if i.Submission != identity.Failed {
		return &draft, nil
	}
	if wrong := i.CheckMended(draft, d.o.Now()); len(wrong) > 0 {
		return nil, fault.Fields("Some fields need another look before this can be sent to Paxos.", wrong)
	}
	return &draft, nil
}
