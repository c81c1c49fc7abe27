package identity

import (
	"fmt"
	"strings"
)

// MoveWords are what people read of a kind of move.
type MoveWords struct {
	Name string // what it is called, such as "Correction"
	Done string // what it means that Paxos has done it
}

// Words are what people read of the kind; one that the desk does not know is called by its own name.
func (k MoveKind) Words() MoveWords {
	switch k {
	case MoveCorrect:
		return MoveWords{Name: "Correction", Done: "Paxos has taken the changes. What it now says of the person shows above."}
	case MoveAccount:
		return MoveWords{Name: "New account", Done: "Paxos has made the account."}
	case MoveRefresh:
		return MoveWords{Name: "KYC refresh", Done: "Paxos has taken the refresh. It tells by an event once the refresh is completed."}
	case MoveRehearse:
		return MoveWords{Name: "Rehearsal", Done: "It is set. What follows from it shows above."}
	case MoveControl:
		return MoveWords{Name: "Control", Done: "Paxos has done it. The controls in force, and what the customer can do under them, show above."}
	}
	return MoveWords{Name: string(k), Done: "Paxos has done it."}
}

// LinkingText says who has decided that a submission's person is the one of another case, while the account for them is on its way.
func (m OurMove) LinkingText() string {
	return fmt.Sprintf("%s confirmed the same person at %s, and the account is on its way to Paxos. Wait for its outcome.",
		m.AskedByName, m.AskedAt.UTC().Format("2006-01-02 15:04 UTC"))
}

// OpenText says who has asked for the move while it is on its way, to whoever asks for another like it.
func (m OurMove) OpenText() string {
	return fmt.Sprintf("%s: one that %s asked for at %s is still on its way to Paxos. Wait for its outcome, or withdraw it. Nothing was queued.",
		m.Kind.Words().Name, m.AskedByName, m.AskedAt.UTC().Format("2006-01-02 15:04 UTC"))
}

// KeepsText says why the case cannot be erased while the move is on its way.
func (m OurMove) KeepsText() string {
	return fmt.Sprintf("%s: %s asked for it at %s, and it is still on its way to Paxos. Wait for its outcome, or withdraw it, before you have the case erased.",
		m.Kind.Words().Name, m.AskedByName, m.AskedAt.UTC().Format("2006-01-02 15:04 UTC"))
}

// StepWords says what a step of a move was; one that the desk does not know is called by its own name.
func StepWords(step string) string {
	switch step {
	case StepAsked:
		return "Asked for"
	case StepStarted:
		return "Call to Paxos started"
	case StepMissed:
		return "No effect: it is tried again"
	case StepLost:
		return "Answer lost: it may have worked"
	case StepDone:
		return "Done at Paxos"
	case StepFailed:
		return "Failed"
	case StepAgain:
		return "Queued again"
	case StepWithdrawn:
		return "Withdrawn"
	case StepErased:
		return "What was to be sent is erased"
	case StepProposed:
		return "Proposed"
	case StepApproved:
		return "Approved"
	}
	return step
}

// MoveWhy says why a move failed, in a sentence, by its code.
func MoveWhy(code string) string {
	switch code {
	case Refused:
		return "Paxos refused what was sent."
	case RefIDTaken:
		return "Another record at Paxos holds this ref_id."
	case CIPIDTaken:
		return "Another identity at Paxos holds this government id."
	case AlreadyExists:
		return "Paxos says that it exists already, without saying which part."
	case ScopeMissing:
		return "The desk lacks the scope for this. Settings shows which it was granted."
	case WrongStatus:
		return "Paxos does not take this in the identity's present status."
	case NotOverridable:
		return "Only Paxos can end this control."
	case MoveUnread:
		return "What was to be sent cannot be opened with the present keys."
	case MoveGone:
		return "Paxos does not know this identity any more. Re-check the case."
	case ChangedAtPaxos:
		return "Paxos' record or its status changed after the form was opened, so that nothing was sent. Open the form again and look at what it holds now."
	case ChangedAfter:
		return "An answer of Paxos was lost, and its record, or its status, is neither as the form showed it nor as it was to become. Look at what it holds before you send anything again."
	}
	if answer := AnswerWords(code); answer != "" {
		return answer + "."
	}
	if label := Label(code); label != code {
		return label + "."
	}
	return code
}

// AnswerWords tells of an answer of Paxos that is known by its HTTP status alone, as the code "http_503" has it; empty for any other code.
func AnswerWords(code string) string {
	status, answered := strings.CutPrefix(code, "http_")
	if !answered {
		return ""
	}
	return "Paxos answered with status " + status
}
