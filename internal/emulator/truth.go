package emulator

import (
	"maps"
	"slices"
	"time"
)

// TrueRecord is what the emulator holds of one identity, to compare with what a
// desk shows. Words are Paxos' own; no personal data.
type TrueRecord struct {
	ID             string            `json:"id"`
	RefID          string            `json:"ref_id"`
	Type           string            `json:"type"`
	Status         string            `json:"status"`
	IDVerification string            `json:"id_verification_status,omitempty"`
	Document       string            `json:"document_verification_status,omitempty"`
	Sanctions      string            `json:"sanctions_verification_status"`
	Screening      string            `json:"additional_screening_status"`
	Requirements   []TrueRequirement `json:"requirements"`
	UserDisabled   bool              `json:"user_disabled"`
	AdminDisabled  bool              `json:"admin_disabled"`
	CreatedAt      time.Time         `json:"created_at"`
	UpdatedAt      time.Time         `json:"updated_at"`
	Controls       []TrueControl     `json:"controls,omitempty"` // in force
	Documents      []TrueDocument    `json:"documents,omitempty"`
	Pending        []string          `json:"pending_documents,omitempty"`
	Accounts       []TrueAccount     `json:"accounts,omitempty"`
	LastKYCRefresh *time.Time        `json:"last_kyc_refresh_date,omitempty"`
}

// TrueControl is one control of a TrueRecord.
type TrueControl struct {
	ID    string `json:"id"`
	Type  string `json:"type"`
	SetBy string `json:"set_by"`
}

// TrueDocument is one file of a TrueRecord that has come. Its name may be
// personal data and is left out.
type TrueDocument struct {
	FileID string   `json:"file_id"`
	Types  []string `json:"document_types"`
	Size   int64    `json:"size"`
	SHA256 string   `json:"sha256"`
}

// TrueAccount is one account of a TrueRecord.
type TrueAccount struct {
	ID      string `json:"id"`
	RefID   string `json:"ref_id"`
	Profile bool   `json:"profile"`
}

// TrueRequirement is one requirement of a TrueRecord.
type TrueRequirement struct {
	Type     string `json:"type"`
	Status   string `json:"status"`
	Awaiting string `json:"awaiting_action_from,omitempty"`
}

// Acknowledged is one webhook request that the receiver answered with 2xx, at
// the emulator's time. A repeat has an entry of its own.
type Acknowledged struct {
	EventID string    `json:"event_id"`
	At      time.Time `json:"at"`
}

// mostAcknowledged bounds the memory of a long run: older ones are dropped.
const mostAcknowledged = 200_000

// Truth lists every identity, oldest first.
func (e *Emulator) Truth() []TrueRecord {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]TrueRecord, 0, len(e.data.records))
	for _, r := range e.data.records {
		t := TrueRecord{
			ID: r.ID, RefID: r.RefID, Type: r.Type, Status: r.Status, IDVerification: r.IDVerification, Document: r.Document,
			Sanctions: r.Sanctions, Screening: r.Screening, UserDisabled: r.UserDisabled, AdminDisabled: r.AdminDisabled,
			CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Requirements: make([]TrueRequirement, 0, len(r.Requirements)),
		}
		for _, q := range r.Requirements {
			t.Requirements = append(t.Requirements, TrueRequirement{Type: q.Type, Status: q.Status, Awaiting: q.Awaiting})
		}
		e.tellMoves(&t, r)
		out = append(out, t)
	}
	return out
}

// tellMoves adds what clients' moves have left. The caller holds the lock.
func (e *Emulator) tellMoves(t *TrueRecord, r *record) {
	t.LastKYCRefresh, t.Pending = r.LastKYCRefresh, r.pendingDocuments()
	for _, c := range r.Controls {
		t.Controls = append(t.Controls, TrueControl{ID: c.ID, Type: c.Type, SetBy: c.SetBy})
	}
	for _, d := range r.details.Documents {
		if d.uploaded() {
			t.Documents = append(t.Documents, TrueDocument{FileID: d.FileID, Types: d.Types, Size: d.Size, SHA256: d.SHA256})
		}
	}
	for _, a := range e.data.accounts {
		if a.IdentityID == r.ID {
			t.Accounts = append(t.Accounts, TrueAccount{ID: a.ID, RefID: a.RefID, Profile: a.ProfileID != ""})
		}
	}
}

// Deliveries lists the webhook requests answered with 2xx since the start, in
// the order of their answers.
func (e *Emulator) Deliveries() []Acknowledged {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Acknowledged{}, e.acked...)
}

func (e *Emulator) acknowledged(eventID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.acked = append(e.acked, Acknowledged{EventID: eventID, At: e.now()})
	if len(e.acked) >= 2*mostAcknowledged {
		e.acked = slices.Clone(e.acked[mostAcknowledged:])
	}
}

// Report says how the emulator misbehaves, and what it has yet to do.
type Report struct {
	// Faults are those by command, then those by chance, in the order given.
	Faults []FaultReport `json:"faults"`
	// Injected counts what happened since the start: kind of call and deed, as in
	// "create answer 503" or "webhook lose".
	Injected map[string]int `json:"injected"`
	// Calls counts the requests of each kind since the start, refused ones too.
	Calls map[string]int `json:"calls"`
	// Plans are the acts of Paxos still to come, Deliveries the webhooks on their
	// way: with both at 0 nothing changes any more by itself.
	Plans      int `json:"plans"`
	Deliveries int `json:"deliveries"`
}

// FaultReport is one fault with how often it was injected. InForce turns false
// once its count or its time is used up.
type FaultReport struct {
	Fault    Fault `json:"fault"`
	Injected int   `json:"injected"`
	Left     int   `json:"left"` // 0 where the fault has no count
	// Until is when a fault with a time ends, by the real clock.
	Until   time.Time `json:"until,omitzero"`
	InForce bool      `json:"in_force"`
}

// Report tells of the faults and counts at this moment.
func (e *Emulator) Report() Report {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := e.faults.report()
	for _, rec := range e.data.records {
		r.Plans += len(rec.Plan)
	}
	r.Deliveries = len(e.queue.known)
	return r
}

func (m *misbehaviour) report() Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := Report{Faults: []FaultReport{}, Injected: maps.Clone(m.injected), Calls: maps.Clone(m.calls)}
	maps.DeleteFunc(r.Injected, func(_ string, n int) bool { return n == 0 })
	for _, t := range slices.Concat(m.told, m.chances) {
		r.Faults = append(r.Faults, FaultReport{Fault: t.Fault, Injected: t.injected, Left: max(t.left, 0), Until: t.until, InForce: t.inForce(m.now())})
	}
	return r
}
