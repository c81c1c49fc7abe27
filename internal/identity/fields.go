package identity

// The fields of the create call by their JSON paths: the names of form fields, and the keys of field errors.
const (
	fieldRefID          = "ref_id"
	fieldVerifierType   = "person_details.verifier_type"
	fieldVerifier       = "person_details.passthrough_verifier_type"
	fieldVerifiedAt     = "person_details.passthrough_verified_at"
	fieldVerificationID = "person_details.passthrough_verification_id"
	fieldVerifiedStatus = "person_details.passthrough_verification_status"
	fieldVerifiedFields = "person_details.passthrough_verification_fields"
	fieldFirstName      = "person_details.first_name"
	fieldMiddleName     = "person_details.middle_name"
	fieldLastName       = "person_details.last_name"
	fieldDateOfBirth    = "person_details.date_of_birth"
	fieldAddress1       = "person_details.address.address1"
	fieldAddress2       = "person_details.address.address2"
	fieldCity           = "person_details.address.city"
	fieldProvince       = "person_details.address.province"
	fieldAddressCountry = "person_details.address.country"
	fieldZipCode        = "person_details.address.zip_code"
	fieldNationality    = "person_details.nationality"
	fieldCountryOfBirth = "person_details.country_of_birth"
	fieldProfession     = "person_details.profession"
	fieldCIPID          = "person_details.cip_id"
	fieldCIPIDType      = "person_details.cip_id_type"
	fieldCIPIDCountry   = "person_details.cip_id_country"
	fieldPhone          = "person_details.phone_number"
	fieldEmail          = "person_details.email"
	fieldIncome         = "customer_due_diligence.estimated_yearly_income"
	fieldTransferValue  = "customer_due_diligence.expected_transfer_value"
	fieldNetWorth       = "customer_due_diligence.estimated_net_worth"
	fieldWealth         = "customer_due_diligence.source_of_wealth"
	fieldFunds          = "customer_due_diligence.source_of_funds"
	fieldPurpose        = "customer_due_diligence.purpose_of_account"
	fieldEmployment     = "customer_due_diligence.employment_status"
	fieldSector         = "customer_due_diligence.employment_industry_sector"
	fieldAliases        = "customer_due_diligence.aliases"
	fieldTaxDetails     = "tax_details"
	fieldTaxID          = "tax_details.tax_payer_id"
	fieldTaxCountry     = "tax_details.tax_payer_country"
	fieldTaxNotRequired = "tax_details_not_required"
	fieldIsMerchant     = "is_merchant"
	fieldMetadataKey    = "metadata_key"
	fieldMetadataValue  = "metadata_value"
	prefixMetadata      = "metadata."
)

// text ties a field's name to where the draft keeps it.
type text struct {
	field string
	at    *string
}

// texts are all fields of a draft that hold one text.
func (d *Draft) texts() []text {
	p, a, c := &d.Person, &d.Person.Address, &d.DueDiligence
	return []text{
		{fieldRefID, &d.RefID},
		{fieldVerifierType, &p.VerifierType},
		{fieldVerifier, &p.PassthroughVerifierType},
		{fieldVerifiedAt, &p.PassthroughVerifiedAt},
		{fieldVerificationID, &p.PassthroughVerificationID},
		{fieldVerifiedStatus, &p.PassthroughVerificationStatus},
		{fieldFirstName, &p.FirstName},
		{fieldMiddleName, &p.MiddleName},
		{fieldLastName, &p.LastName},
		{fieldDateOfBirth, &p.DateOfBirth},
		{fieldAddress1, &a.Address1},
		{fieldAddress2, &a.Address2},
		{fieldCity, &a.City},
		{fieldProvince, &a.Province},
		{fieldAddressCountry, &a.Country},
		{fieldZipCode, &a.ZipCode},
		{fieldNationality, &p.Nationality},
		{fieldCountryOfBirth, &p.CountryOfBirth},
		{fieldProfession, &p.Profession},
		{fieldCIPID, &p.CIPID},
		{fieldCIPIDType, &p.CIPIDType},
		{fieldCIPIDCountry, &p.CIPIDCountry},
		{fieldPhone, &p.PhoneNumber},
		{fieldEmail, &p.Email},
		{fieldIncome, &c.EstimatedYearlyIncome},
		{fieldTransferValue, &c.ExpectedTransferValue},
		{fieldNetWorth, &c.EstimatedNetWorth},
		{fieldWealth, &c.SourceOfWealth},
		{fieldFunds, &c.SourceOfFunds},
		{fieldPurpose, &c.PurposeOfAccount},
		{fieldEmployment, &c.EmploymentStatus},
		{fieldSector, &c.EmploymentIndustrySector},
	}
}
