package onboarding_test

import (
	"context"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// wishes are what was proposed and decided.
type wishes struct {
	proposals map[string]proposal.Proposal
	filters   []proposal.Filter
	answers   []proposal.Answer
	hold      *identity.Hold
	erased    map[string]time.Time
}

func (c *cache) Propose(_ context.Context, p proposal.Proposal, e audit.Entry) (proposal.Proposal, error) {
	p.ID = "w1"
	if c.wishes.proposals == nil {
		c.wishes.proposals = map[string]proposal.Proposal{}
	}
	c.wishes.proposals[p.ID] = p
	return p, c.write("propose", e)
}

func (c *cache) Decide(_ context.Context, id string, a proposal.Answer, e audit.Entry) (proposal.Proposal, error) {
	c.wishes.answers = append(c.wishes.answers, a)
	return c.wishes.proposals[id], c.write(string(a.Verb), e)
}

func (c *cache) Proposal(_ context.Context, id string) (proposal.Proposal, error) {
	c.touched = true
	p, ok := c.wishes.proposals[id]
	if !ok {
		return p, fault.New(fault.NotFound, "No such proposal.")
	}
	return p, nil
}

func (c *cache) Proposals(_ context.Context, f proposal.Filter) (page proposal.Page, err error) {
	c.touched = true
	c.wishes.filters = append(c.wishes.filters, f)
	for _, p := range c.wishes.proposals {
		if f.IdentityID == "" || f.IdentityID == p.IdentityID {
			page.Items = append(page.Items, p)
		}
	}
	return page, nil
}

func (c *cache) WaitingProposals(context.Context, string) (int64, error) {
	c.touched = true
	return 3, nil
}

func (c *cache) Hold(_ context.Context, _ string, h identity.Hold, e audit.Entry) error {
	c.wishes.hold = &h
	return c.write("hold", e)
}

func (c *cache) LetGo(_ context.Context, _ string, e audit.Entry) error { return c.write("let go", e) }

func (c *cache) HoldOf(context.Context, string) (*identity.Hold, error) { return c.wishes.hold, nil }

func (c *cache) ErasedRefID(_ context.Context, refID string) (*time.Time, error) {
	if at, ok := c.wishes.erased[refID]; ok {
		return &at, nil
	}
	return nil, nil
}

func (c *cache) ErasedCases(context.Context, []string) (map[string][]string, error) { return nil, nil }

func (c *cache) ErasedRefIDs(context.Context, []string) (map[string]time.Time, error) {
	return c.wishes.erased, nil
}
