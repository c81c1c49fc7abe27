package identity

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Correction is what is to be changed of an identity at Paxos: only what differs. It is personal data: never log it.
type Correction struct {
	// Texts are the changed fields by their JSON paths in the create call; an empty one clears the field.
	Texts map[string]string `json:"texts,omitempty"`
	// Lists are the changed lists by the same paths, whole.
	Lists map[string][]string `json:"lists,omitempty"`
	// Tax replaces all tax details where it is not nil; an empty list takes them all away.
	Tax            []TaxDetail `json:"tax,omitzero"`
	TaxNotRequired *bool       `json:"tax_not_required,omitempty"`
	IsMerchant     *bool       `json:"is_merchant,omitempty"`
	// RefreshedAt is the day on which a KYC refresh was done, at its start in UTC; with nothing else it says that nothing changed. Zero: this is none.
	RefreshedAt time.Time `json:"refreshed_at,omitzero"`
}

// Correct gives what has to be sent to turn one draft into another. Only tax details are sent whole, since Paxos replaces them so.
func Correct(before, after Draft) Correction {
	c := Correction{Texts: map[string]string{}, Lists: map[string][]string{}}
	was := before.texts()
	for n, t := range after.texts() {
		if *t.at != *was[n].at {
			c.Texts[t.field] = *t.at
		}
	}
	c.list(fieldVerifiedFields, before.Person.PassthroughVerificationFields, after.Person.PassthroughVerificationFields)
	c.list(fieldAliases, before.DueDiligence.Aliases, after.DueDiligence.Aliases)
	if !slices.Equal(before.TaxDetails, after.TaxDetails) {
		c.Tax = append([]TaxDetail{}, after.TaxDetails...)
	}
	if before.TaxDetailsNotRequired != after.TaxDetailsNotRequired {
		c.TaxNotRequired = &after.TaxDetailsNotRequired
	}
	if before.IsMerchant != after.IsMerchant {
		c.IsMerchant = &after.IsMerchant
	}
	return c
}

func (c *Correction) list(field string, before, after []string) {
	if !slices.Equal(before, after) {
		c.Lists[field] = append([]string{}, after...)
	}
}

// Empty reports whether there is nothing to send.
func (c Correction) Empty() bool {
	return len(c.Texts) == 0 && len(c.Lists) == 0 && c.Tax == nil && c.TaxNotRequired == nil && c.IsMerchant == nil &&
		c.RefreshedAt.IsZero()
}

// OnlyRefresh reports whether the day of a KYC refresh is all that is to be sent.
func (c Correction) OnlyRefresh() bool {
	done := c.RefreshedAt
	c.RefreshedAt = time.Time{}
	return c.Empty() && !done.IsZero()
}

// Fields are the JSON paths of what is sent, in order: names alone, nothing personal.
func (c Correction) Fields() []string {
	fields := slices.Concat(slices.Collect(maps.Keys(c.Texts)), slices.Collect(maps.Keys(c.Lists)))
	for field, sent := range map[string]bool{
		fieldTaxDetails: c.Tax != nil, "set_tax_details_not_required": c.TaxNotRequired != nil, fieldIsMerchant: c.IsMerchant != nil,
		FieldRefreshedAt: !c.RefreshedAt.IsZero(),
	} {
		if sent {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields
}

// About is what is sent, in the codes of [OurMove.About]: fields by name, and the day of a KYC refresh behind its name, since it is
// nothing personal.
func (c Correction) About() []string {
	about := c.Fields()
	if n := slices.Index(about, FieldRefreshedAt); n >= 0 {
		about[n] += " " + c.RefreshedAt.UTC().Format(time.DateOnly)
	}
	return about
}

// AboutBackdated says of a KYC refresh that its day had to be confirmed, and was.
const AboutBackdated = "backdated"

// FieldRefreshedAt is the name of the field that says when a KYC refresh was done.
const FieldRefreshedAt = "last_kyc_refresh_date"

// Body is the body of the update call: nothing but the changes.
func (c Correction) Body() ([]byte, error) {
	body := map[string]any{}
	for field, v := range c.Texts {
		put(body, field, v)
	}
	for field, v := range c.Lists {
		put(body, field, v)
	}
	if c.Tax != nil {
		body[fieldTaxDetails] = c.Tax
	}
	for field, v := range map[string]*bool{
		"set_tax_details_not_required": c.TaxNotRequired, fieldIsMerchant: c.IsMerchant,
	} {
		if v != nil {
			body[field] = *v
		}
	}
	if !c.RefreshedAt.IsZero() {
		body[FieldRefreshedAt] = c.RefreshedAt.UTC().Format(time.RFC3339)
	}
	return json.Marshal(body)
}

// put sets a value at a path of a nested object.
func put(in map[string]any, path string, v any) {
	name, rest, nested := strings.Cut(path, ".")
	if !nested {
		in[name] = v
		return
	}
	below, is := in[name].(map[string]any)
	if !is {
		below = map[string]any{}
		in[name] = below
	}
	put(below, rest, v)
}

// MayVerifyAgain reports whether Paxos may verify the person anew because of the change, so that an approved identity can be
// undecided for a while: all but contact details, due diligence and tax numbers.
func (c Correction) MayVerifyAgain() bool {
	for field := range c.Texts {
		contact := field == fieldPhone || field == fieldEmail
		if strings.HasPrefix(field, "person_details.") && !contact || strings.HasPrefix(field, prefixInstitution) {
			return true
		}
	}
	return len(c.Lists[fieldVerifiedFields]) > 0
}

// CheckCorrection says what is wrong with the changed fields of a draft, by the field's JSON path. What Paxos holds and nobody
// changes is not judged.
func CheckCorrection(before, after Draft, now time.Time) map[string]string {
	wrong := after.Check(now)
	c := Correct(before, after)
	for field := range wrong {
		_, text := c.Texts[field]
		_, list := c.Lists[field]
		tax := strings.HasPrefix(field, fieldTaxDetails) && (c.Tax != nil || c.TaxNotRequired != nil)
		if !text && !list && !tax {
			delete(wrong, field)
		}
	}
	return wrong
}

// AwaitsRefresh reports whether Paxos waits for a KYC refresh.
func (i Identity) AwaitsRefresh() bool {
	return i.Refresh != nil || slices.ContainsFunc(i.Details.Requirements, func(r Requirement) bool { return r.Type == KYCRefresh })
}
