package identity

import (
	"cmp"
	"slices"
	"time"
)

// Why a case was erased, as its history tells it.
const (
	ErasedOnRequest   = "request"   // two people agreed
	ErasedByRetention = "retention" // it had been kept for as long as the desk keeps cases
)

// KeepsHere says why a case cannot be erased; empty where it can. What Paxos decides on must be kept until it has decided; a
// submission that Paxos refused never became a case of Paxos'.
func (i Identity) KeepsHere() string {
	switch {
	case i.ErasedAt != nil:
		return "This case was erased before."
	case i.Submission.Waiting():
		return "The submission is on its way to Paxos. Wait for the answer before you have the case erased."
	case i.LinkingSince != nil:
		return "The account that links this submission to the existing identity is on its way to Paxos. Wait for its outcome, or withdraw it, " +
			"before you have the case erased."
	case i.Submission == Failed, i.Decided():
		return ""
	}
	return "Paxos has not decided, or waits for something from us: what is needed for that must be kept. Only a decided, closed or " +
		"never accepted case can be erased."
}

// Erase takes everything away by which a case tells of a person. What stays are ids of Paxos and of the desk, statuses and times.
// A failed submission is given up with it. actor is empty where the desk erases by itself.
func (i Identity) Erase(code, actor string, p Policy, now time.Time) (Identity, []Entry) {
	if i.Submission == Failed {
		i.Submission = Withdrawn
	}
	i.RefID, i.Initials, i.VerificationID = "", "", ""
	i.Documents, i.Refresh, i.LinkingSince = nil, nil, nil
	i.Casework = Casework{}
	i.ErasedAt = &now
	return i.assessedAfter(p, now, now), []Entry{{
		IdentityID: i.ID, Kind: WasErased, ActorID: actor, Code: code, OccurredAt: now, ReceivedAt: now, ProcessedAt: now,
	}}
}

// impersonal is news without what would bring an erased person back: what is left is a status and its times.
func (n News) impersonal() News {
	n.Record.RefID, n.Record.Name = "", Name{}
	if n.Event != nil && !n.Event.tellsStatus() {
		n.Event = nil
	}
	return n
}

// ClosedAt is when the time began for which a case is kept after nobody has a move left: the decision, or the withdrawal. An
// approved person goes on being a customer, so that theirs begins anew with each change at Paxos. Nil where it has not begun.
func (i Identity) ClosedAt() *time.Time {
	if i.Lane != LaneDecided || i.ErasedAt != nil {
		return nil
	}
	if i.DecidedAt != nil && i.Status != Approved {
		return i.DecidedAt
	}
	for _, t := range []time.Time{i.UpdatedAt, i.CreatedAt} {
		if !t.IsZero() {
			return &t
		}
	}
	return nil
}

// Facts are what a decision about a case rests on, in a steady order: status, submission, checks, requirements, controls, open asks.
// Who works the case, where it stands in the queue and what it is called are none.
func (i Identity) Facts() []Change {
	var d differences
	for _, c := range changesBetween(Identity{}, i) {
		if c.Field != "ref_id" {
			d = append(d, c)
		}
	}
	d.add("Paxos id", "", i.PaxosID)
	d.add("submission", "", string(i.Submission))
	if i.Documents != nil {
		d.add("documents", "", join(i.Documents.Types))
	}
	if i.Refresh != nil {
		d.add("KYC refresh", "", "open")
	}
	slices.SortFunc(d, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.New, b.New)) })
	return d
}

// FactLines are [Identity.Facts] as lines of text.
func (i Identity) FactLines() []string {
	facts := i.Facts()
	lines := make([]string, len(facts))
	for n, f := range facts {
		lines[n] = f.Field + ": " + f.New
	}
	return lines
}
