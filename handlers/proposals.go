package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/internal/proposal"
	"identitydesk/views"
)

const proposalsPath = "/proposals"

func proposalPath(id string) string { return proposalsPath + "/" + url.PathEscape(id) }

// proposalFilter reads the filters of the list of proposals.
func proposalFilter(q url.Values) (proposal.Filter, map[string]string) {
	p := parse(q)
	f := proposal.Filter{Show: proposal.Show(p.oneOf("show", shows())), IdentityID: p.id("identity")}
	f.After, f.Limit = p.place()
	return f, p.errors
}

func shows() []string {
	var words []string
	for _, s := range proposal.Shows() {
		if s != proposal.ShowAll {
			words = append(words, string(s))
		}
	}
	return words
}

// listProposals is what waits, and waited, for a second pair of eyes.
func (s *server) listProposals(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := proposalFilter(c.QueryParams())
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	if form == asCSV {
		return s.exportProposals(c, f, wholeList(c.QueryParams()))
	}
	page, err := s.Desk.Proposals(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	if form == asJSON {
		return writeJSON(c, http.StatusOK, listJSON[proposalJSON]{
			Items: each(page.Items, toProposal), Next: orNull(page.Next), Total: page.Total, TotalAtLeast: page.TotalAtLeast,
		})
	}
	return html(c, http.StatusOK, views.Proposals(views.ProposalsPage{
		Chrome: s.page(c, views.SectionProposals), Notice: s.takeNotice(c, proposalsPath), Show: f.Show, IdentityID: f.IdentityID,
		Me: actor(c).UserID, Items: page.Items, After: f.After, Next: page.Next, Total: page.Total, TotalAtLeast: page.TotalAtLeast,
	}))
}

// exportProposals writes one page of proposals, or all that fit.
func (s *server) exportProposals(c echo.Context, f proposal.Filter, all bool) error {
	if all {
		f.Limit = identity.MaxLimit
	}
	return exportPages(s, c, all, pages[proposal.Proposal]{
		what: onboarding.ExportProposals, every: "every proposal that fits", header: proposalHeader(), cells: proposalCells,
		next: func() ([]proposal.Proposal, bool, error) {
			page, err := s.Desk.Proposals(c.Request().Context(), actor(c), f)
			f.After = page.Next
			return page.Items, page.Next != "", err
		},
	})
}

// showProposal is one proposal: what it would change, on what it rests, and how to decide on it.
func (s *server) showProposal(c echo.Context) error {
	o, err := s.Desk.OpenProposal(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toOpenedProposal(o))
	}
	p := s.proposalView(c, o)
	p.Notice = s.takeNotice(c, proposalPath(o.ID))
	return html(c, http.StatusOK, views.Proposal(p))
}

func (s *server) proposalView(c echo.Context, o onboarding.OpenedProposal) views.ProposalPage {
	return views.ProposalPage{
		Chrome: s.page(c, views.SectionProposals), Proposal: o.Proposal, Case: toRow(o.Case), History: o.History, Hold: toHold(o.Hold),
		People: o.People, Own: o.Own, CanDecide: o.CanDecide, CanTakeBack: o.CanTakeBack,
	}
}

func toHold(h *identity.Hold) *views.Hold {
	if h == nil {
		return nil
	}
	return &views.Hold{By: h.ByName, At: h.At, ReasonCode: h.ReasonCode, Reason: h.Reason, Unread: h.Unread}
}

// approve agrees to a proposal; what was proposed is done at once where the desk can do it alone.
func (s *server) approve(c echo.Context) error { return s.decide(c, proposal.Approve, approved) }

// decline says no to a proposal.
func (s *server) decline(c echo.Context) error { return s.decide(c, proposal.Decline, declined) }

// takeBack withdraws one's own proposal.
func (s *server) takeBack(c echo.Context) error { return s.decide(c, proposal.Withdraw, tookBack) }

func (s *server) decide(c echo.Context, verb proposal.Verb, n notice) error {
	ctx, id := c.Request().Context(), c.Param("id")
	p, err := s.Desk.Decide(ctx, actor(c), id, onboarding.Decision{
		Verb: verb, Text: posted(c, "reason"), Confirmed: posted(c, "confirmed") != "",
	})
	f := fault.From(err)
	refused := f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
	if f != nil && (!refused || wantsJSON(c)) {
		return err
	}
	if !refused && p.State == proposal.Approved {
		n = agreed // what Paxos has to do is under way only
	}
	if !refused && !wantsJSON(c) {
		s.leaveNotice(c, proposalPath(id), n)
		return c.Redirect(http.StatusSeeOther, proposalPath(id))
	}
	o, err := s.Desk.OpenProposal(ctx, actor(c), id)
	if err != nil {
		return err
	}
	if !refused {
		return writeJSON(c, http.StatusAccepted, toOpenedProposal(o))
	}
	page := s.proposalView(c, o)
	page.Refused = views.Refusal{Act: string(verb), Text: s.told(c, f).Text, Errors: f.Fields, Typed: typed(c)}
	return html(c, statusOf(f.Kind), views.Proposal(page))
}
