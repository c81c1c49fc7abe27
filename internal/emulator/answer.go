package emulator

import "maps"

// include says which optional parts an answer carries.
type include struct {
	details, members, statusDetails bool
}

// answer renders a record for the API. The caller holds the lock.
func (e *Emulator) answer(r *record, with include) identityAnswer {
	a := identityAnswer{
		ID: r.ID, RefID: r.RefID, Type: r.Type, Status: r.Status, SummaryStatus: r.Status,
		UserDisabled: r.UserDisabled, AdminDisabled: r.AdminDisabled,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, LastKYCRefresh: r.LastKYCRefresh,
		TaxNotRequired: r.TaxNotRequired,
	}
	e.answerSubject(&a, r, with.details)
	if with.details {
		a.Tax, a.DueDiligence = r.details.Tax, r.details.DueDiligence
		a.Metadata, a.IsMerchant = maps.Clone(r.details.Metadata), r.details.IsMerchant
		a.TINVerification = tinSummary(r)
	}
	if with.members {
		a.Members = e.membersOf(r)
	}
	e.answerStatus(&a, r, with.statusDetails)
	return a
}

// answerSubject fills person_details or institution_details: the sub-statuses
// always, the rest only where details were asked for.
func (e *Emulator) answerSubject(a *identityAnswer, r *record, withDetails bool) {
	if r.Type == typeInstitution {
		a.Institution = map[string]any{}
		if withDetails {
			maps.Copy(a.Institution, r.details.Institution)
		}
		a.Institution["sanctions_verification_status"] = r.Sanctions
		a.Institution["additional_screening_status"] = r.Screening
		a.Institution["document_verification_status"] = r.Document
		return
	}
	a.Person = &personAnswer{IDVerification: r.IDVerification, Sanctions: r.Sanctions, Screening: r.Screening}
	if withDetails && r.details.Person != nil {
		a.Person.person = *r.details.clone().Person
	}
}

// answerStatus writes the status in the generation this identity answers in.
func (e *Emulator) answerStatus(a *identityAnswer, r *record, withDetails bool) {
	older := r.Older || e.opts.OlderGeneration
	if older {
		a.Status = ""
	}
	if !withDetails {
		return
	}
	if older {
		a.Pending, a.Failed = olderRequirements(r.Requirements)
		return
	}
	a.StatusDetails = &statusDetails{
		ActiveControls: r.answeredControls(r.Controls),
		Requirements:   append([]requirement{}, r.Requirements...),
	}
}

func olderRequirements(all []requirement) (pending, failed []olderRequirement) {
	for _, q := range all {
		o := olderRequirement{Type: q.Type, Metadata: map[string]string{}}
		if len(q.Errors) > 0 {
			o.Message, o.Metadata["code"] = q.Errors[0].Description, q.Errors[0].Code
		}
		if q.Status == statusFailed {
			failed = append(failed, o)
			continue
		}
		pending = append(pending, o)
	}
	return pending, failed
}

func (e *Emulator) membersOf(r *record) []member {
	out := make([]member, 0, len(r.details.Members))
	for _, m := range r.details.Members {
		if of := e.data.byID[m.IdentityID]; of != nil {
			m.Status, m.Name = of.Status, of.fullName()
		}
		out = append(out, m)
	}
	return out
}

func tinSummary(r *record) string {
	switch {
	case len(r.details.Tax) == 0:
		return ""
	case r.requires(reqTax):
		return "TIN_VERIFICATION_ERROR"
	case r.Status == statusApproved:
		return "TIN_VERIFICATION_VALID"
	}
	return "TIN_VERIFICATION_PENDING"
}
