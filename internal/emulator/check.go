package emulator

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

const (
	maxName    = 200
	maxAddress = 35
)

// checks are run in order; the first that fails is the answer, as Paxos names
// one problem at a time.
func firstOf(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// required, text, oneOf, country and moment each make a check of one field.
func required(field, v string) func() error {
	return func() error {
		if strings.TrimSpace(v) == "" {
			return badRequest("%s is required", field)
		}
		return nil
	}
}

func text(field, v string, limit int) func() error {
	return func() error {
		if len(v) > limit {
			return badRequest("%s must be at most %d characters", field, limit)
		}
		if strings.ContainsFunc(v, func(c rune) bool { return !takesRune(c) }) {
			return badRequest("invalid %s '%s': only letters, digits, spaces and /?:().,&'+- are allowed", field, v)
		}
		return nil
	}
}

func takesRune(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.ContainsRune(" /?:().,&'+-", c)
}

func oneOf(field, v, of string) func() error {
	return func() error {
		if v != "" && !slices.Contains(allowedValues(of), v) {
			return badRequest("invalid %s '%s'", field, v)
		}
		return nil
	}
}

func country(field, v string) func() error {
	return func() error {
		region, err := language.ParseRegion(v)
		if v != "" && (err != nil || !region.IsCountry() || region.ISO3() != v) {
			return badRequest("%s must be an ISO 3166-1 alpha-3 code", field)
		}
		return nil
	}
}

// day checks a date that cannot lie ahead.
func day(field, v string, now time.Time) func() error {
	return func() error {
		d, err := time.Parse(time.DateOnly, v)
		if err != nil {
			return badRequest("%s must be a date of the form YYYY-MM-DD", field)
		}
		if d.After(now) {
			return badRequest("%s is in the future", field)
		}
		return nil
	}
}

// moment checks a time that cannot lie ahead, clocks that differ a little aside.
func moment(field, v string, now time.Time) func() error {
	return func() error {
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return badRequest("%s must be an RFC 3339 time", field)
		}
		if at.After(now.Add(5 * time.Minute)) {
			return badRequest("%s is in the future", field)
		}
		return nil
	}
}

// checkPerson is what Paxos demands of person_details.
func checkPerson(p *person, now time.Time) error {
	const at = "person_details."
	return firstOf(
		required(at+"verifier_type", p.VerifierType), oneOf(at+"verifier_type", p.VerifierType, "verifier_type"),
		func() error { return checkPassthrough(p, now) },
		required(at+"first_name", p.FirstName), text(at+"first_name", p.FirstName, maxName),
		text(at+"middle_name", p.MiddleName, maxName),
		required(at+"last_name", p.LastName), text(at+"last_name", p.LastName, maxName),
		required(at+"date_of_birth", p.DateOfBirth), day(at+"date_of_birth", p.DateOfBirth, now),
		func() error { return checkAddress(at+"address", p.Address) },
		required(at+"nationality", p.Nationality), country(at+"nationality", p.Nationality),
		func() error { return checkCIP(p) },
		func() error { return checkMail(at+"email", p.Email) },
	)
}

func checkPassthrough(p *person, now time.Time) error {
	if p.VerifierType != "PASSTHROUGH" {
		return nil
	}
	const at = "person_details.passthrough_"
	err := firstOf(
		required(at+"verifier_type", p.PassthroughType), oneOf(at+"verifier_type", p.PassthroughType, "passthrough_verifier_type"),
		required(at+"verified_at", p.PassthroughAt), moment(at+"verified_at", p.PassthroughAt, now),
		required(at+"verification_id", p.PassthroughID),
		required(at+"verification_status", p.PassthroughStatus),
		oneOf(at+"verification_status", p.PassthroughStatus, "passthrough_verification_status"),
		required(at+"verification_fields", strings.Join(p.PassthroughFields, "")),
	)
	for _, f := range p.PassthroughFields {
		if err == nil {
			err = oneOf(at+"verification_fields", f, "passthrough_verification_fields")()
		}
	}
	return err
}

func checkAddress(at string, a *address) error {
	if a == nil {
		return badRequest("%s is required", at)
	}
	return firstOf(
		required(at+".country", a.Country), country(at+".country", a.Country),
		required(at+".address1", a.Address1), text(at+".address1", a.Address1, maxAddress),
		text(at+".address2", a.Address2, maxAddress),
		required(at+".city", a.City), text(at+".city", a.City, maxAddress),
		required(at+".province", a.Province), text(at+".province", a.Province, maxAddress),
		func() error {
			if a.Country == "USA" {
				return required(at+".zip_code", a.ZipCode)()
			}
			return nil
		},
		text(at+".zip_code", a.ZipCode, maxAddress),
	)
}

// checkCIP knows that US residents are identified by SSN or ITIN, with dashes.
func checkCIP(p *person) error {
	const at = "person_details.cip_id"
	err := firstOf(
		required(at, p.CIPID), text(at, p.CIPID, maxName),
		required(at+"_type", p.CIPIDType), oneOf(at+"_type", p.CIPIDType, "cip_id_type"),
		required(at+"_country", p.CIPIDCountry), country(at+"_country", p.CIPIDCountry),
	)
	if err != nil {
		return err
	}
	american := p.CIPIDType == "SSN" || p.CIPIDType == "ITIN"
	if p.Address.Country == "USA" && !american {
		return badRequest("%s_type must be SSN or ITIN for residents of the USA", at)
	}
	if american && !dashedDigits(p.CIPID, "ddd-dd-dddd") {
		return badRequest("invalid %s '%s': %s has the form xxx-xx-xxxx", at, p.CIPID, p.CIPIDType)
	}
	return nil
}

// dashedDigits compares with a form in which d stands for a digit.
func dashedDigits(v, form string) bool {
	if len(v) != len(form) {
		return false
	}
	for i := range len(v) {
		isDigit := v[i] >= '0' && v[i] <= '9'
		if form[i] == 'd' != isDigit || form[i] != 'd' && v[i] != form[i] {
			return false
		}
	}
	return true
}

func checkMail(field, v string) error {
	local, domain, _ := strings.Cut(v, "@")
	if v != "" && (local == "" || domain == "" || strings.ContainsAny(v, " \t\n")) {
		return badRequest("invalid %s '%s'", field, v)
	}
	return nil
}

func checkDueDiligence(d *dueDiligence) error {
	const at = "customer_due_diligence"
	if d == nil {
		return badRequest("%s is required", at)
	}
	working := !slices.Contains([]string{"RETIRED", "STUDENT", "UNEMPLOYED"}, d.EmploymentStatus)
	fields := []struct {
		name, value string
		needed      bool
	}{
		{"estimated_yearly_income", d.YearlyIncome, true},
		{"expected_transfer_value", d.TransferValue, true},
		{"source_of_wealth", d.SourceOfWealth, true},
		{"employment_status", d.EmploymentStatus, true},
		{"employment_industry_sector", d.EmploymentSector, working},
	}
	for _, f := range fields {
		if f.needed && f.value == "" {
			return badRequest("%s.%s is required", at, f.name)
		}
		if err := oneOf(at+"."+f.name, f.value, f.name)(); err != nil {
			return err
		}
	}
	return nil
}

func checkTax(all []taxDetail) error {
	for _, t := range all {
		err := firstOf(
			required("tax_details.tax_payer_id", t.PayerID), text("tax_details.tax_payer_id", t.PayerID, maxAddress),
			required("tax_details.tax_payer_country", t.PayerCountry), country("tax_details.tax_payer_country", t.PayerCountry),
		)
		if err != nil {
			return err
		}
	}
	return nil
}
