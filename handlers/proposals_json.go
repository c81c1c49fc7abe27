package handlers

import (
	"time"

	"identitydesk/internal/onboarding"
	"identitydesk/internal/proposal"
)

// proposalJSON is a proposal as lists tell it. It carries no free text: reasons and answers stand on the page alone.
type proposalJSON struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"`
	State       string     `json:"state"`
	IdentityID  string     `json:"identity_id"`
	RefID       *string    `json:"ref_id"`
	MakerID     string     `json:"maker_id"`
	MakerName   string     `json:"maker_name"`
	ReasonCode  string     `json:"reason_code"`
	At          *time.Time `json:"at"`
	ExpiresAt   *time.Time `json:"expires_at"`
	EndedAt     *time.Time `json:"ended_at"`
	DeciderID   *string    `json:"decider_id"`
	DeciderName *string    `json:"decider_name"`
}

func toProposal(p proposal.Proposal) proposalJSON {
	return proposalJSON{
		ID: p.ID, Kind: string(p.Kind), State: string(p.State), IdentityID: p.IdentityID, RefID: orNull(p.RefID), MakerID: p.MakerID,
		MakerName: p.MakerName, ReasonCode: p.ReasonCode, At: utc(&p.At), ExpiresAt: utc(&p.ExpiresAt), EndedAt: utc(p.EndedAt),
		DeciderID: orNull(p.DeciderID), DeciderName: orNull(p.DeciderName),
	}
}

// openedProposalJSON is a proposal as its own page tells it.
type openedProposalJSON struct {
	proposalJSON
	TermSeconds int64           `json:"term_seconds"` // how long it could wait, as it was when it was proposed
	Confirm     *string         `json:"confirm"`      // what both people confirm
	Change      []proposal.Line `json:"change"`
	Evidence    []proposal.Line `json:"evidence"`
	Case        caseJSON        `json:"case"` // as it is now
	Hold        *holdJSON       `json:"hold"`
	Unread      *string         `json:"unread"` // why what was proposed or answered cannot be read
	History     []historyJSON   `json:"history"`
	CanDecide   bool            `json:"can_decide"`
	CanTakeBack bool            `json:"can_take_back"`
}

func toOpenedProposal(o onboarding.OpenedProposal) openedProposalJSON {
	j := openedProposalJSON{
		proposalJSON: toProposal(o.Proposal), TermSeconds: seconds(o.Policy.Term), Confirm: orNull(o.Policy.Confirm), Unread: orNull(o.Unread),
		Change: append([]proposal.Line{}, o.Change.Lines...), Evidence: append([]proposal.Line{}, o.Change.Evidence...),
		Case: toCase(o.Case), History: each(o.History, toHistory), CanDecide: o.CanDecide, CanTakeBack: o.CanTakeBack,
	}
	if o.Hold != nil {
		j.Hold = &holdJSON{By: o.Hold.ByName, At: utc(&o.Hold.At), ReasonCode: o.Hold.ReasonCode}
	}
	return j
}

// holdJSON is a legal hold, without why in words.
type holdJSON struct {
	By         string     `json:"by"`
	At         *time.Time `json:"at"`
	ReasonCode string     `json:"reason_code"`
}

func proposalHeader() []string {
	return []string{
		"id", "kind", "state", "identity_id", "ref_id", "maker_id", "maker_name", "reason_code", "at", "expires_at", "ended_at",
		"decider_id", "decider_name",
	}
}

func proposalCells(p proposal.Proposal) []string {
	return []string{
		p.ID, string(p.Kind), string(p.State), p.IdentityID, p.RefID, p.MakerID, p.MakerName, p.ReasonCode, stamp(&p.At),
		stamp(&p.ExpiresAt), stamp(p.EndedAt), p.DeciderID, p.DeciderName,
	}
}
