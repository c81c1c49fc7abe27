package identity

import (
	"slices"
	"time"
)

// Action is what somebody can do about a case that may really help.
type Action string

// The actions.
const (
	ActWait       Action = "wait"         // Paxos is in time
	ActEscalate   Action = "escalate"     // ask Paxos Support
	ActRecheck    Action = "recheck"      // ask the API again
	ActResubmit   Action = "resubmit"     // make the create call again
	ActWithdraw   Action = "withdraw"     // give the submission up
	ActCompare    Action = "compare"      // tell whether it is the same person whom Paxos holds already
	ActUpload     Action = "upload"       // send documents
	ActCorrect    Action = "correct"      // send mended details
	ActRefreshKYC Action = "refresh_kyc"  // confirm or renew what is known of the customer
	ActAccount    Action = "open_account" // have the first account made
	ActLookInto   Action = "look_into"    // a person must find out
	ActNone       Action = "none"
)

// movedBy is the kind of move that does the action; empty where none does.
func (a Action) movedBy() MoveKind {
	switch a {
	case ActCorrect:
		return MoveCorrect
	case ActRefreshKYC:
		return MoveRefresh
	case ActAccount:
		return MoveAccount
	}
	return ""
}

// OnItsWay is the advice while the very move that it calls for is on its way to Paxos. What else is known of the case stays.
func (a Advice) OnItsWay(moves []OurMove) Advice {
	if k := a.Next.movedBy(); k != "" {
		if _, open := OnItsWay(moves, k); open {
			a.Next, a.NextText = ActWait, "Wait: the "+lower(k.Words().Name)+" is on its way to Paxos, and this case shows its outcome."
		}
	}
	return a
}

// FirstAccount is the advice about an approved identity to somebody who may have accounts made: the first one, where no move has made any.
// What was made elsewhere is not known here.
func (a Advice) FirstAccount(i Identity, moves []OurMove) Advice {
	controls, _ := i.Details.InForce()
	made := slices.ContainsFunc(moves, func(m OurMove) bool {
		return m.Kind == MoveAccount && m.State == MoveDone && m.IdentityID == i.ID
	})
	if a.Next == ActNone && i.Status == Approved && i.NotAtPaxos() == "" && len(controls) == 0 && !made {
		a.Next, a.NextText = ActAccount, "Have an account made, unless Paxos holds one already: Accounts shows what it holds."
	}
	return a
}

// Blocking is one thing that keeps a case from being decided. Type, Status and Awaiting are Paxos' words where it has some,
// the rest is ours.
type Blocking struct {
	Type, Status, Awaiting string
	Text                   string // short, for a row
	Sentence               string // why, in plain words
	Move                   Move   // whose move this one is
	Next                   Action // what to do about this one
	NextText               string
	Tell                   string // what the customer may be told; empty where Confidential
	Confidential           bool   // this reason is not to be disclosed to the customer
	Ask                    string // the text without the documents that it names; empty where it asks for none
}

// The types of what blocks that are no requirement of Paxos'.
const (
	blockSubmission = "SUBMISSION" // our create call
	blockDocuments  = "DOCUMENTS"  // an event asked for documents
	blockSanctions  = "SANCTIONS"  // the sub-status
	blockStatus     = "STATUS"     // the status itself
)

// Advice is why a case is where it is, and the one thing to do about it.
type Advice struct {
	Sentence     string
	Next         Action
	NextText     string
	Blocking     []Blocking // what awaits us first
	Move         Move       // as shown at this moment
	AgeingKind   string     // see [Identity.AgeingKind]
	Tell         string     // what the customer may be told of the case; empty for nothing
	Confidential bool       // reasons are not to be disclosed to the customer
}

