package views

import (
	"maps"
	"slices"
	"strings"

	"identitydesk/internal/identity"
)

// fieldKind is how a field is asked for.
type fieldKind int

const (
	asText    fieldKind = iota
	asDate              // a day
	asEmail             //
	asPhone             //
	asChoice            // one of identity.Choices
	asCountry           // one of identity.Countries
	asSuggest           // identity.Choices, or a value that is not among them
	asChecks            // any of identity.Choices
)

// field is one question of the form.
type field struct {
	Name     string // the API's JSON path
	Label    string
	Hint     string
	Kind     fieldKind
	Optional bool
	When     string // in place of "optional": when it is required all the same
	Wide     bool   // takes the whole row
}

// fieldset is a group of questions under one heading.
type fieldset struct {
	Title  string
	Text   string
	Fields []field
}

// id is the field's id in the page: dots would have to be escaped in selectors.
func (f field) id() string { return fieldID(f.Name) }

// note says that a field may be left out; empty where it may not.
func (f field) note() string {
	switch {
	case f.When != "":
		return f.When
	case f.Optional:
		return "optional"
	default:
		return ""
	}
}

func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, ".", "-") }

// describedBy names the hint and the error beside the field.
func (p NewIdentityPage) describedBy(f field) string {
	var ids []string
	if p.Errors[f.Name] != "" {
		ids = append(ids, f.id()+"-error")
	}
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	return strings.Join(ids, " ")
}

// values are what was typed in a repeated field, at least n of them.
func (p NewIdentityPage) values(name string, n int) []string {
	vs := slices.Clone(p.Values[name])
	for len(vs) < n {
		vs = append(vs, "")
	}
	return vs
}

// fieldError is one line of the summary.
type fieldError struct{ Name, Label, Text string }

// summary lists the errors in the order of the form, then those of fields that the form does not show.
func (p NewIdentityPage) summary() []fieldError {
	rest := maps.Clone(p.Errors)
	var out []fieldError
	take := func(name, label string) {
		if text := rest[name]; text != "" {
			out = append(out, fieldError{name, label, text})
			delete(rest, name)
		}
	}
	for _, s := range p.groups() {
		for _, f := range s.Fields {
			take(f.Name, f.Label)
		}
	}
	for _, f := range taxFields() {
		take(f.Name, f.Label)
	}
	metadata := p.metadataErrors()
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		out = append(out, metadata[name])
		delete(rest, name)
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		out = append(out, fieldError{"", changeLabel(name), rest[name]})
	}
	return out
}

func (p NewIdentityPage) groups() []fieldset {
	if p.asked != nil {
		return p.asked
	}
	return personForm()
}

// heldError reports whether a field of the form is refused because another case holds its value.
func (p NewIdentityPage) held(f field) bool { return f.Name == "ref_id" && p.HeldBy != "" }

// choicesWith are the choices of a field, with the values that are not among them.
func choicesWith(choices []identity.Choice, values ...string) []identity.Choice {
	all := slices.Clone(choices)
	for _, v := range values {
		if v != "" && !slices.ContainsFunc(all, func(c identity.Choice) bool { return c.Value == v }) {
			all = append(all, identity.Choice{Value: v, Text: v})
		}
	}
	return all
}
