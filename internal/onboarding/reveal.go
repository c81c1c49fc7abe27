package onboarding

import (
	"context"
	"fmt"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// ShownFor is how long revealed data stays on a page.
const ShownFor = 5 * time.Minute

// revealWithin bounds how long Paxos may take to answer: a person waits.
const revealWithin = 25 * time.Second

// What an entry of the audit log says of a reveal. Its first word tells whether the data went out.
const (
	shownLive  = "shown live from Paxos"
	shownDraft = "shown from our draft"
	notShown   = "not shown: "
	overQuota  = notShown + "over the limit"
)

// details reads live from Paxos what the desk does not keep.
type details interface {
	PersonalData(ctx context.Context, paxosID string) (identity.PersonalData, error)
	Held(ctx context.Context, paxosID string) (identity.Draft, identity.Status, error)
	Accounts(ctx context.Context, paxosID string) ([]identity.Account, error)
}

// reveals is what a reveal needs of the store.
type reveals interface {
	RevealAgain(ctx context.Context, userID string) (time.Time, identity.RevealQuota, error)
	RecordReveal(ctx context.Context, refused func(audit.Entry) audit.Entry, entries ...audit.Entry) (time.Time, identity.RevealQuota, error)
	RevealCounts(ctx context.Context) ([]identity.RevealCount, error)
	Application(ctx context.Context, id string) (identity.Application, bool, error)
	Draft(ctx context.Context, id string) (identity.Draft, bool, error)
}

// Revealed is one group of a person's fields, for whoever asked and for a short while.
type Revealed struct {
	IdentityID string // our id of the case
	Group      identity.Group
	Fields     []identity.PersonalField // none where nothing of the group is known
	FromDraft  bool                     // of what we want to send; else live from Paxos
	Until      time.Time                // when it must be gone
}

// RevealSource says where the data of a case would be read from.
type RevealSource string

// The sources. RevealNowhere is a case that Paxos never took and whose draft is erased.
const (
	RevealPaxos   RevealSource = "paxos"
	RevealDraft   RevealSource = "draft"
	RevealNowhere RevealSource = ""
)

func revealSource(i identity.Identity) RevealSource {
	switch {
	case i.ErasedAt != nil: // what was erased here is not fetched again
		return RevealNowhere
	case i.PaxosID != "":
		return RevealPaxos
	case i.Submission.Waiting(), i.Submission == identity.Failed:
		return RevealDraft
	}
	return RevealNowhere
}

// Reveal shows one group of a person's data, live from Paxos; of a submission that Paxos has not taken, from our draft. Nothing of it
// is kept. Every try is in the audit log before its outcome goes out, with the reason, and with whether anything was shown. A reason
// that is missing is Invalid with Fields; more than the quota allows is Throttled, with RetryAt; what Paxos holds up, Unavailable.
func (d *Desk) Reveal(ctx context.Context, a access.Actor, id string, ask identity.RevealAsk) (Revealed, error) {
	if err := permit(a, access.Reveal); err != nil {
		return Revealed{}, err
	}
	ask.Reason = strings.TrimSpace(ask.Reason)
	if wrong := ask.Check(); len(wrong) > 0 {
		return Revealed{}, fault.Fields("Nothing was shown.", wrong)
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return Revealed{}, err
	}
	e, err := d.revealEntry(ctx, a, i.ID, ask)
	if err != nil {
		return Revealed{}, err
	}
	data, how, err := d.personalData(ctx, i)
	if err != nil {
		return Revealed{}, d.unrevealed(ctx, e, err)
	}
	e.Detail = how
	if err := d.recordReveal(ctx, e); err != nil {
		return Revealed{}, err
	}
	return Revealed{
		IdentityID: i.ID, Group: ask.Group, Fields: data.Of(ask.Group), FromDraft: how == shownDraft, Until: d.o.Now().Add(ShownFor),
	}, nil
}

// revealEntry is the entry of a reveal that is asked for, once the quota was found good.
func (d *Desk) revealEntry(ctx context.Context, a access.Actor, id string, ask identity.RevealAsk) (audit.Entry, error) {
	e := entry(a, audit.Revealed, id)
	e.Object, e.ReasonCode, e.Reason = string(ask.Group), ask.ReasonCode, ask.Reason
	again, quota, err := d.o.Store.RevealAgain(ctx, a.UserID)
	if err == nil && !again.IsZero() {
		err = d.unrevealed(ctx, e, tooOften(again, quota))
	}
	return e, err
}

// recordReveal writes the entries of what is about to be shown; Throttled where the quota has no room for all of it, such as after a
// second page has used it up meanwhile.
func (d *Desk) recordReveal(ctx context.Context, entries ...audit.Entry) error {
	again, quota, err := d.o.Store.RecordReveal(ctx, func(e audit.Entry) audit.Entry {
		e.Detail = overQuota
		return e
	}, entries...)
	if err == nil && !again.IsZero() {
		err = tooOften(again, quota)
	}
	return err
}

// unrevealed records that nothing was shown, and gives why. Somebody who does not wait for the answer has tried all the same.
func (d *Desk) unrevealed(ctx context.Context, e audit.Entry, why error) error {
	f := fault.From(why)
	e.Detail = notShown + codeOf(f)
	if err := d.o.Store.Record(context.WithoutCancel(ctx), e); err != nil {
		return err
	}
	return why
}

// codeOf is a fault in one or two words of ours.
func codeOf(f *fault.Error) string {
	if f.Code != "" {
		return f.Code
	}
	return string(f.Kind)
}

func tooOften(again time.Time, q identity.RevealQuota) error {
	span := "24 hours"
	if q.Within < time.Hour {
		span = fmt.Sprintf("%d minutes", q.Within/time.Minute)
	}
	return &fault.Error{
		Kind: fault.Throttled, Code: "over the limit", RetryAt: again,
		Text: fmt.Sprintf("Nothing was shown: one person may reveal %d times in %s. Wait, or ask a colleague.", q.Most, span),
	}
}

// personalData reads everything that is known of a person, and says from where.
func (d *Desk) personalData(ctx context.Context, i identity.Identity) (identity.PersonalData, string, error) {
	switch revealSource(i) {
	case RevealPaxos:
		ctx, cancel := context.WithTimeout(ctx, revealWithin)
		defer cancel()
		data, err := d.o.Details.PersonalData(ctx, i.PaxosID)
		return data, shownLive, unanswered(err)
	case RevealDraft:
		application, found, err := d.o.Store.Application(ctx, i.ID)
		if why, err := unread(err); err != nil {
			return nil, "", err
		} else if why != "" {
			return nil, "", &fault.Error{
				Kind: fault.Conflict, Code: string(why), Text: "There is nothing to show: the stored details cannot be read, for " + why.Why() + ".",
			}
		}
		if found {
			data, err := application.PersonalData()
			return data, shownDraft, err
		}
	}
	if i.ErasedAt != nil {
		return nil, "", &fault.Error{Kind: fault.Conflict, Code: "erased", Text: "There is nothing to show: this case was erased."}
	}
	return nil, "", &fault.Error{
		Kind: fault.Conflict, Code: "nothing kept",
		Text: "There is nothing to show: Paxos never took this submission, and its details are erased here.",
	}
}

// unanswered says for a person why Paxos gave no data. What Paxos refuses the desk is no fault of theirs.
func unanswered(err error) error {
	if err == nil {
		return nil
	}
	f := *fault.From(err)
	switch {
	case f.Kind == fault.Internal:
		return err
	case f.Throttles():
		f.Kind, f.Text = fault.Unavailable, "Nothing was shown: Paxos throttles the desk."
	case f.Kind == fault.NotFound:
		f.Kind, f.Text = fault.Conflict, "Nothing was shown: Paxos does not know this identity any more. Re-check the case."
	case f.Kind == fault.Forbidden:
		f.Kind, f.Text = fault.Unavailable, "Nothing was shown: Paxos does not let the desk read this identity. "+
			"Settings shows the scopes that it was granted."
	default:
		f.Kind, f.Text = fault.Unavailable, "Nothing was shown: Paxos did not answer. Try again in a moment."
	}
	return &f
}

// WasShown reports whether an entry of the report is one of data that went out.
func WasShown(e audit.Entry) bool {
	return e.Detail == shownLive || identity.WithoutProof(e.Detail) == shownDraft
}