// Explain says why a case is where it is and what to do. An undecided case that was not checked for longer than staleAfter is
// the line's to move, since an event may have been missed; a staleAfter of zero never is.
func Explain(i Identity, p Policy, now time.Time, staleAfter time.Duration) Advice {
	v := verdictOf(i, p, now)
	if i.ErasedAt != nil { // whatever Paxos does about the person since is not ours to work on
		a := nothingToDo("Everything personal about this case was erased here.")
		a.Move = v.Move
		return a
	}
	x := explaining{i: i, v: v, late: v.paxosIsLate(now)}
	x.blocks = i.blocks(v)
	for n, b := range x.blocks {
		if x.late && !b.ours {
			x.blocks[n] = b.escalated()
		}
	}
	a := x.advice()
	a.Move, a.AgeingKind = v.Move, i.ageingKind(x.blocks)
	controls, _ := i.Details.InForce()
	a.Confidential = a.Confidential || len(controls) > 0
	for _, b := range x.blocks {
		a.Blocking = append(a.Blocking, b.Blocking)
		a.Confidential = a.Confidential || b.Confidential
	}
	if len(a.Blocking) > 0 {
		a.Tell = a.Blocking[0].Tell
	}
	if i.stale(now, staleAfter) {
		a.Sentence += " The last answer from Paxos is old, so an event may have been missed."
		a.Next, a.NextText, a.Move = ActRecheck, "Re-check: ask Paxos how it stands now.", TheLine
	}
	return a
}

// verdictOf is the verdict as stored while no time has passed that changes it, which saves a list the counting of business
// time; else the rule is asked.
func verdictOf(i Identity, p Policy, now time.Time) Verdict {
	if i.Lane == "" || i.TurnAt != nil && !now.Before(*i.TurnAt) {
		return Assess(i, p, now)
	}
	return Verdict{
		Lane: i.Lane, Move: i.Move, MoveSince: i.MoveSince, PendingSince: i.PendingSince, DueAt: i.DueAt, WarnAt: i.WarnAt,
		TurnAt: i.TurnAt,
	}
}

// stale reports whether the case can change at Paxos and was not checked for too long.
func (i Identity) stale(now time.Time, after time.Duration) bool {
	if after <= 0 || i.PaxosID == "" || !i.Status.Undecided() {
		return false
	}
	return i.CheckedAt == nil || now.Sub(*i.CheckedAt) > after
}

// paxosIsLate reports whether Paxos has had the move for too long: its limit is over, or a KYC refresh that it reviews is about to
// end.
func (v Verdict) paxosIsLate(now time.Time) bool {
	over := v.DueAt != nil && !now.Before(*v.DueAt)
	return v.Move == Paxos && (over || v.Lane == LaneAction)
}

// explaining is one run of Explain.
type explaining struct {
	i      Identity
	v      Verdict
	late   bool // Paxos is
	blocks []block
}

func (x explaining) advice() Advice {
	switch {
	case x.i.Submission == Failed && x.i.LinkingSince != nil:
		b := linkingBlock()
		return Advice{Sentence: b.Sentence, Next: b.Next, NextText: b.NextText, Tell: b.Tell}
	case x.i.Submission == Failed:
		return x.i.failedAdvice()
	case x.i.Submission.Waiting():
		return x.onItsWay()
	case x.i.Submission == Withdrawn:
		return nothingToDo("The submission was withdrawn and its details were erased.")
	case x.i.Submission == Declined:
		return nothingToDo("The person is known to Paxos already and service was declined.")
	case x.i.Submission == Linked:
		return nothingToDo("The person is known to Paxos already and was linked to the existing identity.")
	}
	switch x.v.Lane {
	case LaneFrozen:
		return x.frozen()
	case LaneAction, LaneRefresh:
		return x.blocked()
	case LaneDecided:
		return x.decided()
	}
	return x.waiting()
}

func nothingToDo(sentence string) Advice {
	return Advice{Sentence: sentence, Next: ActNone, NextText: "Nothing to do."}
}

