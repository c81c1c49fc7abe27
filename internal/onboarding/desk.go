// Package onboarding is what people may do to a case and see of it. Each use case checks the actor, builds the audit entry
// and calls the store; a reveal alone asks Paxos, too.
package onboarding

import (
	"context"
	"fmt"
	"sync"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// store is what the use cases need of the cache; every method is all or nothing, audit entry included.
type store interface {
	claims
	sleeper
	notes
	team
	settings
	reveals
	namesakes
	proposals
	holds
	ledger
	witness
	institutions
	duplicates
	mover
	refreshes
	documents
	controls
	imports

	Submit(ctx context.Context, d identity.Draft, e audit.Entry) (identity.Identity, error)
	RequestRecheck(ctx context.Context, id string, e audit.Entry) error
	Resubmit(ctx context.Context, id string, m identity.Mend, e audit.Entry) (identity.Identity, error)
	Withdraw(ctx context.Context, id string, e audit.Entry) (identity.Identity, error)
	Record(ctx context.Context, e audit.Entry) error
	RecordOnce(ctx context.Context, e audit.Entry, within time.Duration) error
	Identity(ctx context.Context, id string) (identity.Identity, error)
	Name(ctx context.Context, id string) (identity.Name, error)
	Failure(ctx context.Context, id string) (identity.Failure, error)
	History(ctx context.Context, id string) ([]identity.Entry, error)
	List(ctx context.Context, f identity.Filter) (identity.Page, error)
	Counts(ctx context.Context) (identity.Counts, error)
	CountsFor(ctx context.Context, userID string) (identity.Counts, error)
	NextInQueue(ctx context.Context, f identity.Filter) (identity.Identity, bool, error)
	PlaceOf(i identity.Identity, sort identity.Sort) string
	Turns(ctx context.Context, id string) ([]identity.Turn, error)
	Ageings(ctx context.Context) (map[string]identity.Ageing, error)
	Lookup(ctx context.Context, q string) ([]identity.Identity, error)
	LookupMany(ctx context.Context, ids []string, about func(found [][]identity.Identity) []audit.Entry) ([][]identity.Identity, error)
	FormerRefIDs(ctx context.Context, ids []string) (map[string][]string, error)
	Histories(ctx context.Context, ids []string) (map[string][]identity.Entry, error)
}

// indexer makes keyed hashes, so that one query can be told from another in the audit log without being kept there.
type indexer interface {
	Index(kind, value string) []byte
}

// Options are what a [Desk] needs.
type Options struct {
	Store      store
	Details    details                // Paxos, asked for a person who waits
	Policy     func() identity.Policy // as it is now: people change it while the desk runs
	StaleAfter time.Duration          // how old an undecided record may be before the desk advises a re-check
	Now        func() time.Time       // time.Now where nil
	Index      indexer
	Keeps      Keeping
	Spool      spool // of the content of documents
	Notary     Notary
}

// Desk holds the use cases.
type Desk struct {
	o         Options
	verifying sync.Mutex // one walk through the audit log at a time
}

// New makes a desk.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Desk{o: o}
}

// Policy is the policy in force, as it is now.
func (d *Desk) Policy() identity.Policy { return d.o.Policy() }

// permit refuses an actor without the permission.
func permit(a access.Actor, p access.Permission) error {
	if a.Can(p) {
		return nil
	}
	return &fault.Error{
		Kind: fault.Forbidden, Code: string(p),
		Text: fmt.Sprintf("Your role (%s) may not do this. Ask a colleague whose role may, or an admin to change yours.", a.Role),
	}
}

// entry is the audit entry of an actor's act; the store adds its time and its place in the chain.
func entry(a access.Actor, what audit.Action, id string) audit.Entry {
	return audit.Entry{
		ActorID: a.UserID, ActorName: a.Name, Role: string(a.Role), Action: what, IdentityID: id,
		RequestID: a.RequestID, Address: a.Address,
	}
}
