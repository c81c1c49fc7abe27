package identity

import "time"

// EntryKind says what a line of a case's history tells.
type EntryKind string

// The kinds of history.
const (
	WasSubmitted   EntryKind = "submitted"
	WasAttempted   EntryKind = "attempted"   // a create call was started
	AnswerWasLost  EntryKind = "answer_lost" // a create call ended without an answer that we understood
	WasAccepted    EntryKind = "accepted"
	HasFailed      EntryKind = "failed"
	WasResubmitted EntryKind = "resubmitted"
	WasWithdrawn   EntryKind = "withdrawn"
	WasDeclined    EntryKind = "declined"    // service was declined: Paxos knows the person already; Code says why
	WasLinked      EntryKind = "linked"      // the person is the one of another case
	HasLinked      EntryKind = "linked_here" // a submission of this person was joined to this case; Changes says its ref_id
	WasFound       EntryKind = "found"       // first seen by webhook, poll or sync
	StatusChanged  EntryKind = "status"      // Old → New
	DetailChanged  EntryKind = "changed"     // the same status, other sub-statuses, requirements, controls, ref_id
	WasRechecked   EntryKind = "rechecked"   // asked by a person; Changes says what was new, empty for nothing
	WasWoken       EntryKind = "woken"       // a snooze ended by itself; Code says why, see [Waking]
	WasReleased    EntryKind = "released"    // a claim ended by itself; Code says why: "idle", "away" or "disabled"
	EventHeard     EntryKind = "event"       // an event that changed no status: documents asked for, refresh started
	WasErased      EntryKind = "erased"      // everything personal is gone; Code says why: "request" or "retention"
	DocumentEnded  EntryKind = "document"    // a file of ours came to its end; Code says why it failed, empty where Paxos has it
	ProposalEnded  EntryKind = "proposal"    // a proposal about the case ended by itself; Code says how: "void" or "expired"
	MoveStepped    EntryKind = "move"        // what we asked of Paxos; Code says what and how far it has come, see [MoveTold]
)

// Entry is one line of a case's history. It holds codes, never free text.
type Entry struct {
	ID          int64
	IdentityID  string
	Kind        EntryKind
	Old, New    Status
	By          Source
	EventID     string
	Unannounced bool      // found by poll or sync although a webhook should have told of it
	ActorID     string    // who asked, where a person did
	OccurredAt  time.Time // at Paxos
	ReceivedAt  time.Time // when the news reached the desk
	ProcessedAt time.Time // when the desk had acted on it
	Changes     []Change
	Code        string // a failure code
}

// Change is one difference between what was known before and after.
type Change struct {
	Field string `json:"field"` // "status", "sanctions", "requirement SCREENING_CHECK", …
	Old   string `json:"old"`
	New   string `json:"new"`
}
