package identity

// Draft is everything that a person's create call can carry, as an analyst gave it. Its JSON form is the API's request body
// and the form that is sealed while a submission waits. It is personal data: never log it.
type Draft struct {
	RefID                 string            `json:"ref_id"`
	Person                PersonDraft       `json:"person_details"`
	DueDiligence          DueDiligence      `json:"customer_due_diligence"`
	TaxDetails            []TaxDetail       `json:"tax_details,omitempty"`
	TaxDetailsNotRequired bool              `json:"tax_details_not_required,omitempty"`
	IsMerchant            bool              `json:"is_merchant,omitempty"`
	Metadata              map[string]string `json:"metadata,omitempty"`
}

// PersonDraft is who the person is and how they were verified.
type PersonDraft struct {
	VerifierType                  string   `json:"verifier_type"` // always PASSTHROUGH
	PassthroughVerifierType       string   `json:"passthrough_verifier_type"`
	PassthroughVerifiedAt         string   `json:"passthrough_verified_at"` // RFC 3339
	PassthroughVerificationID     string   `json:"passthrough_verification_id"`
	PassthroughVerificationStatus string   `json:"passthrough_verification_status"` // APPROVED or DENIED
	PassthroughVerificationFields []string `json:"passthrough_verification_fields"`
	FirstName                     string   `json:"first_name"`
	MiddleName                    string   `json:"middle_name,omitempty"`
	LastName                      string   `json:"last_name"`
	DateOfBirth                   string   `json:"date_of_birth"` // YYYY-MM-DD
	Address                       Address  `json:"address"`
	Nationality                   string   `json:"nationality"` // ISO 3166-1 alpha-3
	CountryOfBirth                string   `json:"country_of_birth,omitempty"`
	Profession                    string   `json:"profession,omitempty"`
	CIPID                         string   `json:"cip_id"`
	CIPIDType                     string   `json:"cip_id_type"`
	CIPIDCountry                  string   `json:"cip_id_country"`
	PhoneNumber                   string   `json:"phone_number,omitempty"`
	Email                         string   `json:"email,omitempty"`
}

// Address is where the person lives.
type Address struct {
	Address1 string `json:"address1"`
	Address2 string `json:"address2,omitempty"`
	City     string `json:"city"`
	Province string `json:"province"`
	Country  string `json:"country"` // ISO 3166-1 alpha-3
	ZipCode  string `json:"zip_code,omitempty"`
}

// DueDiligence is what is known of the customer's money and work.
type DueDiligence struct {
	EstimatedYearlyIncome    string   `json:"estimated_yearly_income,omitempty"`
	ExpectedTransferValue    string   `json:"expected_transfer_value,omitempty"`
	EstimatedNetWorth        string   `json:"estimated_net_worth,omitempty"`
	SourceOfWealth           string   `json:"source_of_wealth,omitempty"`
	SourceOfFunds            string   `json:"source_of_funds,omitempty"`
	PurposeOfAccount         string   `json:"purpose_of_account,omitempty"`
	EmploymentStatus         string   `json:"employment_status,omitempty"`
	EmploymentIndustrySector string   `json:"employment_industry_sector,omitempty"`
	Aliases                  []string `json:"aliases,omitempty"`
}

// TaxDetail is one tax number and the country that gave it.
type TaxDetail struct {
	TaxPayerID      string `json:"tax_payer_id"`
	TaxPayerCountry string `json:"tax_payer_country"` // ISO 3166-1 alpha-3
}
