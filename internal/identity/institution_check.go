package identity

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check finds everything that Paxos would refuse about an institution, or that cannot be right, by the field's JSON path; what is
// wrong with a member by its place: institution_members.0.roles.
func (d InstitutionDraft) Check(now time.Time) map[string]string {
	c := checks{errs: map[string]string{}, now: now}
	c.institutionRefID(d)
	c.refID(d.RefID)
	f := d.Institution
	for _, r := range institutionGrid() {
		c.gridded(&d, f.need(r), r)
	}
	c.institutionForm(f)
	c.institutionNumber(f)
	c.registered(fieldRegistered, f.GovtRegistrationDate)
	c.institutionContact(f)
	c.members(d)
	c.institutionTax(d)
	c.metadata(d.Metadata)
	return c.errs
}

// institutionRefID refuses a ref_id that tells what the institution is called, or holds one of its numbers.
func (c *checks) institutionRefID(d InstitutionDraft) {
	if d.RefID == "" {
		c.fail(fieldRefID, "Enter a ref_id: your own number for this institution.")
		return
	}
	f := d.Institution
	telling := Draft{Person: PersonDraft{CIPID: f.CIPID, PhoneNumber: f.PhoneNumber, Email: f.Email}, TaxDetails: d.TaxDetails}
	names := Name{First: ownWords(f.Name), Middle: ownWords(f.DoingBusinessAs)}
	if TelltaleOf(names, telling).InRefID(d.RefID) {
		c.fail(fieldRefID, "Use a number of your own: this holds a part of the institution's name, number, phone or e-mail address, and a ref_id "+
			"must not be personal data.")
	}
}

// ownWords is a name without the words that the names of many institutions have.
func ownWords(name string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(name), func(w string) bool {
		return slices.Contains(strings.Fields(commonWords), strings.ToLower(strings.Trim(w, ".,()&")))
	}), " ")
}

const commonWords = `the and of co company companies corp corporation inc incorporated llc lp llp ltd limited plc gmbh sa ag trust family
	partner partners partnership holding holdings group capital fund funds investment investments bank international global`

// gridded checks a field against its place in the grid, and what it holds.
func (c *checks) gridded(d *InstitutionDraft, n Need, r gridRow) {
	if at := d.address(r.field); at != nil {
		c.place(r.field+".", *at, n, r.what)
		return
	}
	value := *d.text(r.field)
	switch {
	case n == Must && strings.TrimSpace(value) == "":
		verb := "Enter "
		if len(institutionChoices(r.field)) > 0 {
			verb = "Choose "
		}
		c.fail(r.field, verb+r.what+".")
	case n == MayNot && value != "":
		c.fail(r.field, d.Institution.unasked(r.field))
	default:
		c.institutionText(r.field, value)
	}
}

// unasked says why a field must be left out.
func (f InstitutionFields) unasked(field string) string {
	switch field {
	case fieldRegulator, fieldRegulatorPlace, fieldRegisterNumber:
		return "Leave it empty, or say who regulates the institution: it is given as not regulated."
	case fieldExchange, fieldTicker:
		return "Leave it empty, or say that the institution is traded: it is given as private."
	}
	return "Leave it empty: Paxos does not take it for a trust."
}

// institutionText checks what a field holds: one of its words, or plain text.
func (c *checks) institutionText(field, value string) {
	longest := longName
	if field == fieldBusinessDescription {
		longest = longValue
	}
	switch choices := institutionChoices(field); {
	case value == "" || field == fieldInstitutionEmail || field == fieldInstitutionPhone || field == fieldRegistered:
	case field == fieldInstitutionIDCountry:
		c.country(field, value)
	case field == fieldBusiness && prohibited(value):
		c.fail(field, "Paxos takes no institution of this business.")
	case len(choices) > 0 && !offered(choices, value):
		c.fail(field, "Choose one of the values in the list.")
	case len(choices) == 0:
		c.plain(field, value, longest)
	}
}

