package views

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// ProposalsPage lists what waits, and waited, for a second pair of eyes.
type ProposalsPage struct {
	Chrome
	Notice     string
	Show       proposal.Show
	IdentityID string // our id of the case whose proposals these are; empty for every case's
	Me         string // the reader's user id

	Items        []proposal.Proposal
	After, Next  string
	Total        int64
	TotalAtLeast bool
}

// ProposalPage is one proposal: what it would change, on what it rests, and how to decide on it.
type ProposalPage struct {
	Chrome
	proposal.Proposal
	Case    Row              // as it is now
	History []identity.Entry // oldest first
	Hold    *Hold            // on the case; nil where there is none
	People  map[string]access.User
	Refused Refusal // a decision that was refused just now
	Notice  string

	Own, CanDecide, CanTakeBack bool
}

// unread says why what is sealed of the proposal cannot be read; empty where it can.
func (p ProposalPage) unread() identity.Unread { return identity.UnreadOf(p.Proposal.Unread) }

// Hold is a legal hold.
type Hold struct {
	By         string
	At         time.Time
	ReasonCode string
	Reason     string          // empty unless the reader may see names
	Unread     identity.Unread // why Reason cannot be read
}

// because is who holds a case and why, before their words, if there are any.
func (h Hold) because() string {
	text := " by " + h.By + ". " + identity.HoldReasonText(h.ReasonCode)
	if h.Reason == "" {
		return text + "."
	}
	return text + ": "
}

// CaseKeeping is how long a case stays here, and what was proposed about it.
type CaseKeeping struct {
	Hold        *Hold
	Proposals   []proposal.Proposal // the open one first; none unless the reader may see proposals
	KeptUntil   *time.Time
	DraftEndsAt *time.Time

	CanErase, CanHold bool
}

// deciderWords say who has ended it, and lead on to why.
func (p ProposalPage) deciderWords() string {
	words := ""
	if p.DeciderID != "" {
		words = " by " + firstOf(p.DeciderName, p.DeciderID)
	}
	switch {
	case p.Answer != "":
		words += ": "
	case p.State == proposal.Undone:
		words += "."
	}
	return words
}

// here is the address that shows the proposal.
func (p ProposalPage) here() string { return proposalLink(p.ID) }

// opened reports whether a decision was refused and its form stands open.
func (p ProposalPage) opened(v proposal.Verb) bool { return p.Refused.Act == string(v) }

func (p ProposalPage) typed(v proposal.Verb, field string) string {
	if p.opened(v) {
		return p.Refused.Typed[field]
	}
	return ""
}

func (p ProposalPage) error(v proposal.Verb, field string) string {
	if p.opened(v) {
		return identity.OnAList(p.Refused.Errors[field])
	}
	return ""
}

// state marks a refused field and joins it to the text beside it.
func (p ProposalPage) state(v proposal.Verb, field, id string) templ.Attributes {
	if p.error(v, field) == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": id + "-error", "data-focus": true}
}

// story are the lines of the case's history that tell of its status, newest first.
func (p ProposalPage) story() []line {
	c := CasePage{Chrome: p.Chrome, Row: p.Case, History: p.History, Work: Work{People: p.People}}
	return lines(c)
}

// liveness is "still" once nothing can happen to the proposal any more.
func (p ProposalPage) liveness() string {
	if p.State == proposal.Open {
		return "cases"
	}
	return "still"
}

func proposalLink(id string) string { return "/proposals/" + url.PathEscape(id) }

// address is this list with other values.
func (p ProposalsPage) address(show proposal.Show, after string) string {
	return link("/proposals", url.Values{"show": {string(show)}, "identity": {p.IdentityID}, "after": {after}})
}

func (p ProposalsPage) csv() string {
	return link("/proposals", url.Values{"show": {string(p.Show)}, "identity": {p.IdentityID}, "format": {"csv"}})
}
