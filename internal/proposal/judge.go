package proposal

import "time"

// Verb is what somebody wants to do about a proposal.
type Verb string

// The verbs.
const (
	Approve  Verb = "approve"
	Decline  Verb = "decline"
	Withdraw Verb = "withdraw"
)

// Verdict is what is in the way of a verb.
type Verdict string

// The verdicts, in the order in which they are looked for.
const (
	Fine       Verdict = ""
	NotAllowed Verdict = "not_allowed" // the person's role may not decide
	Own        Verdict = "own"         // whoever made it cannot decide on it
	NotOwn     Verdict = "not_own"     // only whoever made it takes it back
	Over       Verdict = "over"        // it was decided before
	Late       Verdict = "late"        // it has expired
	Changed    Verdict = "changed"     // the case is no longer what was proposed for
)

// Person is who wants to do it.
type Person struct {
	ID         string
	MayApprove bool
}

// Answer is what somebody wants to do about a proposal, and why.
type Answer struct {
	Verb Verb
	By   Person
	Name string
	Text string // why, in their own words: sealed at rest; may be empty
}

// Judge says what is in the way. facts are those of the case now. A case that has changed keeps nobody from saying no.
func (p Proposal) Judge(v Verb, by Person, facts []string, now time.Time) Verdict {
	if who := p.judgeWho(v, by); who != Fine {
		return who
	}
	switch {
	case p.State != Open:
		return Over
	case p.Due(now):
		return Late
	case v == Approve && p.Stale(facts):
		return Changed
	}
	return Fine
}

func (p Proposal) judgeWho(v Verb, by Person) Verdict {
	own := by.ID == p.MakerID
	switch {
	case v == Withdraw && !own:
		return NotOwn
	case v == Withdraw:
		return Fine
	case !by.MayApprove:
		return NotAllowed
	case own:
		return Own
	}
	return Fine
}

// Becomes is the state in which a verb leaves a proposal.
func (v Verb) Becomes() State {
	switch v {
	case Approve:
		return Approved
	case Decline:
		return Declined
	default:
		return Withdrawn
	}
}

// Becomes is the state that a verdict brings about by itself; empty where it changes nothing.
func (v Verdict) Becomes() State {
	switch v {
	case Late:
		return Expired
	case Changed:
		return Void
	default:
		return ""
	}
}
