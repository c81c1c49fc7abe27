package emulator

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"time"
)

// exhibit is one case of the showcase: a ref_id that says what it shows, and
// what happened to it since it was created.
type exhibit struct {
	refID string
	age   time.Duration
	lived func(*curator, *record)
}

// exhibits are the cases that show every move: documents, KYC refreshes,
// controls and accounts.
func exhibits() []exhibit {
	return []exhibit{
		{"demo-documents-asked", 2 * date, func(c *curator, r *record) { c.act(r, actDocuments, 20*hour) }},
		{"demo-documents-half", 2 * date, func(c *curator, r *record) {
			c.act(r, actDocuments, 30*hour)
			c.uploaded(r, "bank-statement.pdf", "PROOF_OF_FUNDS", 3*hour)
		}},
		{"demo-documents-refused", 4 * date, func(c *curator, r *record) {
			c.act(r, actDocuments, 70*hour)
			c.uploaded(r, "bank-statement.pdf", "PROOF_OF_FUNDS", 50*hour)
			c.uploaded(r, "electricity-bill.jpg", "PROOF_OF_RESIDENCY", 49*hour)
			c.act(r, actRefuseDocuments, 5*hour)
		}},
		{"demo-documents-at-paxos", 3 * date, func(c *curator, r *record) {
			c.act(r, actDocuments, 50*hour)
			c.uploaded(r, "bank-statement.pdf", "PROOF_OF_FUNDS", 5*hour)
			c.uploaded(r, "electricity-bill.jpg", "PROOF_OF_RESIDENCY", 4*hour)
			r.Plan = nil // stays there until somebody decides on the emulator's page
		}},
		{"demo-refresh-open", 740 * date, func(c *curator, r *record) { c.refreshing(r, 6*date) }},
		{"demo-refresh-ending", 750 * date, func(c *curator, r *record) { c.refreshing(r, 27*date) }},
		{"demo-refresh-expired", 760 * date, func(c *curator, r *record) {
			c.refreshing(r, 33*date)
			r.Plan = nil
			c.act(r, actExpire, 3*date)
		}},
		{"demo-control-by-paxos", 40 * date, func(c *curator, r *record) {
			c.act(r, actApprove, 39*date)
			c.act(r, actSellOnly, 6*date)
		}},
		{"demo-control-by-us", 60 * date, func(c *curator, r *record) {
			c.act(r, actApprove, 59*date)
			closed := c.e.clientControl(r, controlBody{Type: "CLOSED", ReasonCode: "END_USER_REQUEST", Reason: "The customer asked for a pause"}, c.ago(20*date))
			c.e.endControl(r, closed.ID, c.ago(12*date))
			c.e.clientControl(r, controlBody{Type: "DORMANT", ReasonCode: "INACTIVITY"}, c.ago(2*date))
		}},
		{"demo-account", 30 * date, func(c *curator, r *record) {
			c.act(r, actApprove, 29*date)
			c.account(r, "demo-account-1", "Brokerage", true, 28*date)
		}},
		{"demo-account-joint", 30 * date, func(c *curator, r *record) {
			c.act(r, actApprove, 29*date)
			c.account(r, "demo-account-2", "Brokerage", true, 28*date)
			c.account(r, "demo-account-3", "Joint savings", false, 3*date, c.known("demo-account"))
		}},
		{"demo-member-pending", 5 * date, func(c *curator, r *record) { c.act(r, actCompliance, 4*date) }},
		{"demo-member-denied", 5 * date, func(c *curator, r *record) { c.act(r, actDeny, 4*date) }},
	}
}

// company is one institution of the showcase, with its members by ref_id.
type company struct {
	refID, kind string
	members     map[string]string // ref_id → role
	lived       func(*curator, *record)
}

func showcaseCompanies() []company {
	approve := func(c *curator, r *record) { c.act(r, actApprove, hour) }
	return []company{
		{"demo-llc", "LLC", map[string]string{"demo-account": "BENEFICIAL_OWNER", "demo-account-joint": "ACCOUNT_OPENER"}, approve},
		{"demo-trust", "TRUST", map[string]string{"demo-account": "TRUSTEE", "demo-member-pending": "BENEFICIARY"}, approve},
		{"demo-partnership", "PARTNERSHIP", map[string]string{"demo-account": "BENEFICIAL_OWNER", "demo-member-denied": "BENEFICIAL_OWNER"}, approve},
		{"demo-corporation", "CORPORATION", map[string]string{"demo-account": "MANAGEMENT_CONTROL_PERSON"}, func(c *curator, r *record) { c.act(r, actDocuments, hour) }},
	}
}

