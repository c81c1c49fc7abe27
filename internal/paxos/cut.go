package paxos

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"identitydesk/internal/identity"
)

// The bounds of what is cut, and of what is kept of Paxos' words.
const (
	cutFrom  = 3 // characters; shorter values tell nothing and would leave no words
	looseAt  = 5 // letters and digits; from here on a value is also found with other separators
	wordsMax = 500
	cutMark  = "[…]"
)

// cutter removes from a text every value that was submitted, since a refusal may quote what it refuses.
type cutter struct {
	values *regexp.Regexp // nil where there is nothing to cut
	closed bool           // the values make no pattern: let no text through
}

// newCutter cuts every text that what was sent holds, and others.
func newCutter(sent any, others ...string) cutter {
	if d, ok := sent.(identity.Draft); ok {
		// Words of the API that are no one's personal data, and that are also the names of fields.
		d.Person.VerifierType, d.Person.PassthroughVerificationFields = "", nil
		sent = d
	}
	values := slices.Clone(others)
	collect(reflect.ValueOf(sent), &values)
	values = slices.DeleteFunc(values, func(v string) bool { return utf8.RuneCountInString(v) < cutFrom })
	if len(values) == 0 {
		return cutter{}
	}
	// The first alternative that fits is taken: the longest first.
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	patterns := make([]string, len(values))
	for i, v := range values {
		patterns[i] = pattern(v)
	}
	re, err := regexp.Compile("(?i)" + strings.Join(patterns, "|"))
	return cutter{values: re, closed: err != nil}
}

// collect gathers every text in a value.
func collect(v reflect.Value, into *[]string) {
	switch v.Kind() {
	case reflect.String:
		*into = append(*into, strings.TrimSpace(v.String()))
	case reflect.Struct:
		for _, field := range v.Fields() {
			collect(field, into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), into)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			collect(v.MapIndex(key), into)
		}
	}
}

// pattern finds a value; a longer one also where its separators are others or gone, as in a phone number without blanks.
func pattern(value string) string {
	var letters []string
	for _, r := range value {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, regexp.QuoteMeta(string(r)))
		}
	}
	exact := regexp.QuoteMeta(value)
	if len(letters) < looseAt {
		return exact
	}
	return exact + "|" + strings.Join(letters, `[\W_]{0,3}`)
}

// from gives a text without the submitted values and without control characters, shortened.
func (c cutter) from(text string) string {
	if c.closed {
		return ""
	}
	if c.values != nil {
		text = c.values.ReplaceAllLiteralString(text, cutMark)
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > wordsMax {
		text = string(runes[:wordsMax]) + "…"
	}
	return strings.TrimSpace(text)
}
