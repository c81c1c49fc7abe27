package outbox

import (
	"context"
	"time"

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

// Imports hands the rows of imports over to the outbox: each job is one step of one import. It must be run behind the gate that closes
// while Paxos throttles the desk.
func Imports(s importStore) queue.Handler {
	return func(ctx context.Context, job queue.Job) error {
		return s.StepImport(ctx, job, importAbreast, importPause)
	}
}
