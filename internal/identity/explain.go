package identity

import "time"

// Action is a thing that somebody can do about a case.
type Action string

// The actions.
const (
	ActWait       Action = "wait"
	ActEscalate   Action = "escalate"
	ActRecheck    Action = "recheck"
	ActResubmit   Action = "resubmit"
	ActWithdraw   Action = "withdraw"
	ActUpload     Action = "upload"
	ActCorrect    Action = "correct"
	ActRefreshKYC Action = "refresh_kyc"
	ActLookInto   Action = "look_into"
	ActNone       Action = "none"
)

// Blocking is one thing that keeps a case from being decided.
type Blocking struct{ Type, Status, Awaiting, Text string }

// Advice is why a case is where it is and what to do about it.
type Advice struct {
	Sentence     string
	Next         Action
	NextText     string
	Blocking     []Blocking
	Move         Move
	Confidential bool
}

// Explain says why a case is where it is.
func Explain(i Identity, p Policy, now time.Time, staleAfter time.Duration) Advice {
	return Advice{Sentence: "Paxos is deciding.", Next: ActWait, NextText: "Wait for Paxos.", Move: i.Move}
}
