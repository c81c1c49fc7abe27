package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

const typedAt = "2026-03-02 10:00"

// sound is a draft that Paxos takes.
func sound() identity.Draft {
	return identity.Draft{
		RefID: "user-4711",
		Person: identity.PersonDraft{
			VerifierType: "PASSTHROUGH", PassthroughVerifierType: "JUMIO", PassthroughVerifiedAt: "2021-06-16T09:28:14Z",
			PassthroughVerificationID: "775300ef-4edb-47b9-8ec4-f45fe3cbf41f", PassthroughVerificationStatus: "APPROVED",
			PassthroughVerificationFields: []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
			FirstName:                     "Billy", LastName: "Duncan", DateOfBirth: "1960-01-01",
			Address:     identity.Address{Address1: "123 Main St", City: "New York", Province: "NY", Country: "USA", ZipCode: "10001"},
			Nationality: "USA", CIPID: "073-05-1120", CIPIDType: "SSN", CIPIDCountry: "USA",
			PhoneNumber: "+1 555 678 1234", Email: "example@somemail.org",
		},
		DueDiligence: identity.DueDiligence{
			EstimatedYearlyIncome: "INCOME_50K_TO_100K", ExpectedTransferValue: "TRANSFER_VALUE_25K_TO_50K",
			SourceOfWealth: "EMPLOYMENT_INCOME", EmploymentStatus: "FULL_TIME", EmploymentIndustrySector: "ARTS_ENTERTAINMENT_RECREATION",
		},
	}
}

// abroad is a sound draft of a resident of Poland.
func abroad() identity.Draft {
	d := sound()
	d.Person.Address = identity.Address{Address1: "ul. Prosta 1", City: "Warszawa", Province: "Mazowieckie", Country: "POL"}
	d.Person.CIPID, d.Person.CIPIDType, d.Person.CIPIDCountry = "ABC123456", "PASSPORT", "POL"
	d.TaxDetails = []identity.TaxDetail{{TaxPayerID: "85041512345", TaxPayerCountry: "POL"}}
	return d
}

// meta is a change that sets metadata: keys and values in turn.
func meta(pairs ...string) func(*identity.Draft) {
	return func(d *identity.Draft) {
		d.Metadata = map[string]string{}
		for n := 0; n < len(pairs); n += 2 {
			d.Metadata[pairs[n]] = pairs[n+1]
		}
	}
}

func TestSoundDrafts(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*identity.Draft){
		"as it is":              func(*identity.Draft) {},
		"abroad":                func(d *identity.Draft) { *d = abroad() },
		"no tax details needed": func(d *identity.Draft) { *d = abroad(); d.TaxDetails, d.TaxDetailsNotRequired = nil, true },
		"US with tax details": func(d *identity.Draft) {
			d.TaxDetails = []identity.TaxDetail{{TaxPayerID: "073-05-1120", TaxPayerCountry: "USA"}}
		},
		"US with ITIN":          func(d *identity.Draft) { d.Person.CIPID, d.Person.CIPIDType = "900-70-1234", "ITIN" },
		"verifier not in table": func(d *identity.Draft) { d.Person.PassthroughVerifierType = "NEW_ONE_2" },
		"verification denied":   func(d *identity.Draft) { d.Person.PassthroughVerificationStatus = "DENIED" },
		"five minutes ahead":    func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "2026-03-02T10:05:00Z" },
		"time with an offset":   func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "2021-06-16T09:28:14.25+02:00" },
		"retired, no industry": func(d *identity.Draft) {
			d.DueDiligence.EmploymentStatus, d.DueDiligence.EmploymentIndustrySector = "RETIRED", ""
		},
		"metadata":                meta("team", "east", "desk", "7"),
		"a merchant":              func(d *identity.Draft) { d.IsMerchant = true },
		"ZIP and four":            func(d *identity.Draft) { d.Person.Address.ZipCode = "10001-1234" },
		"a child":                 func(d *identity.Draft) { d.Person.DateOfBirth = "2020-02-29" },
		"name with allowed signs": func(d *identity.Draft) { d.Person.LastName = "O'Neil-Smith (Jr.), 2nd & +/?:" },
		"no phone, no e-mail":     func(d *identity.Draft) { d.Person.PhoneNumber, d.Person.Email = "", "" },
		"phone with signs":        func(d *identity.Draft) { d.Person.PhoneNumber = "(555) 678-12.34" },
		"35 characters":           func(d *identity.Draft) { d.Person.Address.Address1 = strings.Repeat("a", 35) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sound()
			change(&d)
			require.Empty(t, d.Check(at(typedAt)))
		})
	}
}

