package onboarding

import (
	"context"
	"strings"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// proposals is what four eyes need of the cache.
type proposals interface {
	Propose(ctx context.Context, p proposal.Proposal, e audit.Entry) (proposal.Proposal, error)
	Decide(ctx context.Context, id string, a proposal.Answer, e audit.Entry) (proposal.Proposal, error)
	Proposal(ctx context.Context, id string) (proposal.Proposal, error)
	Proposals(ctx context.Context, f proposal.Filter) (proposal.Page, error)
	WaitingProposals(ctx context.Context, userID string) (int64, error)
}

// Proposals gives a page of proposals, the open ones first. Those of [proposal.ShowMine] are the actor's.
func (d *Desk) Proposals(ctx context.Context, a access.Actor, f proposal.Filter) (proposal.Page, error) {
	if err := permit(a, access.ReadProposals); err != nil {
		return proposal.Page{}, err
	}
	f.MakerID = a.UserID
	return d.o.Store.Proposals(ctx, f)
}

// WaitingProposals is how many proposals wait for the actor; zero for whoever may not decide.
func (d *Desk) WaitingProposals(ctx context.Context, a access.Actor) (int64, error) {
	if !a.Can(access.Approve) {
		return 0, nil
	}
	return d.o.Store.WaitingProposals(ctx, a.UserID)
}

// OpenedProposal is a proposal as its own page shows it: what it would change, on what it rests, and what the actor may do.
type OpenedProposal struct {
	proposal.Proposal
	Case    Row
	History []identity.Entry // of the case, oldest first
	Hold    *identity.Hold   // on the case; nil where there is none
	People  map[string]access.User

	Own         bool // the actor made it
	CanDecide   bool
	CanTakeBack bool
}

// OpenProposal gives a proposal and its case, and logs that the actor saw the case.
func (d *Desk) OpenProposal(ctx context.Context, a access.Actor, id string) (o OpenedProposal, err error) {
	if err := permit(a, access.ReadProposals); err != nil {
		return o, err
	}
	if o.Proposal, err = d.o.Store.Proposal(ctx, id); err != nil {
		return o, err
	}
	i, err := d.o.Store.Identity(ctx, o.IdentityID)
	if err != nil {
		return o, err
	}
	f, err := d.frame(ctx)
	if err != nil {
		return o, err
	}
	o.Case, o.People = d.row(f, i, nil), f.people
	if o.History, err = d.o.Store.History(ctx, i.ID); err != nil {
		return o, err
	}
	if o.Hold, err = d.o.Store.HoldOf(ctx, i.ID); err != nil {
		return o, err
	}
	if o.Hold != nil && !a.Can(access.ReadNames) {
		o.Hold.Reason, o.Hold.Unread = "", ""
	}
	open := o.State == proposal.Open && !o.Due(f.now)
	o.Own = o.MakerID == a.UserID
	o.CanDecide = open && !o.Own && a.Can(access.Approve)
	o.CanTakeBack = open && o.Own && a.Can(access.Propose)
	return o, d.o.Store.RecordOnce(ctx, entry(a, audit.OpenedCase, i.ID), openedOnce)
}

// Wish is what somebody who proposes something gives: why, and that they have checked what the kind asks.
type Wish struct {
	ReasonCode string
	Reason     string
	Confirmed  bool
}

// check says what is wrong with a wish by field; empty where nothing is.
func (w Wish) check(k proposal.Kind) map[string]string {
	wrong := map[string]string{}
	if !k.HasReason(w.ReasonCode) {
		wrong["reason_code"] = identity.ChooseWhy(k.ReasonCodes())
	}
	if text := identity.CheckText(w.Reason, identity.MaxReason); text != "" {
		wrong["reason"] = text
	}
	if k.Confirm() != "" && !w.Confirmed {
		wrong["confirmed"] = "Confirm that you have checked it."
	}
	return wrong
}

// propose makes a proposal about a case as it is now.
func (d *Desk) propose(ctx context.Context, a access.Actor, k proposal.Kind, id string, w Wish, change func(identity.Identity) proposal.Change) (proposal.Proposal, error) {
	if err := permit(a, access.Propose); err != nil {
		return proposal.Proposal{}, err
	}
	w.Reason = strings.TrimSpace(w.Reason)
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return proposal.Proposal{}, err
	}
	if wrong := w.check(k); len(wrong) > 0 {
		return proposal.Proposal{}, fault.Fields("Nothing was proposed.", wrong)
	}
	return d.proposeTo(ctx, a, k, i, proposal.Proposal{ReasonCode: w.ReasonCode, Reason: w.Reason, Change: change(i)})
}

