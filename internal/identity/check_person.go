package identity

import (
	"net/mail"
	"slices"
	"strings"
	"time"
)

// verification checks the five fields about the verification that was done elsewhere; Paxos wants all of them.
func (c *checks) verification(p PersonDraft) {
	if p.VerifierType != verifierPassthrough {
		c.fail(fieldVerifierType, "The desk submits only people who were verified elsewhere: "+
			c.say("leave this at PASSTHROUGH.", "write PASSTHROUGH into "+fieldVerifierType+", or take the column out."))
	}
	if c.required(fieldVerifier, p.PassthroughVerifierType, "who verified the person") {
		c.oneOf(fieldVerifier, p.PassthroughVerifierType)
	}
	if c.required(fieldVerificationID, p.PassthroughVerificationID, "the verifier's id of the verification") {
		c.id(fieldVerificationID, p.PassthroughVerificationID)
	}
	if c.required(fieldVerifiedAt, p.PassthroughVerifiedAt, "when the verification was done, such as 2021-06-16T09:28:14Z") {
		c.verifiedAt(p.PassthroughVerifiedAt)
	}
	switch p.PassthroughVerificationStatus {
	case "":
		c.fail(fieldVerifiedStatus, c.say("Choose how the verification ended: APPROVED or DENIED.",
			"Fill in "+fieldVerifiedStatus+": how the verification ended."+takes(fieldVerifiedStatus)))
	case string(Approved), string(Denied):
	default:
		c.fail(fieldVerifiedStatus, c.say("Paxos takes only APPROVED or DENIED: submit once the verification has ended.",
			"Take the row out until the verification has ended, and then fill in "+fieldVerifiedStatus+"."+takes(fieldVerifiedStatus)))
	}
	c.verifiedFields(p.PassthroughVerificationFields)
}

func (c *checks) id(field, value string) {
	if !isPrintable(value) {
		c.fail(field, "Use only letters from A to Z, digits and common signs.")
		return
	}
	c.length(field, value, longName)
}

func (c *checks) verifiedAt(value string) {
	at, err := time.Parse(time.RFC3339, value)
	switch {
	case err != nil && missesZone(value):
		c.fail(fieldVerifiedAt, "Add the time zone: Z at the end for UTC, or an offset such as -05:00.")
	case err != nil:
		c.fail(fieldVerifiedAt, "Write date and time as RFC 3339, such as 2021-06-16T09:28:14Z.")
	case at.After(c.now.Add(ClockGrace)):
		c.fail(fieldVerifiedAt, "This is in the future: "+c.say("enter", "write")+" when the verification was done.")
	case at.Year() < 1990:
		c.fail(fieldVerifiedAt, "This is before 1990: check the year.")
	}
}

// missesZone reports whether the time would be fine with a zone.
func missesZone(value string) bool {
	at := strings.Replace(value, " ", "T", 1)
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if _, err := time.Parse(layout, at); err == nil {
			return true
		}
	}
	return false
}

func (c *checks) verifiedFields(fields []string) {
	if len(fields) == 0 {
		c.fail(fieldVerifiedFields, c.say("Tick at least one detail that was verified.",
			"Fill in "+fieldVerifiedFields+": at least one detail that was verified."+takes(fieldVerifiedFields)))
	}
	for _, f := range fields {
		c.oneOf(fieldVerifiedFields, f)
	}
}

// who checks name, birth and nationality.
func (c *checks) who(p PersonDraft) {
	if c.required(fieldFirstName, p.FirstName, "the first name") {
		c.plain(fieldFirstName, p.FirstName, longName)
	}
	c.plain(fieldMiddleName, p.MiddleName, longName)
	if c.required(fieldLastName, p.LastName, "the last name") {
		c.plain(fieldLastName, p.LastName, longName)
	}
	if c.required(fieldDateOfBirth, p.DateOfBirth, "the date of birth as year-month-day, such as 1960-01-31") {
		c.dateOfBirth(p.DateOfBirth, p.PassthroughVerifiedAt)
	}
	if c.required(fieldNationality, p.Nationality, "the nationality") {
		c.country(fieldNationality, p.Nationality)
	}
	c.country(fieldCountryOfBirth, p.CountryOfBirth)
	c.plain(fieldProfession, p.Profession, longName)
}

// dateOfBirth takes real dates of a living person. Paxos has no rule of age, so the desk has none; but a date within the last year
// is a slip of the pen.
func (c *checks) dateOfBirth(value, verifiedAt string) {
	born, err := time.Parse(time.DateOnly, value)
	verified, unread := time.Parse(time.RFC3339, verifiedAt)
	today := c.now.Add(14 * time.Hour) // the day may have begun elsewhere
	switch {
	case err != nil:
		c.fail(fieldDateOfBirth, "Write a real date as year-month-day, such as 1960-01-31.")
	case born.After(today):
		c.fail(fieldDateOfBirth, "This is in the future: check the date.")
	case born.After(today.AddDate(-1, 0, 0)):
		c.fail(fieldDateOfBirth, "This is less than a year ago: check the year.")
	case born.Before(c.now.AddDate(-120, 0, 0)):
		c.fail(fieldDateOfBirth, "This is more than 120 years ago: check the year.")
	case unread == nil && born.After(verified):
		c.fail(fieldDateOfBirth, "This is after the verification: check both dates.")
	}
}

