package onboarding_test

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

var now = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

// cache is a store in memory that notes each call that writes.
type cache struct {
	cases    map[string]identity.Identity
	leads    map[string]string // from an id that is no ref_id to our id of the case
	entries  []audit.Entry     // oldest first
	pages    []identity.Page
	filters  []identity.Filter
	writes   []string
	touched  bool // any call at all
	refuse   error
	notes    []identity.Note
	reason   string
	recorded []time.Duration

	mend                 identity.Mend
	same                 []identity.Identity
	draftGone, unindexed bool
	named                map[string][]string // folded name → our ids
	wishes               wishes
	belonging            belonging
	asked                asked
	files                files
	bulk                 bulk
	broken               error // what a walk through the audit log ends with
	check                *audit.Check
	reasons              bool // the words of reasons were asked for
}

func (c *cache) write(call string, e audit.Entry) error {
	c.touched = true
	if c.refuse != nil {
		return c.refuse
	}
	c.writes = append(c.writes, call)
	e.Seq, e.At = int64(len(c.entries)+1), now
	c.entries = append(c.entries, e)
	return nil
}

func (c *cache) Submit(_ context.Context, d identity.Draft, e audit.Entry) (identity.Identity, error) {
	return identity.Identity{ID: "new", RefID: d.RefID}, c.write("submit", e)
}

func (c *cache) RequestRecheck(_ context.Context, _ string, e audit.Entry) error {
	return c.write("recheck", e)
}

func (c *cache) Resubmit(_ context.Context, id string, m identity.Mend, e audit.Entry) (identity.Identity, error) {
	c.mend = m
	return c.cases[id], c.write("resubmit", e)
}

func (c *cache) Withdraw(_ context.Context, id string, e audit.Entry) (identity.Identity, error) {
	return c.cases[id], c.write("withdraw", e)
}

func (c *cache) Record(_ context.Context, e audit.Entry) error { return c.write("record", e) }

func (c *cache) RecordOnce(_ context.Context, e audit.Entry, within time.Duration) error {
	c.recorded = append(c.recorded, within)
	return c.write("record once", e)
}

func (c *cache) Identity(_ context.Context, id string) (identity.Identity, error) {
	c.touched = true
	i, ok := c.cases[id]
	if !ok {
		return i, fault.New(fault.NotFound, "No such case.")
	}
	return i, nil
}

func (c *cache) Name(context.Context, string) (identity.Name, error) {
	return identity.Name{First: "Anna", Last: "Example"}, nil
}

func (c *cache) Failure(_ context.Context, id string) (identity.Failure, error) {
	return identity.Failure{Code: c.cases[id].FailureCode, Text: "Paxos' words"}, nil
}

func (c *cache) History(context.Context, string) ([]identity.Entry, error) {
	return []identity.Entry{{Kind: identity.WasSubmitted}}, nil
}

func (c *cache) List(_ context.Context, f identity.Filter) (identity.Page, error) {
	c.touched = true
	c.filters = append(c.filters, f)
	if len(c.pages) == 0 {
		return identity.Page{}, nil
	}
	n := min(len(c.filters), len(c.pages)) - 1
	return c.pages[n], nil
}

func (c *cache) Counts(context.Context) (identity.Counts, error) {
	return identity.Counts{Total: 7}, nil
}

func (c *cache) CountsFor(_ context.Context, userID string) (identity.Counts, error) {
	if userID == "" {
		return identity.Counts{Total: 4, Lanes: map[identity.Lane]int64{identity.LaneAction: 3, identity.LaneFailed: 1}}, nil
	}
	return identity.Counts{Total: 6, Lanes: map[identity.Lane]int64{identity.LaneAction: 5, identity.LaneFailed: 1}}, nil
}

func (c *cache) NextInQueue(ctx context.Context, f identity.Filter) (identity.Identity, bool, error) {
	f.Limit = 1
	page, err := c.List(ctx, f)
	if err != nil || len(page.Items) == 0 {
		return identity.Identity{}, false, err
	}
	return page.Items[0], true, nil
}

func (c *cache) PlaceOf(i identity.Identity, sort identity.Sort) string {
	return string(sort) + " " + i.ID
}

func (c *cache) Lookup(_ context.Context, q string) ([]identity.Identity, error) {
	c.touched = true
	var found []identity.Identity
	for _, i := range c.cases {
		if i.RefID == q || c.leads[q] == i.ID {
			found = append(found, i)
		}
	}
	return found, nil
}

