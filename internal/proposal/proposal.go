// Package proposal holds the rules of four eyes: an act that one person proposes and another approves. It knows when a proposal
// may be decided and by whom, when it ends by itself, and how its kinds are worded; what a kind does is not its concern. It
// imports only the standard library and asks no clock.
package proposal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// State is how far a proposal has come.
type State string

// The states. A proposal leaves Open once and for all.
const (
	Open      State = "open"
	Approved  State = "approved"  // a second person agreed, and it is being done, or can be tried again
	Declined  State = "declined"  // a second person said no
	Withdrawn State = "withdrawn" // its maker took it back
	Void      State = "void"      // the case is no longer what was proposed for
	Expired   State = "expired"   // nobody decided in time
	Done      State = "done"      // approved, and done
	Undone    State = "undone"    // approved, and given up or refused: nobody goes on with it
)

// States are all of them, in the order in which they can be reached.
func States() []State {
	return []State{Open, Approved, Done, Undone, Declined, Withdrawn, Void, Expired}
}

// DefaultTerm is how long a proposal waits for a second person where no policy says otherwise.
const DefaultTerm = 72 * time.Hour

// Policy is what a proposal is decided by. It is frozen in the proposal: a later change of the rules is not its concern.
type Policy struct {
	Term    time.Duration `json:"term"`              // how long it may wait
	Confirm string        `json:"confirm,omitempty"` // what both people confirm; empty for nothing
}

// Proposal is an act that waits for, or has had, a second pair of eyes. Reason, Answer, Change and Payload are personal data:
// sealed at rest, gone once the case is erased.
type Proposal struct {
	ID         string
	Kind       Kind
	IdentityID string // our id of the case
	RefID      string // of the case now; the store fills it in
	Policy     Policy

	Rev         int64  // of the case, when it was last known to be as it was
	Fingerprint string // of the case's facts at the time, see [Fingerprint]

	MakerID, MakerName string
	ReasonCode         string
	Reason             string
	Change             Change
	Payload            []byte   // the kind's own: nobody here reads it
	About              []string // codes of what the change does, where the kind has any; the store fills it in
	Unread             string   // the code of why any of them cannot be read; empty where all can

	State     State
	At        time.Time
	ExpiresAt time.Time

	DeciderID, DeciderName string     // who ended it; empty where nobody did
	EndedAt                *time.Time // when it left Open
	Answer                 string     // why, in the words of who ended it
}

// New is a proposal that has just been made. The store gives it its ID.
func New(k Kind, p Policy, facts []string, now time.Time) Proposal {
	if p.Term <= 0 {
		p.Term = DefaultTerm
	}
	return Proposal{
		Kind: k, Policy: p, Fingerprint: Fingerprint(facts), State: Open, At: now, ExpiresAt: now.Add(p.Term),
	}
}

// Fingerprint stands for the facts about a case that a decision rests on: other facts, or another order, give another one.
func Fingerprint(facts []string) string {
	text, _ := json.Marshal(facts) // a slice of strings always marshals
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Due reports whether nobody can decide any more, since time is over. At the very moment of ExpiresAt it is.
func (p Proposal) Due(now time.Time) bool { return p.State == Open && !now.Before(p.ExpiresAt) }

// Stale reports whether the case is no longer what was proposed for.
func (p Proposal) Stale(facts []string) bool { return p.Fingerprint != Fingerprint(facts) }

// Ended is the proposal after it has left Open. by and name are empty where it ended by itself.
func (p Proposal) Ended(s State, by, name, answer string, now time.Time) Proposal {
	p.State, p.DeciderID, p.DeciderName, p.Answer, p.EndedAt = s, by, name, answer, &now
	return p
}
