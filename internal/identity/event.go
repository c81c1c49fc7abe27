package identity

import (
	"strings"
	"time"
)

// EventState is how far the desk has come with an event.
type EventState string

// The states of an event.
const (
	EventQueued  EventState = "queued"
	EventDone    EventState = "done"
	EventParked  EventState = "parked"  // trying again does not help; somebody must look
	EventIgnored EventState = "ignored" // not about identities
	EventTest    EventState = "test"    // sent to try the line; changes nothing
)

// Event is Paxos' record that something happened, and what the desk made of it.
type Event struct {
	ID          string
	Type        string // such as identity.approved, verbatim
	IsTest      bool
	OccurredAt  time.Time // Paxos' time; zero where the webhook did not say
	PaxosID     string    // the identity that it is about; empty until Get Event told
	OldStatus   Status
	NewStatus   Status
	Documents   []string  // identity.documents_required
	RefreshLast time.Time // identity.kyc_refresh.*, zero where absent
	RefreshNext time.Time

	State       EventState
	HeardBy     Source // webhook or poll: who told first
	ReceivedAt  time.Time
	ProcessedAt *time.Time
	Attempts    int
	LastError   string // fault kind and code
	Deliveries  int
	IdentityID  string // ours, once known
	RefID       string // of the case, where it has one; the store fills it in
}

// Attempt is one time that the desk tried to act on an event.
type Attempt struct {
	At      time.Time
	Outcome EventState // the event's state after it; EventQueued: it comes again
	Error   string     // fault kind and code; empty where it went well
}

// The event types about identities.
const (
	EventApproved          = "identity.approved"
	EventDenied            = "identity.denied"
	EventDisabled          = "identity.disabled"
	EventDocumentsRequired = "identity.documents_required"
	EventRefreshStarted    = "identity.kyc_refresh.started"
	EventRefreshCompleted  = "identity.kyc_refresh.completed"
	EventRefreshExpired    = "identity.kyc_refresh.expired"
	EventControlCreated    = "identity.control.created"
	EventControlDeleted    = "identity.control.deleted"
)

// EventTypes are the types of which Paxos tells about identities.
func EventTypes() []string {
	return []string{
		EventApproved, EventDenied, EventDisabled, EventDocumentsRequired, EventRefreshStarted, EventRefreshCompleted,
		EventRefreshExpired, EventControlCreated, EventControlDeleted,
	}
}

// AboutIdentity reports whether an event of this type is about an identity, so that the desk must look.
func AboutIdentity(eventType string) bool { return strings.HasPrefix(eventType, "identity.") }

// Delivery is one webhook request: the thin notice that Paxos sends, and the bytes as they came (sealed at rest).
type Delivery struct {
	ID         int64
	EventID    string
	Type       string
	Time       time.Time // as the notice says; zero where it does not
	IsTest     bool
	Body       []byte
	Unread     Unread              // why Body or Headers cannot be read
	Headers    map[string][]string // without those that are secret
	Address    string
	RequestID  string
	ReceivedAt time.Time
}
