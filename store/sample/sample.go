// Package sample fills a store with invented identities and with what people have done about them, in the ways in which the desk
// itself does: for load tests and benchmarks.
package sample

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"identitydesk/internal/identity"
	"identitydesk/store"
)

// block is how many identities are stored as a sync would: those beyond are copies of them.
const block = 2000

// page is how many identities a sync stores in one transaction.
const page = 1000

// RefID is the ref_id of identity number n.
func RefID(n int) string { return fmt.Sprintf("user-%07d", n) }

// PaxosID is the Paxos id of identity number n. One says as little of the next as Paxos' own do, so that indexes grow as they do
// in life.
func PaxosID(n int) string {
	sum := sha256.Sum256([]byte(RefID(n % block)))
	return scattered(n) + uuid.UUID(sum[:16]).String()[8:]
}

// scattered gives different numbers below 2^32 different words. See [scatteredSQL].
func scattered(n int) string { return fmt.Sprintf("%08x", uint32(uint64(n)*scatter)) }

const scatter = 2654435761

// Data are the invented identities of a store. Number 0 is the youngest; they were created a minute apart. Of each hundred five are
// PENDING in their time, two are stuck, three DENIED, one DISABLED, the rest APPROVED, every tenth of these after some hours of
// PENDING. Of what is stuck half is claimed by twenty people, some is tagged, and some sleeps.
type Data struct {
	Store *store.Store
	URL   string    // of its database, which must be SQLite
	Now   time.Time // when a sync has read them all

	n int
}

// Grow lets there be n identities. The first of them, and what people do about them, come in the ways in which the desk itself
// writes; the rest are copies of these with ids and times of their own, in the same tables, since the desk's own way would take
// an hour for five million. Not copied is the audit log. It fails where the counters do not agree with what there is.
func (d *Data) Grow(ctx context.Context, n int) error {
	if err := d.begin(ctx, min(n, block)); err != nil {
		return err
	}
	if n <= d.n {
		return nil
	}
	if err := d.copy(ctx, n); err != nil {
		return err
	}
	if _, err := d.Store.RebuildCounters(ctx); err != nil { // what was copied is not counted yet
		return err
	}
	drift, err := d.Store.RebuildCounters(ctx)
	if err == nil && drift != 0 {
		err = fmt.Errorf("%d counters do not agree with the sample", drift)
	}
	return err
}

// begin stores the first identities, unless they are there.
func (d *Data) begin(ctx context.Context, n int) error {
	if n <= d.n {
		return nil
	}
	if err := d.sync(ctx, n); err != nil {
		return err
	}
	return d.work(ctx)
}

// sync stores identities as a sync would.
func (d *Data) sync(ctx context.Context, n int) error {
	for d.n < n {
		to := min(d.n+page, n)
		var news []identity.News
		for k := d.n; k < to; k++ {
			news = append(news, newsOf(k, d.Now)...)
		}
		if _, err := d.Store.ApplyPage(ctx, news, nil); err != nil {
			return fmt.Errorf("store the identities from number %d on: %w", d.n, err)
		}
		d.n = to
	}
	return nil
}

// newsOf is what a sync would have heard of identity number n, oldest first.
func newsOf(n int, now time.Time) []identity.News {
	r := identity.Record{
		PaxosID: PaxosID(n), RefID: RefID(n), Type: identity.Person, Status: identity.Approved,
		CreatedAt: now.Add(-time.Duration(n+10) * time.Minute),
		Details:   identity.Details{IDVerification: identity.Approved, Sanctions: identity.Approved},
	}
	r.UpdatedAt = r.CreatedAt.Add(5 * time.Minute)
	decided := []identity.News{{Record: r, AskedAt: now, HeardAt: now, By: identity.BySync}}
	last := &decided[0].Record
	switch k := n % 100; {
	case k < 5:
		at := now.Add(-time.Hour + time.Duration(n%3000)*time.Second)
		open(last, at, waiting(n))
	case k < 7:
		at := now.AddDate(0, 0, -5).Add(time.Duration(n%86400) * time.Second)
		open(last, at, stuck(n/100))
	case k < 10:
		last.Status, last.Details.IDVerification = identity.Denied, identity.Denied
	case k == 10:
		last.Status, last.Details.AdminDisabled = identity.Disabled, true
	case k%10 == 1: // was PENDING for some hours
		before := r
		open(&before, r.CreatedAt, waiting(n))
		last.UpdatedAt = r.CreatedAt.Add(time.Hour + time.Duration(n%7200)*time.Second)
		was := identity.News{Record: before, AskedAt: r.CreatedAt.Add(time.Minute), HeardAt: r.CreatedAt.Add(time.Minute), By: identity.BySync}
		return []identity.News{was, decided[0]}
	}
	return decided
}

// open makes a record one that Paxos has not decided.
func open(r *identity.Record, at time.Time, what identity.Requirement) {
	r.Status, r.CreatedAt, r.UpdatedAt = identity.Pending, at, at
	r.Details.Requirements = []identity.Requirement{what}
	switch what.Type {
	case identity.ScreeningCheck:
		r.Details.Sanctions = identity.Pending
	case identity.IDVerification:
		r.Details.IDVerification = identity.Pending
	case "":
		r.Status, r.Details.Sanctions, r.Details.Requirements = identity.StatusError, identity.StatusError, nil
	}
}

// waiting is what Paxos is at, in some turn.
func waiting(n int) identity.Requirement {
	types := []string{identity.ScreeningCheck, identity.IDVerification, identity.ComplianceCheck}
	return identity.Requirement{Type: types[n%len(types)], Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}
}

// stuck is what keeps a case too long: Paxos is late, or it is our move. None stands for what Paxos has frozen.
func stuck(n int) identity.Requirement {
	switch n % 8 {
	case 0, 1, 2:
		return waiting(n)
	case 3, 4:
		return identity.Requirement{
			Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient,
		}
	case 5, 6:
		return identity.Requirement{
			Type: identity.DocumentVerification, Status: identity.RequirementFailed, Awaiting: identity.AwaitingClient,
		}
	default:
		return identity.Requirement{}
	}
}
