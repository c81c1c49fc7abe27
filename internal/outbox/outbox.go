// Package outbox sends to Paxos what analysts submitted, and decides what each answer means for the submission. It never
// gives a submission up by itself: it ends accepted, or failed with the reason and the draft kept for a person.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// Kind is the kind of job that the outbox handles; its subject is our id of the case.
const Kind = "submit"

type store interface {
	BeginAttempt(ctx context.Context, job queue.Job) (identity.Identity, identity.Application, error)
	Accepted(ctx context.Context, id string, n identity.News, job *queue.Job) (identity.Identity, error)
	AnswerLost(ctx context.Context, id string, job queue.Job, again time.Time, code string) error
	AttemptMissed(ctx context.Context, id string, job queue.Job, again time.Time, code string) error
	PutOffAttempt(ctx context.Context, id string, job queue.Job, again time.Time, code string) error
	SubmissionFailed(ctx context.Context, id string, job queue.Job, f identity.Failure, existing *identity.Record) error
	Lookup(ctx context.Context, q string) ([]identity.Identity, error)
}

type client interface {
	CreateIdentity(ctx context.Context, d identity.Draft) (identity.News, error)
	CreateInstitution(ctx context.Context, d identity.InstitutionDraft) (identity.News, error)
	Identity(ctx context.Context, paxosID string) (identity.News, error)
}

// Options are what an [Outbox] needs.
type Options struct {
	Store   store
	Paxos   client                           // at the priority of submissions
	Slow    client                           // at that of what nobody waits for, for what imports submit; Paxos where nil
	Backoff func(attempts int) time.Duration // [queue.Backoff] where nil
	Now     func() time.Time                 // time.Now where nil
	Log     *slog.Logger                     // slog.Default where nil
}

// Outbox makes the create calls.
type Outbox struct {
	o     Options
	began time.Time
}

// New makes an outbox.
func New(o Options) *Outbox {
	if o.Slow == nil {
		o.Slow = o.Paxos
	}
	if o.Backoff == nil {
		o.Backoff = queue.Backoff
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Outbox{o: o, began: o.Now()}
}

// Handle makes one attempt at one submission. The start of the attempt is stored before the call, so that a crash at any
// point leaves an attempt whose answer counts as lost. The kind must be run without a limit of attempts, behind the gate that closes
// while Paxos throttles the desk.
func (o *Outbox) Handle(ctx context.Context, job queue.Job) error {
	i, application, err := o.o.Store.BeginAttempt(ctx, job)
	if err != nil {
		if fault.From(err).Code == identity.DraftUnread {
			return o.fail(ctx, job, identity.Failure{Code: identity.DraftUnread}, nil)
		}
		return err
	}
	n, err := create(ctx, o.at(job.Priority), application)
	if err != nil {
		return o.refused(ctx, job, i, fault.From(err))
	}
	return o.accept(ctx, job, n)
}

// at is the client for a job: one person who was typed in goes before the many of a file.
func (o *Outbox) at(p queue.Priority) client {
	if p >= queue.Background {
		return o.o.Slow
	}
	return o.o.Paxos
}

func create(ctx context.Context, paxos client, a identity.Application) (identity.News, error) {
	if a.Institution != nil {
		return paxos.CreateInstitution(ctx, *a.Institution)
	}
	return paxos.CreateIdentity(ctx, *a.Person)
}

// refused decides what a create call that did not succeed means.
func (o *Outbox) refused(ctx context.Context, job queue.Job, i identity.Identity, f *fault.Error) error {
	if f.Throttles() {
		return o.putOff(ctx, job, f)
	}
	switch f.Kind {
	case fault.Conflict:
		return o.clash(ctx, job, i, f)
	case fault.Invalid, fault.TooLarge:
		return o.fail(ctx, job, identity.Failure{Code: identity.Refused, Text: f.Text, Fields: f.Fields}, nil)
	case fault.Forbidden:
		return o.fail(ctx, job, identity.Failure{Code: identity.ScopeMissing, Text: f.Text}, nil)
	case fault.Unavailable, fault.Unauthenticated, fault.NotFound:
		return o.miss(ctx, job, f)
	default: // Lost, and whatever leaves it open whether Paxos has created the identity
		return o.lose(ctx, job, f)
	}
}

func (o *Outbox) accept(ctx context.Context, job queue.Job, n identity.News) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	n.By = identity.BySubmit
	if _, err := o.o.Store.Accepted(ctx, job.Subject, n, &job); err != nil {
		return err
	}
	o.o.Log.Info("a submission was accepted", "identity", job.Subject, "attempts", job.Attempts, "status", n.Record.Status)
	return nil
}

func (o *Outbox) fail(ctx context.Context, job queue.Job, why identity.Failure, existing *identity.Record) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	o.o.Log.Warn("a submission failed", "identity", job.Subject, "attempts", job.Attempts, "code", why.Code)
	return o.o.Store.SubmissionFailed(ctx, job.Subject, job, why, existing)
}

// lose notes an attempt that may have had its effect; the next one uses the same ref_id, and finds out.
func (o *Outbox) lose(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	o.o.Log.Warn("a create call's answer was lost", "identity", job.Subject, "attempts", job.Attempts, "error", fault.Describe(f))
	return o.o.Store.AnswerLost(ctx, job.Subject, job, f.Again(o.o.Now(), o.o.Backoff(job.Attempts)), fault.Describe(f))
}

// miss notes an attempt that surely had no effect.
func (o *Outbox) miss(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	o.o.Log.Warn("a create call had no effect", "identity", job.Subject, "attempts", job.Attempts, "error", fault.Describe(f))
	return o.o.Store.AttemptMissed(ctx, job.Subject, job, f.Again(o.o.Now(), o.o.Backoff(job.Attempts)), fault.Describe(f))
}

// putOff takes an attempt back that Paxos did not take in, since it throttles the desk, or that was not even made. Many workers
// can stand before the gate when it closes.
func (o *Outbox) putOff(ctx context.Context, job queue.Job, f *fault.Error) error {
	ctx, done := queue.Unhurried(ctx)
	defer done()
	at := f.Again(o.o.Now(), o.o.Backoff(job.Attempts))
	o.o.Log.Info("a submission waits while paxos throttles the desk", "identity", job.Subject, "until", at, "error", fault.Describe(f))
	return o.o.Store.PutOffAttempt(ctx, job.Subject, job, at, fault.Describe(f))
}
