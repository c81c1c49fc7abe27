package identity

import (
	"slices"
	"time"
)

// OurMove is one thing that somebody asked the desk to have done at Paxos about an identity that Paxos holds: handlers queue it, a
// worker sends it. What is to be sent is kept beside it, sealed, until nothing can be done with it any more.
type OurMove struct {
	ID         string // ours
	IdentityID string // our id of the case
	Kind       MoveKind
	// Key tells moves of one kind about one case apart that may be open at the same time, such as the id of a file; empty where
	// there may be one only. It is never personal data.
	Key string
	// About says what the move is about, in codes alone: the paths of the fields that are changed, the type of a control. It is shown
	// to everybody who sees the case.
	About       []string
	Members     []AccountMember // of an account, besides its owner
	State       MoveState
	AskedBy     string // a user id
	AskedByName string
	AskedAt     time.Time // of what a second person agreed to: when it was proposed

	Attempts    int               // times that a worker has begun
	AttemptedAt *time.Time        // since when an attempt is under way; nil while none is
	LostSince   *time.Time        // start of the earliest attempt that may have had its effect; nil where none was
	NextAt      *time.Time        // when the next attempt begins at the earliest; nil where none will, or one is under way
	EndedAt     *time.Time        // nil while it is open
	Code        string            // why it failed
	Again       bool              // it failed, and what is to be sent is kept here for another try
	Result      map[string]string // what Paxos made, by name: ids alone
	Steps       []MoveStep        // oldest first
}

// MoveRefusal is what Paxos wrote about a move that it refused.
type MoveRefusal struct {
	Failure
	Unread Unread // why it cannot be read; empty where it can
}

// MoveReason is why a move was proposed, in the words of who did.
type MoveReason struct {
	Text   string
	Unread Unread // why it cannot be read; empty where it can
}

// MoveKind says what Paxos is asked to do.
type MoveKind string

// The kinds of moves.
const (
	MoveCorrect  MoveKind = "correct"        // send changed fields
	MoveRefresh  MoveKind = "kyc_refresh"    // say that the details were checked
	MoveControl  MoveKind = "control"        // set a control, or end one
	MoveRehearse MoveKind = "sandbox_status" // set statuses by hand, in the sandbox and the emulator alone
	MoveAccount  MoveKind = "account"        // make an account; its key is our id of the submission that it links, where it links one
)

// MoveState says how far a move has come.
type MoveState string

// The states of a move.
const (
	MoveQueued    MoveState = "queued" // nothing of it can have had an effect yet
	MoveSent      MoveState = "sent"   // an attempt is under way, or was, and may have had its effect
	MoveDone      MoveState = "done"
	MoveFailed    MoveState = "failed" // nothing more happens by itself
	MoveWithdrawn MoveState = "withdrawn"
)

// Open reports whether the move is still on its way.
func (s MoveState) Open() bool { return s == MoveQueued || s == MoveSent }

// MoveStep is one thing that happened to a move.
type MoveStep struct {
	At   time.Time
	Step string // one of the steps below, or a word of the kind's own
	Code string // more about it, such as the kind of a fault; never a text from outside
	By   string // a user id where a person did it
}

// The steps that moves of every kind take.
const (
	StepAsked     = "asked"
	StepStarted   = "started"   // a call is about to be made
	StepMissed    = "missed"    // an attempt surely had no effect
	StepLost      = "lost"      // an attempt may have had its effect
	StepDone      = "done"      // Paxos has done it
	StepFailed    = "failed"    // Paxos refused it, or it cannot be done
	StepAgain     = "again"     // somebody has it tried again
	StepWithdrawn = "withdrawn" // somebody gave it up
	StepErased    = "erased"    // what was kept for another try is erased
	StepProposed  = "proposed"  // asked for, and a second person had to agree
	StepApproved  = "approved"  // a second person agreed to it
)

// The codes of why a move failed that are not those of [Failure] or of a kind's own.
const (
	MoveUnread     = "payload_unreadable" // our sealed payload cannot be opened
	MoveGone       = "unknown_at_paxos"   // 404: Paxos does not know the identity any more
	ChangedAtPaxos = "changed_at_paxos"   // Paxos' record is not what the person saw who asked for the move
	ChangedAfter   = "changed_after_lost" // after a lost answer: Paxos' record is neither as it was nor as it was to become
)

// AgainWithin is how long what is to be sent is kept after a move has failed that may be tried again.
const AgainWithin = 24 * time.Hour

// Ask begins a move. The store gives it its id.
func (m OurMove) Ask(now time.Time) OurMove {
	m.State, m.AskedAt = MoveQueued, now
	return m.step(StepAsked, "", m.AskedBy, now)
}

// Approve begins a move that was proposed at a time, and that a second person has agreed to now. The store gives it its id.
func (m OurMove) Approve(proposed time.Time, by string, now time.Time) OurMove {
	m.State, m.AskedAt = MoveQueued, proposed
	return m.step(StepProposed, "", m.AskedBy, proposed).step(StepApproved, "", by, now)
}