// faulty is a draft with one error.
type faulty struct {
	d     identity.Draft
	field string
	says  string
}

// faultyDrafts has a draft for every error that a draft can have.
func faultyDrafts() map[string]faulty {
	set := func(f func(d *identity.Draft)) identity.Draft { d := sound(); f(&d); return d }
	away := func(f func(d *identity.Draft)) identity.Draft { d := abroad(); f(&d); return d }
	return map[string]faulty{
		"ref_id missing":             {set(func(d *identity.Draft) { d.RefID = "" }), "ref_id", "Enter a ref_id"},
		"ref_id with spaces":         {set(func(d *identity.Draft) { d.RefID = " user-1" }), "ref_id", "spaces"},
		"ref_id is an e-mail":        {set(func(d *identity.Draft) { d.RefID = "mara@example.org" }), "ref_id", "personal data"},
		"ref_id is an SSN":           {set(func(d *identity.Draft) { d.RefID = "u-073-05-1120" }), "ref_id", "personal data"},
		"ref_id is too long":         {set(func(d *identity.Draft) { d.RefID = strings.Repeat("a", 256) }), "ref_id", "255"},
		"ref_id in other letters":    {set(func(d *identity.Draft) { d.RefID = "użytkownik" }), "ref_id", "letters from A to Z"},
		"verifier type":              {set(func(d *identity.Draft) { d.Person.VerifierType = "MANUAL" }), "person_details.verifier_type", "PASSTHROUGH"},
		"verifier missing":           {set(func(d *identity.Draft) { d.Person.PassthroughVerifierType = "" }), "person_details.passthrough_verifier_type", "Choose who verified"},
		"verifier not a code":        {set(func(d *identity.Draft) { d.Person.PassthroughVerifierType = "New One" }), "person_details.passthrough_verifier_type", "underscores"},
		"verification id missing":    {set(func(d *identity.Draft) { d.Person.PassthroughVerificationID = "" }), "person_details.passthrough_verification_id", "Enter"},
		"verified at missing":        {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "" }), "person_details.passthrough_verified_at", "2021-06-16T09:28:14Z"},
		"verified at, no zone":       {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "2021-06-16 09:28:14" }), "person_details.passthrough_verified_at", "Add the time zone: Z"},
		"verified at, browser form":  {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "2021-06-16T09:28" }), "person_details.passthrough_verified_at", "Add the time zone: Z"},
		"verified at, nonsense":      {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "yesterday" }), "person_details.passthrough_verified_at", "RFC 3339"},
		"verified at, no such day":   {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "2021-02-30T09:28:14Z" }), "person_details.passthrough_verified_at", "RFC 3339"},
		"verified in the future":     {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "2026-03-02T10:05:01Z" }), "person_details.passthrough_verified_at", "future"},
		"verified long ago":          {set(func(d *identity.Draft) { d.Person.PassthroughVerifiedAt = "1989-12-31T00:00:00Z" }), "person_details.passthrough_verified_at", "1990"},
		"verification pending":       {set(func(d *identity.Draft) { d.Person.PassthroughVerificationStatus = "PENDING" }), "person_details.passthrough_verification_status", "only APPROVED or DENIED"},
		"verification status":        {set(func(d *identity.Draft) { d.Person.PassthroughVerificationStatus = "" }), "person_details.passthrough_verification_status", "Choose"},
		"verified fields missing":    {set(func(d *identity.Draft) { d.Person.PassthroughVerificationFields = nil }), "person_details.passthrough_verification_fields", "at least one"},
		"verified field unknown":     {set(func(d *identity.Draft) { d.Person.PassthroughVerificationFields = []string{"SHOE_SIZE"} }), "person_details.passthrough_verification_fields", "list"},
		"ref_id of the name":         {set(func(d *identity.Draft) { d.RefID = "duncan-4711" }), "ref_id", "Use a number of your own"},
		"first name missing":         {set(func(d *identity.Draft) { d.Person.FirstName = "" }), "person_details.first_name", "first name"},
		"first name with a mark":     {set(func(d *identity.Draft) { d.Person.FirstName = "José" }), "person_details.first_name", "write Jose?"},
		"last name with a bar":       {set(func(d *identity.Draft) { d.Person.LastName = "Łukaszewicz-Müller" }), "person_details.last_name", "write Lukaszewicz-Muller?"},
		"name in another script":     {set(func(d *identity.Draft) { d.Person.LastName = "Иванов" }), "person_details.last_name", "write it with these"},
		"middle name is long":        {set(func(d *identity.Draft) { d.Person.MiddleName = strings.Repeat("a", 201) }), "person_details.middle_name", "200"},
		"birth date missing":         {set(func(d *identity.Draft) { d.Person.DateOfBirth = "" }), "person_details.date_of_birth", "Enter"},
		"birth date not real":        {set(func(d *identity.Draft) { d.Person.DateOfBirth = "1961-02-29" }), "person_details.date_of_birth", "real date"},
		"birth date turned round":    {set(func(d *identity.Draft) { d.Person.DateOfBirth = "01/31/1960" }), "person_details.date_of_birth", "year-month-day"},
		"birth in the future":        {set(func(d *identity.Draft) { d.Person.DateOfBirth = "2026-03-04" }), "person_details.date_of_birth", "future"},
		"birth too long ago":         {set(func(d *identity.Draft) { d.Person.DateOfBirth = "1906-03-01" }), "person_details.date_of_birth", "120 years"},
		"nationality missing":        {set(func(d *identity.Draft) { d.Person.Nationality = "" }), "person_details.nationality", "Choose the nationality"},
		"nationality of two letters": {set(func(d *identity.Draft) { d.Person.Nationality = "US" }), "person_details.nationality", "alpha-3"},
		"country of birth unknown":   {set(func(d *identity.Draft) { d.Person.CountryOfBirth = "XXX" }), "person_details.country_of_birth", "alpha-3"},
		"street missing":             {set(func(d *identity.Draft) { d.Person.Address.Address1 = "" }), "person_details.address.address1", "street"},
		"street is long":             {set(func(d *identity.Draft) { d.Person.Address.Address1 = strings.Repeat("a", 36) }), "person_details.address.address1", "35"},
		"second line is long":        {set(func(d *identity.Draft) { d.Person.Address.Address2 = strings.Repeat("a", 36) }), "person_details.address.address2", "35"},
		"city with a mark":           {away(func(d *identity.Draft) { d.Person.Address.City = "Łódź" }), "person_details.address.city", "write Lodz?"},
		"province missing":           {set(func(d *identity.Draft) { d.Person.Address.Province = "" }), "person_details.address.province", "state or province"},
		"country missing":            {set(func(d *identity.Draft) { d.Person.Address.Country = "" }), "person_details.address.country", "country of residence"},
		"ZIP missing":                {set(func(d *identity.Draft) { d.Person.Address.ZipCode = "" }), "person_details.address.zip_code", "ZIP"},
		"ZIP too short":              {set(func(d *identity.Draft) { d.Person.Address.ZipCode = "1001" }), "person_details.address.zip_code", "five digits"},
		"US resident, passport":      {set(func(d *identity.Draft) { d.Person.CIPIDType = "PASSPORT" }), "person_details.cip_id_type", "SSN or an ITIN"},
		"id type unknown":            {away(func(d *identity.Draft) { d.Person.CIPIDType = "LIBRARY_CARD" }), "person_details.cip_id_type", "list"},
		"id type missing":            {away(func(d *identity.Draft) { d.Person.CIPIDType = "" }), "person_details.cip_id_type", "kind of government ID"},
		"id country missing":         {set(func(d *identity.Draft) { d.Person.CIPIDCountry = "" }), "person_details.cip_id_country", "issued"},
		"SSN of another country":     {set(func(d *identity.Draft) { d.Person.CIPIDCountry = "CAN" }), "person_details.cip_id_country", "USA"},
		"id missing":                 {set(func(d *identity.Draft) { d.Person.CIPID = "" }), "person_details.cip_id", "number"},
		"SSN too short":              {set(func(d *identity.Draft) { d.Person.CIPID = "073-05-112" }), "person_details.cip_id", "xxx-xx-xxxx"},
		"SSN without dashes":         {set(func(d *identity.Draft) { d.Person.CIPID = "073051120" }), "person_details.cip_id", "dashes"},
		"SSN begins with 000":        {set(func(d *identity.Draft) { d.Person.CIPID = "000-05-1120" }), "person_details.cip_id", "No SSN"},
		"SSN begins with 666":        {set(func(d *identity.Draft) { d.Person.CIPID = "666-05-1120" }), "person_details.cip_id", "No SSN"},
		"SSN with 00":                {set(func(d *identity.Draft) { d.Person.CIPID = "073-00-1120" }), "person_details.cip_id", "No SSN"},
		"SSN ends with 0000":         {set(func(d *identity.Draft) { d.Person.CIPID = "073-05-0000" }), "person_details.cip_id", "No SSN"},
		"SSN is an ITIN":             {set(func(d *identity.Draft) { d.Person.CIPID = "900-70-1234" }), "person_details.cip_id", "choose ITIN"},
		"ITIN is an SSN":             {set(func(d *identity.Draft) { d.Person.CIPIDType = "ITIN" }), "person_details.cip_id", "begins with 9"},
		"passport with signs":        {away(func(d *identity.Draft) { d.Person.CIPID = "ABC#123" }), "person_details.cip_id", "Paxos takes only"},
		"phone is short":             {set(func(d *identity.Draft) { d.Person.PhoneNumber = "12345" }), "person_details.phone_number", "7 to 15 digits"},
		"phone with letters":         {set(func(d *identity.Draft) { d.Person.PhoneNumber = "+1 555 CALL NOW" }), "person_details.phone_number", "7 to 15 digits"},
		"e-mail without domain":      {set(func(d *identity.Draft) { d.Person.Email = "mara@localhost" }), "person_details.email", "whole e-mail"},
		"e-mail with a name":         {set(func(d *identity.Draft) { d.Person.Email = "Mara <mara@example.org>" }), "person_details.email", "whole e-mail"},
		"income missing":             {set(func(d *identity.Draft) { d.DueDiligence.EstimatedYearlyIncome = "" }), "customer_due_diligence.estimated_yearly_income", "Choose"},
		"transfer value unknown":     {set(func(d *identity.Draft) { d.DueDiligence.ExpectedTransferValue = "LOTS" }), "customer_due_diligence.expected_transfer_value", "list"},
		"wealth missing":             {set(func(d *identity.Draft) { d.DueDiligence.SourceOfWealth = "" }), "customer_due_diligence.source_of_wealth", "Choose"},
		"employment missing":         {set(func(d *identity.Draft) { d.DueDiligence.EmploymentStatus = "" }), "customer_due_diligence.employment_status", "Choose"},
		"industry of a worker":       {set(func(d *identity.Draft) { d.DueDiligence.EmploymentIndustrySector = "" }), "customer_due_diligence.employment_industry_sector", "industry"},
		"net worth unknown":          {set(func(d *identity.Draft) { d.DueDiligence.EstimatedNetWorth = "LOTS" }), "customer_due_diligence.estimated_net_worth", "list"},
		"funds unknown":              {set(func(d *identity.Draft) { d.DueDiligence.SourceOfFunds = "LUCK" }), "customer_due_diligence.source_of_funds", "list"},
		"purpose unknown":            {set(func(d *identity.Draft) { d.DueDiligence.PurposeOfAccount = "FUN" }), "customer_due_diligence.purpose_of_account", "list"},
		"alias with a mark":          {set(func(d *identity.Draft) { d.DueDiligence.Aliases = []string{"Zoë"} }), "customer_due_diligence.aliases", "write Zoe?"},
		"no tax details":             {away(func(d *identity.Draft) { d.TaxDetails = nil }), "tax_details", "at least one tax number"},
		"tax details, not required":  {away(func(d *identity.Draft) { d.TaxDetailsNotRequired = true }), "tax_details_not_required", "not both"},
		"US, not required":           {set(func(d *identity.Draft) { d.TaxDetailsNotRequired = true }), "tax_details_not_required", "US resident"},
		"tax number is long":         {away(func(d *identity.Draft) { d.TaxDetails[0].TaxPayerID = strings.Repeat("1", 36) }), "tax_details.tax_payer_id", "35"},
		"tax number missing":         {away(func(d *identity.Draft) { d.TaxDetails[0].TaxPayerID = "" }), "tax_details.tax_payer_id", "tax number"},
		"tax country missing":        {away(func(d *identity.Draft) { d.TaxDetails[0].TaxPayerCountry = "" }), "tax_details.tax_payer_country", "country"},
		"tax country unknown":        {away(func(d *identity.Draft) { d.TaxDetails[0].TaxPayerCountry = "PL" }), "tax_details.tax_payer_country", "alpha-3"},
		"born after verification":    {set(func(d *identity.Draft) { d.Person.DateOfBirth = "2022-01-31" }), "person_details.date_of_birth", "after the verification"},
		"born yesterday":             {set(func(d *identity.Draft) { d.Person.DateOfBirth = "2026-03-01" }), "person_details.date_of_birth", "a year ago"},
		"metadata":                   {set(meta("desk", "bell\a")), "metadata.desk", "common signs"},
		"metadata with a mail":       {set(meta("contact", "mara@example.org")), "metadata.contact", "personal data"},
		"metadata with an SSN":       {set(meta("note", "is 073-05-1120")), "metadata.note", "personal data"},
		"metadata is long":           {set(meta("note", strings.Repeat("x", 501))), "metadata.note", "500"},
		"metadata without value":     {set(meta("note", "")), "metadata.note", "value"},
		"metadata without key":       {set(meta("", "east")), "metadata_key", "key"},
		"metadata key is long":       {set(meta(strings.Repeat("k", 101), "x")), "metadata_key", "100"},
		"metadata key is a mail":     {set(meta("mara@example.org", "x")), "metadata_key", "personal data"},
		"metadata key with a mark":   {set(meta("clé", "x")), "metadata_key", "common signs"},
		"metadata key twice":         {set(meta("team", "x", "team ", "y")), "metadata_key", "once"},
	}
}

