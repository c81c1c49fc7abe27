package identity

import "strings"

// inForm and inFile are where a draft was typed: what is wrong with it is mended otherwise in each.
const (
	inForm = false
	inFile = true
)

// say gives the words for a form, or those for a row of a file, where there is nothing to choose from and columns have names.
func (c *checks) say(form, file string) string {
	if c.file {
		return file
	}
	return form
}

// takes says which values a column takes that does not take every text, as a sentence behind another; empty of those that do.
func takes(field string) string {
	values := valuesOf(field)
	switch {
	case countryField(field):
		return " It takes a three-letter country code (ISO 3166-1 alpha-3), such as USA."
	case field == fieldVerifiedFields:
		return " It takes " + alternatives(values) + "; several with " + listSign + " between them, in JSON as a list."
	case openEnded(field):
		return " It takes " + alternatives(values) + ", or another word of Paxos' own in capital letters, digits and underscores."
	case len(values) > 0:
		return " It takes " + alternatives(values) + "."
	}
	return ""
}

// alternatives are values of which one is meant: "A, B or C".
func alternatives(values []string) string {
	last := len(values) - 1
	if last < 1 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:last], ", ") + " or " + values[last]
}
