package proposal

import (
	"fmt"
	"time"
)

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

// OverText says how a proposal ended, and by whom, to somebody who came after that, and gives the moments that it tells of.
func (p Proposal) OverText() (text string, times []time.Time) {
	how := map[State]string{
		Approved: "It was approved by %s at %s.", Done: "It was approved by %s at %s, and done.",
		Undone:   "It was approved by %s at %s, and what it asked for did not come about.",
		Declined: "It was declined by %s at %s.", Withdrawn: "%s took it back at %s.",
	}[p.State]
	switch {
	case p.State == Void:
		return "The case has changed since this was proposed, so that the proposal is void. Nothing was done. Look at the case, and propose it again where it is still wanted.", nil
	case p.State == Expired:
		return "This proposal has expired: nobody decided by " + moment(p.ExpiresAt) + ". Nothing was done. Propose it again where it is still wanted.", []time.Time{p.ExpiresAt}
	case how == "" || p.EndedAt == nil:
		return "This proposal has ended before. Nothing was done now.", nil
	}
	return fmt.Sprintf(how, p.DeciderName, moment(*p.EndedAt)) + " Nothing was done now.", []time.Time{*p.EndedAt}
}

// OpenText says that a proposal is in the way of another of its kind.
func (p Proposal) OpenText() string {
	return fmt.Sprintf("%s made a proposal of this kind at %s, and it waits for a second person. It has to be decided on, or taken back, before there is another.",
		p.MakerName, moment(p.At))
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }
