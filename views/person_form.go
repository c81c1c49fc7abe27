package views

// personForm is the create call for a person, grouped as people read it.
func personForm() []fieldset {
	return []fieldset{
		{"Reference", "What your own systems know this person by. It must not be personal data.", []field{
			{Name: "ref_id", Label: "ref_id", Hint: "Your own id, such as user-4711. It finds the case again, and is shown everywhere.", Wide: true},
		}},
		{"Who", "As on the government document.", []field{
			{Name: "person_details.first_name", Label: "First name"},
			{Name: "person_details.middle_name", Label: "Middle name", Optional: true},
			{Name: "person_details.last_name", Label: "Last name"},
			{Name: "person_details.date_of_birth", Label: "Date of birth", Kind: asDate},
			{Name: "person_details.nationality", Label: "Nationality", Kind: asCountry},
			{Name: "person_details.country_of_birth", Label: "Country of birth", Kind: asCountry, Optional: true},
			{Name: "person_details.profession", Label: "Profession", Optional: true},
		}},
		{"Address", "Where the person lives.", []field{
			{Name: "person_details.address.address1", Label: "Address line 1", Hint: "At most 35 characters."},
			{Name: "person_details.address.address2", Label: "Address line 2", Optional: true},
			{Name: "person_details.address.city", Label: "City"},
			{Name: "person_details.address.province", Label: "State or province", Hint: "For the USA the two letters, such as NY."},
			{Name: "person_details.address.zip_code", Label: "ZIP or postal code", Optional: true, When: "required in the USA"},
			{Name: "person_details.address.country", Label: "Country", Kind: asCountry},
		}},
		{"Government id", "For people who live in the USA: SSN or ITIN.", []field{
			{Name: "person_details.cip_id_type", Label: "Kind of id", Kind: asChoice},
			{Name: "person_details.cip_id", Label: "Number", Hint: "SSN and ITIN with dashes: 123-45-6789."},
			{Name: "person_details.cip_id_country", Label: "Issued by", Kind: asCountry},
		}},
		{"Contact", "", []field{
			{Name: "person_details.phone_number", Label: "Phone", Kind: asPhone, Hint: "With the country code: +1 555 678 1234.", Optional: true},
			{Name: "person_details.email", Label: "E-mail", Kind: asEmail, Optional: true},
		}},
		{"Verification", "What your identity verification provider found. Paxos relies on it.", []field{
			{Name: "person_details.passthrough_verifier_type", Label: "Provider", Kind: asSuggest, Hint: "Choose one, or type a newer one in capitals."},
			{Name: "person_details.passthrough_verified_at", Label: "Verified at", Hint: "Date, time and zone: 2021-06-16T09:28:14Z."},
			{Name: "person_details.passthrough_verification_id", Label: "The provider’s id", Hint: "Also finds the case in the look-up."},
			{Name: "person_details.passthrough_verification_status", Label: "Result", Kind: asChoice},
			{Name: "person_details.passthrough_verification_fields", Label: "What was verified", Kind: asChecks, Wide: true},
		}},
		{"Due diligence", "What is known of the customer’s money and work.", []field{
			{Name: "customer_due_diligence.estimated_yearly_income", Label: "Yearly income", Kind: asChoice},
			{Name: "customer_due_diligence.expected_transfer_value", Label: "Expected transfers", Kind: asChoice},
			{Name: "customer_due_diligence.source_of_wealth", Label: "Source of wealth", Kind: asChoice},
			{Name: "customer_due_diligence.employment_status", Label: "Employment", Kind: asChoice},
			{Name: "customer_due_diligence.employment_industry_sector", Label: "Industry", Kind: asChoice, Hint: "Where the person works.", Optional: true},
			{Name: "customer_due_diligence.estimated_net_worth", Label: "Net worth", Kind: asChoice, Optional: true},
			{Name: "customer_due_diligence.source_of_funds", Label: "Source of funds", Kind: asChoice, Optional: true},
			{Name: "customer_due_diligence.purpose_of_account", Label: "Purpose of the account", Kind: asChoice, Optional: true},
			{Name: aliases, Label: "Aliases", Hint: "Other names that the person uses.", Optional: true, Wide: true},
		}},
	}
}

// The fields that the form draws in a way of their own.
const (
	aliases        = "customer_due_diligence.aliases"
	taxPayerID     = "tax_details.tax_payer_id"
	taxCountry     = "tax_details.tax_payer_country"
	taxNotRequired = "tax_details_not_required"
)

// taxFields are the tax rows; each row repeats the first two.
func taxFields() []field {
	return []field{
		{Name: "tax_details", Label: "Tax details"},
		{Name: taxPayerID, Label: "Tax number"},
		{Name: taxCountry, Label: "Country of the tax number"},
		{Name: taxNotRequired, Label: "Tax details are not required"},
	}
}
