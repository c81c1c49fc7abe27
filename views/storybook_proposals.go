package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// wish is a proposal to erase a case.
func (b book) wish(n, maker string, age time.Duration, i identity.Identity) proposal.Proposal {
	p := proposal.New(proposal.Erase, proposal.Policy{Term: 72 * time.Hour, Confirm: proposal.Erase.Confirm()}, i.FactLines(), b.ago(age))
	p.ID, p.IdentityID, p.RefID = "018f2c1e-0000-7000-8000-00000000000"+n, i.ID, i.RefID
	p.MakerID, p.MakerName, p.ReasonCode = maker, b.staff()[maker].Name, "person_asked"
	p.Reason = "The customer wrote to us on Monday and asked for it."
	p.Change = proposal.Change{
		Lines: []proposal.Line{
			{Name: "ref_id, also former ones", Before: "in clear", After: "a keyed hash, by which it can be looked up"},
			{Name: "Name, initials, drafts, Paxos’ words", Before: "kept, sealed", After: "gone"},
			{Name: "Paxos id, statuses, times, acts", Before: "kept", After: "kept"},
		},
	}
	for _, f := range i.Facts() {
		p.Change.Evidence = append(p.Change.Evidence, proposal.Line{Name: f.Field, Before: f.New})
	}
	return p
}

func (b book) ended(p proposal.Proposal, s proposal.State, who string, age time.Duration, answer string) proposal.Proposal {
	return p.Ended(s, who, b.staff()[who].Name, answer, b.ago(age))
}

func (b book) wishes() []proposal.Proposal {
	declined := b.ended(b.wish("4", "dana", 9*day, b.disabled()), proposal.Declined, "kim", 8*day, "A lawsuit may follow.")
	done := b.ended(b.wish("5", "robin", 12*day, b.denied()), proposal.Done, "kim", 11*day, "")
	done.RefID = ""
	return []proposal.Proposal{
		b.wish("1", "robin", 2*time.Hour, b.denied()), b.wish("2", "dana", 70*time.Hour, b.approved()), declined, done,
		b.ended(b.wish("6", "kim", 20*day, b.approved()), proposal.Void, "", 19*day, ""),
		b.ended(b.wish("7", "kim", 30*day, b.approved()), proposal.Expired, "", 27*day, ""),
		b.ended(b.wish("8", "robin", 31*day, b.approved()), proposal.Withdrawn, "robin", 30*day, ""),
		b.ended(b.controlWish(b.approved()), proposal.Undone, "kim", time.Hour, ""),
	}
}

func (b book) proposals() []Story {
	list := func(r access.Role, show proposal.Show, items ...proposal.Proposal) Story {
		p := ProposalsPage{Chrome: b.chrome(r, SectionProposals), Show: show, Me: "robin", Items: items, Total: int64(len(items))}
		p.Chrome.Proposals = 2
		if show == proposal.ShowEnded {
			p.After, p.Next = "abc", "def"
		}
		return Story{Role: r, Component: Proposals(p)}
	}
	all := b.wishes()
	return append(named("proposals", map[string]Story{
		"all":     list(access.Lead, proposal.ShowAll, all...),
		"mine":    list(access.Analyst, proposal.ShowMine, all[0]),
		"decided": list(access.Auditor, proposal.ShowEnded, all[2:]...),
		"none":    list(access.Lead, proposal.ShowOpen),
	}), b.proposalPages()...)
}

func (b book) proposalPages() []Story {
	page := func(r access.Role, o proposal.Proposal, change func(*ProposalPage)) Story {
		denied := b.denied()
		p := ProposalPage{
			Chrome: b.chrome(r, SectionProposals), Proposal: o, Case: b.row(denied), People: b.staff(),
			History: append(b.submitted(12*day), b.became(identity.Pending, identity.Denied, 11*day, identity.ByWebhook)),
		}
		p.CanDecide = access.May(r, access.Approve) && o.State == proposal.Open
		p.Chrome.Proposals = 1
		change(&p)
		return Story{Role: r, Component: Proposal(p)}
	}
	all, as := b.wishes(), func(*ProposalPage) {}
	refused := func(v proposal.Verb, text string, fields map[string]string) func(*ProposalPage) {
		return func(p *ProposalPage) { p.Refused = Refusal{Act: string(v), Text: text, Errors: fields} }
	}
	return named("proposal", map[string]Story{
		"decide":  page(access.Lead, all[0], as),
		"auditor": page(access.Auditor, all[0], as),
		"own": page(access.Analyst, all[0], func(p *ProposalPage) {
			p.Own, p.CanTakeBack, p.Notice = true, true, "Proposed. A colleague who may approve must agree before anything is done."
		}),
		"on-hold": page(access.Lead, all[0], func(p *ProposalPage) {
			p.Hold = b.legalHold()
			refused(proposal.Approve, "This case is on legal hold: Kim Osei put it there on 2026-03-01 09:30 UTC. It cannot be erased until the hold is let go.", nil)(p)
		}),
		"unchecked": page(access.Lead, all[0], refused(proposal.Approve, "Nothing was decided.", map[string]string{"confirmed": "Confirm that you have checked it."})),
		"wordless":  page(access.Lead, all[0], refused(proposal.Decline, "Nothing was decided.", map[string]string{"reason": "Write something."})),
		"void":      page(access.Lead, all[4], refused(proposal.Approve, "The case has changed since this was proposed, so that the proposal is void. Nothing was done.", nil)),
		"declined":  page(access.Auditor, all[2], as),
		"undone":    page(access.Lead, b.ended(b.controlWish(b.approved()), proposal.Undone, "kim", time.Hour, ""), as),
		"unread": page(access.Lead, all[0], func(p *ProposalPage) {
			p.Reason, p.Change, p.Proposal.Unread = "", proposal.Change{}, string(identity.Altered)
		}),
		"done": page(access.Lead, all[3], func(p *ProposalPage) {
			p.Change, p.Reason = proposal.Change{}, ""
			p.Case = b.row(b.erased())
			p.History = append(p.History, b.erasedLine(identity.ErasedOnRequest))
		}),
	})
}

