package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Foreign is an identity that another system of the same client made: its ref_id
// or government id stands in the way of ours.
type Foreign struct {
	RefID      string    `json:"ref_id"`
	CIPID      string    `json:"cip_id"`
	CIPType    string    `json:"cip_id_type"`    // SSN by default
	CIPCountry string    `json:"cip_id_country"` // USA by default
	CreatedAt  time.Time `json:"created_at"`     // now by default
}

// HoldForeign puts such an identity in place, PENDING and without a plan, and
// answers its Paxos id.
func (e *Emulator) HoldForeign(f Foreign) (string, error) {
	if f.RefID == "" && f.CIPID == "" {
		return "", errors.New("ref_id or cip_id is needed: it is what the foreign identity holds")
	}
	p := &person{FirstName: "Foreign", LastName: "Record", VerifierType: "PASSTHROUGH", PassthroughStatus: statusApproved}
	if f.CIPID != "" {
		p.CIPID, p.CIPIDType, p.CIPIDCountry = f.CIPID, orElse(f.CIPType, "SSN"), orElse(f.CIPCountry, "USA")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.newRecord(createBody{RefID: f.RefID, Person: p}, e.orNow(f.CreatedAt))
	if err := e.checkUnique(rec, ""); err != nil {
		return "", err
	}
	e.data.add(rec)
	e.changed()
	return rec.ID, nil
}

// orNow is a time in the API's precision, now where none is given.
func (e *Emulator) orNow(at time.Time) time.Time {
	if at.IsZero() {
		return e.now()
	}
	return at.UTC().Truncate(time.Microsecond)
}

// Change sets the words of an identity as they are given, without an event;
// empty ones stay. What was planned for the identity is off.
type Change struct {
	ID             string `json:"id"` // Paxos id or ref_id
	Status         string `json:"status"`
	IDVerification string `json:"id_verification_status"`
	Document       string `json:"document_verification_status"`
	Sanctions      string `json:"sanctions_verification_status"`
	Screening      string `json:"additional_screening_status"`
	// SameUpdatedAt leaves updated_at where it was.
	SameUpdatedAt bool `json:"same_updated_at"`
}

// Set changes an identity in silence.
func (e *Emulator) Set(c Change) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	rec, err := e.find(c.ID)
	if err != nil {
		return err
	}
	if c.Status != "" { // so that the next act goes on from here
		rec.Frozen, rec.AdminDisabled = c.Status == statusError, c.Status == statusDisabled
	}
	rec.Status = orElse(c.Status, rec.Status)
	rec.IDVerification = orElse(c.IDVerification, rec.IDVerification)
	rec.Document = orElse(c.Document, rec.Document)
	rec.Sanctions = orElse(c.Sanctions, rec.Sanctions)
	rec.Screening = orElse(c.Screening, rec.Screening)
	rec.Plan, rec.stored = nil, nil
	if !c.SameUpdatedAt {
		rec.touch(e.now())
	}
	e.changed()
	return nil
}

// find takes a Paxos id or a ref_id. The caller holds the lock.
func (e *Emulator) find(id string) (*record, error) {
	if rec := e.data.byID[id]; rec != nil {
		return rec, nil
	}
	if rec := e.data.byRef[id]; rec != nil && id != "" {
		return rec, nil
	}
	return nil, notFound("identity")
}

