package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// controls are those of a case, as a role sees them.
func (b book) controls(r access.Role, i identity.Identity, history []identity.Entry) Controls {
	c := Controls{Able: i.Able(), Propose: access.May(r, access.Control) && i.PaxosID != "" && i.ErasedAt == nil}
	c.Active, c.Past = i.ToldControls(history, nil, identity.ControlList{})
	_, c.Known = i.Details.InForce()
	c.KnownAt, c.Asking = i.ControlsKnownAt(), i.OutdatesControls(identity.ControlList{}, history)
	return c
}

// limited is somebody who may only sell, as two of us wanted, and was dormant for a while.
func (b book) limited() (identity.Identity, []identity.Entry) {
	i := b.approved()
	i.Details.Controls = []identity.Control{
		{ID: "c-1", Type: identity.SellOnly, SetBy: "SET_BY_CLIENT", Overridable: true, ReasonCode: "COMPLIANCE_EDD", CreatedAt: b.ago(5 * day)},
		{ID: "c-2", Type: identity.Closed, SetBy: "SET_BY_PAXOS", ReasonCode: "LEGAL_ORDER", CreatedAt: b.ago(3 * day)},
	}
	was := identity.Change{Field: "control DORMANT", New: "SET_BY_CLIENT, INACTIVITY, overridable"}
	over := identity.Change{Field: "control DORMANT", Old: was.New}
	set, ended := b.entry(identity.DetailChanged, 40*day, identity.ByWebhook), b.entry(identity.DetailChanged, 30*day, identity.ByRecheck)
	set.Changes, ended.Changes = []identity.Change{was}, []identity.Change{over}
	return i, append(b.submitted(60*day), set, ended)
}

// controlMove is how a control was set.
func (b book) controlMove(i identity.Identity) OurMove {
	m := b.move(i, identity.MoveControl, 7*day, identity.ControlSet, identity.SellOnly)
	m.Reason.Text = "The papers on the source of funds are not complete."
	m.Steps = nil
	m.OurMove = m.Approve(b.ago(7*day), "kim", b.ago(5*day)).Begin(b.ago(5*day)).Do(map[string]string{identity.ControlResult: "c-1"}, b.ago(5*day))
	return m
}

// controlWish proposes to let somebody only sell.
func (b book) controlWish(i identity.Identity) proposal.Proposal {
	p := proposal.New(proposal.Control, proposal.Policy{Term: 72 * time.Hour, Confirm: proposal.Control.Confirm()}, i.FactLines(), b.ago(2*time.Hour))
	p.ID, p.IdentityID, p.RefID = "018f2c1e-0000-7000-8000-00000000c001", i.ID, i.RefID
	p.MakerID, p.MakerName, p.ReasonCode = "robin", "Robin Vance", "COMPLIANCE_EDD"
	p.Reason = "The papers on the source of funds are not complete."
	p.Change.Lines = []proposal.Line{
		{Name: "Control SELL_ONLY", Before: "not in force", After: "in force"},
		{Name: "Status", Before: "APPROVED", After: "APPROVED"},
		{Name: "Can hold", Before: "yes", After: "yes"},
		{Name: "Can buy", Before: "yes", After: "no"},
		{Name: "Can sell", Before: "yes", After: "yes"},
		{Name: "Can deposit", Before: "yes", After: "no"},
		{Name: "Can withdraw", Before: "yes", After: "no"},
	}
	for _, f := range i.Facts() {
		p.Change.Evidence = append(p.Change.Evidence, proposal.Line{Name: f.Field, Before: f.New})
	}
	return p
}

// controlled are cases that tell of controls.
func (b book) controlled() []Story {
	i, history := b.limited()
	page := func(r access.Role) CasePage {
		p := b.page(r, i, history...)
		p.Moves = []OurMove{b.controlMove(i)}
		if !access.May(r, access.ReadNames) {
			p.Moves[0].Reason = identity.MoveReason{}
		}
		p.Controls.Active, p.Controls.Past = i.ToldControls(history, []identity.OurMove{p.Moves[0].OurMove}, identity.ControlList{})
		return p
	}
	refused := page(access.Lead)
	refused.Refused = Refusal{
		Act: "controls", Text: "Nothing was proposed.", Typed: map[string]string{"reason": "ask ana@example.org"},
		Errors: map[string]string{
			"type": "Choose a control.", "reason_code": "Choose why: END_USER_REQUEST, OTHER.", "confirmed": "Confirm that you have checked it.",
			"reason": "Take the e-mail address or government ID out: Paxos knows who it is about.",
		},
	}
	notEnded := page(access.Lead)
	notEnded.Refused = Refusal{
		Act: "end", Text: "Nothing was proposed.", Typed: map[string]string{},
		Errors: map[string]string{"control_id": "Choose a control that is in force.", "reason": "Say why in at least 3 characters: Paxos reads it.", "confirmed": "Confirm that you have checked it."},
	}
	asked := b.page(access.Auditor, b.approved(), b.submitted(60*day)...)
	wish := b.controlWish(b.approved())
	asked.Controls.Proposed, asked.CaseKeeping.Proposals = &wish, []proposal.Proposal{wish}
	decide := ProposalPage{
		Chrome: b.chrome(access.Lead, SectionProposals), Proposal: wish, Case: b.row(b.approved()), People: b.staff(), History: b.submitted(60 * day),
		CanDecide: true,
	}
	untold := b.approved()
	untold.Details.ControlsUnsaid = true
	listed := b.approved()
	listed.Details.ControlsUnsaid, listed.Details.ControlsAsOf = true, b.ago(time.Hour)
	listed.Details.Controls = i.Details.Controls[:1]
	return append(named("case", map[string]Story{
		"controls-listed":  {Role: access.Analyst, Component: Case(b.page(access.Analyst, listed, b.submitted(60*day)...))},
		"controls-unknown": {Role: access.Analyst, Component: Case(b.page(access.Analyst, untold, b.submitted(60*day)...))},
		"controls":         {Role: access.Analyst, Component: Case(page(access.Analyst))},
		"controls-viewer":  {Role: access.Viewer, Component: Case(page(access.Viewer))},
		"control-refused":  {Role: access.Lead, Component: Case(refused)},
		"control-unended":  {Role: access.Lead, Component: Case(notEnded)},
		"control-proposed": {Role: access.Auditor, Component: Case(asked)},
		"rehearsal":        {Role: access.Analyst, Component: Case(b.rehearsed())},
	}), Story{Name: "proposal/control", Role: access.Lead, Component: Proposal(decide)})
}

// rehearsed is a case of the sandbox in which somebody has asked for nothing to be set.
func (b book) rehearsed() CasePage {
	p := b.page(access.Analyst, b.silent(), b.submitted(76*time.Hour)...)
	p.CanRehearse = true
	p.Refused = Refusal{
		Act: "sandbox-status", Text: "Nothing was set.", Typed: map[string]string{}, Errors: map[string]string{"id_verification_status": "Choose what to set."},
	}
	return p
}