func (c *cache) AuditTotal(ctx context.Context, f audit.Filter) (int64, bool, error) {
	f.Before, f.Limit = 0, 0
	all, err := c.AuditEntries(ctx, f)
	return int64(len(all)), false, err
}

func (c *cache) AuditEntries(_ context.Context, f audit.Filter) ([]audit.Entry, error) {
	c.reasons = f.Reasons
	c.touched = true
	var out []audit.Entry
	for _, e := range slices.Backward(c.entries) {
		fits := (f.IdentityID == "" || f.IdentityID == e.IdentityID) && (f.ActorID == "" || f.ActorID == e.ActorID) &&
			(f.Action == "" || f.Action == e.Action) && (f.Before == 0 || e.Seq < f.Before)
		if fits && (f.Limit == 0 || len(out) < f.Limit) {
			out = append(out, e)
		}
	}
	return out, nil
}

// hasher stands for the keyed hash: it gives bytes that do not show the query.
type hasher struct{}

func (hasher) Index(kind, value string) []byte {
	sum := make([]byte, 20)
	for n := range max(len(value), len(sum)) {
		sum[n%len(sum)] = sum[n%len(sum)]*31 + value[n%len(value)] ^ 0xa5
	}
	return append([]byte{byte(len(kind))}, sum...)
}

type calendar struct{}

func (calendar) AddWork(t time.Time, d time.Duration) time.Time { return t.Add(d) }

func (calendar) Day() time.Duration { return 24 * time.Hour }

func (calendar) AddBusinessDays(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }
func (calendar) WorkingBetween(a, b time.Time) time.Duration  { return b.Sub(a) }

func deskOf(c *cache) *onboarding.Desk {
	return onboarding.New(onboarding.Options{
		Store: c, Index: hasher{}, StaleAfter: 15 * time.Minute, Now: func() time.Time { return now },
		Policy: policyOf,
	})
}

func policyOf() identity.Policy {
	return identity.Policy{Limit: identity.Limit{BusinessDays: 1}, Ours: calendar{}, Paxos: calendar{}}.With(identity.DefaultSettings())
}

func cacheOf(is ...identity.Identity) *cache {
	c := &cache{cases: map[string]identity.Identity{}}
	for _, i := range is {
		c.cases[i.ID] = i
	}
	return c
}

func as(r access.Role) access.Actor {
	return access.Actor{UserID: "u-" + string(r), Name: "Robin", Role: r, RequestID: "req-1", Address: "192.0.2.7"}
}

var (
	pending = identity.Identity{ID: "c1", PaxosID: "p1", RefID: "user-1", Type: identity.Person, Status: identity.Pending, CreatedAt: now.Add(-time.Hour), UpdatedAt: now.Add(-time.Hour)}
	failed  = identity.Identity{ID: "c2", RefID: "user-2", Type: identity.Person, Submission: identity.Failed, FailureCode: identity.RefIDTaken, ExistingID: "c1", CreatedAt: now, UpdatedAt: now}
)

func draft() identity.Draft {
	return identity.Draft{
		RefID: "user-3",
		Person: identity.PersonDraft{
			VerifierType: "PASSTHROUGH", PassthroughVerifierType: "JUMIO", PassthroughVerifiedAt: "2021-06-16T09:28:14Z",
			PassthroughVerificationID: "775300ef-4edb-47b9-8ec4-f45fe3cbf41f", PassthroughVerificationStatus: "APPROVED",
			PassthroughVerificationFields: []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
			FirstName:                     "Anna", LastName: "Example", DateOfBirth: "1980-02-03",
			Address:     identity.Address{Address1: "1 Invented Rd", City: "New York", Province: "NY", Country: "USA", ZipCode: "10001"},
			Nationality: "USA", CIPID: "219-09-9999", CIPIDType: "SSN", CIPIDCountry: "USA",
			PhoneNumber: "+1 555 010 9999", Email: "anna@example.org",
		},
		DueDiligence: identity.DueDiligence{
			EstimatedYearlyIncome: "INCOME_50K_TO_100K", ExpectedTransferValue: "TRANSFER_VALUE_25K_TO_50K", SourceOfWealth: "EMPLOYMENT_INCOME",
			EmploymentStatus: "FULL_TIME", EmploymentIndustrySector: "ARTS_ENTERTAINMENT_RECREATION",
		},
	}
}
