package emulator

import "net/http"

// sandboxBody is what PUT …/sandbox-status takes; what is absent stays.
type sandboxBody struct {
	IDVerification *string     `json:"id_verification_status"`
	Sanctions      *string     `json:"sanctions_verification_status"`
	Document       *string     `json:"document_verification_status"`
	Screening      *string     `json:"additional_screening_status"`
	UserDisabled   *setDisable `json:"user_disabled"`
	AdminDisabled  *setDisable `json:"admin_disabled"`
}

type setDisable struct {
	Disabled bool `json:"disabled"`
}

func (e *Emulator) setSandboxStatus(r *http.Request) (any, error) {
	var body sandboxBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	err := firstOf(
		oneOf("id_verification_status", deref(body.IDVerification, ""), "status"),
		oneOf("sanctions_verification_status", deref(body.Sanctions, ""), "status"),
		oneOf("document_verification_status", deref(body.Document, ""), "status"),
		oneOf("additional_screening_status", deref(body.Screening, ""), "status"),
	)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.data.byID[r.PathValue("id")]
	if rec == nil {
		return nil, notFound("identity")
	}
	now := e.now()
	body.apply(rec)
	if rec.Frozen && deref(body.Sanctions, "") == statusApproved { // by hand a freeze ends as well
		rec.Frozen = false
		e.endPaxosControls(rec, controlFrozen, freezeReason, now)
	}
	rec.Plan = nil // what is set by hand stays as it was set
	e.settle(rec, now)
	e.changed()
	return struct{}{}, nil
}

// apply sets the sub-statuses. Paxos' sandbox lets an identity transact once
// verification and sanctions are approved, so screening nobody named follows.
func (b sandboxBody) apply(rec *record) {
	if rec.Type == typePerson {
		rec.IDVerification = deref(b.IDVerification, rec.IDVerification)
	} else {
		rec.Document = deref(b.Document, rec.Document)
	}
	rec.Sanctions = deref(b.Sanctions, rec.Sanctions)
	rec.Screening = deref(b.Screening, rec.Screening)
	if b.UserDisabled != nil {
		rec.UserDisabled = b.UserDisabled.Disabled
	}
	if b.AdminDisabled != nil {
		rec.AdminDisabled = b.AdminDisabled.Disabled
	}
	if rec.Sanctions == statusError || rec.Screening == statusError {
		rec.require(screeningInProgress())
	}
	if b.Screening != nil || rec.Screening != statusPending || rec.Sanctions != statusApproved {
		return
	}
	if rec.Type == typePerson && rec.IDVerification == statusApproved {
		rec.Screening = statusApproved
	}
	if rec.Type == typeInstitution {
		rec.Screening = statusApproved
		if b.Document == nil {
			rec.Document = statusApproved
		}
	}
}
