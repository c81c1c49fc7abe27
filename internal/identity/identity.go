// Package identity is the domain of the desk: identities as Paxos decides on them, submissions, requirements, events, the
// rule that says which cases are stuck and whose move it is, and the clocks. It imports only the standard library, does no
// input or output, and asks no clock: time comes in as an argument.
package identity

import "time"

// Status is Paxos' word for where an identity stands, verbatim. Unknown words are carried and shown as they are.
type Status string

// The statuses known today. StatusError means that Paxos has frozen the identity.
const (
	StatusNone  Status = "" // Paxos has not answered yet
	Pending     Status = "PENDING"
	Approved    Status = "APPROVED"
	Denied      Status = "DENIED"
	Disabled    Status = "DISABLED"
	StatusError Status = "ERROR"
)

// Type says what an identity is.
type Type string

// The types known today.
const (
	Person      Type = "PERSON"
	Institution Type = "INSTITUTION"
)

// Submission is how far our own attempt to create an identity has come. Empty for what came from elsewhere.
type Submission string

// The states of a submission.
const (
	NotOurs   Submission = ""
	Queued    Submission = "queued"    // stored here, no attempt made yet
	Sent      Submission = "sent"      // at least one attempt was started
	Failed    Submission = "failed"    // Paxos refused it; a person must act
	Accepted  Submission = "accepted"  // Paxos holds it
	Withdrawn Submission = "withdrawn" // given up by us, draft erased
	Declined  Submission = "declined"  // a duplicate; service declined
	Linked    Submission = "linked"    // a duplicate; joined to the existing identity
)

// Waiting reports whether the submission is still on its way to Paxos.
func (s Submission) Waiting() bool { return s == Queued || s == Sent }

// Source is how we learned something.
type Source string

// The sources.
const (
	BySubmit  Source = "submit"  // the answer to our own create
	ByWebhook Source = "webhook" // a webhook announced it
	ByPoll    Source = "poll"    // List Events told of it before any webhook did
	ByRecheck Source = "recheck" // somebody, or the clock, asked again
	BySync    Source = "sync"    // found while listing identities
)

// Lane is where a case sits in the queue.
type Lane string

// The lanes. Snoozed is none of its own: it selects cases of any lane that sleep.
const (
	LaneFailed  Lane = "failed"
	LaneAction  Lane = "action"
	LaneOverdue Lane = "overdue"
	LaneFrozen  Lane = "frozen"
	LaneRefresh Lane = "refresh"
	LaneWaiting Lane = "waiting"
	LaneDecided Lane = "decided"
	LaneSnoozed Lane = "snoozed"
)

// Stuck reports whether a case in this lane needs a human now.
func (l Lane) Stuck() bool {
	return l == LaneFailed || l == LaneAction || l == LaneOverdue || l == LaneFrozen
}

// StuckLanes are the lanes that need a human now, in the order in which pages show them.
func StuckLanes() []Lane { return []Lane{LaneFailed, LaneAction, LaneOverdue, LaneFrozen} }

// QueueLanes are all lanes that the queue can show, in the order in which pages show them.
func QueueLanes() []Lane {
	return append(StuckLanes(), LaneRefresh, LaneWaiting, LaneSnoozed)
}

// Move is whose turn it is.
type Move string

// The moves. TheLine means that what lies between us and Paxos must move: a submission on its way, a missed event.
const (
	Ours     Move = "ours"
	Paxos    Move = "paxos"
	TheLine  Move = "line"
	NobodyIs Move = "none"
)

// Requirement is one thing that Paxos still wants, from `status_details.requirements` or the older lists.
type Requirement struct {
	Type     string             `json:"type"`
	Status   string             `json:"status"`             // PENDING or FAILED
	Awaiting string             `json:"awaiting,omitempty"` // PAXOS, CLIENT, or empty where Paxos names nobody
	Errors   []RequirementError `json:"errors,omitempty"`
	// Older marks a requirement from the lists that never say who must act (`pending_requirements`, `failed_requirements`).
	Older bool `json:"older,omitempty"`
}

// RequirementError is why a requirement is not met. The code is kept; Paxos' description is dropped at the client, since it
// may hold personal data, and the desk has words of its own for each known code.
type RequirementError struct {
	Code string `json:"code"`
}

// The requirement types, states and parties that the rule knows.
const (
	IDVerification          = "ID_VERIFICATION"
	DocumentVerification    = "DOCUMENT_VERIFICATION"
	ScreeningCheck          = "SCREENING_CHECK"
	ComplianceCheck         = "COMPLIANCE_CHECK"
	EnhancedDueDiligence    = "ENHANCED_DUE_DILIGENCE"
	RiskAwarenessAssessment = "RISK_AWARENESS_ASSESSMENT"
	KYCRefresh              = "KYC_REFRESH"
	TaxDetailsVerification  = "TAX_DETAILS_VERIFICATION"
	Members                 = "MEMBERS"

	RequirementPending = "PENDING"
	RequirementFailed  = "FAILED"

	AwaitingClient = "CLIENT"
	AwaitingPaxos  = "PAXOS"
)

// controlFrozen is the control that Paxos sets on an identity that it freezes.
const controlFrozen = "FROZEN"

