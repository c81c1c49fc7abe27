package identity

import (
	"fmt"
	"time"
)

// News is one answer of Paxos about an identity, with how and when we got it. [Identity.Learn] turns it into a new state.
type News struct {
	Record  Record
	AskedAt time.Time // when the request was sent
	HeardAt time.Time // when the news reached the desk: the delivery's arrival, or the answer's
	By      Source
	// Event made us ask; nil where none did. Its facts (documents asked for, KYC refresh) are learned too.
	Event *Event
	// Unannounced says that a webhook should have told of it and none did.
	Unannounced bool
	// CaughtUp says that the record has had time to show what the event tells. Then the event's line is history also where the
	// record shows an older state, since no later answer will tell of it.
	CaughtUp bool
	// ActorID is the person who asked for a re-check; empty for the desk's own.
	ActorID string
}

// Behind reports whether the record is older than the event and does not show what it tells: Paxos' reading side has not caught
// up, and asking again in a moment gives the truth. It compares times as exactly as Paxos tells them, so that it must be asked before
// they are cut to milliseconds.
func (n News) Behind() bool {
	return n.Event != nil && n.Event.tellsStatus() && n.Event.NewStatus != n.Record.Status &&
		n.Record.UpdatedAt.Before(n.Event.OccurredAt)
}

// Exists is the cause of a Conflict fault when Paxos answers a create with 409.
type Exists struct {
	Field  string // "ref_id", "cip_id", or empty where Paxos does not say
	Record Record // what Paxos says of the existing record; may be partial, its PaxosID may be empty
}

// Error names the field, never a value.
func (e *Exists) Error() string { return fmt.Sprintf("already exists (%s)", e.Field) }

// Held is the cause of a Conflict fault when the desk itself already holds a ref_id.
type Held struct {
	IdentityID string // our id of the case that holds it
}

// Error names our id of the case.
func (h *Held) Error() string { return "held by case " + h.IdentityID }

// ListQuery asks Paxos for a page of identities.
type ListQuery struct {
	Status       Status    // summary_status; empty for all
	UpdatedSince time.Time // updated_at.gte; zero for all
	CreatedFrom  time.Time // created_at.gte; zero for all
	CreatedTo    time.Time // created_at.lt; zero for all
	Cursor       string    // empty for the first page
	Limit        int
}

// EventQuery asks Paxos for a page of events, oldest first.
type EventQuery struct {
	After time.Time // created_at.gt; zero for all
	Type  string    // empty for all
	Limit int
}

// ListPage is Paxos' answer to a [ListQuery].
type ListPage struct {
	Records []Record
	Cursor  string    // of the next page; empty at the end
	AskedAt time.Time // when the request was sent
}