// Approval is how a second person agreed to the move; false where none had to.
func (m OurMove) Approval() (MoveStep, bool) {
	n := slices.IndexFunc(m.Steps, func(s MoveStep) bool { return s.Step == StepApproved })
	if n < 0 {
		return MoveStep{}, false
	}
	return m.Steps[n], true
}

// Begin notes that a worker is about to make calls. An attempt that is still open from before, because the desk stopped in the
// middle, counts as lost.
func (m OurMove) Begin(now time.Time) OurMove {
	if m.AttemptedAt != nil {
		m = m.Lose("stopped", now)
	}
	m.State, m.AttemptedAt = MoveSent, &now
	m.Attempts++
	return m.step(StepStarted, "", "", now)
}

// Lose notes that the attempt ended without an answer that was understood: it may have had its effect.
func (m OurMove) Lose(code string, now time.Time) OurMove {
	if m.LostSince == nil {
		m.LostSince = m.AttemptedAt
	}
	m.AttemptedAt = nil
	return m.step(StepLost, code, "", now)
}

// Miss notes that the attempt surely had no effect.
func (m OurMove) Miss(code string, now time.Time) OurMove {
	m.AttemptedAt = nil
	if m.LostSince == nil {
		m.State = MoveQueued
	}
	return m.step(StepMissed, code, "", now)
}

// PutOff undoes Begin where Paxos throttles the desk: nothing was attempted. The step of the attempt is taken away.
func (m OurMove) PutOff() OurMove {
	m.AttemptedAt = nil
	m.Attempts--
	if m.LostSince == nil {
		m.State = MoveQueued
	}
	return m
}

// Do ends a move that Paxos has done. result are ids of what it made; it may be nil.
func (m OurMove) Do(result map[string]string, now time.Time) OurMove {
	m.State, m.Result, m.Code = MoveDone, result, ""
	return m.end(StepDone, "", "", now)
}

// Fail ends a move with a refusal. again says that the same may be asked again, so that what is to be sent stays.
func (m OurMove) Fail(code string, again bool, now time.Time) OurMove {
	m.State, m.Code, m.Again = MoveFailed, code, again
	return m.end(StepFailed, code, "", now)
}

// MayWithdraw reports whether somebody may still give the move up: no call of it is under way, and another could follow. Where an answer
// was lost it may have worked all the same; see [OurMove.Lost].
func (m OurMove) MayWithdraw() bool {
	return m.State == MoveQueued || m.State == MoveSent && m.AttemptedAt == nil || m.State == MoveFailed && m.Again
}

// Lost reports whether an attempt may have had its effect without the desk knowing.
func (m OurMove) Lost() bool { return m.LostSince != nil && m.State != MoveDone }

// Submission is our id of the submission that the account joins to its case, once it is made; empty for any other move.
func (m OurMove) Submission() string {
	if m.Kind != MoveAccount {
		return ""
	}
	return m.Key
}

// OnItsWay finds the move of a kind that has not ended yet.
func OnItsWay(moves []OurMove, k MoveKind) (OurMove, bool) {
	n := slices.IndexFunc(moves, func(m OurMove) bool { return m.Kind == k && m.State.Open() })
	if n < 0 {
		return OurMove{}, false
	}
	return moves[n], true
}

// Linking finds the account on its way that joins a submission to another case, by our id of the submission.
func Linking(moves []OurMove, submission string) (OurMove, bool) {
	n := slices.IndexFunc(moves, func(m OurMove) bool { return m.State.Open() && m.Submission() == submission })
	if submission == "" || n < 0 {
		return OurMove{}, false
	}
	return moves[n], true
}

// Withdraw gives a move up; see [OurMove.MayWithdraw].
func (m OurMove) Withdraw(by string, now time.Time) OurMove {
	m.State, m.Again = MoveWithdrawn, false
	return m.end(StepWithdrawn, "", by, now)
}

// TryAgain puts a failed move back on its way.
func (m OurMove) TryAgain(by string, now time.Time) OurMove {
	m.State, m.Code, m.Again, m.EndedAt = MoveQueued, "", false, nil
	if m.LostSince != nil {
		m.State = MoveSent
	}
	return m.step(StepAgain, "", by, now)
}

// Forget notes that what was kept for another try is erased.
func (m OurMove) Forget(now time.Time) OurMove {
	m.Again = false
	return m.step(StepErased, "", "", now)
}

// InDoubt reports whether Paxos' record may be another than the desk shows: the move may have worked, or Paxos refused it for what its
// record says.
func (m OurMove) InDoubt() bool {
	return m.Lost() || m.State == MoveFailed && (m.Code == ChangedAtPaxos || m.Code == WrongStatus)
}

func (m OurMove) end(step, code, by string, now time.Time) OurMove {
	m.AttemptedAt, m.EndedAt = nil, &now
	return m.step(step, code, by, now)
}

func (m OurMove) step(step, code, by string, now time.Time) OurMove {
	m.Steps = append(slices.Clip(m.Steps), MoveStep{At: now, Step: step, Code: code, By: by})
	return m
}

// MoveTold is the code of the line of a case's history that tells of a move: its kind and what happened.
func MoveTold(k MoveKind, step string) string { return string(k) + " " + step }