// curator makes the showcase.
type curator struct {
	e        *Emulator
	inventor inventor
	now      time.Time
	number   int
}

// exhibit adds the showcase to the seeded people. The caller holds the lock.
func (e *Emulator) exhibit() error {
	source := seedSource(e.opts.Seed + 1)
	e.ids, e.quiet = source, true
	defer func() { e.ids, e.quiet = rand.Reader, false }()
	c := &curator{e: e, now: e.now(), inventor: inventor{mathrand.New(source)}, number: 900_000}
	for _, x := range exhibits() {
		if err := c.add(x.refID, x.age, c.person, x.lived); err != nil {
			return err
		}
	}
	for _, x := range showcaseCompanies() {
		if err := c.add(x.refID, 2*date, c.companyOf(x), x.lived); err != nil {
			return err
		}
	}
	return nil
}

func (c *curator) person(refID string, at time.Time) createBody {
	return c.inventor.body(c.number, refID, at)
}

func (c *curator) companyOf(x company) func(string, time.Time) createBody {
	return func(refID string, _ time.Time) createBody {
		b := c.inventor.institution(c.number, refID, nil)
		b.Institution["institution_type"] = x.kind
		for _, who := range exhibits() {
			if role, is := x.members[who.refID]; is {
				b.Members = append(b.Members, member{IdentityID: c.known(who.refID).ID, Roles: []string{role}, Ownership: "50"})
			}
		}
		return b
	}
}

func (c *curator) add(refID string, age time.Duration, body func(string, time.Time) createBody, lived func(*curator, *record)) error {
	c.number++
	rec := c.e.newRecord(body(refID, c.ago(age)), c.ago(age))
	if err := c.e.checkUnique(rec, ""); err != nil {
		return fmt.Errorf("show %s: %w", refID, err)
	}
	c.e.data.add(rec)
	lived(c, rec)
	if rec.requires(reqMembers) {
		rec.Plan = []step{c.e.nextLook(c.now)}
	}
	return nil
}

func (c *curator) ago(d time.Duration) time.Time {
	return c.now.Add(-d).Truncate(time.Millisecond)
}

func (c *curator) known(refID string) *record { return c.e.data.byRef[refID] }

// act does one of Paxos' acts so long ago, in place of what was planned.
func (c *curator) act(r *record, do string, ago time.Duration) {
	r.Plan = nil
	c.e.act(r, do, c.ago(ago))
}

// refreshing approves and refreshes an identity long ago, and opens the next
// refresh so long ago.
func (c *curator) refreshing(r *record, open time.Duration) {
	approved := r.CreatedAt.Add(hour)
	c.e.act(r, actApprove, approved)
	r.LastKYCRefresh = &approved
	c.act(r, actRefresh, open)
	r.Plan = []step{{At: *r.RefreshDue, Do: actExpire}}
}

// uploaded puts a file in place as if it had come.
func (c *curator) uploaded(r *record, name, typ string, ago time.Duration) {
	at := c.ago(ago)
	c.e.setDocuments(r, append(r.details.clone().Documents, document{
		FileID: c.e.newID(), Name: name, Types: []string{typ}, CreatedAt: at.Add(-time.Minute), Token: hashed(c.e.newID()),
		ExpiresAt: at, UploadedAt: at, Size: 48_213, SHA256: hashed(name),
	}))
	c.e.takeDocuments(r, at)
}

func (c *curator) account(r *record, refID, description string, profile bool, ago time.Duration, owners ...*record) {
	var members []accountMember
	for _, o := range owners {
		members = append(members, accountMember{ID: c.e.newID(), IdentityID: o.ID, Roles: []string{"BENEFICIAL_OWNER"}})
	}
	c.e.newAccount(&accountDraft{IdentityID: r.ID, RefID: &refID, Description: &description}, members, profile, c.ago(ago))
}
