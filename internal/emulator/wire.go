package emulator

import (
	"encoding/json"
	"time"
)

// The words of the API that the emulator itself acts on.
const (
	typePerson      = "PERSON"
	typeInstitution = "INSTITUTION"

	statusPending  = "PENDING"
	statusApproved = "APPROVED"
	statusDenied   = "DENIED"
	statusDisabled = "DISABLED"
	statusError    = "ERROR"
	statusFailed   = "FAILED"

	awaitPaxos  = "PAXOS"
	awaitClient = "CLIENT"

	reqID         = "ID_VERIFICATION"
	reqScreening  = "SCREENING_CHECK"
	reqCompliance = "COMPLIANCE_CHECK"
	reqEDD        = "ENHANCED_DUE_DILIGENCE"
	reqRisk       = "RISK_AWARENESS_ASSESSMENT"
	reqRefresh    = "KYC_REFRESH"
	reqTax        = "TAX_DETAILS_VERIFICATION"
	reqMembers    = "MEMBERS"
)

// person is what a client sends about a person, and what include_details gives
// back. A delta is decoded straight over a copy of it.
type person struct {
	VerifierType       string   `json:"verifier_type,omitempty"`
	PassthroughType    string   `json:"passthrough_verifier_type,omitempty"`
	PassthroughAt      string   `json:"passthrough_verified_at,omitempty"`
	PassthroughID      string   `json:"passthrough_verification_id,omitempty"`
	PassthroughStatus  string   `json:"passthrough_verification_status,omitempty"`
	PassthroughFields  []string `json:"passthrough_verification_fields,omitempty"`
	FirstName          string   `json:"first_name,omitempty"`
	MiddleName         string   `json:"middle_name,omitempty"`
	LastName           string   `json:"last_name,omitempty"`
	DateOfBirth        string   `json:"date_of_birth,omitempty"`
	Address            *address `json:"address,omitempty"`
	Nationality        string   `json:"nationality,omitempty"`
	CIPID              string   `json:"cip_id,omitempty"`
	CIPIDType          string   `json:"cip_id_type,omitempty"`
	CIPIDCountry       string   `json:"cip_id_country,omitempty"`
	PhoneNumber        string   `json:"phone_number,omitempty"`
	Email              string   `json:"email,omitempty"`
	Profession         string   `json:"profession,omitempty"`
	CountryOfBirth     string   `json:"country_of_birth,omitempty"`
	VerifierID         string   `json:"verifier_id,omitempty"`
	IDVerificationLink string   `json:"id_verification_url,omitempty"`
}

type address struct {
	Country  string `json:"country,omitempty"`
	Address1 string `json:"address1,omitempty"`
	Address2 string `json:"address2,omitempty"`
	City     string `json:"city,omitempty"`
	Province string `json:"province,omitempty"`
	ZipCode  string `json:"zip_code,omitempty"`
}

// personAnswer adds the sub-statuses, the only part shown without include_details.
type personAnswer struct {
	person
	IDVerification string `json:"id_verification_status,omitempty"`
	Sanctions      string `json:"sanctions_verification_status,omitempty"`
	Screening      string `json:"additional_screening_status,omitempty"`
}

type taxDetail struct {
	PayerID      string `json:"tax_payer_id,omitempty"`
	PayerCountry string `json:"tax_payer_country,omitempty"`
	Verification string `json:"tin_verification_status,omitempty"`
}

type dueDiligence struct {
	YearlyIncome     string   `json:"estimated_yearly_income,omitempty"`
	NetWorth         string   `json:"estimated_net_worth,omitempty"`
	TransferValue    string   `json:"expected_transfer_value,omitempty"`
	SourceOfWealth   string   `json:"source_of_wealth,omitempty"`
	SourceOfFunds    string   `json:"source_of_funds,omitempty"`
	PurposeOfAccount string   `json:"purpose_of_account,omitempty"`
	EmploymentStatus string   `json:"employment_status,omitempty"`
	EmploymentSector string   `json:"employment_industry_sector,omitempty"`
	IndustrySector   string   `json:"industry_sector,omitempty"`
	CustomerRegions  []string `json:"customer_regions,omitempty"`
	Aliases          []string `json:"aliases,omitempty"`
}

