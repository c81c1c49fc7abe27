package emulator

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// record is one identity as the emulator holds it. The fields with a JSON name
// go into the state file in clear; details go there sealed, or not at all.
type record struct {
	ID             string        `json:"id"`
	RefID          string        `json:"ref_id,omitempty"`
	Type           string        `json:"type"`
	Status         string        `json:"status"`
	IDVerification string        `json:"id_verification,omitempty"`
	Document       string        `json:"document,omitempty"`
	Sanctions      string        `json:"sanctions"`
	Screening      string        `json:"screening"`
	Frozen         bool          `json:"frozen,omitempty"`
	UserDisabled   bool          `json:"user_disabled,omitempty"`
	AdminDisabled  bool          `json:"admin_disabled,omitempty"`
	CreatedAt      time.Time     `json:"created_at"`
	UpdatedAt      time.Time     `json:"updated_at"`
	LastKYCRefresh *time.Time    `json:"last_kyc_refresh,omitempty"`
	RefreshDue     *time.Time    `json:"refresh_due,omitempty"`
	Requirements   []requirement `json:"requirements,omitempty"`
	Controls       []control     `json:"controls,omitempty"`      // in force
	PastControls   []control     `json:"past_controls,omitempty"` // taken out of force
	Asked          []string      `json:"asked,omitempty"`         // types of the documents that Paxos asks for
	AskedAt        time.Time     `json:"asked_at,omitzero"`
	AskedAgain     bool          `json:"asked_again,omitempty"` // what came was refused once
	TaxNotRequired bool          `json:"tax_not_required,omitempty"`
	Older          bool          `json:"older,omitempty"`
	Fate           string        `json:"fate,omitempty"` // what becomes of its webhooks
	Plan           []step        `json:"plan,omitempty"` // what is still to happen, in order
	CIPMark        string        `json:"cip_mark,omitempty"`

	details details
	sealed  []byte // details as last sealed; nil once they changed
	stored  []byte // the record as last encoded for the state file; nil once it changed
}

// details are personal data: in memory in clear, at rest only sealed.
type details struct {
	Person       *person           `json:"person,omitempty"`
	Institution  map[string]any    `json:"institution,omitempty"`
	Members      []member          `json:"members,omitempty"`
	Tax          []taxDetail       `json:"tax,omitempty"`
	DueDiligence *dueDiligence     `json:"due_diligence,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	IsMerchant   bool              `json:"is_merchant,omitempty"`
	Documents    []document        `json:"documents,omitempty"`
	Reasons      map[string]string `json:"reasons,omitempty"` // of clients, by the id of their control
}

// clone copies everything a delta can write into.
func (d details) clone() details {
	if d.Person != nil {
		p := *d.Person
		p.PassthroughFields = slices.Clone(p.PassthroughFields)
		if p.Address != nil {
			a := *p.Address
			p.Address = &a
		}
		d.Person = &p
	}
	if d.DueDiligence != nil {
		cdd := *d.DueDiligence
		d.DueDiligence = &cdd
	}
	d.Institution = maps.Clone(d.Institution)
	d.Metadata = maps.Clone(d.Metadata)
	d.Members = slices.Clone(d.Members)
	d.Tax = slices.Clone(d.Tax)
	d.Documents = slices.Clone(d.Documents)
	d.Reasons = maps.Clone(d.Reasons)
	return d
}

// fullName is what a member is called in the answer about its institution.
func (r *record) fullName() string {
	if p := r.details.Person; p != nil {
		return strings.TrimSpace(p.FirstName + " " + p.LastName)
	}
	name, _ := r.details.Institution["name"].(string)
	return name
}

// touch notes a change at a time; Paxos' updated_at never goes back.
func (r *record) touch(at time.Time) {
	if at.After(r.UpdatedAt) {
		r.UpdatedAt = at
	}
	r.stored = nil
}

func (r *record) setDetails(d details) {
	r.details, r.sealed, r.stored = d, nil, nil
}

// derived is the summary status that the sub-statuses add up to. A possible hit
// (ERROR below the top) holds an undecided identity where it is, and freezes a
// decided one.
func (r *record) derived() string {
	subs := r.subStatuses()
	switch {
	case r.UserDisabled || r.AdminDisabled:
		return statusDisabled
	case r.Frozen:
		return statusError
	case slices.Contains(subs, statusDenied):
		return statusDenied
	case slices.Contains(subs, statusError) && (r.Status == statusApproved || r.Status == statusError):
		return statusError
	case allApproved(subs):
		return statusApproved
	}
	return statusPending
}

func (r *record) subStatuses() []string {
	if r.Type == typeInstitution {
		return []string{r.Document, r.Sanctions, r.Screening}
	}
	return []string{r.IDVerification, r.Sanctions, r.Screening}
}

func (r *record) setSubStatuses(to string) {
	r.Sanctions, r.Screening = to, to
	if r.Type == typeInstitution {
		r.Document = to
		return
	}
	r.IDVerification = to
}

func allApproved(subs []string) bool {
	return !slices.ContainsFunc(subs, func(s string) bool { return s != statusApproved })
}

// require adds a requirement, in place of an earlier one of the same type.
func (r *record) require(q requirement) {
	r.release(q.Type)
	r.Requirements = append(r.Requirements, q)
}

// release drops the requirements of these types.
func (r *record) release(types ...string) {
	r.Requirements = slices.DeleteFunc(slices.Clone(r.Requirements), func(q requirement) bool {
		return slices.Contains(types, q.Type)
	})
}

func (r *record) requires(typ string) bool {
	return slices.ContainsFunc(r.Requirements, func(q requirement) bool { return q.Type == typ })
}

// dataset is everything the emulator knows, with its indexes.
type dataset struct {
	records []*record // by created_at, then id
	byID    map[string]*record
	byRef   map[string]*record
	byCIP   map[string]*record
	// byUpload finds an identity by the hash of what its upload addresses hold.
	byUpload map[string]*record
	accounts []*account // by created_at
	events   []*event   // by created_at
	byEvent  map[string]*event
	tests    []*event // test events, kept apart as the API does
}

func newDataset() *dataset {
	return &dataset{
		byID: map[string]*record{}, byRef: map[string]*record{}, byCIP: map[string]*record{}, byEvent: map[string]*event{}, byUpload: map[string]*record{},
	}
}

// add puts a record in its place; new ones come last, seeded ones in order.
func (d *dataset) add(r *record) {
	i, _ := slices.BinarySearchFunc(d.records, r, compareRecords)
	d.records = slices.Insert(d.records, i, r)
	d.byID[r.ID] = r
	d.index(r)
}

// index makes a record findable by what must be unique.
func (d *dataset) index(r *record) {
	if r.RefID != "" {
		d.byRef[r.RefID] = r
	}
	if r.CIPMark != "" {
		d.byCIP[r.CIPMark] = r
	}
	for _, doc := range r.details.Documents {
		d.byUpload[doc.Token] = r
	}
}

// unindex undoes index before those fields change.
func (d *dataset) unindex(r *record) {
	delete(d.byRef, r.RefID)
	delete(d.byCIP, r.CIPMark)
	for _, doc := range r.details.Documents {
		delete(d.byUpload, doc.Token)
	}
}

func compareRecords(a, b *record) int {
	return comparePosition(position{a.CreatedAt, a.ID}, position{b.CreatedAt, b.ID})
}
