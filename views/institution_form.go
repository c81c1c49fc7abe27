package views

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"identitydesk/internal/identity"
)

// NewInstitutionPage is the form for an institution. Its fields are named by the API's JSON paths.
type NewInstitutionPage struct {
	NewIdentityPage
	Draft   identity.InstitutionDraft // as typed
	Rows    int                       // how many members the form has room for
	Members []FoundMember             // whom the members' ids have led to, by their places; none where nobody was looked up
	Added   bool                      // the last row was added just now
	Data    identity.PersonalData     // what will be sent, for the review
	Doubts  []string                  // what to think about before it is sent
}

// FoundMember is whom the id of a member has led to.
type FoundMember struct {
	Identity *identity.Identity // nil where Wrong says why
	Wrong    string
}

const (
	ofInstitution   = "institution_details."
	businessAddress = ofInstitution + "business_address"
	seat            = ofInstitution + "incorporation_address"
	memberList      = "institution_members"
)

// institutionForm is the create call for an institution, grouped as people read it. What must be given is the grid's to say.
func institutionForm() []fieldset {
	return []fieldset{
		{"Reference", "What your own systems know this institution by. It must not be personal data, nor its name.", []field{
			{Name: "ref_id", Label: "ref_id", Hint: "Your own id, such as client-0077. It finds the case again, and is shown everywhere.", Wide: true},
		}},
		{"What it is", "The legal form decides what else Paxos asks.", []field{
			{Name: ofInstitution + "institution_type", Label: "Legal form", Kind: asChoice},
			{Name: ofInstitution + "institution_sub_type", Label: "Business", Kind: asChoice, Hint: "Investment for a trust, and for no other."},
			{Name: ofInstitution + "name", Label: "Legal name"},
			{Name: ofInstitution + "doing_business_as", Label: "Trades under"},
			{Name: ofInstitution + "business_description", Label: "What it does", Wide: true},
		}},
		{"Registration", "As in the public register.", []field{
			{Name: ofInstitution + "cip_id_type", Label: "Kind of number", Kind: asChoice},
			{Name: ofInstitution + "cip_id", Label: "Number", Hint: "EIN with its dash: 12-3456789."},
			{Name: ofInstitution + "cip_id_country", Label: "Number given by", Kind: asCountry},
			{Name: ofInstitution + "govt_registration_date", Label: "Registered on", Kind: asDate},
		}},
		{"Business address", "Where it does business.", addressFields(businessAddress)},
		{"Address of incorporation", "Where it is registered.", addressFields(seat)},
		{"Contact", "", []field{
			{Name: ofInstitution + "phone_number", Label: "Phone", Kind: asPhone, Hint: "With the country code: +1 555 678 1234."},
			{Name: ofInstitution + "email", Label: "E-mail", Kind: asEmail},
		}},
		{"Regulation", "Who is regulated names the regulator.", []field{
			{Name: ofInstitution + "regulation_status", Label: "Regulation", Kind: asChoice},
			{Name: ofInstitution + "regulator_name", Label: "Regulator"},
			{Name: ofInstitution + "regulator_jurisdiction", Label: "The regulator’s country or state"},
			{Name: ofInstitution + "regulator_register_number", Label: "Number in its register"},
		}},
		{"Trading", "What is traded names the exchange; a subsidiary, its parent’s.", []field{
			{Name: ofInstitution + "trading_type", Label: "Trading", Kind: asChoice},
			{Name: ofInstitution + "listed_exchange", Label: "Exchange"},
			{Name: ofInstitution + "ticker_symbol", Label: "Ticker symbol"},
			{Name: ofInstitution + "parent_institution_name", Label: "Parent institution"},
		}},
	}
}

func addressFields(at string) []field {
	of := ""
	if at == seat {
		of = " of incorporation"
	}
	return []field{
		{Name: at + ".address1", Label: "Address line 1" + of, Hint: "At most 35 characters."},
		{Name: at + ".address2", Label: "Address line 2" + of},
		{Name: at + ".city", Label: "City" + of},
		{Name: at + ".province", Label: "State or province" + of},
		{Name: at + ".zip_code", Label: "ZIP or postal code" + of},
		{Name: at + ".country", Label: "Country" + of, Kind: asCountry},
	}
}