func TestFaultyDrafts(t *testing.T) {
	t.Parallel()
	for name, c := range faultyDrafts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			errs := c.d.Check(at(typedAt))
			require.Len(t, errs, 1)
			require.Contains(t, errs[c.field], c.says)
		})
	}
}

func TestEmptyDraftNamesEveryField(t *testing.T) {
	t.Parallel()
	errs := identity.ParseDraft(nil).Check(at(typedAt))
	require.Len(t, errs, 21)
	require.NotContains(t, errs, "person_details.middle_name")
	require.NotContains(t, errs, "tax_details", "who lives where is not known yet")
}

// No error repeats what was typed, save for the plain writing of a name.
func TestErrorsHoldNoValues(t *testing.T) {
	t.Parallel()
	d := abroad()
	for _, p := range []*string{
		&d.RefID, &d.Person.PassthroughVerifierType, &d.Person.PassthroughVerifiedAt, &d.Person.PassthroughVerificationID,
		&d.Person.PassthroughVerificationStatus, &d.Person.DateOfBirth, &d.Person.Nationality, &d.Person.CIPID, &d.Person.CIPIDType,
		&d.Person.PhoneNumber, &d.Person.Email, &d.Person.LastName, &d.Person.Address.City, &d.TaxDetails[0].TaxPayerID,
		&d.TaxDetails[0].TaxPayerCountry, &d.DueDiligence.SourceOfWealth,
	} {
		*p = "\u4f60zq@zq@"
	}
	errs := d.Check(at(typedAt))
	require.Len(t, errs, 16)
	for field, says := range errs {
		require.NotContains(t, says, "zq", field)
	}
}
