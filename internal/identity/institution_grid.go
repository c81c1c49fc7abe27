package identity

import "slices"

// Need says whether a field must be given.
type Need int

// The needs.
const (
	May    Need = iota // it can be left out
	Must               // it has to be given
	MayNot             // it has to be left out
)

// need is a place of the grid: one that depends on what else is given is worked out by [InstitutionFields.Need].
type need int

const (
	may need = iota
	must
	mayNot
	withoutSSN    // must, unless an SSN or ITIN identifies the institution
	whenRegulated // must where it is regulated, may not where it is not
	whenTraded    // must where it is traded, may not where it is private
	whenOwned     // must for the subsidiary of a traded parent
)

// gridRow is what a field is to a trust, and to a corporation, an LLC and a partnership.
type gridRow struct {
	field        string // an address stands for all of its fields
	trust, other need
	what         string // in the words of the form, after "Enter" or "Choose"
}

// The fields of an institution, by their JSON paths.
const (
	prefixInstitution         = "institution_details."
	fieldInstitutionName      = prefixInstitution + "name"
	fieldDoingBusinessAs      = prefixInstitution + "doing_business_as"
	fieldBusinessDescription  = prefixInstitution + "business_description"
	fieldLegalForm            = prefixInstitution + "institution_type"
	fieldBusiness             = prefixInstitution + "institution_sub_type"
	fieldInstitutionIDType    = prefixInstitution + "cip_id_type"
	fieldInstitutionID        = prefixInstitution + "cip_id"
	fieldInstitutionIDCountry = prefixInstitution + "cip_id_country"
	fieldRegistered           = prefixInstitution + "govt_registration_date"
	fieldBusinessAddress      = prefixInstitution + "business_address"
	fieldSeat                 = prefixInstitution + "incorporation_address"
	fieldInstitutionPhone     = prefixInstitution + "phone_number"
	fieldInstitutionEmail     = prefixInstitution + "email"
	fieldRegulation           = prefixInstitution + "regulation_status"
	fieldRegulator            = prefixInstitution + "regulator_name"
	fieldRegulatorPlace       = prefixInstitution + "regulator_jurisdiction"
	fieldRegisterNumber       = prefixInstitution + "regulator_register_number"
	fieldTrading              = prefixInstitution + "trading_type"
	fieldExchange             = prefixInstitution + "listed_exchange"
	fieldTicker               = prefixInstitution + "ticker_symbol"
	fieldParent               = prefixInstitution + "parent_institution_name"
	fieldMembers              = "institution_members"
)

// institutionGrid is what Paxos asks of an institution by its legal form: the one table that the form and the checks go by.
func institutionGrid() []gridRow {
	return []gridRow{
		{fieldLegalForm, must, must, "the legal form"},
		{fieldBusiness, must, must, "the business"},
		{fieldInstitutionName, must, must, "the legal name"},
		{fieldDoingBusinessAs, mayNot, may, "the name that it trades under"},
		{fieldBusinessDescription, mayNot, may, "what it does"},
		{fieldInstitutionIDType, must, must, "the kind of number"},
		{fieldInstitutionID, must, must, "the number that identifies the institution"},
		{fieldInstitutionIDCountry, must, must, "the country that gave the number"},
		{fieldRegistered, must, must, "the day on which it was registered"},
		{fieldBusinessAddress, must, must, "the business address"},
		{fieldSeat, withoutSSN, must, "the address of incorporation"},
		{fieldInstitutionPhone, may, may, "the phone number"},
		{fieldInstitutionEmail, may, may, "the e-mail address"},
		{fieldRegulation, may, must, "who regulates the institution"},
		{fieldRegulator, whenRegulated, whenRegulated, "the regulator, since the institution is regulated"},
		{fieldRegulatorPlace, whenRegulated, whenRegulated, "where the regulator is, since the institution is regulated"},
		{fieldRegisterNumber, whenRegulated, whenRegulated, "the number in the regulator's register"},
		{fieldTrading, may, must, "whether the institution is traded"},
		{fieldExchange, whenTraded, whenTraded, "the exchange, since the institution is traded"},
		{fieldTicker, whenTraded, whenTraded, "the ticker symbol, since the institution is traded"},
		{fieldParent, whenOwned, whenOwned, "the parent that is traded"},
	}
}