// asks is a field with what the grid says of it for this institution.
func (p NewInstitutionPage) asks(f field) field {
	at := f.Name
	for _, address := range []string{businessAddress, seat} {
		if strings.HasPrefix(f.Name, address+".") {
			at = address
		}
	}
	need := p.Draft.Institution.Need(at)
	switch {
	case f.Name == "ref_id":
	case need == identity.MayNot:
		f.Optional, f.When = true, "leave it empty"
	case strings.HasSuffix(f.Name, ".address2"):
		f.Optional = true
	case strings.HasSuffix(f.Name, ".zip_code"):
		f.Optional, f.When = true, "required in the USA"
	case need == identity.May:
		f.Optional, f.When = true, p.Draft.Institution.When(at)
	default:
		f.When = p.Draft.Institution.When(at)
	}
	return f
}

// form is the page as the form for a person, whose fields are drawn alike.
func (p NewInstitutionPage) form() NewIdentityPage {
	q := p.NewIdentityPage
	q.asked = institutionForm()
	list := fieldset{Fields: []field{{Name: memberList, Label: "Members"}}}
	for n := range p.Rows {
		for _, f := range memberFields(n) {
			f.Label = "Member " + strconv.Itoa(n+1) + ", " + strings.ToLower(f.Label[:1]) + f.Label[1:]
			list.Fields = append(list.Fields, f)
		}
	}
	q.asked = append(q.asked, list)
	return q
}

// memberFields are the questions about the member at a place.
func memberFields(n int) []field {
	at := func(name string) string { return identity.MemberField(n, name) }
	return []field{
		{Name: at("identity_id"), Label: "Id", Hint: "A ref_id, or the Paxos id."},
		{Name: at("ownership"), Label: "Owns, in percent", Optional: true},
		{Name: at("position"), Label: "Position", Hint: "Such as director.", Optional: true},
		{Name: at("roles"), Label: "Roles", Kind: asChecks},
	}
}

// found is whom the member at a place is; zero where nobody was looked up.
func (p NewInstitutionPage) found(n int) FoundMember {
	if n < len(p.Members) {
		return p.Members[n]
	}
	return FoundMember{}
}

// roles are those that a member of this institution can have, and those that were chosen all the same.
func (p NewInstitutionPage) roles(n int) []identity.Choice {
	choices := identity.MemberRoles(p.Draft.Institution.Type)
	for _, typed := range p.Values[identity.MemberField(n, "roles")] {
		if text := identity.Label(typed); !slices.ContainsFunc(choices, func(c identity.Choice) bool { return c.Value == typed }) {
			choices = append(choices, identity.Choice{Value: typed, Text: text})
		}
	}
	return choices
}

// gridLine is what a field is to each legal form, in words.
type gridLine struct{ Label, Other, Trust string }

// grid is the published grid as a table.
func institutionGridLines() []gridLine {
	var out []gridLine
	for _, s := range institutionForm() {
		for _, f := range s.Fields {
			name, label := f.Name, f.Label
			switch {
			case strings.HasSuffix(name, "_address.address1"):
				name, label = strings.TrimSuffix(name, ".address1"), s.Title
			case name == "ref_id" || strings.Contains(name, "_address."):
				continue
			}
			out = append(out, gridLine{label, needWord("LLC", name), needWord(identity.Trust, name)})
		}
	}
	return out
}

func needWord(legalForm, name string) string {
	of := identity.InstitutionFields{Type: legalForm}
	switch when := of.When(name); {
	case of.Need(name) == identity.Must:
		return "required"
	case of.Need(name) == identity.MayNot:
		return "not allowed"
	case strings.HasPrefix(when, "required"):
		return when
	case when != "":
		return "required " + when
	}
	return "optional"
}

func sortedNames(values url.Values) []string { return slices.Sorted(maps.Keys(values)) }