// Control limits what a person can do at Paxos. Its free-text reason is not kept.
type Control struct {
	ID          string    `json:"id"`
	Type        string    `json:"type"`
	SetBy       string    `json:"set_by"`
	Overridable bool      `json:"overridable"`
	ReasonCode  string    `json:"reason_code,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
}

// Details is the allow-list of what is kept from Paxos' record beside ids, status and times. It never holds personal data.
type Details struct {
	IDVerification Status        `json:"id_verification,omitempty"`
	Sanctions      Status        `json:"sanctions,omitempty"`
	Screening      Status        `json:"screening,omitempty"` // additional_screening_status
	Requirements   []Requirement `json:"requirements,omitempty"`
	Controls       []Control     `json:"controls,omitempty"` // see [Details.InForce]
	// ControlsUnsaid marks what comes from an answer of the older shape, which cannot tell of controls: they are those of Paxos' list, or
	// of an earlier answer, as of ControlsAsOf; zero where they are not known.
	ControlsUnsaid bool      `json:"controls_unsaid,omitempty"`
	ControlsAsOf   time.Time `json:"controls_as_of,omitzero"`
	UserDisabled   bool      `json:"user_disabled,omitempty"`
	AdminDisabled  bool      `json:"admin_disabled,omitempty"`
	// Institution is what an institution is, where an answer or our own draft said it; nil where nothing did.
	Institution *InstitutionFacts `json:"institution,omitempty"`
}

// Record is Paxos' answer about one identity, stripped to what the desk keeps.
type Record struct {
	PaxosID   string
	RefID     string // may be missing, may change
	Type      Type
	Status    Status
	Details   Details
	Name      Name                // only where the answer carried it without being asked for details; sealed at rest
	Members   []InstitutionMember // of an institution; nil where the answer does not say
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Name is a person's (or an institution's, in Last) name. It is personal data: sealed at rest, never logged.
type Name struct {
	First  string `json:"first,omitempty"`
	Middle string `json:"middle,omitempty"`
	Last   string `json:"last,omitempty"`
}

// NotAtPaxos says why nothing can be asked of Paxos about a case; empty where it can.
func (i Identity) NotAtPaxos() string {
	switch {
	case i.ErasedAt != nil:
		return "This case was erased: nothing is asked of Paxos about it any more."
	case i.PaxosID == "":
		return "Paxos does not hold this identity yet. Wait until the submission is accepted, or mend the submission."
	}
	return ""
}

// DocumentsAsk is what an `identity.documents_required` event asked for.
type DocumentsAsk struct {
	Types   []string  `json:"types"`
	At      time.Time `json:"at"`                // when Paxos asked, by its clock
	HeardAt time.Time `json:"heard_at,omitzero"` // when we heard of it, by ours; zero in rows of before that was kept
}

// Refresh is an open periodic KYC refresh. One that was not done in time stays open until it is done.
type Refresh struct {
	StartedAt time.Time `json:"started_at"` // zero where no event told of it
	EndsAt    time.Time `json:"ends_at"`
	Expired   bool      `json:"expired,omitempty"` // Paxos has said that its time is over
}

// Failure is why a submission failed. Code is a stable word of ours; Text is Paxos' own, with submitted values cut out, and
// sealed at rest.
type Failure struct {
	Code   string            `json:"code"`
	Text   string            `json:"text,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// The failure codes.
const (
	RefIDTaken    = "ref_id_taken"     // 409: another record holds the ref_id
	CIPIDTaken    = "cip_id_taken"     // 409: another identity holds the government id
	AlreadyExists = "already_exists"   // 409: Paxos does not say which
	Refused       = "refused"          // 400: Paxos refuses the details
	ScopeMissing  = "scope_missing"    // 403
	DraftUnread   = "draft_unreadable" // our sealed draft cannot be opened
)

// Identity is one case of the desk: a person or an institution at Paxos, or our submission on its way there.
type Identity struct {
	ID         string // ours
	PaxosID    string // empty until Paxos has accepted
	RefID      string
	Type       Type
	Status     Status
	Submission Submission
	Details    Details
	Documents  *DocumentsAsk // open ask for documents, nil where none
	Refresh    *Refresh      // open KYC refresh, nil where none
	Initials   string        // such as "BD"; empty where no name is known
	Casework

	// The verdict of the stuck rule as stored on the row, see [Assess].
	Lane      Lane
	Move      Move
	MoveSince time.Time
	DueAt     *time.Time // when the present move is late
	WarnAt    *time.Time // when three quarters of the time until then are over
	TurnAt    *time.Time // when time alone changes the lane; nil where it never does

	PendingSince *time.Time // nil unless undecided
	DecidedAt    *time.Time // at Paxos: when the present decision fell; nil while there is none or its time is not known
	CreatedAt    time.Time  // Paxos', or when it was submitted here
	UpdatedAt    time.Time  // Paxos' updated_at, or our last act before Paxos answered
	AskedAt      time.Time  // when the request was sent whose answer gave the present state; zero before any
	CheckedAt    *time.Time // "as of": when we last heard Paxos confirm the state
	LearnedBy    Source     // what first told us the present status; empty while there is none

	SubmittedBy    string // user id
	SubmittedAt    *time.Time
	VerificationID string     // the verifier's record id, a way to find the case
	Attempts       int        // create calls started
	AttemptedAt    *time.Time // start of the latest create call
	LostSince      *time.Time // start of the earliest create call whose answer was lost, nil where none was
	FailureCode    string     // see [Failure]
	ExistingID     string     // our id of the identity that a refused submission clashed with
	LinkingSince   *time.Time // since when the account is on its way that joins a failed submission to another case; nil where none is

	ErasedAt *time.Time // when everything personal about it was erased; nil while it is here

	Rev int64 // grows by one with each change of the row; that Paxos was asked again (AskedAt, CheckedAt) is none
}

// Decided reports whether nobody has a move left.
func (i Identity) Decided() bool { return i.Lane == LaneDecided }
