package paxos

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// errNoID is the cause of a fault for an answer that names no record.
var errNoID = errors.New("the answer has no id")

// errForm is the cause of a fault for an answer of another form: the JSON library's own words may quote values.
var errForm = errors.New("the answer is not of the expected form")

// wireIdentity is what is read of Paxos' identity. What has no field here is dropped: addresses, birth dates, ids, contacts.
type wireIdentity struct {
	ID            string `json:"id"`
	RefID         string `json:"ref_id"`
	Type          string `json:"type"`
	Status        string `json:"status"`
	SummaryStatus string `json:"summary_status"` // older answers have only this one
	UserDisabled  bool   `json:"user_disabled"`
	AdminDisabled bool   `json:"admin_disabled"`
	Person        *struct {
		wireChecks
		FirstName  string `json:"first_name"`
		MiddleName string `json:"middle_name"`
		LastName   string `json:"last_name"`
	} `json:"person_details"`
	Institution *struct {
		wireChecks
		identity.InstitutionFacts
		Name string `json:"name"`
	} `json:"institution_details"`
	Members       []wireMember       `json:"institution_members"` // nil where the answer does not say
	StatusDetails *wireStatusDetails `json:"status_details"`      // nil in older answers
	wireOlder
	CreatedAt moment `json:"created_at"`
	UpdatedAt moment `json:"updated_at"`
}

// wireStatusDetails are requirements and controls.
type wireStatusDetails struct {
	Controls     []wireControl     `json:"active_controls"`
	Requirements []wireRequirement `json:"requirements"`
	wireOlder
}

// wireChecks are the sub-statuses.
type wireChecks struct {
	IDVerification string `json:"id_verification_status"`
	Sanctions      string `json:"sanctions_verification_status"`
	Screening      string `json:"additional_screening_status"`
}

// wireOlder are the requirements of older answers, which stand beside the status or within its details. Their messages and
// metadata are free text and dropped.
type wireOlder struct {
	Pending []wireOlderRequirement `json:"pending_requirements"`
	Failed  []wireOlderRequirement `json:"failed_requirements"`
}

type wireOlderRequirement struct {
	Type string `json:"type"`
}

type wireRequirement struct {
	Type     string `json:"type"`
	Status   string `json:"status"`
	Awaiting string `json:"awaiting_action_from"`
	Errors   []struct {
		Code string `json:"code"`
	} `json:"errors"`
}

type wireControl struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	SetBy       string `json:"set_by"`
	Overridable bool   `json:"is_overridable"`
	ReasonCode  string `json:"reason_code"`
	CreatedAt   moment `json:"created_at"`
}

// readRecord reads one identity. It gives errForm, or errNoID, for what is none.
func readRecord(raw []byte) (identity.Record, error) {
	var w wireIdentity
	if json.Unmarshal(raw, &w) != nil {
		return identity.Record{}, errForm
	}
	if w.ID == "" {
		return identity.Record{}, errNoID
	}
	return w.record(), nil
}

func (w *wireIdentity) record() identity.Record {
	r := identity.Record{
		PaxosID:   w.ID,
		RefID:     w.RefID,
		Type:      w.kind(),
		Status:    identity.Status(first(w.Status, w.SummaryStatus)),
		CreatedAt: w.CreatedAt.Time,
		UpdatedAt: w.UpdatedAt.Time,
		Details: identity.Details{
			Requirements:  w.requirements(),
			UserDisabled:  w.UserDisabled,
			AdminDisabled: w.AdminDisabled,
		},
	}
	switch {
	case w.Person != nil:
		r.Name = identity.Name{First: w.Person.FirstName, Middle: w.Person.MiddleName, Last: w.Person.LastName}
		w.Person.into(&r.Details)
	case w.Institution != nil:
		r.Name = identity.Name{Last: w.Institution.Name}
		w.Institution.into(&r.Details)
		if facts := w.Institution.InstitutionFacts; facts != (identity.InstitutionFacts{}) {
			r.Details.Institution = &facts
		}
	}
	r.Members = w.members()
	details := w.statusDetails()
	r.Details.ControlsUnsaid = details.controlsUnsaid() || w.StatusDetails == nil
	for _, c := range details.Controls {
		r.Details.Controls = append(r.Details.Controls, identity.Control{
			ID: c.ID, Type: c.Type, SetBy: c.SetBy, Overridable: c.Overridable, ReasonCode: c.ReasonCode, CreatedAt: c.CreatedAt.Time,
		})
	}
	return r
}

func (w *wireIdentity) statusDetails() wireStatusDetails {
	if w.StatusDetails == nil {
		return wireStatusDetails{}
	}
	return *w.StatusDetails
}

// controlsUnsaid reports whether the shape is the older one, within which no controls are told.
func (d wireStatusDetails) controlsUnsaid() bool {
	return d.Controls == nil && len(d.Pending)+len(d.Failed) > 0
}

// members are those of an institution; what has no id is nobody.
func (w *wireIdentity) members() []identity.InstitutionMember {
	if w.Members == nil {
		return nil
	}
	members := []identity.InstitutionMember{}
	for _, m := range w.Members {
		if m.PaxosID != "" {
			members = append(members, identity.InstitutionMember{PaxosID: m.PaxosID, Roles: m.roles(), Status: identity.Status(m.Status)})
		}
	}
	return members
}

func (c wireChecks) into(d *identity.Details) {
	d.IDVerification = identity.Status(c.IDVerification)
	d.Sanctions = identity.Status(c.Sanctions)
	d.Screening = identity.Status(c.Screening)
}

// kind is the identity's type; an answer without one is known by its details.
func (w *wireIdentity) kind() identity.Type {
	switch {
	case w.Type != "":
		return identity.Type(w.Type)
	case w.Person != nil:
		return identity.Person
	case w.Institution != nil:
		return identity.Institution
	default:
		return ""
	}
}

// requirements reads today's list, else the older ones.
func (w *wireIdentity) requirements() []identity.Requirement {
	var all []identity.Requirement
	details := w.statusDetails()
	for _, q := range details.Requirements {
		r := identity.Requirement{Type: q.Type, Status: q.Status, Awaiting: q.Awaiting}
		for _, e := range q.Errors {
			if e.Code != "" {
				r.Errors = append(r.Errors, identity.RequirementError{Code: e.Code})
			}
		}
		all = append(all, r)
	}
	if len(all) > 0 {
		return all
	}
	for _, older := range []wireOlder{details.wireOlder, w.wireOlder} {
		for _, q := range older.Pending {
			all = append(all, identity.Requirement{Type: q.Type, Status: identity.RequirementPending, Older: true})
		}
		for _, q := range older.Failed {
			all = append(all, identity.Requirement{Type: q.Type, Status: identity.RequirementFailed, Older: true})
		}
	}
	return all
}

// moment is a time of Paxos, in UTC; zero where it is missing or of another form.
type moment struct{ time.Time }

// UnmarshalJSON reads RFC 3339 with or without fractions. Some of Paxos' answers have a blank in place of the T.
func (m *moment) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	if t, err := time.Parse(time.RFC3339, strings.Replace(s, " ", "T", 1)); err == nil {
		m.Time = t.UTC()
	}
	return nil
}