// proposeTo makes a proposal that was checked: what is wanted and why, about a case as it is now.
func (d *Desk) proposeTo(ctx context.Context, a access.Actor, k proposal.Kind, i identity.Identity, want proposal.Proposal) (proposal.Proposal, error) {
	policy := proposal.Policy{Term: d.Policy().ProposalTerm, Confirm: k.Confirm()}
	p := proposal.New(k, policy, i.FactLines(), d.o.Now())
	p.IdentityID, p.MakerID, p.MakerName = i.ID, a.UserID, a.Name
	p.ReasonCode, p.Reason, p.Change, p.Payload = want.ReasonCode, want.Reason, want.Change, want.Payload
	e := entry(a, audit.Proposed, i.ID)
	e.Detail, e.ReasonCode, e.Reason = string(k), p.ReasonCode, p.Reason
	return d.o.Store.Propose(ctx, p, e)
}

// Decision is what somebody gives who decides on a proposal.
type Decision struct {
	Verb      proposal.Verb
	Text      string // why; demanded of who declines
	Confirmed bool   // that they have checked what the kind asks; demanded of who approves
}

// Decide approves, declines or takes back a proposal. Invalid with fields "reason" and "confirmed"; Forbidden for its maker, who can
// only take it back, and for everybody else who wants to; Conflict where it has ended or the case has changed.
func (d *Desk) Decide(ctx context.Context, a access.Actor, id string, n Decision) (proposal.Proposal, error) {
	needed := access.Approve
	if n.Verb == proposal.Withdraw {
		needed = access.Propose
	}
	if err := permit(a, needed); err != nil {
		return proposal.Proposal{}, err
	}
	p, err := d.o.Store.Proposal(ctx, id)
	if err != nil {
		return p, err
	}
	n.Text = strings.TrimSpace(n.Text)
	if wrong := n.check(p, a); len(wrong) > 0 {
		return p, fault.Fields("Nothing was decided.", wrong)
	}
	e := entry(a, decided(n.Verb), p.IdentityID)
	e.Detail, e.Reason = string(p.Kind), n.Text
	e.Before, e.After = string(proposal.Open), string(n.Verb.Becomes())
	return d.o.Store.Decide(ctx, id, proposal.Answer{
		Verb: n.Verb, By: proposal.Person{ID: a.UserID, MayApprove: a.Can(access.Approve)}, Name: a.Name, Text: n.Text,
	}, e)
}

// check says what is wrong by field. Whoever may not decide at all is not asked for more.
func (n Decision) check(p proposal.Proposal, a access.Actor) map[string]string {
	wrong := map[string]string{}
	if n.Verb != proposal.Withdraw && p.MakerID == a.UserID || p.State != proposal.Open {
		return wrong
	}
	long := identity.CheckText(n.Text, identity.MaxReason)
	switch {
	case n.Verb == proposal.Decline && long != "", n.Text != "" && long != "":
		wrong["reason"] = long
	case n.Verb == proposal.Approve && p.Policy.Confirm != "" && !n.Confirmed:
		wrong["confirmed"] = "Confirm that you have checked it."
	}
	return wrong
}

func decided(v proposal.Verb) audit.Action {
	switch v {
	case proposal.Approve:
		return audit.Approved
	case proposal.Decline:
		return audit.Declined
	default:
		return audit.TookBack
	}
}
