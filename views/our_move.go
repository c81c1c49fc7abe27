package views

import (
	"maps"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// OurMove is one thing that was asked of Paxos about a case.
type OurMove struct {
	identity.OurMove
	Reason      identity.MoveReason  // zero unless it was proposed, and the person may see names
	Refusal     identity.MoveRefusal // only the code unless the person may see names; zero unless it failed
	Joint       []identity.Joint     // who shares the account; none unless the person may see accounts
	CanTryAgain bool
	CanWithdraw bool
}

// about names what the move is about: fields as forms name them, other codes in words.
func (m OurMove) about() string {
	var names []string
	for _, code := range m.About {
		if len(m.Joint) > 0 && strings.HasPrefix(code, "members ") {
			continue // they are named
		}
		text := identity.Label(code)
		day, checked := strings.CutPrefix(code, identity.FieldRefreshedAt)
		switch {
		case checked:
			text = "Details checked on" + day
		case code == identity.AboutBackdated:
			text = "backdated on purpose"
		case strings.HasPrefix(code, "ref_id "): // of an account, as it is written
		case text == code:
			text = personalLabel(code)
		}
		names = append(names, text)
	}
	return strings.Join(names, ", ")
}

// outcome says how far the move has come, in a sentence.
func (m OurMove) outcome() string {
	_, approved := m.Approval()
	switch {
	case m.State == identity.MoveDone:
		return m.Kind.Words().Done
	case m.State == identity.MoveFailed:
		return identity.MoveWhy(m.Code)
	case m.State == identity.MoveWithdrawn && approved && m.Lost():
		return "Nothing more is sent, and what was to be sent is erased; why it was proposed stays with the proposal. An answer of Paxos was lost before, so it may have worked: look at what Paxos holds before you ask for the same again."
	case m.State == identity.MoveWithdrawn && approved:
		return "Nothing is sent, and what was to be sent is erased. Why it was proposed stays with the proposal."
	case m.State == identity.MoveWithdrawn && m.Lost():
		return "Nothing more is sent, and what was typed is erased. An answer of Paxos was lost before, so it may have worked: look at what Paxos holds before you ask for the same again."
	case m.State == identity.MoveWithdrawn:
		return "Nothing is sent. What was typed is erased."
	case m.Lost() && m.AttemptedAt == nil:
		return m.looks() + " It can be withdrawn; that does not undo what has worked."
	case m.Lost():
		return m.looks()
	case m.AttemptedAt != nil:
		return "It is being sent to Paxos now."
	}
	return "It waits to be sent to Paxos."
}

// looks says what the desk does after a lost answer.
func (m OurMove) looks() string {
	const lost = "An answer of Paxos was lost, so it may have worked. The desk looks before it sends anything again."
	if m.Kind == identity.MoveRefresh {
		return lost + " Where Paxos does not say whether the refresh has come, it is told once more: that does no harm."
	}
	return lost
}

// madeID is Paxos' id of something that a move made.
type madeID struct{ Name, ID string }

// made are the ids of what Paxos has made of the move.
func (m OurMove) made() (out []madeID) {
	words := map[string]string{"account_id": "Account id", "profile_id": "Profile id", identity.ControlResult: "Control id"}
	for _, name := range slices.Sorted(maps.Keys(m.Result)) {
		out = append(out, madeID{firstOf(words[name], name), m.Result[name]})
	}
	return out
}

// nextAt is when the next attempt begins, where that is not now.
func (m OurMove) nextAt(now time.Time) (time.Time, bool) {
	if !m.State.Open() || m.NextAt == nil || !m.NextAt.After(now) {
		return time.Time{}, false
	}
	return *m.NextAt, true
}

// waits reports whether no call is being made for the move, and one is to come.
func (m OurMove) waits(now time.Time) bool {
	_, later := m.nextAt(now)
	return m.State.Open() && (later || m.AttemptedAt == nil)
}

// keptUntil is when what is kept for another try is erased.
func (m OurMove) keptUntil() (time.Time, bool) {
	if !m.Again || m.EndedAt == nil {
		return time.Time{}, false
	}
	return m.EndedAt.Add(identity.AgainWithin), true
}

// open reports whether the steps stand open: while something is about to happen, and where somebody should look.
func (m OurMove) open() bool { return m.State.Open() || m.State == identity.MoveFailed }

// moveAct is the address of something that can be done about a move.
func moveAct(p CasePage, m OurMove, act string) string {
	return caseAct(p.Identity.ID, "moves/"+m.ID+"/"+act)
}

// stepWhy is a step's code in words; empty where the step says it all.
func stepWhy(s identity.MoveStep) string {
	switch {
	case s.Code == "":
		return ""
	case s.Step == identity.StepFailed:
		return identity.MoveWhy(s.Code)
	}
	kind, code, _ := strings.Cut(s.Code, " ")
	switch fault.Kind(kind) {
	case fault.Lost:
		if answer := identity.AnswerWords(code); answer != "" {
			return answer + ", which does not tell whether it worked."
		}
		return "The line was cut before Paxos had answered."
	case fault.Unavailable:
		return "Paxos was not to be reached."
	case fault.Throttled:
		return "Paxos throttles the desk."
	case fault.Unauthenticated:
		return "Paxos did not accept the desk’s credentials."
	}
	return ""
}

// moveLine tells of a step of a move in the timeline.
func moveLine(e identity.Entry) line {
	kind, step, _ := strings.Cut(e.Code, " ")
	l := line{Icon: "send", Title: identity.MoveKind(kind).Words().Name + ": " + lowered(identity.StepWords(step))}
	switch step {
	case identity.StepDone:
		l.Icon, l.Tone = "check", good
	case identity.StepFailed:
		l.Icon, l.Tone = "circle-x", bad
		if len(e.Changes) > 0 {
			l.Text = identity.MoveWhy(e.Changes[0].New)
		}
	case identity.StepApproved:
		l.Icon = "circle-check"
	case identity.StepAgain:
		l.Icon = "rotate-clockwise"
	case identity.StepWithdrawn:
		l.Icon = "trash"
	}
	return l
}

func lowered(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// joins says what the account for the existing identity is, or was, to the submission.
func (p CasePage) joins(m OurMove) string {
	switch {
	case m.State.Open():
		return ". Once Paxos has made it, this submission is linked."
	case m.State == identity.MoveDone && p.Identity.Submission == identity.Linked:
		return ". This submission was linked to it by this account."
	}
	return ". This submission was not linked by it."
}

// moving reports whether a move is on its way.
func (p CasePage) moving() bool {
	return slices.ContainsFunc(p.Moves, func(m OurMove) bool { return m.State.Open() })
}
