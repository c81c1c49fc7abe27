package identity

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// InstitutionMember is an identity that belongs to an institution, as Paxos tells. Its name is not kept: it has a case of its own.
type InstitutionMember struct {
	PaxosID   string
	Roles     []string
	Ownership string // percent, as Paxos writes it
	Position  string
	Status    Status
}

// Blocks reports whether the institution waits for this member.
func (m InstitutionMember) Blocks() bool { return m.Status != Approved }

// InstitutionDraft is the create call of an institution, as an analyst gave it. Its JSON form is the API's request body. It is
// personal data: never log it.
type InstitutionDraft struct {
	RefID                 string            `json:"ref_id"`
	Institution           InstitutionFields `json:"institution_details"`
	Members               []MemberDraft     `json:"institution_members,omitempty"`
	TaxDetails            []TaxDetail       `json:"tax_details,omitempty"`
	TaxDetailsNotRequired bool              `json:"tax_details_not_required,omitempty"`
	Metadata              map[string]string `json:"metadata,omitempty"`
}

// InstitutionFields is what the institution is.
type InstitutionFields struct {
	Name                    string  `json:"name"`
	DoingBusinessAs         string  `json:"doing_business_as,omitempty"`
	BusinessDescription     string  `json:"business_description,omitempty"`
	Type                    string  `json:"institution_type"`
	SubType                 string  `json:"institution_sub_type"`
	CIPID                   string  `json:"cip_id"`
	CIPIDType               string  `json:"cip_id_type"`
	CIPIDCountry            string  `json:"cip_id_country"`                   // ISO 3166-1 alpha-3
	GovtRegistrationDate    string  `json:"govt_registration_date,omitempty"` // RFC 3339
	BusinessAddress         Address `json:"business_address"`
	IncorporationAddress    Address `json:"incorporation_address,omitzero"`
	PhoneNumber             string  `json:"phone_number,omitempty"`
	Email                   string  `json:"email,omitempty"`
	RegulationStatus        string  `json:"regulation_status"`
	RegulatorName           string  `json:"regulator_name,omitempty"`
	RegulatorJurisdiction   string  `json:"regulator_jurisdiction,omitempty"`
	RegulatorRegisterNumber string  `json:"regulator_register_number,omitempty"`
	TradingType             string  `json:"trading_type"`
	ListedExchange          string  `json:"listed_exchange,omitempty"`
	TickerSymbol            string  `json:"ticker_symbol,omitempty"`
	ParentInstitutionName   string  `json:"parent_institution_name,omitempty"`
}

// MemberDraft is an identity that is to belong to the institution. It must exist at Paxos.
type MemberDraft struct {
	PaxosID   string   `json:"identity_id"`
	Roles     []string `json:"roles"`
	Ownership string   `json:"ownership,omitempty"` // percent, such as 25 or 12.5
	Position  string   `json:"position,omitempty"`
}

// The enumerations of an institution.
const (
	Trust         = "TRUST"
	unregulated   = "NON_REGULATED"
	publicly      = "PUBLIC"
	publicParents = "PUBLICLY_TRADED_SUBSIDIARY"
)

// InstitutionTypes are the legal forms.
func InstitutionTypes() []Choice { return labelled("CORPORATION", "LLC", "PARTNERSHIP", Trust) }

// InstitutionSubTypes are the businesses that an institution can be in.
func InstitutionSubTypes() []Choice { return Choices(fieldSector) }

// InstitutionCIPTypes are the kinds of number that identify an institution.
func InstitutionCIPTypes() []Choice { return labelled("EIN", "REGISTRATION_NUMBER", "SSN", "ITIN") }

// RegulationStatuses say who regulates an institution.
func RegulationStatuses() []Choice { return labelled("US_REGULATED", "INTL_REGULATED", unregulated) }

// TradingTypes say whether an institution is traded.
func TradingTypes() []Choice { return labelled("PRIVATE", publicly, publicParents) }

// MemberRoles are what a member of an institution can be.
func MemberRoles() []Choice {
	return labelled(
		"BENEFICIAL_OWNER", "ACCOUNT_OPENER", "MANAGEMENT_CONTROL_PERSON", "AUTHORIZED_USER", "TRUSTEE", "GRANTOR", "BENEFICIARY",
	)
}

const (
	prefixInstitution = "institution_details."
	fieldMembers      = "institution_members"
)

// Check finds everything that Paxos would refuse about an institution, or that cannot be right, by the field's JSON path. A field
// that only some institutions have is asked of those alone.
func (d InstitutionDraft) Check(now time.Time) map[string]string {
	c := checks{errs: map[string]string{}, now: now}
	c.refID(d.RefID)
	c.institution(d.Institution)
	c.regulation(d.Institution)
	c.trading(d.Institution)
	c.members(d.Members)
	if len(d.TaxDetails) > 0 && d.TaxDetailsNotRequired {
		c.fail(fieldTaxNotRequired, "Either give tax details or say that none are required, not both.")
	}
	for _, t := range d.TaxDetails {
		c.taxDetail(t)
	}
	c.metadata(d.Metadata)
	return c.errs
}