func (x explaining) onItsWay() Advice {
	if x.v.Lane == LaneOverdue {
		return Advice{
			Sentence: "The submission has been on its way to Paxos for more than ten minutes.",
			Next:     ActLookInto,
			NextText: "Look at the settings page: is Paxos reachable, are we throttled? The desk keeps trying with the same ref_id.",
			Tell:     tellNothing,
		}
	}
	a := Advice{Next: ActWait, NextText: "Wait: the desk sends it by itself.", Tell: tellNothing}
	switch {
	case x.i.Submission == Queued:
		a.Sentence = "The submission is stored and waits for its turn to be sent to Paxos."
	case x.i.AttemptedAt != nil:
		a.Sentence = "The submission is being sent to Paxos."
	case x.i.LostSince != nil:
		a.Sentence = "The submission was sent, but Paxos' answer was lost; it is sent again with the same ref_id, which cannot create a second identity."
	default:
		a.Sentence = "The submission could not be delivered yet and is sent again by itself."
	}
	return a
}

func (x explaining) frozen() Advice {
	if x.v.Move == Ours {
		a := x.blocked()
		a.Sentence = "Paxos has frozen this identity. " + a.Sentence
		a.Confidential = true
		return a
	}
	a := Advice{
		Sentence:     "Paxos has frozen this identity and reviews it by hand; no event will tell when that changes.",
		Next:         ActWait,
		NextText:     "Wait for Paxos' review; the desk re-checks by itself.",
		Confidential: true,
	}
	if x.late {
		a.Next, a.NextText = ActEscalate, "Ask Paxos Support how the review stands, with the escalation note."
	}
	return a
}

// blocked leads with the first thing that blocks, which is ours where one is.
func (x explaining) blocked() Advice {
	if len(x.blocks) == 0 {
		return x.silent()
	}
	first := x.blocks[0]
	return Advice{Sentence: first.Sentence, Next: first.Next, NextText: first.NextText}
}

func (x explaining) waiting() Advice {
	if known := x.i.Status == Pending || x.i.Status == StatusNone; !known {
		return x.unknownStatus()
	}
	return x.blocked()
}

func (x explaining) unknownStatus() Advice {
	a := Advice{
		Sentence: "Paxos gives the status " + string(x.i.Status) + ", which the desk does not know; it is treated as undecided.",
		Next:     ActLookInto,
		NextText: "Look the word up in Paxos' documentation, or ask Paxos Support.",
		Tell:     tellNothing,
	}
	if x.late {
		a.Next, a.NextText = ActEscalate, escalateText
	}
	return a
}

// silent is a pending case for which Paxos names no reason.
func (x explaining) silent() Advice {
	if x.late {
		return Advice{
			Sentence: "Paxos has not decided within the limit and names nothing that is missing.",
			Next:     ActEscalate,
			NextText: escalateText,
			Tell:     tellNothing,
		}
	}
	return Advice{
		Sentence: "Paxos is deciding and asks for nothing.",
		Next:     ActWait,
		NextText: "Wait: the desk shows the decision by itself.",
		Tell:     tellNothing,
	}
}

func (x explaining) decided() Advice {
	switch x.i.Status {
	case Approved:
		controls, known := x.i.Details.InForce()
		if len(controls) > 0 {
			a := nothingToDo("Paxos has approved this identity, with limits set by controls.")
			a.Confidential = true
			return a
		}
		a := nothingToDo("Paxos has approved this identity.")
		if !known {
			a.Sentence += " Whether a control limits it is not known here yet."
		}
		a.Tell = "Your details have been verified."
		return a
	case Denied:
		a := nothingToDo("Paxos has denied this identity.")
		a.NextText, a.Confidential = "Nothing can be sent to change it; ask Paxos Support if the decision looks wrong.", true
		return a
	}
	return x.disabled()
}

func (x explaining) disabled() Advice {
	d := x.i.Details
	a := nothingToDo("This identity is disabled.")
	controls, _ := d.InForce()
	a.Confidential = d.AdminDisabled || len(controls) > 0
	switch {
	case d.AdminDisabled:
		a.Sentence = "Paxos has disabled this identity."
		a.NextText = "Ask Paxos Support if it should be enabled again."
	case d.UserDisabled:
		a.Sentence = "This identity was disabled by us."
	}
	return a
}
