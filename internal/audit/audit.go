// Package audit holds the entries of the audit log and the hash chain that joins them, so that an edit, a deletion or a
// reordering is found.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	Withdrew         Action = "withdrew"
	AskedRecheck     Action = "asked_recheck"
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
)

// Entry is one line of the log. It holds no customer's personal data: ids, counts and our own words only.
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
	Reason     string // why, in the person's words: personal data, kept sealed beside the log
	ReasonSum  []byte // what the chain holds of Reason: SHA-256 over a random salt and the text; set by the store
	RequestID  string
	Address    string
	Prev       []byte // the hash of the entry before; 32 zero bytes for the first
	Hash       []byte // see [Entry.Sum]
}

// Sum is the entry's hash: SHA-256 over the hash before and each field, every field with its length before it, so that no
// two different entries have the same bytes. An entry without before, after and reason has the hash that it had before there
// were any. The text of the reason is not part of it, so that it can be erased.
func (e Entry) Sum() []byte {
	h := sha256.New()
	h.Write(e.Prev)
	parts := []string{
		fmt.Sprint(e.Seq), fmt.Sprint(e.At.UnixMilli()), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID,
		e.Object, e.Detail, e.RequestID, e.Address,
	}
	if e.Before != "" || e.After != "" || e.ReasonCode != "" || len(e.ReasonSum) > 0 {
		parts = append(parts, e.Before, e.After, e.ReasonCode, hex.EncodeToString(e.ReasonSum))
	}
	fields, _ := json.Marshal(parts) // a slice of strings always marshals
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(fields)))
	h.Write(size[:])
	h.Write(fields)
	return h.Sum(nil)
}

// Chain puts the entry behind prev (nil for the first): number, previous hash, own hash. At is cut to milliseconds, as it
// is stored.
func (e Entry) Chain(prev *Entry) Entry {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Seq, e.Prev = 1, make([]byte, sha256.Size)
	if prev != nil {
		e.Seq, e.Prev = prev.Seq+1, prev.Hash
	}
	e.Hash = e.Sum()
	return e
}

// Filter selects entries, newest first.
type Filter struct {
	IdentityID string
	ActorID    string
	Action     Action
	Before     int64 // entries with a smaller Seq; 0 for the newest
	Limit      int
}