func (b book) legalHold() *Hold {
	return &Hold{By: "Kim Osei", At: b.ago(3 * day), ReasonCode: "litigation", Reason: "The customer’s lawyer wrote on Friday."}
}

// erased is what is left of a case.
func (b book) erased() identity.Identity {
	i := b.denied()
	i.RefID, i.Initials, i.VerificationID, i.ErasedAt = "", "", "", b.at(2*time.Hour)
	return i
}

func (b book) erasedLine(code string) identity.Entry {
	e := b.entry(identity.WasErased, 2*time.Hour, "")
	e.Code, e.ActorID = code, "kim"
	return e
}

// kept are cases that tell how long they stay here.
func (b book) kept() []Story {
	until := b.now.AddDate(4, 11, 0)
	decided := b.page(access.Analyst, b.denied(), b.submitted(12*day)...)
	decided.CaseKeeping = CaseKeeping{KeptUntil: &until, CanErase: true}
	held := b.page(access.Lead, b.denied(), b.submitted(12*day)...)
	held.CaseKeeping = CaseKeeping{KeptUntil: &until, Hold: b.legalHold(), Proposals: b.wishes()[:1], CanHold: true}
	held.Acts = append(held.Acts, b.keepingActs()...)
	refused := b.page(access.Lead, b.denied(), b.submitted(12*day)...)
	refused.CaseKeeping = CaseKeeping{KeptUntil: &until, CanErase: true, CanHold: true}
	refused.Refused = Refusal{
		Act: "erase", Text: "Nothing was proposed.", Typed: map[string]string{"reason_code": "mistake"},
		Errors: map[string]string{"reason": "Write something.", "confirmed": "Confirm that you have checked it."},
	}
	gone := b.page(access.Analyst, b.erased(), append(b.submitted(12*day), b.erasedLine(identity.ErasedOnRequest))...)
	gone.Name, gone.CanRecheck = identity.Name{}, false
	gone.CaseKeeping = CaseKeeping{Proposals: b.wishes()[3:4]}
	gone.Documents = Documents{}
	aged := gone
	aged.History = append(b.submitted(12*day), b.erasedLine(identity.ErasedByRetention))
	aged.CaseKeeping, aged.Chrome = CaseKeeping{}, b.chrome(access.Viewer, SectionIdentities)
	draft := b.page(access.Analyst, b.failedAs(16, identity.Refused))
	ends := b.now.Add(3*day + 4*time.Hour)
	draft.CaseKeeping, draft.DraftGoesAt = CaseKeeping{DraftEndsAt: &ends, CanErase: true}, &ends
	let := b.entry(identity.WasWithdrawn, time.Hour, identity.BySubmit)
	let.Code = identity.DraftExpired
	void := b.entry(identity.ProposalEnded, 2*time.Hour, "")
	void.Code = string(proposal.Void)
	late := b.entry(identity.ProposalEnded, 3*time.Hour, "")
	late.Code = string(proposal.Expired)
	return named("case", map[string]Story{
		"kept":          {Role: access.Analyst, Component: Case(decided)},
		"on-hold":       {Role: access.Lead, Component: Case(held)},
		"refused-erase": {Role: access.Lead, Component: Case(refused)},
		"erased":        {Role: access.Analyst, Component: Case(gone)},
		"aged-out":      {Role: access.Viewer, Component: Case(aged)},
		"draft-goes":    {Role: access.Analyst, Component: Case(draft)},
		"draft-went":    {Role: access.Analyst, Component: Case(b.page(access.Analyst, b.unsent(17, "HY", 6*time.Hour, identity.Withdrawn), late, void, let))},
	})
}

func (b book) keepingActs() []audit.Entry {
	proposed := b.act(2*time.Hour, "robin", audit.Proposed, "018f", "erase")
	proposed.ReasonCode = "person_asked"
	held := b.act(3*day, "kim", audit.Held, "", "")
	held.ReasonCode = "litigation"
	return []audit.Entry{
		held, b.act(4*day, "kim", audit.LetGo, "", ""), proposed, b.act(time.Hour, "kim", audit.Declined, "018f", "erase"),
		b.act(30*time.Minute, "robin", audit.TookBack, "018f", "erase"), b.act(20*time.Minute, "kim", audit.Approved, "018f", "erase"),
	}
}