// Act does one of Paxos' acts to an identity (Paxos id or ref_id) at once, with
// the events that go with it: approve, deny, freeze, disable, documents,
// refuse-documents, hold, compliance, tax, risk, verify, silence, refresh,
// complete-refresh, expire, sell-only, dormant, end-controls or strange. What was
// planned for the identity is off.
func (e *Emulator) Act(id, do string) error {
	if !slices.Contains(allActs(), do) {
		return fmt.Errorf("do: %q is not one of %v", do, allActs())
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec, err := e.find(id)
	if err != nil {
		return err
	}
	e.actNow(rec, do)
	return nil
}

// actNow does an act in place of what was planned. The caller holds the lock.
func (e *Emulator) actNow(rec *record, do string) {
	rec.Plan = nil
	e.act(rec, do, e.now())
	if do == actRefresh { // in a life of the seed the plan has its end already
		rec.Plan = []step{{At: *rec.RefreshDue, Do: actExpire}}
	}
	e.schedule(rec)
	e.changed()
}

func allActs() []string {
	return []string{
		actApprove, actDeny, actFreeze, actDisable, actDocuments, actHold, actCompliance, actTax, actRisk, actVerify, actSilence,
		actRefresh, actExpire, actSellOnly, actDormant, actStrange, actRefuseDocuments, actCompleteRefresh, actEndControls,
	}
}

// NewEvents are entries of the event log that no change of a record goes with.
// All of them carry the same created_at.
type NewEvents struct {
	// IDs are Paxos ids or ref_ids; one that is nobody's is taken for the Paxos id
	// of an identity that the client cannot see.
	IDs       []string  `json:"ids"`
	Type      string    `json:"type"`       // identity.approved by default; any word
	Times     int       `json:"times"`      // events for each id, 1 by default
	CreatedAt time.Time `json:"created_at"` // now by default
	Webhook   bool      `json:"webhook"`    // send one for each; otherwise only the log has them
}

// LogEvents writes them and answers their ids.
func (e *Emulator) LogEvents(n NewEvents) ([]string, error) {
	if len(n.IDs) == 0 || n.Times < 0 {
		return nil, errors.New("ids: name at least one identity; times cannot be negative")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := e.orNow(n.CreatedAt)
	var out []string
	for _, id := range n.IDs {
		rec, err := e.find(id)
		if err != nil {
			rec = &record{ID: id, Status: statusPending}
		}
		for range orElse(n.Times, 1) {
			out = append(out, e.logEvent(rec, orElse(n.Type, eventApproved), at, n.Webhook))
		}
	}
	e.changed()
	return out, nil
}

func (e *Emulator) logEvent(rec *record, typ string, at time.Time, hook bool) string {
	objectType, object := eventObject(rec, typ)
	ev := e.logged(rec.ID, typ, objectType, object, at)
	if hook {
		e.announce(ev, rec, e.now())
	} else {
		ev.Undelivered = 1
	}
	return ev.ID
}

// eventObject is the object that goes with a type of event.
func eventObject(rec *record, typ string) (objectType string, object map[string]any) {
	switch typ {
	case eventApproved:
		return objectStatusChange, statusChange(rec.Status, statusApproved)
	case eventDenied:
		return objectStatusChange, statusChange(rec.Status, statusDenied)
	case eventDisabled:
		return objectStatusChange, statusChange(rec.Status, statusDisabled)
	case eventDocuments:
		return objectDocuments, map[string]any{"required_documents": usualDocuments()[:1]}
	case eventRefreshStarted, eventRefreshCompleted, eventRefreshExpired:
		return objectRefresh, rec.refreshDates()
	case eventControlCreated, eventControlDeleted:
		return objectControl, map[string]any{}
	}
	return typ, map[string]any{}
}

// ExpireTokens ends every token given out so far: calls with one get 401.
func (e *Emulator) ExpireTokens() { e.tokenTurn.Add(1) }

// Skew sets how far the clock that stamps created_at, updated_at and events is
// ahead of the real one (negative: behind). What is planned and what is on its
// way keeps its waiting time; the life of tokens and the request limits are not
// touched. An identity's updated_at never goes back.
func (e *Emulator) Skew(ahead time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	by := ahead - time.Duration(e.skew.Swap(int64(ahead)))
	if by == 0 {
		return
	}
	for _, rec := range e.data.records {
		for i := range rec.Plan {
			rec.Plan[i].At = rec.Plan[i].At.Add(by)
			rec.stored = nil
		}
	}
	for i := range e.agenda.timeline {
		e.agenda.timeline[i].at = e.agenda.timeline[i].at.Add(by)
	}
	for d := range e.queue.known {
		d.At, d.Until = d.At.Add(by), d.Until.Add(by)
	}
	e.changed()
}
