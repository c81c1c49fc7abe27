package identity

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MostMembers is how many members a form takes.
const MostMembers = 50

// texts are all fields of an institution's draft that hold one text, in the order of the form.
func (d *InstitutionDraft) texts() []text {
	f := &d.Institution
	out := []text{
		{fieldRefID, &d.RefID},
		{fieldLegalForm, &f.Type},
		{fieldBusiness, &f.SubType},
		{fieldInstitutionName, &f.Name},
		{fieldDoingBusinessAs, &f.DoingBusinessAs},
		{fieldBusinessDescription, &f.BusinessDescription},
		{fieldInstitutionIDType, &f.CIPIDType},
		{fieldInstitutionID, &f.CIPID},
		{fieldInstitutionIDCountry, &f.CIPIDCountry},
		{fieldRegistered, &f.GovtRegistrationDate},
		{fieldInstitutionPhone, &f.PhoneNumber},
		{fieldInstitutionEmail, &f.Email},
		{fieldRegulation, &f.RegulationStatus},
		{fieldRegulator, &f.RegulatorName},
		{fieldRegulatorPlace, &f.RegulatorJurisdiction},
		{fieldRegisterNumber, &f.RegulatorRegisterNumber},
		{fieldTrading, &f.TradingType},
		{fieldExchange, &f.ListedExchange},
		{fieldTicker, &f.TickerSymbol},
		{fieldParent, &f.ParentInstitutionName},
	}
	for _, field := range []string{fieldBusinessAddress, fieldSeat} {
		a := d.address(field)
		out = append(out,
			text{field + ".address1", &a.Address1}, text{field + ".address2", &a.Address2}, text{field + ".city", &a.City},
			text{field + ".province", &a.Province}, text{field + ".zip_code", &a.ZipCode}, text{field + ".country", &a.Country})
	}
	return out
}

// text is where the draft keeps a field of the grid that is no address.
func (d *InstitutionDraft) text(field string) *string {
	for _, t := range d.texts() {
		if t.field == field {
			return t.at
		}
	}
	return new(string)
}

// address is the address under a field; nil where it is none.
func (d *InstitutionDraft) address(field string) *Address {
	switch field {
	case fieldBusinessAddress:
		return &d.Institution.BusinessAddress
	case fieldSeat:
		return &d.Institution.IncorporationAddress
	}
	return nil
}

// ParseInstitution reads a form as [ParseDraft] does. Members are told apart by their place: institution_members.0.identity_id, with
// the role repeated; rows without anything are none. A member's id stays as it was typed: whose it is, the caller finds out.
func ParseInstitution(form url.Values) InstitutionDraft {
	var d InstitutionDraft
	for _, t := range d.texts() {
		*t.at = trimmed(form.Get(t.field))
	}
	d.Members = membersOf(form)
	d.TaxDetails = taxDetailsOf(form)
	d.TaxDetailsNotRequired = ticked(form, fieldTaxNotRequired)
	d.Metadata = metadataOf(form)
	d.normalise()
	return d
}

// placesIn are the places of a list in a form, in order: of "list.4.roles" it is 4.
func placesIn(form url.Values, list string) (places []int) {
	for name := range form {
		rest, found := strings.CutPrefix(name, list+".")
		place, _, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(place)
		if found && err == nil && n >= 0 && !slices.Contains(places, n) {
			places = append(places, n)
		}
	}
	slices.Sort(places)
	return places
}

// membersOf reads the rows in the order of their places.
func membersOf(form url.Values) []MemberDraft {
	var out []MemberDraft
	for _, n := range placesIn(form, fieldMembers) {
		m := MemberDraft{
			PaxosID: trimmed(form.Get(MemberField(n, "identity_id"))), Roles: listOf(form[MemberField(n, "roles")]),
			Ownership: trimmed(strings.TrimSuffix(trimmed(form.Get(MemberField(n, "ownership"))), "%")),
			Position:  trimmed(form.Get(MemberField(n, "position"))),
		}
		if (m.PaxosID != "" || len(m.Roles) > 0 || m.Ownership != "" || m.Position != "") && len(out) < MostMembers {
			out = append(out, m)
		}
	}
	return out
}

func (d *InstitutionDraft) normalise() {
	f := &d.Institution
	for _, code := range []*string{&f.CIPIDCountry, &f.BusinessAddress.Country, &f.IncorporationAddress.Country} {
		*code = strings.ToUpper(*code)
	}
	if _, err := time.Parse(time.DateOnly, f.GovtRegistrationDate); err == nil {
		f.GovtRegistrationDate += midnight
	}
	switch {
	case usNumber(f.CIPIDType):
		f.CIPID = withDashes(f.CIPID)
	case f.CIPIDType == employerID && len(f.CIPID) == 9 && onlyDigits(f.CIPID):
		f.CIPID = f.CIPID[:2] + "-" + f.CIPID[2:]
	}
}

// midnight makes of a day the time that Paxos takes.
const midnight = "T00:00:00Z"

// Values is the reverse of [ParseInstitution], for showing a form again.
func (d InstitutionDraft) Values() url.Values {
	form := url.Values{}
	for _, t := range d.texts() {
		if *t.at != "" {
			form.Set(t.field, *t.at)
		}
	}
	if day, found := strings.CutSuffix(d.Institution.GovtRegistrationDate, midnight); found {
		form.Set(fieldRegistered, day)
	}
	for n, m := range d.Members {
		form.Set(MemberField(n, "identity_id"), m.PaxosID)
		form[MemberField(n, "roles")] = slices.Clone(m.Roles)
		form.Set(MemberField(n, "ownership"), m.Ownership)
		form.Set(MemberField(n, "position"), m.Position)
	}
	for _, t := range d.TaxDetails {
		form.Add(fieldTaxID, t.TaxPayerID)
		form.Add(fieldTaxCountry, t.TaxPayerCountry)
	}
	if d.TaxDetailsNotRequired {
		form.Set(fieldTaxNotRequired, "true")
	}
	for _, key := range slices.Sorted(maps.Keys(d.Metadata)) {
		form.Add(fieldMetadataKey, key)
		form.Add(fieldMetadataValue, d.Metadata[key])
	}
	return form
}
