// Package audit holds the entries of the audit log and the hash chain that joins them, so that an edit, a deletion or a
// reordering is found.
package audit

import (
	"crypto/sha256"
	"slices"
	"time"
)

// Action is what a person did.
type Action string

// The actions that are recorded. System work writes a case's history instead, and one entry per sync run.
const (
	SignedIn         Action = "signed_in"
	SignedOut        Action = "signed_out"
	SignInRefused    Action = "sign_in_refused"
	OpenedCase       Action = "opened_case"
	LookedUp         Action = "looked_up"
	Exported         Action = "exported"
	Submitted        Action = "submitted"
	Resubmitted      Action = "resubmitted"
	DeclinedService  Action = "declined_service"
	ConfirmedSame    Action = "confirmed_same_person"
	AskedAccount     Action = "asked_account"
	OpenedDraft      Action = "opened_draft"
	Withdrew         Action = "withdrew"
	AskedRecheck     Action = "asked_recheck"
	Uploaded         Action = "uploaded"
	UploadedAgain    Action = "uploaded_again"
	TookUploadBack   Action = "took_upload_back"
	Claimed          Action = "claimed"
	Released         Action = "released"
	HandedOver       Action = "handed_over"
	Snoozed          Action = "snoozed"
	Woke             Action = "woke"
	Noted            Action = "noted"
	Tagged           Action = "tagged"
	WentAway         Action = "went_away"
	CameBack         Action = "came_back"
	ChangedPolicy    Action = "changed_policy"
	AskedRange       Action = "asked_range"
	ReprocessedEvent Action = "reprocessed_event"
	TookMissing      Action = "took_missing_events"
	RanSync          Action = "ran_sync"
	StartedJob       Action = "started_job"
	Revealed         Action = "revealed"
	SearchedName     Action = "searched_name"
	Proposed         Action = "proposed"
	Approved         Action = "approved"
	Declined         Action = "declined"
	TookBack         Action = "took_back"
	Erased           Action = "erased"
	Held             Action = "held"
	LetGo            Action = "let_go"
	VerifiedLog      Action = "verified_log"
	TookEvidence     Action = "took_evidence"
	DisabledPerson   Action = "disabled_person"
	EnabledPerson    Action = "enabled_person"
	EndedSession     Action = "ended_session"
	MadeToken        Action = "made_token"
	RevokedToken     Action = "revoked_token"
	UploadedImport   Action = "uploaded_import"
	StartedImport    Action = "started_import"
	PausedImport     Action = "paused_import"
	StoppedImport    Action = "stopped_import"
	TriedMove        Action = "tried_move_again"
	WithdrewMove     Action = "withdrew_move"
	Corrected        Action = "corrected"
	Refreshed        Action = "refreshed_kyc"
	ChangedControl   Action = "changed_control" // had one set or ended at Paxos, as two people agreed
	Rehearsed        Action = "rehearsed"       // set statuses by hand, in the sandbox or the emulator
)

// Entry is one line of the log. It holds no customer's personal data in clear: ids, counts and our own words only.
type Entry struct {
	Seq        int64     // 1, 2, 3 … without a gap; set by the store
	At         time.Time // milliseconds, UTC; set by the store
	ActorID    string
	ActorName  string
	Role       string
	Action     Action
	IdentityID string // our id of the case; empty where none is meant
	Object     string // what else it was done to: an event id, a lane, a keyed hash of a query
	Detail     string // a short text in our own words, such as a number of rows
	Before     string // what it was, masked, in our own words; empty where nothing was replaced
	After      string // what it became
	ReasonCode string // why, from the list of the act
	Reason     string // why, in the person's words: personal data, kept sealed beside the log; see [Filter.Reasons]
	ReasonSum  []byte // what the chain holds of Reason: [ReasonSum] of it; set by the store, empty without a reason
	RequestID  string
	Address    string
	Prev       []byte // the hash of the entry before; 32 zero bytes for the first
	Hash       []byte // see [Entry.Sum]
	Form       int    // how Hash is made; set by Chain

	Words Words // what became of Reason, where it was asked for
}

// Words says what became of the words of a reason.
type Words string

// What can become of them. Without a reason there is nothing to say.
const (
	WordsKept   Words = "kept"   // they are in Reason
	WordsHidden Words = "hidden" // they were not asked for, or are not for the reader
	WordsErased Words = "erased" // by the desk, with the case
	WordsLost   Words = "lost"   // what is kept is not what was written, or cannot be opened
	// WordsMissing are words that are gone though the desk has not erased them.
	WordsMissing Words = "missing"
)

// SaltSize is how many random bytes stand before the words of a reason.
const SaltSize = 16

// ReasonSum is what the chain holds of the words of a reason. Without the salt, which is sealed with the words, it tells nothing of
// them, however few words there might be to choose from.
func ReasonSum(salt []byte, words string) []byte {
	sum := sha256.Sum256(append(slices.Clip(salt), words...))
	return sum[:]
}

// Filter selects entries, newest first.
type Filter struct {
	IdentityID string   // our id of a case, or a former one of it
	More       []string // and of more cases
	ActorID    string
	Role       string
	Action     Action
	RequestID  string
	From, To   time.Time // To is no longer part of it; zero for no bound
	Before     int64     // entries before the one with this Seq in the order of the list; 0 for the newest
	Limit      int
	Reasons    bool // the words of reasons are opened
}
