package views

import (
	"net/url"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// draft is a whole submission with invented details.
func draft() identity.Draft {
	return identity.Draft{
		RefID: "user-4711",
		Person: identity.PersonDraft{
			VerifierType: "PASSTHROUGH", PassthroughVerifierType: "JUMIO", PassthroughVerifiedAt: "2021-06-16T09:28:14Z",
			PassthroughVerificationID:     "775300ef-4edb-47b9-8ec4-f45fe3cbf41f",
			PassthroughVerificationStatus: "APPROVED", PassthroughVerificationFields: []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
			FirstName: "Billy", LastName: "Duncan", DateOfBirth: "1960-01-01", Nationality: "USA",
			Address: identity.Address{Address1: "123 Main St", City: "New York", Province: "NY", Country: "USA", ZipCode: "10001"},
			CIPID:   "073-05-1120", CIPIDType: "SSN", CIPIDCountry: "USA", PhoneNumber: "+1 555 678 1234", Email: "example@somemail.org",
		},
		DueDiligence: identity.DueDiligence{
			EstimatedYearlyIncome: "INCOME_50K_TO_100K", ExpectedTransferValue: "TRANSFER_VALUE_25K_TO_50K", SourceOfWealth: "EMPLOYMENT_INCOME",
			EmploymentStatus: "FULL_TIME", EmploymentIndustrySector: "ARTS_ENTERTAINMENT_RECREATION",
		},
	}
}

func (b book) newIdentity() []Story {
	page := func(values url.Values, text string, errors map[string]string) NewIdentityPage {
		return NewIdentityPage{Chrome: b.chrome(access.Analyst, SectionNew), Values: values, Text: text, Errors: errors}
	}
	wrong := draft()
	wrong.RefID, wrong.Person.FirstName, wrong.Person.Address.Country = "", "José", "FRA"
	wrong.Person.PassthroughVerificationFields, wrong.Person.PassthroughVerifierType = nil, "NEWVERIFIER"
	wrong.Metadata = map[string]string{"team": "east", "contact": "someone@example.org"}
	wrong.TaxDetails = []identity.TaxDetail{{TaxPayerCountry: "FRA"}}
	refused := page(wrong.Values(), "", wrong.Check(b.now))
	refused.Errors["person_details.no_such_field"] = "Paxos does not know this field."
	held := page(draft().Values(), "The desk already holds this ref_id.", map[string]string{"ref_id": "Another case holds this ref_id: choose another."})
	held.HeldBy = b.approved().ID
	return []Story{
		{"new/empty", access.Analyst, NewIdentity(page(nil, "", nil))},
		{"new/filled", access.Analyst, NewIdentity(page(draft().Values(), "", nil))},
		{"new/refused", access.Analyst, NewIdentity(refused)},
		{"new/held", access.Analyst, NewIdentity(held)},
	}
}
