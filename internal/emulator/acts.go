package emulator

import (
	"slices"
	"time"
)

// The acts of Paxos on an identity: what lives are made of, and what the
// emulator's page offers.
const (
	actApprove   = "approve"
	actDeny      = "deny"
	actFreeze    = "freeze"
	actDisable   = "disable"
	actDocuments = "documents"

	actRefuseDocuments = "refuse-documents"
	actCompleteRefresh = "complete-refresh"
	actEndControls     = "end-controls"

	actHold       = "hold"
	actCompliance = "compliance"
	actTax        = "tax"
	actRisk       = "risk"
	actVerify     = "verify"
	actSilence    = "silence"
	actRefresh    = "refresh"
	actExpire     = "expire"
	actSellOnly   = "sell-only"
	actDormant    = "dormant"
	actStrange    = "strange"
)

// The reasons of the controls that end with what they were set for.
const (
	freezeReason  = "Frozen pending a compliance review"
	overdueReason = "KYC refresh overdue"
)

// refreshWindow is how long a KYC refresh stays open.
const refreshWindow = 30 * 24 * time.Hour

// step is one act that is still to come.
type step struct {
	At time.Time `json:"at"`
	Do string    `json:"do"`
}

// act does one thing to an identity at a time. The caller holds the lock.
func (e *Emulator) act(rec *record, do string, at time.Time) {
	switch do {
	case actApprove:
		e.approve(rec, at)
	case actDeny:
		deny(rec)
	case actFreeze:
		rec.Frozen = true
		e.endPaxosControls(rec, controlFrozen, freezeReason, at)
		rec.release(reqScreening)
		rec.require(requirement{
			Type: reqCompliance, Status: statusPending, Awaiting: awaitPaxos,
			Errors: failure("compliance_review_required", "A compliance review is required"),
		})
		e.control(rec, controlFrozen, "COMPLIANCE_INVESTIGATION", freezeReason, at)
	case actDisable:
		rec.AdminDisabled = true
	case actDocuments:
		e.requireDocuments(rec, at)
	case actRefuseDocuments:
		e.refuseDocuments(rec, at)
	case actCompleteRefresh:
		e.completeRefresh(rec, at.UTC().Truncate(date), at)
	case actEndControls:
		for _, c := range slices.Clone(rec.Controls) {
			e.endControl(rec, c.ID, at)
		}
		rec.Frozen = false
	case actRefresh:
		e.startRefresh(rec, at)
	case actExpire:
		e.expireRefresh(rec, at)
	case actSellOnly:
		e.control(rec, controlSellOnly, "COMPLIANCE_KYC", "Risk rating under review", at)
	case actDormant:
		e.control(rec, "DORMANT", "INACTIVITY", "No activity for twelve months", at)
	default:
		hold(rec, do)
	}
	e.settle(rec, at)
}

// settle recomputes the summary status and tells of a change, where an event
// exists for it: none tells of ERROR, nor of a return to PENDING.
func (e *Emulator) settle(rec *record, at time.Time) {
	rec.touch(at)
	from, to := rec.Status, rec.derived()
	rec.Status = to
	if from == to {
		return
	}
	typ := ""
	switch to {
	case statusApproved:
		typ = eventApproved
		rec.release(reqID, reqScreening, reqCompliance, reqEDD, reqRisk, reqTax, reqMembers)
	case statusDenied:
		typ = eventDenied
	case statusDisabled:
		typ = eventDisabled
	}
	if typ != "" {
		e.emit(rec, typ, objectStatusChange, statusChange(from, to), at)
	}
}

// approve decides for an identity; an institution waits for its members.
func (e *Emulator) approve(rec *record, at time.Time) {
	if q, open := e.openMembers(rec); open {
		rec.release(reqScreening)
		rec.require(q)
		return
	}
	rec.Frozen, rec.AdminDisabled, rec.UserDisabled = false, false, false
	rec.setSubStatuses(statusApproved)
	rec.Requirements = nil
	e.endPaxosControls(rec, controlFrozen, freezeReason, at)
}

func (e *Emulator) openMembers(rec *record) (requirement, bool) {
	q := requirement{Type: reqMembers, Status: statusPending, Errors: failure("member_verification_pending", "A member is still being verified")}
	open := false
	for _, m := range rec.details.Members {
		of := e.data.byID[m.IdentityID]
		if of == nil || of.Status == statusApproved {
			continue
		}
		open = true
		if of.Status != statusPending {
			q.Status, q.Errors = statusFailed, failure("member_verification_failed", "A member failed verification")
		}
	}
	return q, open
}

func deny(rec *record) {
	rec.Requirements = nil
	if rec.IDVerification == statusDenied {
		rec.require(requirement{Type: reqID, Status: statusFailed, Awaiting: awaitPaxos, Errors: failure("identity_verification_failed", "The identity could not be verified")})
		return
	}
	rec.Screening = statusDenied
	rec.require(requirement{Type: reqScreening, Status: statusFailed, Awaiting: awaitPaxos, Errors: failure("screening_failed", "Screening did not pass")})
}

