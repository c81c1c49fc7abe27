package views

import (
	"net/url"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// company is a whole submission of an institution with invented details.
func company() identity.InstitutionDraft {
	at := identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"}
	return identity.InstitutionDraft{
		RefID: "client-0077",
		Institution: identity.InstitutionFields{
			Name: "Quillhaven Holdings", Type: "LLC", SubType: "PROFESSIONAL_SCIENTIFIC_TECHNICAL_SERVICES", CIPID: "12-3456789", CIPIDType: "EIN",
			CIPIDCountry: "USA", GovtRegistrationDate: "2009-06-16T00:00:00Z", BusinessAddress: at, IncorporationAddress: at,
			Email: "desk@quillhaven.example", RegulationStatus: "NON_REGULATED", TradingType: "PRIVATE",
		},
		Members: []identity.MemberDraft{
			{PaxosID: "user-4711", Roles: []string{"BENEFICIAL_OWNER", "ACCOUNT_OPENER"}, Ownership: "62.5", Position: "Director"},
			{PaxosID: "user-5008", Roles: []string{"BENEFICIAL_OWNER"}, Ownership: "37.5"},
		},
	}
}

// member is somebody who belongs to an institution, explained as the desk would.
func (b book) member(i identity.Identity, roles ...string) identity.Traced {
	r := b.row(i)
	return identity.Traced{
		Member: identity.Member{PaxosID: i.PaxosID, Roles: roles, Status: i.Status, AsOf: b.ago(9 * time.Minute), Case: &r.Identity},
		Advice: r.Advice,
	}
}

// stranger is a member of whom the desk has no case yet.
func (b book) stranger() identity.Traced {
	return identity.Traced{Member: identity.Member{
		PaxosID: "5f0f2a1e-7c36-4c0b-9a55-0d4f7a6f1e42", Roles: []string{"AUTHORIZED_USER", "COURT_JESTER"}, Status: identity.Pending, AsOf: b.ago(9 * time.Minute),
	}}
}

func (b book) institutionRow(i identity.Identity, members ...identity.Traced) InstitutionRow {
	r := InstitutionRow{Row: b.row(i), Members: members}
	r.Advice, r.Leads = identity.TraceMembers(r.Advice, members)
	return r
}

// institutionPage is the case of an institution with its members.
func (b book) institutionPage(role access.Role, i identity.Identity, members ...identity.Traced) CasePage {
	p := b.page(role, i, b.entry(identity.WasFound, 50*time.Hour, identity.BySync))
	p.Membership.Members = members
	p.Advice, p.Leads = identity.TraceMembers(p.Advice, members)
	if access.May(role, access.ReadNames) {
		p.Name = identity.Name{Last: "Quillhaven Holdings"}
	}
	return p
}

func (b book) institutions() []Story {
	known := b.institution()
	known.RefID, known.Initials = "client-0077", "Q"
	known.Details.Institution = &identity.InstitutionFacts{LegalForm: "LLC", Business: "CONSTRUCTION", Regulation: "INTL_REGULATED", Trading: "MOON_TRADED"}
	fine, stuck, refused := b.member(b.approved(), "BENEFICIAL_OWNER", "ACCOUNT_OPENER"), b.member(b.taxNumber(), "BENEFICIAL_OWNER"), b.member(b.denied(), "AUTHORIZED_USER")
	list := InstitutionsPage{
		Chrome: b.chrome(access.Analyst, SectionIdentities), Filter: url.Values{}, Total: 3, AsOf: b.now,
		Rows: []InstitutionRow{b.institutionRow(known, fine, stuck, refused), b.institutionRow(b.institution(), refused), b.institutionRow(b.institution())},
	}
	none, wrong := list, list
	none.Chrome, none.Rows, none.Total = b.chrome(access.Viewer, SectionIdentities), nil, 0
	wrong.Rows, wrong.Filter, wrong.Errors = nil, url.Values{"status": {"FINE"}}, map[string]string{"status": "Choose one of the list."}
	person := b.page(access.Analyst, b.taxNumber())
	person.BelongsTo = []identity.Identity{b.row(known).Identity}
	return append([]Story{
		{"institutions/list", access.Analyst, Institutions(list)},
		{"institutions/none", access.Viewer, Institutions(none)},
		{"institutions/refused", access.Analyst, Institutions(wrong)},
		{"institutions/case", access.Analyst, Case(b.institutionPage(access.Analyst, known, fine, stuck, refused, b.stranger()))},
		{"institutions/case-denied", access.Auditor, Case(b.institutionPage(access.Auditor, b.institution(), refused, fine))},
		{"institutions/case-unknown", access.Viewer, Case(b.institutionPage(access.Viewer, b.institution()))},
		{"institutions/member", access.Analyst, Case(person)},
	}, b.institutionForms()...)
}

func (b book) institutionForms() []Story {
	page := func(d identity.InstitutionDraft, rows int) NewInstitutionPage {
		p := NewInstitutionPage{Draft: d, Rows: rows}
		p.Chrome, p.Values = b.chrome(access.Analyst, SectionNew), d.Values()
		return p
	}
	one, two := b.row(b.approved()).Identity, b.row(b.taxNumber()).Identity
	found := []FoundMember{{Identity: &one}, {Identity: &two}}
	filled := page(company(), 3)
	filled.Members = append(found, FoundMember{})
	bad := company()
	bad.RefID, bad.Institution.Type, bad.Institution.RegulationStatus, bad.Institution.IncorporationAddress = "", identity.Trust, "US_REGULATED", identity.Address{}
	bad.Institution.DoingBusinessAs, bad.Members[0].Ownership = "Quill", "90"
	refused := page(bad, 2)
	refused.Errors, refused.Members = bad.Check(b.now), []FoundMember{{Identity: &one}, {Wrong: "The desk knows nobody by this id. Check it, or create the person first."}}
	held := page(company(), 2)
	held.Text, held.Errors, held.HeldBy = "The desk already holds this ref_id.", map[string]string{"ref_id": "Another case holds this ref_id: choose another."}, one.ID
	review := page(company(), 0)
	d := company()
	denied := b.row(b.denied()).Identity
	denied.RefID = "user-5009"
	d.Members = append(d.Members, identity.MemberDraft{PaxosID: denied.RefID, Roles: []string{"AUTHORIZED_USER"}})
	review.Draft, review.Values = d, d.Values()
	review.Members, review.Doubts = append(found, FoundMember{Identity: &denied}), d.Doubts([]identity.Identity{one, two, denied})
	review.Data, _ = identity.Application{Institution: &d}.PersonalData()
	return []Story{
		{"institutions/new", access.Analyst, NewInstitution(page(identity.InstitutionDraft{}, 1))},
		{"institutions/new-filled", access.Analyst, NewInstitution(filled)},
		{"institutions/new-refused", access.Analyst, NewInstitution(refused)},
		{"institutions/new-held", access.Analyst, NewInstitution(held)},
		{"institutions/review", access.Analyst, ReviewInstitution(review)},
	}
}