// Need says of a field, by its JSON path, whether this institution must have it. Before the legal form is chosen it is what the
// forms other than a trust need.
func (f InstitutionFields) Need(field string) Need {
	r, found := gridRowOf(field)
	if !found {
		return May
	}
	return f.need(r)
}

func gridRowOf(field string) (gridRow, bool) {
	rows := institutionGrid()
	n := slices.IndexFunc(rows, func(r gridRow) bool { return r.field == field })
	if n < 0 {
		return gridRow{}, false
	}
	return rows[n], true
}

// When says in words on what it still depends whether a field must be given: on the legal form, the kind of number, or another answer
// that is not there yet. Empty where [InstitutionFields.Need] says all.
func (f InstitutionFields) When(field string) string {
	r, found := gridRowOf(field)
	trust := f
	trust.Type = Trust
	switch need := f.need(r); {
	case !found:
	case f.Type == "" && need == May && trust.need(r) == MayNot && r.trust == mayNot:
		return "optional, not for a trust"
	case f.Type == "" && need == Must && trust.need(r) == May:
		if r.trust == withoutSSN && f.CIPIDType == "" {
			return "optional for a trust identified by SSN or ITIN"
		}
		return "optional for a trust"
	case need == May && f.Type == Trust && r.trust == withoutSSN && f.CIPIDType == "":
		return "required, unless identified by SSN or ITIN"
	case need == May:
		return r.other.when()
	}
	return ""
}

// when is the answer that makes a need of a field; empty for none.
func (n need) when() string {
	switch n {
	case whenRegulated:
		return "if regulated"
	case whenTraded:
		return "if traded"
	case whenOwned:
		return "of a subsidiary"
	}
	return ""
}

func (f InstitutionFields) need(r gridRow) Need {
	of := r.other
	if f.Type == Trust {
		of = r.trust
	}
	switch of {
	case must:
		return Must
	case mayNot:
		return MayNot
	case withoutSSN:
		return mustWhen(!usNumber(f.CIPIDType) && f.CIPIDType != "")
	case whenRegulated:
		return depends(f.RegulationStatus, unregulated)
	case whenTraded:
		return depends(f.TradingType, private)
	case whenOwned:
		return mustWhen(f.TradingType == publicParents)
	}
	return May
}

func mustWhen(so bool) Need {
	if so {
		return Must
	}
	return May
}

// depends is what a word makes of a field that belongs to all others of its kind but one.
func depends(word, without string) Need {
	switch word {
	case "":
		return May
	case without:
		return MayNot
	}
	return Must
}

// roleRule is what a role is to the institutions that know it.
type roleRule struct {
	role    string
	ofTrust bool // of a trust; else of a corporation, an LLC and a partnership
	ofOther bool
	least   int    // how many members must have it
	wanted  string // what is asked about where nobody has it, though Paxos may take it; empty for nothing
}

func memberRoles() []roleRule {
	const askFirst = " Ask the customer who it is, or leave it where there is none."
	return []roleRule{
		{role: "BENEFICIAL_OWNER", ofTrust: true, ofOther: true},
		{role: "MANAGEMENT_CONTROL_PERSON", ofOther: true, wanted: "Nobody is the management control person." + askFirst},
		{role: "ACCOUNT_OPENER", ofOther: true},
		{role: "AUTHORIZED_USER", ofOther: true},
		{role: trustee, ofTrust: true, least: 1},
		{role: "GRANTOR", ofTrust: true, wanted: "Nobody is the grantor." + askFirst},
		{role: "BENEFICIARY", ofTrust: true},
	}
}

const trustee = "TRUSTEE"

// MemberRoles are what a member of an institution of a legal form can be; of all forms where none is given.
func MemberRoles(legalForm string) []Choice {
	var out []string
	for _, r := range memberRoles() {
		if r.of(legalForm) {
			out = append(out, r.role)
		}
	}
	return labelled(out...)
}

func (r roleRule) of(legalForm string) bool {
	switch legalForm {
	case "":
		return true
	case Trust:
		return r.ofTrust
	}
	return r.ofOther
}
