package handlers

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// writeJSON marshals into memory, then writes.
func writeJSON(c echo.Context, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.JSONBlob(status, append(body, '\n'))
}

type errorJSON struct {
	Error struct {
		Kind      string            `json:"kind"`
		Text      string            `json:"text"`
		RequestID string            `json:"request_id"`
		Fields    map[string]string `json:"fields"`
		RetryAt   *time.Time        `json:"retry_at"` // null where it is not known
	} `json:"error"`
}

func errorBody(f *fault.Error, requestID string) errorJSON {
	var e errorJSON
	e.Error.Kind, e.Error.Text, e.Error.RequestID, e.Error.Fields = string(f.Kind), f.Text, requestID, f.Fields
	e.Error.RetryAt = utc(&f.RetryAt)
	if e.Error.Fields == nil {
		e.Error.Fields = map[string]string{}
	}
	return e
}

// caseJSON is a case as scripts know it; its first fields are fixed for good.
type caseJSON struct {
	ID           string         `json:"id"`
	PaxosID      *string        `json:"paxos_id"`
	RefID        *string        `json:"ref_id"`
	Type         string         `json:"type"`
	Status       *string        `json:"status"`
	Submission   *string        `json:"submission"`
	Lane         string         `json:"lane"`
	Move         string         `json:"move"`
	Blocking     []blockingJSON `json:"blocking"`
	DueAt        *time.Time     `json:"due_at"`
	PendingSince *time.Time     `json:"pending_since"`
	CreatedAt    *time.Time     `json:"created_at"`
	UpdatedAt    *time.Time     `json:"updated_at"`
	CheckedAt    *time.Time     `json:"checked_at"`
	LearnedBy    *string        `json:"learned_by"`
	Assignee     *string        `json:"assignee"`

	Initials       *string    `json:"initials"`
	Sentence       string     `json:"sentence"`
	NextAction     string     `json:"next_action"`
	NextText       string     `json:"next_text"`
	Confidential   bool       `json:"confidential"` // must not be told to the customer
	SnoozedUntil   *time.Time `json:"snoozed_until"`
	SubmittedAt    *time.Time `json:"submitted_at"`
	VerificationID *string    `json:"verification_id"`
	Attempts       int        `json:"attempts"`

	AssigneeName *string    `json:"assignee_name"`
	AssignedAt   *time.Time `json:"assigned_at"`
	Tags         []string   `json:"tags"`
	Woke         *string    `json:"woke"` // what ended the last snooze, until somebody has acted since
	WarnAt       *time.Time `json:"warn_at"`
	DecidedAt    *time.Time `json:"decided_at"`
	Unusual      bool       `json:"unusual"` // undecided for longer than 95 of 100 of its kind took
	ErasedAt     *time.Time `json:"erased_at"`
}

type blockingJSON struct {
	Type     string  `json:"type"`
	Status   string  `json:"status"`
	Awaiting *string `json:"awaiting"`
	Text     string  `json:"text"`

	Sentence     string  `json:"sentence"`
	Move         string  `json:"move"`
	NextAction   string  `json:"next_action"`
	NextText     string  `json:"next_text"`
	Tell         *string `json:"tell"` // what the customer may be told; null for nothing
	Confidential bool    `json:"confidential"`
}

func toCase(r onboarding.Row) caseJSON {
	i, a := r.Identity, r.Advice
	return caseJSON{
		ID: i.ID, PaxosID: orNull(i.PaxosID), RefID: orNull(i.RefID), Type: string(i.Type), Status: orNull(string(i.Status)),
		Submission: orNull(string(i.Submission)), Lane: string(i.Lane), Move: string(i.Move), Blocking: each(a.Blocking, toBlocking),
		DueAt: utc(i.DueAt), PendingSince: utc(i.PendingSince), CreatedAt: utc(&i.CreatedAt), UpdatedAt: utc(&i.UpdatedAt),
		CheckedAt: utc(i.CheckedAt), LearnedBy: orNull(string(i.LearnedBy)), Assignee: orNull(i.Assignee),
		Initials: orNull(i.Initials), Sentence: a.Sentence, NextAction: string(a.Next), NextText: a.NextText,
		Confidential: a.Confidential, SnoozedUntil: utc(i.SnoozedUntil), SubmittedAt: utc(i.SubmittedAt),
		VerificationID: orNull(i.VerificationID), Attempts: i.Attempts,
		AssigneeName: orNull(r.Holder), AssignedAt: utc(i.AssignedAt), Tags: append([]string{}, r.Tags...), Woke: orNull(string(i.Woke)),
		WarnAt: utc(i.WarnAt), DecidedAt: utc(i.DecidedAt), Unusual: r.Unusual,
		ErasedAt: utc(i.ErasedAt),
	}
}

