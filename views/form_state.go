package views

import (
	"strconv"

	"github.com/a-h/templ"
)

// summaryTitle heads the list of errors.
func summaryTitle(p NewIdentityPage, n int) string {
	switch {
	case p.Text != "":
		return p.Text
	case n == 1:
		return "One field needs another look."
	default:
		return strconv.Itoa(n) + " fields need another look."
	}
}

// inputAttributes are the type of an input and what follows from it. The browser remembers nothing of it. No input has a
// maxlength: it would cut what is pasted without a word, where the checks say what is too long.
func inputAttributes(f field) templ.Attributes {
	a := templ.Attributes{"class": "form-control", "type": "text", "autocomplete": "off", "spellcheck": "false"}
	switch f.Kind {
	case asDate:
		a["type"], a["min"] = "date", "1900-01-01"
	case asEmail:
		a["type"], a["inputmode"] = "email", "email"
	case asPhone:
		a["type"], a["inputmode"] = "tel", "tel"
	case asSuggest:
		a["list"], a["autocapitalize"] = f.id()+"-list", "characters"
	}
	return a
}

// state marks a field as required or refused, and joins it to the texts beside it.
func (p NewIdentityPage) state(f field) templ.Attributes {
	a := templ.Attributes{}
	if by := p.describedBy(f); by != "" {
		a["aria-describedby"] = by
	}
	group := f.Kind == asChecks || f.Name == aliases
	if !f.Optional && !group {
		a["required"] = true
	}
	if p.Errors[f.Name] != "" && !group {
		a["aria-invalid"] = "true"
	}
	return a
}

// rowState marks the tax rows as refused; their errors stand below them.
func (p NewIdentityPage) rowState() templ.Attributes {
	for _, f := range taxFields() {
		if p.Errors[f.Name] != "" {
			return templ.Attributes{"aria-describedby": "tax-errors", "aria-invalid": "true"}
		}
	}
	return nil
}

func (p NewIdentityPage) rowCountry(n int) string { return at(p.Values[taxCountry], n) }

// rowID is the id of a repeated field; the first has the plain one, which the summary leads to.
func rowID(name string, n int) string { return fieldID(rowName(name, n)) }

func rowName(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(n+1)
}
