package identity

import "slices"

// changesBetween lists what differs between two states of a case: status, ref_id and the kept details.
func changesBetween(a, b Identity) []Change {
	var d differences
	d.add("status", string(a.Status), string(b.Status))
	d.add("ref_id", a.RefID, b.RefID)
	d.add("ID verification", string(a.Details.IDVerification), string(b.Details.IDVerification))
	d.add("sanctions", string(a.Details.Sanctions), string(b.Details.Sanctions))
	d.add("screening", string(a.Details.Screening), string(b.Details.Screening))
	d.addInstitution(a.Details.facts(), b.Details.facts())
	d.add("disabled by us", yes(a.Details.UserDisabled), yes(b.Details.UserDisabled))
	d.add("disabled by Paxos", yes(a.Details.AdminDisabled), yes(b.Details.AdminDisabled))
	d.addAll("requirement ", requirementTexts(a.Details.Requirements), requirementTexts(b.Details.Requirements))
	before, _ := a.Details.InForce()
	after, _ := b.Details.InForce()
	d.addAll(controlField, controlTexts(before), controlTexts(after))
	return d
}

type differences []Change

func (d *differences) addInstitution(a, b InstitutionFacts) {
	d.add("legal form", a.LegalForm, b.LegalForm)
	d.add("business", a.Business, b.Business)
	d.add("regulation", a.Regulation, b.Regulation)
	d.add("trading", a.Trading, b.Trading)
}

func (d *differences) add(field, old, value string) {
	if old != value {
		*d = append(*d, Change{Field: field, Old: old, New: value})
	}
}

// addAll compares two lists by name: what is gone or different first, then what is new.
func (d *differences) addAll(prefix string, old, value []named) {
	for _, o := range old {
		d.add(prefix+o.name, o.text, textOf(value, o.name))
	}
	for _, v := range value {
		if textOf(old, v.name) == "" {
			d.add(prefix+v.name, "", v.text)
		}
	}
}

// named is one requirement or control as text.
type named struct{ name, text string }

func textOf(list []named, name string) string {
	n := slices.IndexFunc(list, func(v named) bool { return v.name == name })
	if n < 0 {
		return ""
	}
	return list[n].text
}

// collect joins the texts of things of the same name; an empty text would read as absence.
func collect(list []named, name, text string) []named {
	if text == "" {
		text = "present"
	}
	n := slices.IndexFunc(list, func(v named) bool { return v.name == name })
	if n < 0 {
		return append(list, named{name, text})
	}
	list[n].text += "; " + text
	return list
}

func requirementTexts(rs []Requirement) []named {
	var out []named
	for _, r := range rs {
		text := r.Status
		if r.Awaiting != "" {
			text += ", awaits " + r.Awaiting
		}
		for _, code := range r.codes() {
			text += ", " + code
		}
		out = collect(out, r.Type, text)
	}
	return out
}

// codes are the error codes in an order that does not depend on Paxos' answer.
func (r Requirement) codes() []string {
	codes := make([]string, 0, len(r.Errors))
	for _, e := range r.Errors {
		codes = append(codes, e.Code)
	}
	slices.Sort(codes)
	return codes
}

// How a change of controls is told.
const (
	controlField       = "control "
	controlOverridable = "overridable"
)

func controlTexts(cs []Control) []named {
	var out []named
	for _, c := range cs {
		out = collect(out, c.Type, controlText(c))
	}
	return out
}

func controlText(c Control) string {
	text := c.SetBy
	if c.ReasonCode != "" {
		text += ", " + c.ReasonCode
	}
	if c.Overridable {
		text += ", " + controlOverridable
	}
	return text
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
