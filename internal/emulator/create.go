package emulator

import (
	"net/http"
	"time"
)

// createBody is what POST /identity/identities takes.
type createBody struct {
	RefID          string            `json:"ref_id"`
	Person         *person           `json:"person_details"`
	Institution    map[string]any    `json:"institution_details"`
	Members        []member          `json:"institution_members"`
	DueDiligence   *dueDiligence     `json:"customer_due_diligence"`
	Tax            []taxDetail       `json:"tax_details"`
	TaxNotRequired bool              `json:"tax_details_not_required"`
	Metadata       map[string]string `json:"metadata"`
	IsMerchant     bool              `json:"is_merchant"`
}

func (e *Emulator) createIdentity(r *http.Request) (any, error) {
	var body createBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	now := e.now()
	if err := body.check(now); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.checkMembers(body.Members); err != nil {
		return nil, err
	}
	rec := e.newRecord(body, now)
	if err := e.checkUnique(rec, ""); err != nil {
		return nil, err
	}
	e.data.add(rec)
	rec.Fate, rec.Plan = e.fateOf(rec, now)
	e.schedule(rec)
	e.changed()
	e.log.InfoContext(r.Context(), "emulator: identity created", "identity", rec.ID)
	return e.answer(rec, include{details: true, members: true}), nil
}

func (b *createBody) check(now time.Time) error {
	switch {
	case b.Person != nil && b.Institution != nil:
		return badRequest("send either person_details or institution_details, not both")
	case b.Institution != nil:
		return firstOf(
			func() error { return checkInstitution(b.Institution) },
			func() error { return checkTax(b.Tax) },
		)
	case b.Person == nil:
		return badRequest("person_details or institution_details is required")
	}
	b.fillTax()
	return firstOf(
		func() error { return checkPerson(b.Person, now) },
		func() error { return checkDueDiligence(b.DueDiligence) },
		func() error { return checkTax(b.Tax) },
		func() error {
			if len(b.Tax) == 0 && !b.TaxNotRequired {
				return badRequest("tax_details are required unless tax_details_not_required is true")
			}
			return nil
		},
	)
}

// fillTax takes the tax details of a US resident from cip_id.
func (b *createBody) fillTax() {
	p := b.Person
	if len(b.Tax) == 0 && !b.TaxNotRequired && p.Address != nil && p.Address.Country == "USA" && p.CIPID != "" {
		b.Tax = []taxDetail{{PayerID: p.CIPID, PayerCountry: "USA"}}
	}
}

func checkInstitution(in map[string]any) error {
	word := func(field string) string { v, _ := in[field].(string); return v }
	const at = "institution_details."
	return firstOf(
		required(at+"name", word("name")), text(at+"name", word("name"), maxName),
		oneOf(at+"institution_type", word("institution_type"), "institution_type"),
		oneOf(at+"institution_sub_type", word("institution_sub_type"), "institution_sub_type"),
		oneOf(at+"regulation_status", word("regulation_status"), "regulation_status"),
		oneOf(at+"trading_type", word("trading_type"), "trading_type"),
		oneOf(at+"cip_id_type", word("cip_id_type"), "institution cip_id_type"),
		text(at+"cip_id", word("cip_id"), maxName),
		func() error {
			if word("cip_id_type") == "EIN" && !dashedDigits(word("cip_id"), "dd-ddddddd") {
				return badRequest("%scip_id of type EIN has the form xx-xxxxxxx", at)
			}
			return nil
		},
	)
}

// checkMembers makes sure that members exist. The caller holds the lock.
func (e *Emulator) checkMembers(all []member) error {
	for _, m := range all {
		if e.data.byID[m.IdentityID] == nil {
			return badRequest("institution_members: identity '%s' does not exist", m.IdentityID)
		}
		if m.ID != "" {
			return badRequest("institution_members: id cannot be set")
		}
		if len(m.Roles) == 0 {
			return badRequest("institution_members: roles are required")
		}
		for _, role := range m.Roles {
			if err := oneOf("institution_members.roles", role, "roles")(); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkUnique refuses a ref_id or government id that another identity has.
// ref_id comes first, so that a repeated create meets its own record.
func (e *Emulator) checkUnique(rec *record, self string) error {
	if other := e.data.byRef[rec.RefID]; rec.RefID != "" && other != nil && other.ID != self {
		return alreadyExists("ref_id", other)
	}
	if other := e.data.byCIP[rec.CIPMark]; rec.CIPMark != "" && other != nil && other.ID != self {
		return alreadyExists("(cip_id, cip_id_type, cip_id_country)", other)
	}
	return nil
}

// newRecord builds a pending identity. Passthrough verification is mirrored at
// once; everything else is still to be checked.
func (e *Emulator) newRecord(b createBody, now time.Time) *record {
	rec := &record{
		ID: e.newID(), RefID: b.RefID, Type: typePerson, Status: statusPending, Sanctions: statusPending, Screening: statusPending,
		CreatedAt: now, UpdatedAt: now, TaxNotRequired: b.TaxNotRequired,
		details: details{
			Person: b.Person, Institution: b.Institution, Members: b.Members, Tax: b.Tax,
			DueDiligence: b.DueDiligence, Metadata: b.Metadata, IsMerchant: b.IsMerchant,
		},
	}
	for i := range rec.details.Members {
		rec.details.Members[i].ID = e.newID()
	}
	if b.Person == nil {
		rec.Type, rec.Document = typeInstitution, statusPending
	} else {
		rec.IDVerification = mirrored(b.Person)
	}
	rec.CIPMark = e.markOf(rec.details)
	rec.require(screeningInProgress())
	return rec
}

// mirrored is the id_verification_status that passthrough brings along.
func mirrored(p *person) string {
	if p.VerifierType == "PASSTHROUGH" {
		return p.PassthroughStatus
	}
	return statusPending
}

// markOf fingerprints the government id of a person or institution.
func (e *Emulator) markOf(d details) string {
	if d.Person != nil {
		return e.sealer.mark(d.Person.CIPID, d.Person.CIPIDType, d.Person.CIPIDCountry)
	}
	word := func(field string) string { v, _ := d.Institution[field].(string); return v }
	return e.sealer.mark(word("cip_id"), word("cip_id_type"), word("cip_id_country"))
}