// hold leaves an identity undecided, for the reason the act names.
func hold(rec *record, why string) {
	rec.release(reqScreening)
	switch why {
	case actHold:
		rec.Sanctions = statusError
		rec.require(screeningInProgress())
	case actCompliance:
		rec.Sanctions = statusApproved
		rec.require(requirement{
			Type: reqCompliance, Status: statusPending, Awaiting: awaitPaxos,
			Errors: failure("compliance_review_required", "A compliance review is required"),
		})
	case actTax:
		rec.Sanctions = statusApproved
		rec.require(requirement{
			Type: reqTax, Status: statusFailed, Awaiting: awaitClient,
			Errors: failure("tin_not_found", "The tax identification number was not found"),
		})
	case actRisk:
		rec.Sanctions = statusApproved
		rec.require(requirement{
			Type: reqRisk, Status: statusPending, Awaiting: awaitClient,
			Errors: failure("assessment_failed", "The risk awareness assessment was not passed"),
		})
	case actVerify:
		rec.IDVerification = statusPending
		rec.require(requirement{
			Type: reqID, Status: statusPending, Awaiting: awaitClient,
			Errors: failure("identity_verification_required", "The person has to verify their identity"),
		})
	case actStrange: // words that are in no documentation, since enumerations grow
		rec.Screening = "UNDER_SECOND_REVIEW"
		rec.require(requirement{Type: "SOURCE_OF_FUNDS_ATTESTATION", Status: statusPending, Awaiting: awaitPaxos})
	}
}

func (e *Emulator) requireDocuments(rec *record, at time.Time) {
	e.askDocuments(rec, statusPending, failure("edd_documentation_required", "Documents for enhanced due diligence are required"), at)
}

// askDocuments asks for documents: for those named before, where there are any.
func (e *Emulator) askDocuments(rec *record, status string, why []requirementError, at time.Time) {
	rec.Asked, rec.AskedAt = rec.askedDocuments(), at
	rec.release(reqScreening)
	rec.require(requirement{Type: reqEDD, Status: status, Awaiting: awaitClient, Errors: why})
	e.emit(rec, eventDocuments, objectDocuments, map[string]any{"required_documents": slices.Clone(rec.Asked)}, at)
}

// startRefresh opens a KYC refresh; next_kyc_refresh_date is the day it is due.
func (e *Emulator) startRefresh(rec *record, at time.Time) {
	due := at.Add(refreshWindow)
	rec.RefreshDue = &due
	rec.require(requirement{Type: reqRefresh, Status: statusPending, Awaiting: awaitClient})
	e.emit(rec, eventRefreshStarted, objectRefresh, rec.refreshDates(), at)
}

func (e *Emulator) expireRefresh(rec *record, at time.Time) {
	rec.require(requirement{
		Type: reqRefresh, Status: statusFailed, Awaiting: awaitClient,
		Errors: failure("kyc_refresh_overdue", "The KYC refresh was not completed in time"),
	})
	e.emit(rec, eventRefreshExpired, objectRefresh, rec.refreshDates(), at)
	e.control(rec, controlSellOnly, "COMPLIANCE_KYC", overdueReason, at)
}

// refreshEvery is how many years lie between one KYC refresh and the next.
const refreshEvery = 2

// completeRefresh takes the client's word for the day of the refresh: the next
// one is due two years after it. A day so far back that this is over already
// completes nothing that lasts: the next refresh starts at once.
func (e *Emulator) completeRefresh(rec *record, done, at time.Time) {
	next := done.AddDate(refreshEvery, 0, 0)
	rec.LastKYCRefresh, rec.RefreshDue = &done, &next
	rec.release(reqRefresh)
	rec.Plan = without(rec.Plan, actExpire)
	rec.touch(at)
	e.endPaxosControls(rec, controlSellOnly, overdueReason, at)
	e.emit(rec, eventRefreshCompleted, objectRefresh, rec.refreshDates(), at)
	if !next.After(at) {
		e.startRefresh(rec, at)
		rec.Plan = append(rec.Plan, step{At: *rec.RefreshDue, Do: actExpire})
	}
}

func (r *record) refreshDates() map[string]any {
	dates := map[string]any{}
	if r.LastKYCRefresh != nil {
		dates["last_kyc_refresh_date"] = r.LastKYCRefresh.Format(time.RFC3339)
	}
	if r.RefreshDue != nil {
		dates["next_kyc_refresh_date"] = r.RefreshDue.Format(time.RFC3339)
	}
	return dates
}

// control puts a control in force. A freeze is told by no event.
func (e *Emulator) control(rec *record, typ, code, reason string, at time.Time) {
	rec.Controls = append(rec.Controls, control{
		ID: e.newID(), Type: typ, SetBy: setByPaxos, Overridable: typ == "DORMANT", ReasonCode: code, Reason: reason, CreatedAt: at,
	})
	if typ != controlFrozen {
		e.emit(rec, eventControlCreated, objectControl, map[string]any{}, at)
	}
}

func failure(code, description string) []requirementError {
	return []requirementError{{Code: code, Description: description}}
}

func screeningInProgress() requirement {
	return requirement{Type: reqScreening, Status: statusPending, Awaiting: awaitPaxos, Errors: failure("screening_in_progress", "Screening is in progress")}
}
