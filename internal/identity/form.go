package identity

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// verifierPassthrough is the only way of verification that the desk uses: it was done before, elsewhere.
const verifierPassthrough = "PASSTHROUGH"

// ParseDraft reads a form whose fields are named by the API's JSON paths; lists repeat the field, tax details repeat their two
// fields in parallel. So does metadata, by metadata_key and metadata_value, or it names each pair by itself: metadata.KEY. Texts are trimmed. What can be written in one way only is put that way: codes in capitals, SSN and
// ITIN with dashes, a time with a T and in RFC 3339. Anything else stays as typed, for [Draft.Check] to judge.
func ParseDraft(form url.Values) Draft {
	var d Draft
	for _, t := range d.texts() {
		*t.at = trimmed(form.Get(t.field))
	}
	p := &d.Person
	p.PassthroughVerificationFields = listOf(form[fieldVerifiedFields])
	d.DueDiligence.Aliases = listOf(form[fieldAliases])
	d.TaxDetails = taxDetailsOf(form)
	d.TaxDetailsNotRequired = ticked(form, fieldTaxNotRequired)
	d.IsMerchant = ticked(form, fieldIsMerchant)
	d.Metadata = metadataOf(form)
	d.normalise()
	return d
}

// Values is the reverse of [ParseDraft], for showing a form again.
func (d Draft) Values() url.Values {
	form := url.Values{}
	for _, t := range d.texts() {
		if *t.at != "" {
			form.Set(t.field, *t.at)
		}
	}
	addAll(form, fieldVerifiedFields, d.Person.PassthroughVerificationFields)
	addAll(form, fieldAliases, d.DueDiligence.Aliases)
	for _, t := range d.TaxDetails {
		form.Add(fieldTaxID, t.TaxPayerID)
		form.Add(fieldTaxCountry, t.TaxPayerCountry)
	}
	if d.TaxDetailsNotRequired {
		form.Set(fieldTaxNotRequired, "true")
	}
	if d.IsMerchant {
		form.Set(fieldIsMerchant, "true")
	}
	for _, key := range slices.Sorted(maps.Keys(d.Metadata)) {
		form.Add(fieldMetadataKey, key)
		form.Add(fieldMetadataValue, d.Metadata[key])
	}
	return form
}

func trimmed(s string) string { return strings.TrimSpace(s) }

func ticked(form url.Values, field string) bool {
	return slices.Contains([]string{"true", "on", "1"}, trimmed(form.Get(field)))
}

// metadataOf reads the pairs of both ways of naming them; a pair of two empty fields is none. What is half empty or named twice is
// kept for [Draft.Check] to refuse.
func metadataOf(form url.Values) map[string]string {
	m := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		key, found := strings.CutPrefix(name, prefixMetadata)
		if value := trimmed(form.Get(name)); found && trimmed(key) != "" && value != "" {
			m[freeKey(m, trimmed(key))] = value
		}
	}
	keys, values := form[fieldMetadataKey], form[fieldMetadataValue]
	for n := range max(len(keys), len(values)) {
		key, value := trimmed(at(keys, n)), trimmed(at(values, n))
		if key != "" || value != "" {
			m[freeKey(m, key)] = value
		}
	}
	if len(m) == 0 {
		return nil
	}
	return m
}

// freeKey is a key that is not in use yet: one that was given before gets spaces at its end, by which it is known as a repeat.
func freeKey(m map[string]string, key string) string {
	for {
		if _, used := m[key]; !used {
			return key
		}
		key += " "
	}
}

func at(values []string, n int) string {
	if n < len(values) {
		return values[n]
	}
	return ""
}

func addAll(form url.Values, field string, values []string) {
	for _, v := range values {
		form.Add(field, v)
	}
}

// listOf gives the trimmed values without empty and repeated ones.
func listOf(values []string) []string {
	var out []string
	for _, v := range values {
		if v = trimmed(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// taxDetailsOf pairs the numbers and countries by their places; a pair of two empty fields is none.
func taxDetailsOf(form url.Values) []TaxDetail {
	ids, countries := form[fieldTaxID], form[fieldTaxCountry]
	var out []TaxDetail
	for n := range max(len(ids), len(countries)) {
		t := TaxDetail{TaxPayerID: trimmed(at(ids, n)), TaxPayerCountry: strings.ToUpper(trimmed(at(countries, n)))}
		if t != (TaxDetail{}) {
			out = append(out, t)
		}
	}
	return out
}

func (d *Draft) normalise() {
	p := &d.Person
	if p.VerifierType == "" {
		p.VerifierType = verifierPassthrough
	}
	for _, code := range []*string{&p.Address.Country, &p.Nationality, &p.CountryOfBirth, &p.CIPIDCountry, &p.PassthroughVerifierType} {
		*code = strings.ToUpper(*code)
	}
	p.PassthroughVerifiedAt = withT(p.PassthroughVerifiedAt)
	if usNumber(p.CIPIDType) {
		p.CIPID = withDashes(p.CIPID)
	}
}

// withT writes a time that has a space between date and clock as RFC 3339 wants it; anything else stays as it is.
func withT(s string) string {
	at := strings.Replace(strings.ToUpper(s), " ", "T", 1)
	if _, err := time.Parse(time.RFC3339, at); err != nil {
		return s
	}
	return at
}

func usNumber(idType string) bool { return idType == "SSN" || idType == "ITIN" }

// withDashes writes nine digits as Paxos wants them, 123-45-6789; anything else stays as it is.
func withDashes(s string) string {
	digits := strings.NewReplacer("-", "", " ", "").Replace(s)
	if len(digits) != 9 || !onlyDigits(digits) {
		return s
	}
	return digits[:3] + "-" + digits[3:5] + "-" + digits[5:]
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