type member struct {
	ID         string   `json:"id,omitempty"`
	IdentityID string   `json:"identity_id"`
	Roles      []string `json:"roles,omitempty"`
	Ownership  string   `json:"ownership,omitempty"`
	Position   string   `json:"position,omitempty"`
	Name       string   `json:"name,omitempty"`
	Status     string   `json:"summary_status,omitempty"`
}

type requirement struct {
	Type     string             `json:"type"`
	Status   string             `json:"status"`
	Awaiting string             `json:"awaiting_action_from,omitempty"`
	Errors   []requirementError `json:"errors,omitempty"`
}

type requirementError struct {
	Code        string `json:"code"`
	Description string `json:"description"`
}

// olderRequirement is how answers of the earlier generation name a requirement.
type olderRequirement struct {
	Type     string            `json:"type"`
	Message  string            `json:"message,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

type control struct {
	ID          string    `json:"id"`
	Type        string    `json:"type"`
	SetBy       string    `json:"set_by"`
	Overridable bool      `json:"is_overridable"`
	ReasonCode  string    `json:"reason_code"`
	Reason      string    `json:"reason"`
	CreatedAt   time.Time `json:"created_at"`
	// DeletedAt is when it was taken out of force; nil while it is in force.
	DeletedAt *time.Time `json:"deleted_at,omitempty"`
}

type statusDetails struct {
	ActiveControls []control     `json:"active_controls"`
	Requirements   []requirement `json:"requirements"`
}

// identityAnswer is an identity as the API answers it.
type identityAnswer struct {
	ID              string             `json:"id"`
	RefID           string             `json:"ref_id,omitempty"`
	Type            string             `json:"type"`
	Status          string             `json:"status,omitempty"`
	SummaryStatus   string             `json:"summary_status"`
	UserDisabled    bool               `json:"user_disabled"`
	AdminDisabled   bool               `json:"admin_disabled"`
	CreatedAt       time.Time          `json:"created_at"`
	UpdatedAt       time.Time          `json:"updated_at"`
	LastKYCRefresh  *time.Time         `json:"last_kyc_refresh_date,omitempty"`
	Person          *personAnswer      `json:"person_details,omitempty"`
	Institution     map[string]any     `json:"institution_details,omitempty"`
	Members         []member           `json:"institution_members,omitempty"`
	StatusDetails   *statusDetails     `json:"status_details,omitempty"`
	Pending         []olderRequirement `json:"pending_requirements,omitempty"`
	Failed          []olderRequirement `json:"failed_requirements,omitempty"`
	Tax             []taxDetail        `json:"tax_details,omitempty"`
	TaxNotRequired  bool               `json:"tax_details_not_required,omitempty"`
	TINVerification string             `json:"summary_tin_verification_status,omitempty"`
	DueDiligence    *dueDiligence      `json:"customer_due_diligence,omitempty"`
	Metadata        map[string]string  `json:"metadata,omitempty"`
	IsMerchant      bool               `json:"is_merchant,omitempty"`
}

// existing is the partial record a 409 names.
type existing struct {
	ID            string    `json:"id"`
	RefID         string    `json:"ref_id,omitempty"`
	SummaryStatus string    `json:"summary_status"`
	CreatedAt     time.Time `json:"created_at"`
}

// event is one entry of the event log, also as it is stored. Test says that it
// belongs to the test events, which the API keeps apart and does not mark.
type event struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	ObjectType  string         `json:"object_type"`
	Object      map[string]any `json:"object"`
	CreatedAt   time.Time      `json:"created_at"`
	Undelivered int            `json:"undelivered_webhooks"`
	Test        bool           `json:"-"`

	stored    json.RawMessage // its encoding, and the one number in it that changes
	storedFor int
}

// webhook is all that a delivery carries.
type webhook struct {
	ID     string    `json:"id"`
	Type   string    `json:"type"`
	Source string    `json:"source"`
	Time   time.Time `json:"time"`
	Object string    `json:"object"`
	IsTest bool      `json:"is_test"`
}
