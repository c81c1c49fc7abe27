// Package moves sends to Paxos what people have asked for about an identity: corrections, refreshes, and whatever other moves there
// are. It decides what each answer means for a move. It never gives a move up by itself: each ends done, or failed with the reason.
//
// A kind of move is a [Handler], which makes the calls of one attempt. It plugs in like this:
//
//  1. internal/identity: a MoveKind constant, words for it and for its own codes.
//  2. internal/onboarding: a use case in move_KIND.go that checks the actor and calls QueueMove with the payload as JSON: row, job and
//     audit entry are one transaction. moves.go there says which permission trying again and withdrawing need.
//  3. here: a Handler in KIND.go over an interface with the few calls that it needs, see the example below.
//  4. cmd/identitydesk: a line in newMoves.
//
// The faults that a Handler gives back decide: Throttled puts the attempt off as if it had not been made; Unavailable and
// Unauthenticated surely had no effect, and the attempt is made again; Lost may have had its effect, and is made again: the Handler finds
// [identity.OurMove.LostSince] set then, and looks first where the call is not idempotent. Invalid, TooLarge, Conflict, Forbidden and
// NotFound end the move: failed, with Paxos' words. A call that only reads is wrapped in [Harmless]; a refusal that another try may
// overcome in [TryLater], or [identity.OurMove.Again] stays false and people begin anew.
//
//	func Freeze(paxos freezer) Handler {
//		return func(ctx context.Context, a *Attempt) (Result, error) {
//			var ask identity.FreezeAsk
//			if err := a.Decode(&ask); err != nil {
//				return nil, err
//			}
//			if a.Move.LostSince != nil { // an earlier attempt may have worked: look first
//				there, err := paxos.Frozen(ctx, a.PaxosID)
//				if err != nil || there {
//					return nil, Harmless(err)
//				}
//			}
//			id, err := paxos.Freeze(ctx, a.PaxosID, ask)
//			return Result{"freeze_id": id}, err
//		}
//	}
package moves

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// JobKind is the kind of job that sends moves of a kind; its subject is the id of the move.
func JobKind(k identity.MoveKind) string { return "move:" + string(k) }

// Result is what Paxos made: ids by name, such as "account_id". Nil for nothing.
type Result map[string]string

// Handler makes the calls of one attempt at a move.
type Handler func(ctx context.Context, a *Attempt) (Result, error)

// Attempt is one attempt at a move. That it has begun is stored already.
type Attempt struct {
	Move    identity.OurMove
	PaxosID string // of the identity
	Now     time.Time

	payload []byte
}

// Decode reads what is to be sent.
func (a *Attempt) Decode(into any) error {
	if json.Unmarshal(a.payload, into) != nil { // the cause may quote what it could not read
		return &fault.Error{Kind: fault.Invalid, Code: identity.MoveUnread, Text: "What was to be sent cannot be read."}
	}
	return nil
}

// harmless is the error of a call that changes nothing.
type harmless struct{ error }

// Unwrap gives the call's error.
func (h harmless) Unwrap() error { return h.error }

// Harmless marks the error of a call that changes nothing, such as a look at Paxos' record: however it ended, the attempt had no effect.
// Nil stays nil.
func Harmless(err error) error {
	if err == nil {
		return nil
	}
	return harmless{err}
}

// later is a refusal that another try may overcome.
type later struct{ error }

// Unwrap gives the refusal.
func (l later) Unwrap() error { return l.error }

// TryLater marks a refusal that another try of the same may overcome, once something has changed: what is to be sent is kept for it.
// Nil stays nil.
func TryLater(err error) error {
	if err == nil {
		return nil
	}
	return later{err}
}

type store interface {
	BeginMove(ctx context.Context, job queue.Job) (m identity.OurMove, payload []byte, paxosID string, err error)
	MoveDone(ctx context.Context, job queue.Job, result map[string]string) error
	MoveFailed(ctx context.Context, job queue.Job, f identity.Failure, again bool) error
	MoveLost(ctx context.Context, job queue.Job, again time.Time, code string) error
	MoveMissed(ctx context.Context, job queue.Job, again time.Time, code string) error
	PutOffMove(ctx context.Context, job queue.Job, again time.Time, code string) error
}

// Options are what a [Sender] needs.
type Options struct {
	Store   store
	Backoff func(attempts int) time.Duration // [queue.Backoff] where nil
	Now     func() time.Time                 // time.Now where nil
	Log     *slog.Logger                     // slog.Default where nil
}

// Sender runs the attempts.
type Sender struct{ o Options }

// New makes a sender.
func New(o Options) *Sender {
	if o.Backoff == nil {
		o.Backoff = queue.Backoff
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Sender{o}
}

// Job is what the runner of jobs does for a kind of move. It must be run without a limit of attempts, behind the gate that
// closes while Paxos throttles the desk.
func (s *Sender) Job(h Handler) queue.Handler {
	return func(ctx context.Context, job queue.Job) error { return s.attempt(ctx, job, h) }
}
