package inbox

import (
	"context"
	"errors"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// HandleRecheck does one job of kind [RecheckKind]: it asks Paxos how a case stands now. An identity that Paxos does not know
// keeps its state, and the job is parked for somebody to look at.
func (b *Inbox) HandleRecheck(ctx context.Context, job queue.Job) error {
	i, err := b.o.Store.Identity(ctx, job.Subject)
	switch {
	case fault.KindOf(err) == fault.NotFound: // the case has become one with another since
		return b.o.Store.FinishJob(ctx, job)
	case err != nil:
		return err
	case i.PaxosID == "":
		return &queue.Park{Cause: &fault.Error{Kind: fault.Conflict, Code: "not_accepted"}}
	}
	n, err := b.at(job.Priority).Identity(ctx, i.PaxosID)
	if err != nil {
		return b.after(job, err)
	}
	n.By, n.ActorID = identity.ByRecheck, job.By
	return b.apply(ctx, job, n)
}

// HandleLook does one job of kind [LookKind]: a list showed an identity while it could not be told whose it is, and it is asked for
// until it can. One that Paxos does not know any more needs no look: nobody waits for it, and there is no case of it. The kind must
// be run without a limit of attempts.
func (b *Inbox) HandleLook(ctx context.Context, job queue.Job) error {
	n, err := b.at(job.Priority).Identity(ctx, job.Subject)
	if err != nil {
		err = b.after(job, err)
		if _, gone := errors.AsType[*queue.Park](err); gone {
			return b.o.Store.FinishJob(ctx, job)
		}
		return err
	}
	n.By = identity.BySync
	return b.apply(ctx, job, n)
}
