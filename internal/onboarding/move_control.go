package onboarding

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// controls is what the controls of a case need of the cache.
type controls interface {
	ControlList(ctx context.Context, id string) (identity.ControlList, error)
	LookAtControls(ctx context.Context, id string) error
}

// CaseControls are the controls of a case, what they leave the customer, and what may be proposed about them.
type CaseControls struct {
	Active, Past []identity.ToldControl // past: the last ended first
	Known        bool                   // which are in force
	KnownAt      time.Time              // as of when that is known
	ListedAt     time.Time              // as of when Paxos' list is known, which tells those that have ended and why; zero for never
	Asking       bool                   // Paxos is being asked for its list
	Able         identity.Able          // what the customer can do now
	Proposed     *proposal.Proposal     // waits for a second person; nil for none, and for whoever may not read proposals
	Propose      bool                   // the actor may propose a change
}

// controlsOf are the controls of a case whose row, history, moves and proposals are there.
func controlsOf(a access.Actor, c Case, list identity.ControlList) CaseControls {
	i, ours := c.Identity, ours(c.Moves)
	k := CaseControls{KnownAt: i.ControlsKnownAt(), ListedAt: list.AsOf, Able: i.Able(), Proposed: openOf(proposal.Control, c.Proposals)}
	_, k.Known = i.Details.InForce()
	k.Active, k.Past = i.ToldControls(c.History, ours, list)
	onItsWay := slices.ContainsFunc(ours, func(m identity.OurMove) bool { return m.Kind == identity.MoveControl && m.State.Open() })
	k.Propose = a.Can(access.Control) && i.NotAtPaxos() == "" && k.Proposed == nil && !onItsWay
	return k
}

// addControls adds the controls. What Paxos says of them is asked for where there is something to find, and nothing was asked since.
func (d *Desk) addControls(ctx context.Context, a access.Actor, c *Case) error {
	list, err := d.o.Store.ControlList(ctx, c.Identity.ID)
	why, err := unread(err)
	if err != nil {
		return err
	}
	if why != "" {
		list = identity.ControlList{}
	}
	asking := why == "" && c.Identity.OutdatesControls(list, c.History)
	if !a.Can(access.ReadNames) {
		for n := range list.Controls {
			list.Controls[n].Reason = ""
		}
	}
	c.Controls = controlsOf(a, *c, list)
	c.Controls.Asking = asking
	if asking {
		return d.o.Store.LookAtControls(ctx, c.Identity.ID)
	}
	return nil
}

// ProposeControl asks for a control to be set at Paxos, or for one in force to be ended: a colleague must agree. Invalid with fields
// "type", "reason_code", "reason", "control_id" and "confirmed"; Conflict where Paxos does not hold the identity, and where a change is proposed, or
// on its way, already.
func (d *Desk) ProposeControl(ctx context.Context, a access.Actor, id string, change identity.ControlChange, confirmed bool) (proposal.Proposal, error) {
	if err := permit(a, access.Control); err != nil {
		return proposal.Proposal{}, err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return proposal.Proposal{}, err
	}
	change = change.Tidy(i)
	wrong := change.Check(i)
	if !confirmed {
		wrong["confirmed"] = "Confirm that you have checked it."
	}
	if len(wrong) > 0 {
		return proposal.Proposal{}, fault.Fields("Nothing was proposed.", wrong)
	}
	payload, err := json.Marshal(change)
	if err != nil {
		return proposal.Proposal{}, errors.New("encode a control") // the cause may quote its reason
	}
	return d.proposeTo(ctx, a, proposal.Control, i, proposal.Proposal{
		ReasonCode: change.ReasonCode, Reason: change.Reason, Payload: payload,
		Change: proposal.Change{Lines: controlLines(i, change), Evidence: evidenceOf(i)},
	})
}

// controlLines say what a change of controls does, and what it leaves the customer.
func controlLines(i identity.Identity, change identity.ControlChange) []proposal.Line {
	control := proposal.Line{Name: "Control " + change.Type, Before: "not in force", After: "in force"}
	if change.End != "" {
		control.Before, control.After = control.After, control.Before
	}
	lines := []proposal.Line{control, {Name: "Status", Before: string(i.Status), After: string(i.Status)}}
	before, after := i.Able().Each(), change.Able(i).Each()
	for n := range before {
		lines = append(lines, proposal.Line{Name: "Can " + before[n].Act, Before: before[n].Can.String(), After: after[n].Can.String()})
	}
	return lines
}