// place checks an address. One that may be left out is empty or whole.
func (c *checks) place(at string, a Address, n Need, what string) {
	if n != Must && a == (Address{}) {
		return
	}
	if a == (Address{}) {
		what += ": "
	} else {
		what = ""
	}
	c.must(at+"address1", a.Address1, what+"street and number")
	c.must(at+"city", a.City, what+"the city")
	c.must(at+"province", a.Province, what+"the state or province")
	c.must(at+"country", a.Country, what+"the country")
	c.country(at+"country", a.Country)
	if a.Country == usa && a.ZipCode == "" {
		c.fail(at+"zip_code", "Enter the ZIP code, which addresses in the USA have.")
	}
	for name, v := range map[string]string{"address1": a.Address1, "address2": a.Address2, "city": a.City, "province": a.Province, "zip_code": a.ZipCode} {
		c.plain(at+name, v, longAddress)
	}
}

// must notes that a field has to have a value.
func (c *checks) must(field, value, what string) {
	if strings.TrimSpace(value) == "" {
		c.fail(field, "Enter "+what+".")
	}
}

// institutionForm checks what belongs together: a trust invests, and nothing else is given as an investment.
func (c *checks) institutionForm(f InstitutionFields) {
	switch {
	case f.Type == "" || f.SubType == "":
	case f.Type == Trust && f.SubType != investment:
		c.fail(fieldBusiness, "Choose Investment: it is the one business that Paxos knows for a trust.")
	case f.Type != Trust && f.SubType == investment:
		c.fail(fieldBusiness, "Choose what the institution does: Investment is for trusts alone.")
	}
}

// institutionNumber checks the form of the number that identifies the institution.
func (c *checks) institutionNumber(f InstitutionFields) {
	if f.CIPID == "" {
		return
	}
	switch {
	case f.CIPIDType == employerID && !isEIN(f.CIPID):
		c.fail(fieldInstitutionID, "Write an EIN with its dash, such as 12-3456789.")
	case usNumber(f.CIPIDType):
		c.usNumber(fieldInstitutionID, f.CIPIDType, f.CIPID)
	}
	american := f.CIPIDType == employerID || usNumber(f.CIPIDType)
	if american && f.CIPIDCountry != "" && f.CIPIDCountry != usa {
		c.fail(fieldInstitutionIDCountry, "An "+f.CIPIDType+" is given by the USA: choose it, or another kind of number.")
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
		c.fail(field, "Enter a real date as year-month-day, such as 2009-06-16.")
	case at.After(c.now.Add(ClockGrace)):
		c.fail(field, "This is in the future: enter when it was registered.")
	}
}

func (c *checks) institutionContact(f InstitutionFields) {
	if f.PhoneNumber != "" && !isPhone(f.PhoneNumber) {
		c.fail(fieldInstitutionPhone, "Write 7 to 15 digits, with the country's code first, such as +1 555 678 1234.")
	}
	if f.Email != "" && !isEmail(f.Email) {
		c.fail(fieldInstitutionEmail, "Write a whole e-mail address, such as name@example.org.")
	}
}

// institutionTax checks the tax numbers. Paxos fills them from an EIN, SSN or ITIN; for others it wants them, or the word that none
// are needed.
func (c *checks) institutionTax(d InstitutionDraft) {
	filled := d.Institution.CIPIDType != "" && d.Institution.CIPIDType != registerID
	switch {
	case len(d.TaxDetails) > 0 && d.TaxDetailsNotRequired:
		c.fail(fieldTaxNotRequired, "Either give tax details or say that none are required, not both.")
	case filled && d.TaxDetailsNotRequired:
		c.fail(fieldTaxNotRequired, "They are required of an institution with a US number; leave them empty and Paxos takes that number.")
	case d.Institution.CIPIDType == registerID && len(d.TaxDetails) == 0 && !d.TaxDetailsNotRequired:
		c.fail(fieldTaxDetails, "Give at least one tax number with its country, or say that tax details are not required.")
	}
	for _, t := range d.TaxDetails {
		c.taxDetail(t)
	}
}

// MemberField is the name of a field of the member at a place, from 0.
func MemberField(n int, field string) string {
	return fieldMembers + "." + strconv.Itoa(n) + "." + field
}

