package onboarding

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// CaseKeeping is how long a case stays here, and what was proposed about it.
type CaseKeeping struct {
	Hold        *HoldView
	Proposals   []proposal.Proposal // the open ones first, a few; none unless the actor may read proposals
	KeptUntil   *time.Time          // when its retention ends; nil where that has not begun
	DraftEndsAt *time.Time          // when the details of a failed submission go

	CanErase bool // propose to
	CanHold  bool // put it on hold, or let it go
}

// HoldView is a legal hold as a case shows it.
type HoldView struct {
	By         string
	At         time.Time
	ReasonCode string
	Reason     string          // empty unless the actor may see names
	Unread     identity.Unread // why Reason cannot be read
}

// proposalsShown is how many proposals a case shows.
const proposalsShown = 5

// openOf is the open proposal of a kind among those of a case, of which there is one at most; nil for none.
func openOf(k proposal.Kind, among []proposal.Proposal) *proposal.Proposal {
	n := slices.IndexFunc(among, func(p proposal.Proposal) bool { return p.Kind == k && p.State == proposal.Open })
	if n < 0 {
		return nil
	}
	return &among[n]
}

func (d *Desk) addKeeping(ctx context.Context, a access.Actor, c *Case) error {
	i := c.Identity
	h, err := d.o.Store.HoldOf(ctx, i.ID)
	if err != nil {
		return err
	}
	if h != nil {
		c.Hold = &HoldView{By: h.ByName, At: h.At, ReasonCode: h.ReasonCode}
		if a.Can(access.ReadNames) {
			c.Hold.Reason, c.Hold.Unread = h.Reason, h.Unread
		}
	}
	c.KeptUntil = d.keptUntil(i)
	c.DraftEndsAt, _ = d.draftEnds(i, d.o.Now())
	c.CanHold = a.Can(access.HoldCases) && i.ErasedAt == nil
	if !a.Can(access.ReadProposals) {
		return nil
	}
	page, err := d.o.Store.Proposals(ctx, proposal.Filter{IdentityID: i.ID, Limit: proposalsShown})
	c.Proposals = page.Items
	c.CanErase = a.Can(access.Propose) && c.Hold == nil && openOf(proposal.Erase, page.Items) == nil && i.KeepsHere() == ""
	return err
}
