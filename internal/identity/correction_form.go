package identity

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
)

// ReadDraft reads from a record's JSON what it tells of a person, in the form in which it can be changed. What the desk does not know
// stays where it is; marks of our own (metadata) are not among it. Its error tells nothing of what was there.
func ReadDraft(raw []byte) (Draft, error) {
	p, err := ReadPersonalData(raw)
	if err != nil {
		return Draft{}, err
	}
	d := p.draft()
	d.Person.PassthroughVerificationFields = textsAt(raw, "person_details", "passthrough_verification_fields")
	d.DueDiligence.Aliases = textsAt(raw, "customer_due_diligence", "aliases")
	return d, nil
}

// draft is all but the lists of plain values, which are joined in p.
func (p PersonalData) draft() Draft {
	var d Draft
	for _, t := range d.texts() {
		*t.at = p[t.field]
	}
	for n := 1; ; n++ {
		at := fieldTaxDetails + "." + strconv.Itoa(n) + "."
		t := TaxDetail{TaxPayerID: p[at+"tax_payer_id"], TaxPayerCountry: p[at+"tax_payer_country"]}
		if t == (TaxDetail{}) {
			break
		}
		d.TaxDetails = append(d.TaxDetails, t)
	}
	d.TaxDetailsNotRequired = p[fieldTaxNotRequired] == "true"
	d.IsMerchant = p[fieldIsMerchant] == "true"
	return d
}

// textsAt are the texts of a list within a part of a record; a list of other things counts as none.
func textsAt(raw []byte, part, name string) []string {
	var record, of map[string]json.RawMessage
	var list []string
	if json.Unmarshal(raw, &record) != nil || json.Unmarshal(record[part], &of) != nil || json.Unmarshal(of[name], &list) != nil {
		return nil
	}
	for n := range list {
		list[n] = legible(list[n])
	}
	return list
}

// ParseCorrection reads a form that was filled with what Paxos holds. What nobody touched stays as Paxos has it, however the desk
// would write it.
func ParseCorrection(form url.Values, base Draft) Draft {
	after := ParseDraft(form)
	was := base.texts()
	for n, t := range after.texts() {
		if trimmed(form.Get(t.field)) == trimmed(*was[n].at) {
			*t.at = *was[n].at
		}
	}
	keep := func(list *[]string, base []string) {
		if slices.Equal(*list, listOf(base)) {
			*list = base
		}
	}
	keep(&after.Person.PassthroughVerificationFields, base.Person.PassthroughVerificationFields)
	keep(&after.DueDiligence.Aliases, base.DueDiligence.Aliases)
	after.Metadata = base.Metadata
	return after
}

// Shift is one change of a correction, as people look at it before it is sent.
type Shift struct {
	Field         string   // its JSON path
	Before, After []string // one text, or those of a list; none where there is nothing
}

// Shifts are exactly what a correction sends, with what it replaces, in the order of [Correction.Fields].
func (c Correction) Shifts(before Draft) []Shift {
	was := map[string][]string{
		fieldVerifiedFields: before.Person.PassthroughVerificationFields, fieldAliases: before.DueDiligence.Aliases, fieldTaxDetails: taxTexts(before.TaxDetails),
		"set_tax_details_not_required": {yesNo(before.TaxDetailsNotRequired)}, fieldIsMerchant: {yesNo(before.IsMerchant)},
	}
	for _, t := range before.texts() {
		was[t.field] = someText(*t.at)
	}
	var out []Shift
	for _, field := range c.Fields() {
		out = append(out, Shift{Field: field, Before: was[field], After: c.sent(field)})
	}
	return out
}

// sent is what is sent of a field, as people read it.
func (c Correction) sent(field string) []string {
	if v, ok := c.Texts[field]; ok {
		return someText(v)
	}
	if v, ok := c.Lists[field]; ok {
		return v
	}
	switch field {
	case fieldTaxDetails:
		return taxTexts(c.Tax)
	case "set_tax_details_not_required":
		return []string{yesNo(*c.TaxNotRequired)}
	case fieldIsMerchant:
		return []string{yesNo(*c.IsMerchant)}
	case FieldRefreshedAt:
		return []string{onDay(c.RefreshedAt)}
	}
	return nil
}

func someText(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func taxTexts(details []TaxDetail) (out []string) {
	for _, t := range details {
		out = append(out, t.TaxPayerID+" ("+t.TaxPayerCountry+")")
	}
	return out
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Holds reports whether a record is as the correction wants it. When a refresh was done a record does not tell.
func (c Correction) Holds(d Draft) bool {
	want := d
	for _, t := range want.texts() {
		if v, ok := c.Texts[t.field]; ok {
			*t.at = v
		}
	}
	if v, ok := c.Lists[fieldVerifiedFields]; ok {
		want.Person.PassthroughVerificationFields = v
	}
	if v, ok := c.Lists[fieldAliases]; ok {
		want.DueDiligence.Aliases = v
	}
	if c.Tax != nil {
		want.TaxDetails = c.Tax
	}
	if c.TaxNotRequired != nil {
		want.TaxDetailsNotRequired = *c.TaxNotRequired
	}
	if c.IsMerchant != nil {
		want.IsMerchant = *c.IsMerchant
	}
	return Correct(d, want).Empty()
}

// CorrectionAsk is what waits sealed until a correction, or a KYC refresh, has been sent.
type CorrectionAsk struct {
	Base   *Draft     `json:"base,omitempty"`   // what Paxos held when the form was opened; nil where nobody looked
	Status Status     `json:"status,omitempty"` // Paxos' at that moment; empty where it was not looked at
	Send   Correction `json:"send"`
}

// Outdated reports whether Paxos' status is another than whoever asked has seen. After a lost call that may have worked PENDING
// is not: the correction itself sets it back.
func (a CorrectionAsk) Outdated(now Status, lost bool) bool {
	return a.Status != "" && now != a.Status && !(lost && now == Pending)
}