// members checks those who belong to the institution. Who owns it owns 100 percent at most in all.
func (c *checks) members(d InstitutionDraft) {
	if len(d.Members) == 0 {
		c.fail(fieldMembers, "Add the persons who belong to the institution: Paxos decides on it by them.")
	}
	owned := 0.0
	for n, m := range d.Members {
		c.member(d, n, m)
		share, _ := strconv.ParseFloat(m.Ownership, 64)
		owned += share
	}
	if owned > 100 {
		c.fail(fieldMembers, "The members own more than 100 percent together: check their shares.")
	}
	for _, r := range memberRoles() {
		if r.of(d.Institution.Type) && d.Institution.Type != "" && len(d.Members) > 0 && d.having(r.role) < r.least {
			c.fail(fieldMembers, "Name at least one "+lower(Label(r.role))+": Paxos takes no "+lower(Label(d.Institution.Type))+" without.")
		}
	}
}

func (c *checks) member(d InstitutionDraft, n int, m MemberDraft) {
	same := func(o MemberDraft) bool { return strings.EqualFold(o.PaxosID, m.PaxosID) }
	switch {
	case m.PaxosID == "":
		c.fail(MemberField(n, "identity_id"), "Enter the person's ref_id or another id, or take the member out.")
	case slices.ContainsFunc(d.Members[:n], same):
		c.fail(MemberField(n, "identity_id"), "This person is a member already: name each once, with all of their roles.")
	}
	c.roles(d.Institution.Type, n, m)
	share, err := strconv.ParseFloat(m.Ownership, 64)
	if m.Ownership != "" && (err != nil || !(share >= 0 && share <= 100) || len(m.Ownership) > 12) {
		c.fail(MemberField(n, "ownership"), "Write what the member owns in percent, such as 25 or 12.5.")
	}
	c.plain(MemberField(n, "position"), m.Position, longName)
}

func (c *checks) roles(legalForm string, n int, m MemberDraft) {
	field := MemberField(n, "roles")
	if len(m.Roles) == 0 {
		c.fail(field, "Choose at least one role.")
	}
	for _, role := range m.Roles {
		switch {
		case !offered(MemberRoles(""), role):
			c.fail(field, "Choose the roles from the list.")
		case !offered(MemberRoles(legalForm), role):
			c.fail(field, "Take "+lower(Label(role))+" out: no member of a "+lower(Label(legalForm))+" has this role.")
		}
	}
}

// having counts the members with a role.
func (d InstitutionDraft) having(role string) (n int) {
	for _, m := range d.Members {
		if slices.Contains(m.Roles, role) {
			n++
		}
	}
	return n
}

// controlling is the share in percent from which on who owns an institution counts as its beneficial owner in the USA.
const controlling = 25

// Doubts are what a person should think about before this is sent, although Paxos may take it; members are those to whom the members'
// ids have led.
func (d InstitutionDraft) Doubts(members []Identity) []string {
	var out []string
	for _, m := range members {
		if text := doubtAbout(m); text != "" {
			out = append(out, text)
		}
	}
	for _, r := range memberRoles() {
		if r.wanted != "" && r.of(d.Institution.Type) && d.having(r.role) == 0 {
			out = append(out, r.wanted)
		}
	}
	for n, m := range d.Members {
		share, err := strconv.ParseFloat(m.Ownership, 64)
		if err == nil && share >= controlling && !slices.Contains(m.Roles, "BENEFICIAL_OWNER") {
			out = append(out, "Member "+strconv.Itoa(n+1)+" owns "+m.Ownership+" percent and is not given as a beneficial owner.")
		}
	}
	if d.Institution.SubType == "REGISTERED_INVESTMENT_ADVISOR" {
		out = append(out, "Paxos takes registered investment advisors only after it has agreed to it.")
	}
	if usNumber(d.Institution.CIPIDType) {
		out = append(out, "Paxos takes an SSN or ITIN only of an institution that is taxed with its owner, such as a revocable trust.")
	}
	return out
}

// doubtAbout says what a member holds up who will not be approved as they stand; empty of everybody else.
func doubtAbout(m Identity) string {
	who := "Member " + cmp.Or(m.RefID, m.PaxosID)
	const forGood = " Paxos has no call that changes the members of an institution: once it is made, only Paxos Support can help."
	switch m.Status {
	case Denied, Disabled:
		return who + " is " + string(m.Status) + " at Paxos, and the institution waits for each of its members." + forGood
	case StatusError:
		return who + " is " + string(m.Status) + " at Paxos, frozen until Paxos has looked into it, and the institution waits for each of its members." + forGood
	}
	return ""
}