func (c *checks) address(a Address) {
	if c.required(fieldAddress1, a.Address1, "street and number") {
		c.plain(fieldAddress1, a.Address1, longAddress)
	}
	c.plain(fieldAddress2, a.Address2, longAddress)
	if c.required(fieldCity, a.City, "the city") {
		c.plain(fieldCity, a.City, longAddress)
	}
	if c.required(fieldProvince, a.Province, "the state or province") {
		c.plain(fieldProvince, a.Province, longAddress)
	}
	if c.required(fieldAddressCountry, a.Country, "the country of residence") {
		c.country(fieldAddressCountry, a.Country)
	}
	c.plain(fieldZipCode, a.ZipCode, longAddress)
	if a.Country == usa && c.required(fieldZipCode, a.ZipCode, "the ZIP code") && !isZIP(a.ZipCode) {
		c.fail(fieldZipCode, "Write a US ZIP code with five digits, or five and four: 10001 or 10001-1234.")
	}
}

const usa = "USA"

func isZIP(s string) bool {
	five, four, dashed := strings.Cut(s, "-")
	return len(five) == 5 && onlyDigits(five) && (!dashed || len(four) == 4 && onlyDigits(four))
}

// governmentID checks the number that identifies the person. A US resident has an SSN or an ITIN.
func (c *checks) governmentID(p PersonDraft) {
	if c.required(fieldCIPIDType, p.CIPIDType, "the kind of government ID") {
		c.oneOf(fieldCIPIDType, p.CIPIDType)
	}
	us := usNumber(p.CIPIDType)
	if p.Address.Country == usa && !us {
		c.fail(fieldCIPIDType, "A US resident needs an SSN or an ITIN: "+
			c.say("choose one of them.", "put SSN or ITIN into "+fieldCIPIDType+", and the number into "+fieldCIPID+"."))
	}
	if c.required(fieldCIPIDCountry, p.CIPIDCountry, "the country that issued the government ID") {
		c.country(fieldCIPIDCountry, p.CIPIDCountry)
	}
	if us && p.CIPIDCountry != "" && p.CIPIDCountry != usa {
		c.fail(fieldCIPIDCountry, "An SSN or ITIN is issued by the USA: "+
			c.say("choose the United States of America.", "put the three-letter code USA into "+fieldCIPIDCountry+"."))
	}
	if !c.required(fieldCIPID, p.CIPID, "the number of the government ID") {
		return
	}
	if us {
		c.usNumber(fieldCIPID, p.CIPIDType, p.CIPID)
		return
	}
	c.plain(fieldCIPID, p.CIPID, longName)
}

// contact checks phone and e-mail, which may be left out.
func (c *checks) contact(p PersonDraft) {
	if p.PhoneNumber != "" && !isPhone(p.PhoneNumber) {
		c.fail(fieldPhone, "Write 7 to 15 digits, with the country's code first, such as +1 555 678 1234.")
	}
	if p.Email != "" && !isEmail(p.Email) {
		c.fail(fieldEmail, "Write a whole e-mail address, such as name@example.org.")
	}
}

func isPhone(s string) bool {
	rest := strings.TrimPrefix(s, "+")
	digits := strings.NewReplacer(" ", "", "(", "", ")", "", "-", "", ".", "").Replace(rest)
	return onlyDigits(digits) && len(digits) >= 7 && len(digits) <= 15
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || !isPrintable(s) {
		return false
	}
	domain := s[strings.LastIndex(s, "@")+1:]
	labels := strings.Split(domain, ".")
	return len(labels) > 1 && !slices.Contains(labels, "") && !strings.ContainsAny(domain, "[] ")
}

// dueDiligence checks what is known of money and work; the industry is asked of those who work.
func (c *checks) dueDiligence(d DueDiligence) {
	c.chosen(fieldIncome, d.EstimatedYearlyIncome, "the estimated yearly income")
	c.chosen(fieldTransferValue, d.ExpectedTransferValue, "the expected transfer value")
	c.chosen(fieldWealth, d.SourceOfWealth, "the source of wealth")
	c.chosen(fieldEmployment, d.EmploymentStatus, "the employment status")
	if works(d.EmploymentStatus) && d.EmploymentIndustrySector == "" {
		c.fail(fieldSector, c.say("Choose the industry that the person works in.",
			"Fill in "+fieldSector+": the industry that the person works in."+takes(fieldSector)))
	}
	c.oneOf(fieldSector, d.EmploymentIndustrySector)
	c.oneOf(fieldNetWorth, d.EstimatedNetWorth)
	c.oneOf(fieldFunds, d.SourceOfFunds)
	c.oneOf(fieldPurpose, d.PurposeOfAccount)
	for _, alias := range d.Aliases {
		c.plain(fieldAliases, alias, longName)
	}
}

func (c *checks) chosen(field, value, what string) {
	if c.required(field, value, what) {
		c.oneOf(field, value)
	}
}

func works(employment string) bool {
	return slices.Contains([]string{"CONTRACTUAL", "FULL_TIME", "PART_TIME", "SELF_EMPLOYED"}, employment)
}
