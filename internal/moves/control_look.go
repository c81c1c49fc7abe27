package moves

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// ControlsKind is the kind of jobs that ask for the controls of a case, which must be run with a limit of attempts behind the gate that closes
// while Paxos throttles the desk. Its subject is our id of the case.
const ControlsKind = "controls"

type controlStore interface {
	ApplyControls(ctx context.Context, job queue.Job, list identity.ControlList) error
	Identity(ctx context.Context, id string) (identity.Identity, error)
	FinishJob(ctx context.Context, job queue.Job) error
}

type controlTeller interface {
	Controls(ctx context.Context, paxosID string, deleted bool) ([]identity.ControlRecord, error)
}

// LookAtControls asks Paxos which controls a case has, and had. An ask that fails is repeated after
// what backoff says, such as [queue.Backoff].
func LookAtControls(store controlStore, paxos controlTeller, backoff func(attempts int) time.Duration, now func() time.Time) queue.Handler {
	return func(ctx context.Context, job queue.Job) error {
		i, err := store.Identity(ctx, job.Subject)
		if fault.KindOf(err) == fault.NotFound || err == nil && (i.PaxosID == "" || i.ErasedAt != nil) {
			return store.FinishJob(ctx, job)
		}
		if err != nil {
			return err
		}
		asked := now()
		all, err := paxos.Controls(ctx, i.PaxosID, true)
		if err != nil {
			return notTold(err, now(), backoff(job.Attempts))
		}
		return store.ApplyControls(ctx, job, identity.ControlsOf(all, asked))
	}
}