func toBlocking(b identity.Blocking) blockingJSON {
	return blockingJSON{
		Type: b.Type, Status: b.Status, Awaiting: orNull(b.Awaiting), Text: b.Text,
		Sentence: b.Sentence, Move: string(b.Move), NextAction: string(b.Next), NextText: b.NextText, Tell: orNull(b.Tell),
		Confidential: b.Confidential,
	}
}

// listJSON is one page of anything.
type listJSON[T any] struct {
	Items        []T              `json:"items"`
	Next         *string          `json:"next"`
	Total        int64            `json:"total"`
	TotalAtLeast bool             `json:"total_at_least,omitempty"`
	AsOf         *time.Time       `json:"as_of,omitempty"`
	Counts       map[string]int64 `json:"counts,omitempty"` // of the queue's lanes
}

type eventJSON struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	State       string     `json:"state"`
	Attempts    int        `json:"attempts"`
	ReceivedAt  *time.Time `json:"received_at"`
	ProcessedAt *time.Time `json:"processed_at"`
	LastError   *string    `json:"last_error"`
	Deliveries  int        `json:"deliveries"`
	IdentityID  *string    `json:"identity_id"`

	OccurredAt *time.Time `json:"occurred_at"`
	PaxosID    *string    `json:"paxos_id"`
	IsTest     bool       `json:"is_test"`
	HeardBy    *string    `json:"heard_by"`
}

func toEvent(e identity.Event) eventJSON {
	return eventJSON{
		ID: e.ID, Type: e.Type, State: string(e.State), Attempts: e.Attempts, ReceivedAt: utc(&e.ReceivedAt),
		ProcessedAt: utc(e.ProcessedAt), LastError: orNull(e.LastError), Deliveries: e.Deliveries, IdentityID: orNull(e.IdentityID),
		OccurredAt: utc(&e.OccurredAt), PaxosID: orNull(e.PaxosID), IsTest: e.IsTest, HeardBy: orNull(string(e.HeardBy)),
	}
}

type auditJSON struct {
	Seq        int64      `json:"seq"`
	At         *time.Time `json:"at"`
	ActorID    string     `json:"actor_id"`
	ActorName  string     `json:"actor_name"`
	Role       string     `json:"role"`
	Action     string     `json:"action"`
	IdentityID *string    `json:"identity_id"`
	Object     *string    `json:"object"`
	Detail     *string    `json:"detail"`
	RequestID  *string    `json:"request_id"`
	Address    *string    `json:"address"`

	Before      *string `json:"before"` // masked, in the desk's words
	After       *string `json:"after"`
	ReasonCode  *string `json:"reason_code"`
	ReasonGiven bool    `json:"reason_given"` // there are words, or were before the case was erased
	Prev        string  `json:"prev"`
	Hash        string  `json:"hash"`
}

func toAudit(e audit.Entry) auditJSON {
	return auditJSON{
		Seq: e.Seq, At: utc(&e.At), ActorID: e.ActorID, ActorName: e.ActorName, Role: e.Role, Action: string(e.Action),
		IdentityID: orNull(e.IdentityID), Object: orNull(e.Object), Detail: orNull(e.Detail), RequestID: orNull(e.RequestID),
		Address: orNull(e.Address), Before: orNull(e.Before), After: orNull(e.After), ReasonCode: orNull(e.ReasonCode),
		ReasonGiven: e.Words != "", Prev: hex.EncodeToString(e.Prev), Hash: hex.EncodeToString(e.Hash),
	}
}

// each turns every item of a list into its JSON form; an empty list stays a list.
func each[T, U any](items []T, to func(T) U) []U {
	out := make([]U, 0, len(items))
	for _, i := range items {
		out = append(out, to(i))
	}
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// utc is a time for JSON; null for none.
func utc(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	u := t.UTC().Truncate(time.Millisecond)
	return &u
}