func (c *checks) institution(f InstitutionFields) {
	const at = prefixInstitution
	c.must(at+"name", f.Name, "the legal name")
	c.plain(at+"name", f.Name, longName)
	c.plain(at+"doing_business_as", f.DoingBusinessAs, longName)
	c.plain(at+"business_description", f.BusinessDescription, longValue)
	c.from(InstitutionTypes(), at+"institution_type", f.Type, "the legal form")
	c.from(InstitutionSubTypes(), at+"institution_sub_type", f.SubType, "the business")
	c.from(InstitutionCIPTypes(), at+"cip_id_type", f.CIPIDType, "the kind of number")
	c.must(at+"cip_id", f.CIPID, "the number that identifies the institution")
	c.plain(at+"cip_id", f.CIPID, longName)
	if f.CIPIDType == "EIN" && f.CIPID != "" && !isEIN(f.CIPID) {
		c.fail(at+"cip_id", "Write an EIN with its dash, such as 12-3456789.")
	}
	c.must(at+"cip_id_country", f.CIPIDCountry, "the country that gave the number")
	c.country(at+"cip_id_country", f.CIPIDCountry)
	c.registered(at+"govt_registration_date", f.GovtRegistrationDate)
	c.place(at+"business_address.", f.BusinessAddress)
	if f.IncorporationAddress != (Address{}) {
		c.place(at+"incorporation_address.", f.IncorporationAddress)
	}
	if f.PhoneNumber != "" && !isPhone(f.PhoneNumber) {
		c.fail(at+"phone_number", "Write 7 to 15 digits, with the country's code first, such as +1 555 678 1234.")
	}
	if f.Email != "" && !isEmail(f.Email) {
		c.fail(at+"email", "Write a whole e-mail address, such as name@example.org.")
	}
}

// must notes that a field has to have a value.
func (c *checks) must(field, value, what string) {
	if strings.TrimSpace(value) == "" {
		c.fail(field, "Enter "+what+".")
	}
}

// from notes that a field has to have a value of a list.
func (c *checks) from(choices []Choice, field, value, what string) {
	if !offered(choices, value) {
		c.fail(field, "Choose "+what+".")
	}
}

func isEIN(s string) bool {
	two, seven, found := strings.Cut(s, "-")
	return found && len(two) == 2 && len(seven) == 7 && onlyDigits(two) && onlyDigits(seven)
}

func (c *checks) registered(field, value string) {
	at, err := time.Parse(time.RFC3339, value)
	switch {
	case value == "":
	case err != nil:
		c.fail(field, "Write date and time as RFC 3339, such as 2009-06-16T00:00:00Z.")
	case at.After(c.now.Add(ClockGrace)):
		c.fail(field, "This is in the future: enter when it was registered.")
	}
}

func (c *checks) place(at string, a Address) {
	c.must(at+"address1", a.Address1, "street and number")
	c.must(at+"city", a.City, "the city")
	c.must(at+"province", a.Province, "the state or province")
	c.must(at+"country", a.Country, "the country")
	c.country(at+"country", a.Country)
	for name, v := range map[string]string{"address1": a.Address1, "address2": a.Address2, "city": a.City, "province": a.Province, "zip_code": a.ZipCode} {
		c.plain(at+name, v, longAddress)
	}
}

// regulation asks the regulated for their regulator.
func (c *checks) regulation(f InstitutionFields) {
	const at = prefixInstitution
	c.from(RegulationStatuses(), at+"regulation_status", f.RegulationStatus, "who regulates the institution")
	if f.RegulationStatus == "" || f.RegulationStatus == unregulated {
		return
	}
	c.must(at+"regulator_name", f.RegulatorName, "the regulator, since the institution is regulated")
	c.must(at+"regulator_jurisdiction", f.RegulatorJurisdiction, "where the regulator is, since the institution is regulated")
	c.must(at+"regulator_register_number", f.RegulatorRegisterNumber, "the number in the regulator's register")
}

// trading asks the traded for where they are.
func (c *checks) trading(f InstitutionFields) {
	const at = prefixInstitution
	c.from(TradingTypes(), at+"trading_type", f.TradingType, "whether the institution is traded")
	if f.TradingType != publicly && f.TradingType != publicParents {
		return
	}
	c.must(at+"listed_exchange", f.ListedExchange, "the exchange")
	c.must(at+"ticker_symbol", f.TickerSymbol, "the ticker symbol")
	if f.TradingType == publicParents {
		c.must(at+"parent_institution_name", f.ParentInstitutionName, "the parent that is traded")
	}
}

// members checks those who belong to the institution. Who owns it owns 100 percent at most in all.
func (c *checks) members(all []MemberDraft) {
	owned := 0.0
	for n, m := range all {
		share, err := strconv.ParseFloat(m.Ownership, 64)
		switch {
		case m.PaxosID == "":
			c.fail(fieldMembers, "Find each member's case, or take the empty line out.")
		case slices.ContainsFunc(all[:n], func(o MemberDraft) bool { return o.PaxosID == m.PaxosID }):
			c.fail(fieldMembers, "Name each member once, with all of their roles.")
		case len(m.Roles) == 0 || slices.ContainsFunc(m.Roles, func(r string) bool { return !offered(MemberRoles(), r) }):
			c.fail(fieldMembers, "Choose what each member is.")
		case m.Ownership != "" && (err != nil || share < 0 || share > 100):
			c.fail(fieldMembers, "Write what a member owns in percent, such as 25 or 12.5.")
		}
		owned += share
	}
	if owned > 100 {
		c.fail(fieldMembers, "The members own more than 100 percent together: check their shares.")
	}
}
