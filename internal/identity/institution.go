package identity

import "slices"

// InstitutionMember is an identity that belongs to an institution, as Paxos tells. Its name is not kept, for it has a case of its own,
// nor is what it owns or what its position is called.
type InstitutionMember struct {
	PaxosID string
	Roles   []string
	Status  Status // empty where the answer does not say
}

// Blocks reports whether the institution waits for this member.
func (m InstitutionMember) Blocks() bool { return m.Status != Approved }

// InstitutionFacts are Paxos' words for what an institution is. None of them is personal data.
type InstitutionFacts struct {
	LegalForm  string `json:"institution_type,omitempty"`
	Business   string `json:"institution_sub_type,omitempty"`
	Regulation string `json:"regulation_status,omitempty"`
	Trading    string `json:"trading_type,omitempty"`
}

// facts are those of an institution; none where nothing is known, or it is none.
func (d Details) facts() InstitutionFacts {
	if d.Institution == nil {
		return InstitutionFacts{}
	}
	return *d.Institution
}

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
	investment    = "INVESTMENT" // the one business of a trust
	employerID    = "EIN"
	registerID    = "REGISTRATION_NUMBER"
	unregulated   = "NON_REGULATED"
	private       = "PRIVATE"
	publicly      = "PUBLIC"
	publicParents = "PUBLICLY_TRADED_SUBSIDIARY"
)

// InstitutionTypes are the legal forms.
func InstitutionTypes() []Choice { return labelled("CORPORATION", "LLC", "PARTNERSHIP", Trust) }

// InstitutionSubTypes are the businesses that an institution can be in: those that Paxos prohibits are none of them.
func InstitutionSubTypes() []Choice {
	return slices.DeleteFunc(Choices(fieldSector), func(c Choice) bool { return prohibited(c.Value) })
}

// prohibited are the businesses of which Paxos takes no institution.
func prohibited(business string) bool {
	return slices.Contains([]string{"ADULT_ENTERTAINMENT", "DRUGS", "RANSOMWARE", "SHELL_BANK", "WEAPONS"}, business)
}

// InstitutionCIPTypes are the kinds of number that identify an institution.
func InstitutionCIPTypes() []Choice { return labelled(employerID, registerID, "SSN", "ITIN") }

// RegulationStatuses say who regulates an institution.
func RegulationStatuses() []Choice { return labelled("US_REGULATED", "INTL_REGULATED", unregulated) }

// TradingTypes say whether an institution is traded.
func TradingTypes() []Choice { return labelled(private, publicly, publicParents) }

// institutionChoices are the values that a field of an institution takes, by its JSON path; none for a field of free text.
func institutionChoices(field string) []Choice {
	switch field {
	case fieldLegalForm:
		return InstitutionTypes()
	case fieldBusiness:
		return InstitutionSubTypes()
	case fieldInstitutionIDType:
		return InstitutionCIPTypes()
	case fieldRegulation:
		return RegulationStatuses()
	case fieldTrading:
		return TradingTypes()
	case fieldInstitutionIDCountry, fieldBusinessAddress + ".country", fieldSeat + ".country":
		return Countries()
	}
	return nil
}
