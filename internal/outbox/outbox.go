// Package outbox sends to Paxos what analysts submitted, and decides what each answer means for the submission.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// Kind is the kind of job that the outbox handles; its subject is our id of the case.
const Kind = "submit"

type store interface {
	BeginAttempt(ctx context.Context, job queue.Job) (identity.Identity, identity.Draft, error)
	Accepted(ctx context.Context, id string, n identity.News, job *queue.Job) (identity.Identity, error)
	AnswerLost(ctx context.Context, id string, job queue.Job, again time.Time, code string) error
	AttemptMissed(ctx context.Context, id string, job queue.Job, again time.Time, code string) error
	SubmissionFailed(ctx context.Context, id string, job queue.Job, f identity.Failure, existing *identity.Record) error
}

type client interface {
	CreateIdentity(ctx context.Context, d identity.Draft) (identity.News, error)
	Identity(ctx context.Context, paxosID string) (identity.News, error)
}

// Options are what an [Outbox] needs.
type Options struct {
	Store store
	Paxos client // at the priority of submissions
	Now   func() time.Time
	Log   *slog.Logger
}

// Outbox makes the create calls.
type Outbox struct{ o Options }

// New makes an outbox.
func New(o Options) *Outbox { return &Outbox{o: o} }

// Handle makes one attempt at one submission.
func (o *Outbox) Handle(ctx context.Context, job queue.Job) error { return nil }
