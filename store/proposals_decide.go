package store

import (
	"context"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// Decide approves, declines or takes back a proposal. What is approved is done in the same transaction, where the desk can do it alone.
// Forbidden for who may not; a Conflict where it has ended, where what was approved cannot be done, and where time or a change of the
// case ends it now: the proposal comes with it as it is then. A second click changes nothing.
func (s *Store) Decide(ctx context.Context, id string, a proposal.Answer, e audit.Entry) (p proposal.Proposal, err error) {
	verdict := proposal.Fine
	err = s.write(ctx, func(t *tx) error {
		found, err := findProposal(t, id)
		if err != nil {
			return err
		}
		r, err := findRow(t, found.IdentityID)
		if err != nil {
			return err
		}
		p = found.Proposal
		verdict = p.Judge(a.Verb, a.By, r.FactLines(), t.now)
		if verdict == proposal.Over {
			same, err := t.sameAnswer(found, a)
			if same {
				verdict = proposal.Fine
			}
			if err != nil || same {
				return err
			}
		}
		switch {
		case verdict.Becomes() != "":
			p, err = t.endProposal(p, r, verdict.Becomes())
			return err
		case verdict != proposal.Fine:
			return errOfVerdict(verdict, p)
		}
		if a.Verb == proposal.Approve {
			if found.Payload, err = t.readable(found); err != nil {
				return err
			}
		}
		p, err = t.answerProposal(p, found.Payload, r, a, e)
		return err
	})
	if err == nil && verdict != proposal.Fine {
		err = errOfVerdict(verdict, p)
	}
	if err == nil {
		s.scrubSoon(ctx)
	}
	return p, err
}

// sameAnswer reports whether the very same answer of the same person ended a proposal a moment ago, so that this is a second click.
func (t *tx) sameAnswer(p sealedProposal, a proposal.Answer) (bool, error) {
	answered := p.State
	if p.State == proposal.Done || p.State == proposal.Undone { // what became of it does not take the answer back
		answered = proposal.Approved
	}
	if p.DeciderID != a.By.ID || p.EndedAt == nil || !t.now.Before(p.EndedAt.Add(clickedTwice)) || answered != a.Verb.Becomes() {
		return false, nil
	}
	if p.State == proposal.Done { // the words of the answer may be gone with what was erased
		return true, nil
	}
	opened, err := t.s.openProposal(p)
	return opened.Answer == a.Text, err
}

// readable gives what a proposal is to do, and refuses to do what nobody can read any more.
func (t *tx) readable(p sealedProposal) ([]byte, error) {
	opened, err := t.s.openProposal(p)
	if why := identity.UnreadOf(opened.Unread); err == nil && why != "" {
		err = &fault.Error{
			Kind: fault.Conflict, Code: string(why),
			Text: "What was proposed cannot be read: " + why.Why() + ". Nothing was done. Decline it; where it is still wanted, propose it again.",
		}
	}
	return opened.Payload, err
}

// errOfVerdict says what is in the way.
func errOfVerdict(v proposal.Verdict, p proposal.Proposal) error {
	code, kind, text := string(v), fault.Conflict, ""
	var times []time.Time
	switch v {
	case proposal.NotAllowed:
		kind, text = fault.Forbidden, "Your role may not decide on proposals."
	case proposal.Own:
		kind, text = fault.Forbidden, "You made this proposal: a second person must decide on it. You can take it back."
	case proposal.NotOwn:
		kind, text = fault.Forbidden, "Only whoever made a proposal can take it back."
	default: // it has ended, before or by this
		text, times = p.OverText()
	}
	return &fault.Error{Kind: kind, Code: code, Text: text, Times: times}
}

// answerProposal stores what a person has decided, and does what was approved.
func (t *tx) answerProposal(p proposal.Proposal, payload []byte, r row, a proposal.Answer, e audit.Entry) (proposal.Proposal, error) {
	p = p.Ended(a.Verb.Becomes(), a.By.ID, a.Name, a.Text, t.now)
	e.Object = p.ID
	if err := t.auditCase(e, r.ID); err != nil {
		return p, err
	}
	if err := t.saveAnswer(p); err != nil {
		return p, err
	}
	t.changes(r.ID)
	if a.Verb != proposal.Approve {
		return p, nil
	}
	if err := t.refuseKind(p.Kind, r); err != nil {
		return p, err
	}
	switch p.Kind {
	case proposal.Erase:
		return t.eraseApproved(p, r, e)
	case proposal.Control:
		return p, t.controlApproved(p, payload, r, e)
	}
	return p, nil
}

// eraseApproved erases the case of an approved proposal.
func (t *tx) eraseApproved(p proposal.Proposal, r row, approval audit.Entry) (proposal.Proposal, error) {
	p.State = proposal.Done
	if err := t.exec(`UPDATE proposals SET state = $2 WHERE id = $1`, p.ID, string(p.State)); err != nil {
		return p, err
	}
	e := approval
	e.Action, e.Detail, e.ReasonCode, e.Reason = audit.Erased, "", p.ReasonCode, ""
	e.Before, e.After = "kept", "erased"
	if err := t.auditCase(e, r.ID); err != nil {
		return p, err
	}
	_, err := t.erase(r, identity.ErasedOnRequest, approval.ActorID)
	p.RefID, p.Reason, p.Answer, p.Change, p.Payload = "", "", "", proposal.Change{}, nil
	return p, err
}

func (t *tx) saveAnswer(p proposal.Proposal) error {
	var sealed any
	if p.Answer != "" {
		text, err := t.s.sealer.Seal([]byte(p.Answer), placeOfProposal("answered", p.ID))
		if err != nil {
			return err
		}
		sealed = text
	}
	return t.exec(`UPDATE proposals SET state = $2, decider_id = $3, decider_name = $4, ended_at = $5, answered = $6 WHERE id = $1`,
		p.ID, string(p.State), p.DeciderID, p.DeciderName, msOf(p.EndedAt), sealed)
}

// endProposal ends a proposal that nobody has decided, and tells of it in the history of its case.
func (t *tx) endProposal(p proposal.Proposal, r row, s proposal.State) (proposal.Proposal, error) {
	p = p.Ended(s, "", "", "", t.now)
	if err := t.saveAnswer(p); err != nil {
		return p, err
	}
	t.changes(r.ID)
	return p, t.tell(r.ID, []identity.Entry{{
		IdentityID: r.ID, Kind: identity.ProposalEnded, Code: string(s), OccurredAt: t.now, ReceivedAt: t.now, ProcessedAt: t.now,
	}})
}

// proposalBatch is how many proposals are looked at in one write.
const proposalBatch = 100

// What the clock looks for: open proposals whose time is over, and those whose case has changed since it was last looked at.
const (
	dueProposalsQuery   = selectProposal + ` WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2`
	movedProposalsQuery = selectProposal + ` WHERE state = 'open'
		AND rev <> coalesce((SELECT i.rev FROM identities i WHERE i.id = proposals.identity_id), -1) ORDER BY expires_at, id LIMIT $1`
)

// TurnProposals ends the open proposals whose time is over and those whose case is no longer what was proposed for.
func (s *Store) TurnProposals(ctx context.Context, now time.Time) (ended int, err error) {
	open, err := s.restless(s.reader(ctx), now)
	if err != nil || len(open) == 0 { // it is asked far more often than there is anything to do, and a write waits for the disk
		return 0, s.mask(err)
	}
	err = s.write(ctx, func(t *tx) error {
		ended = 0
		open, err := s.restless(t, now)
		if err != nil {
			return err
		}
		for _, p := range open {
			did, err := t.turnProposal(p.Proposal, now)
			if err != nil {
				return err
			}
			if did {
				ended++
			}
		}
		return nil
	})
	return ended, err
}

func (s *Store) restless(q querier, now time.Time) ([]sealedProposal, error) {
	due, err := all(q, scanProposal, dueProposalsQuery, now.UnixMilli(), int64(proposalBatch))
	if err != nil || len(due) > 0 {
		return due, err
	}
	return all(q, scanProposal, movedProposalsQuery, int64(proposalBatch))
}

func (t *tx) turnProposal(p proposal.Proposal, now time.Time) (ended bool, err error) {
	r, err := findRow(t, p.IdentityID)
	if err != nil {
		return false, err
	}
	switch {
	case p.Due(now):
		_, err = t.endProposal(p, r, proposal.Expired)
		return true, err
	case p.Stale(r.FactLines()):
		_, err = t.endProposal(p, r, proposal.Void)
		return true, err
	}
	return false, t.exec(`UPDATE proposals SET rev = $2 WHERE id = $1`, p.ID, r.Rev)
}

// scrubSoon lets erased bytes leave the disk now; what is in the way now is waited for by whoever calls [Store.Scrub] again.
func (s *Store) scrubSoon(ctx context.Context) {
	if _, err := s.Scrub(ctx); err != nil {
		s.log.Warn("erased bytes have not left the disk yet", "kind", string(fault.KindOf(err)))
	}
}
