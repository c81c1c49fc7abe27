package emulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"time"
)

// updateBody is the delta that PUT /identity/identities/{id} takes. The parts
// that are merged field by field stay raw until the record is known.
type updateBody struct {
	RefID             *string           `json:"ref_id"`
	Person            json.RawMessage   `json:"person_details"`
	Institution       map[string]any    `json:"institution_details"`
	DueDiligence      json.RawMessage   `json:"customer_due_diligence"`
	Tax               []taxDetail       `json:"tax_details"`
	SetTaxNotRequired *bool             `json:"set_tax_details_not_required"`
	Metadata          map[string]string `json:"metadata"`
	SetUserDisabled   *bool             `json:"set_user_disabled"`
	IsMerchant        *bool             `json:"is_merchant"`
	LastKYCRefresh    *time.Time        `json:"last_kyc_refresh_date"`
}

func (e *Emulator) updateIdentity(r *http.Request) (any, error) {
	var body updateBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	rec := e.data.byID[r.PathValue("id")]
	if rec == nil {
		return nil, notFound("identity")
	}
	now := e.now()
	if err := checkRefreshDate(rec, body.LastKYCRefresh, now); err != nil {
		return nil, err
	}
	changed, err := e.merged(rec, body, now)
	if err != nil {
		return nil, err
	}
	e.applyUpdate(rec, changed, body, now)
	e.schedule(rec)
	e.changed()
	return e.answer(rec, include{details: true, members: true}), nil
}

// checkRefreshDate takes any day from the one of the last refresh to today.
func checkRefreshDate(rec *record, done *time.Time, now time.Time) error {
	switch {
	case done == nil:
		return nil
	case done.After(now.Add(5 * time.Minute)):
		return badRequest("last_kyc_refresh_date is in the future")
	case rec.LastKYCRefresh != nil && done.Before(*rec.LastKYCRefresh):
		return badRequest("last_kyc_refresh_date is before the last refresh")
	}
	return nil
}

// merged is the record as the delta would leave it, checked but not yet in force.
func (e *Emulator) merged(rec *record, b updateBody, now time.Time) (*record, error) {
	next := *rec
	d := rec.details.clone()
	if err := mergeSubject(&d, rec.Type, b, now); err != nil {
		return nil, err
	}
	if len(b.DueDiligence) > 0 {
		d.DueDiligence = orElse(d.DueDiligence, &dueDiligence{})
		if err := unmarshal(b.DueDiligence, d.DueDiligence); err != nil {
			return nil, err
		}
		if err := checkDueDiligence(d.DueDiligence); rec.Type == typePerson && err != nil {
			return nil, err
		}
	}
	if b.Tax != nil {
		if err := checkTax(b.Tax); err != nil {
			return nil, err
		}
		d.Tax = b.Tax
	}
	if b.Metadata != nil {
		d.Metadata = b.Metadata
	}
	d.IsMerchant = deref(b.IsMerchant, d.IsMerchant)
	next.TaxNotRequired = deref(b.SetTaxNotRequired, next.TaxNotRequired)
	next.RefID = deref(b.RefID, next.RefID)
	next.CIPMark = e.markOf(d)
	next.details = d
	return &next, e.checkUnique(&next, rec.ID)
}

func deref[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// mergeSubject lays person_details or institution_details over what is known.
func mergeSubject(d *details, kind string, b updateBody, now time.Time) error {
	switch {
	case len(b.Person) > 0 && kind != typePerson, b.Institution != nil && kind != typeInstitution:
		return badRequest("the type of an identity cannot be changed")
	case b.Institution != nil:
		d.Institution = overlaid(d.Institution, b.Institution)
		return checkInstitution(d.Institution)
	case len(b.Person) == 0:
		return nil
	}
	d.Person = orElse(d.Person, &person{})
	if err := unmarshal(b.Person, d.Person); err != nil {
		return err
	}
	return checkPerson(d.Person, now)
}

// overlaid lays a delta over what is known, addresses field by field.
func overlaid(known, delta map[string]any) map[string]any {
	out := map[string]any{}
	maps.Copy(out, known)
	for name, v := range delta {
		below, isMap := v.(map[string]any)
		before, wasMap := out[name].(map[string]any)
		if isMap && wasMap {
			v = overlaid(before, below)
		}
		out[name] = v
	}
	return out
}

// applyUpdate puts the merged record in force and starts what follows from it.
func (e *Emulator) applyUpdate(rec, next *record, b updateBody, now time.Time) {
	verify := rec.Type == typePerson && len(b.Person) > 0 && mustVerifyAgain(rec.details.Person, next.details.Person) ||
		rec.Type == typeInstitution && !maps.EqualFunc(screenedParts(rec.details.Institution), screenedParts(next.details.Institution), sameValue)
	e.data.unindex(rec)
	rec.RefID, rec.CIPMark, rec.TaxNotRequired = next.RefID, next.CIPMark, next.TaxNotRequired
	rec.setDetails(next.details)
	e.data.index(rec)
	rec.touch(now)
	if b.SetUserDisabled != nil {
		rec.UserDisabled = *b.SetUserDisabled
		e.settle(rec, now)
	}
	if b.LastKYCRefresh != nil {
		e.completeRefresh(rec, b.LastKYCRefresh.UTC(), now)
	}
	if (b.Tax != nil || deref(b.SetTaxNotRequired, false)) && rec.requires(reqTax) {
		rec.release(reqTax)
		rec.require(screeningInProgress())
		rec.Plan = []step{{At: now.Add(e.opts.DecideAfter), Do: actApprove}}
	}
	if verify {
		e.verifyAgain(rec, now)
	}
}

// mustVerifyAgain says whether a change touches what was screened: contact
// details do not.
func mustVerifyAgain(before, after *person) bool {
	if before == nil || after == nil {
		return true
	}
	screened := func(p *person) []string {
		out := []string{
			p.FirstName, p.MiddleName, p.LastName, p.DateOfBirth, p.Nationality, p.CIPID, p.CIPIDType, p.CIPIDCountry,
			p.PassthroughStatus, p.PassthroughID,
		}
		if a := p.Address; a != nil {
			out = append(out, a.Country, a.Address1, a.Address2, a.City, a.Province, a.ZipCode)
		}
		return out
	}
	return !slices.Equal(screened(before), screened(after))
}

// screenedParts are the fields of an institution that are screened: how it is
// reached is not.
func screenedParts(of map[string]any) map[string]any {
	out := maps.Clone(of)
	delete(out, "phone_number")
	delete(out, "email")
	return out
}

func sameValue(a, b any) bool { return reflect.DeepEqual(a, b) }

// verifyAgain brings an identity back to PENDING and plans the decision anew.
func (e *Emulator) verifyAgain(rec *record, now time.Time) {
	rec.Sanctions, rec.Screening = statusPending, statusPending
	if rec.details.Person != nil {
		rec.IDVerification = mirrored(rec.details.Person)
	}
	if rec.IDVerification == statusApproved {
		rec.release(reqID)
	}
	rec.release(reqScreening, reqCompliance)
	rec.require(screeningInProgress())
	e.settle(rec, now)
	rec.Fate, rec.Plan = e.fateOf(rec, now)
}
