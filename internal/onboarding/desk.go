// Package onboarding is what people may do to a case and see of it. Each use case checks the actor, builds the audit entry
// and makes one call to the store; none of them calls Paxos.
package onboarding

import (
	"context"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// store is what the use cases need of the cache; every method is all or nothing, audit entry included.
type store interface {
	Submit(ctx context.Context, d identity.Draft, e audit.Entry) (identity.Identity, error)
	RequestRecheck(ctx context.Context, id string, e audit.Entry) error
	Resubmit(ctx context.Context, id string, e audit.Entry) (identity.Identity, error)
	Withdraw(ctx context.Context, id string, e audit.Entry) (identity.Identity, error)
	Record(ctx context.Context, e audit.Entry) error
	RecordOnce(ctx context.Context, e audit.Entry, within time.Duration) error
	Identity(ctx context.Context, id string) (identity.Identity, error)
	Name(ctx context.Context, id string) (identity.Name, error)
	Failure(ctx context.Context, id string) (identity.Failure, error)
	History(ctx context.Context, id string) ([]identity.Entry, error)
	List(ctx context.Context, f identity.Filter) (identity.Page, error)
	Counts(ctx context.Context) (identity.Counts, error)
	Lookup(ctx context.Context, q string) ([]identity.Identity, error)
	AuditEntries(ctx context.Context, f audit.Filter) ([]audit.Entry, error)
}

// indexer makes keyed hashes, so that a query can be told from another in the audit log without being kept.
type indexer interface {
	Index(kind, value string) []byte
}

// Options are what a [Desk] needs.
type Options struct {
	Store      store
	Policy     identity.Policy
	StaleAfter time.Duration // how old an undecided record may be before the desk advises a re-check
	Now        func() time.Time
	Index      indexer
}

// Desk holds the use cases.
type Desk struct{ o Options }

// New makes a desk.
func New(o Options) *Desk { return &Desk{o: o} }

// Row is a case as lists show it, with the words that explain it.
type Row struct {
	Identity identity.Identity
	Advice   identity.Advice
}

// Case is a case as its own page shows it.
type Case struct {
	Row
	Name             identity.Name      // zero unless the actor may see names
	Failure          identity.Failure   // zero unless the submission failed
	History          []identity.Entry   // oldest first
	Acts             []audit.Entry      // what people did to the case, oldest first
	Existing         *identity.Identity // what a failed submission clashed with, where the desk holds it
	RecheckAllowedAt time.Time          // until then a re-check is refused; zero or past: it may be asked now
	CanRecheck       bool
	CanResubmit      bool
	CanWithdraw      bool
}

// List is one page of cases.
type List struct {
	Rows         []Row
	Next         string
	Total        int64
	TotalAtLeast bool
	AsOf         time.Time
}

// Queue is one page of the queue, with the numbers of its tabs.
type Queue struct {
	Rows         []Row
	Counts       identity.Counts
	Next         string
	Total        int64
	TotalAtLeast bool
	AsOf         time.Time
}

// Open gives a case and logs that the actor saw it.
func (d *Desk) Open(ctx context.Context, a access.Actor, id string) (Case, error) { return Case{}, nil }

// Peek gives a case without logging.
func (d *Desk) Peek(ctx context.Context, a access.Actor, id string) (Case, error) { return Case{}, nil }

// Queue gives a page of the queue.
func (d *Desk) Queue(ctx context.Context, a access.Actor, f identity.Filter) (Queue, error) {
	return Queue{}, nil
}

// List gives a page of cases.
func (d *Desk) List(ctx context.Context, a access.Actor, f identity.Filter) (List, error) {
	return List{}, nil
}

// Export gives every case that fits, one by one.
func (d *Desk) Export(ctx context.Context, a access.Actor, f identity.Filter, what string, yield func(Row) error) error {
	return nil
}

// Lookup finds cases by an id of any kind.
func (d *Desk) Lookup(ctx context.Context, a access.Actor, q string) ([]Row, time.Time, error) {
	return nil, time.Time{}, nil
}

// Submit takes a draft in.
func (d *Desk) Submit(ctx context.Context, a access.Actor, draft identity.Draft) (identity.Identity, error) {
	return identity.Identity{}, nil
}

// Recheck asks Paxos again.
func (d *Desk) Recheck(ctx context.Context, a access.Actor, id string) error { return nil }

// Resubmit sends a failed submission again.
func (d *Desk) Resubmit(ctx context.Context, a access.Actor, id string) (identity.Identity, error) {
	return identity.Identity{}, nil
}

// Withdraw gives a failed submission up.
func (d *Desk) Withdraw(ctx context.Context, a access.Actor, id string) (identity.Identity, error) {
	return identity.Identity{}, nil
}

// Audit gives entries of the audit log, newest first.
func (d *Desk) Audit(ctx context.Context, a access.Actor, f audit.Filter) ([]audit.Entry, error) {
	return nil, nil
}
