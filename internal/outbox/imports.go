package outbox

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/queue"
)

// ImportKind is the kind of job that leads an import from its upload until nothing is kept of it; its subject is the import's id.
const ImportKind = "import"

// The pace of imports. So few of their submissions are on their way at once that workers, and places in the line for Paxos, stay free for
// people; they go behind theirs besides.
const (
	importAbreast = 4
	importPause   = 250 * time.Millisecond
)

type importStore interface {
	// StepImport lets rows become submissions while no more than so many of imports are on their way to Paxos, and settles the job.
	StepImport(ctx context.Context, job queue.Job, abreast int, pause time.Duration) error
}

// Imports hands the rows of imports over to the outbox.
type Imports struct {
	store     importStore
	heldUntil func() time.Time
	now       func() time.Time
}

// NewImports makes one; heldUntil says until when Paxos throttles the desk, past or zero where it does not.
func NewImports(s importStore, heldUntil, now func() time.Time) *Imports {
	return &Imports{s, heldUntil, now}
}

// Handle makes one step of one import. While Paxos throttles the desk nothing is handed over.
func (i *Imports) Handle(ctx context.Context, job queue.Job) error {
	if until := i.heldUntil(); until.After(i.now()) {
		return &queue.PutOff{Until: until, Cause: &fault.Error{Kind: fault.Unavailable, Code: fault.HeldBack, RetryAt: until}}
	}
	return i.store.StepImport(ctx, job, importAbreast, importPause)
}
