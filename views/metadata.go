package views

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// The fields of the last group: rows of metadata repeat the last two in parallel.
const (
	isMerchant    = "is_merchant"
	metadataKey   = "metadata_key"
	metadataValue = "metadata_value"
	metadataName  = "metadata." // a single pair as scripts name it, and the errors of a value
)

// metadataRows is how many pairs the empty form offers.
const metadataRows = 3

// mark is one row of metadata, as typed, with what is wrong with its value.
type mark struct{ key, value, wrong string }

func (m mark) empty() bool { return m.key == "" && m.value == "" }

// metadata is what was typed, in either way of naming it, filled up to the rows that the form offers.
func (p NewIdentityPage) metadata() []mark {
	keys, values := p.values(metadataKey, metadataRows), p.values(metadataValue, metadataRows)
	var rows []mark
	for n := range max(len(keys), len(values)) {
		rows = append(rows, mark{key: strings.TrimSpace(at(keys, n)), value: at(values, n)})
	}
	for _, name := range slices.Sorted(maps.Keys(p.Values)) {
		if key, found := strings.CutPrefix(name, metadataName); found {
			rows = append(rows, mark{key: key, value: p.Values.Get(name)})
		}
	}
	slices.SortStableFunc(rows, func(a, b mark) int { return order(a.empty()) - order(b.empty()) })
	for len(rows) > metadataRows && rows[len(rows)-1].empty() {
		rows = rows[:len(rows)-1]
	}
	for n, m := range rows {
		if m.key != "" {
			rows[n].wrong = p.Errors[metadataName+m.key]
		}
	}
	return rows
}

// order puts empty rows behind the others.
func order(empty bool) int {
	if empty {
		return 1
	}
	return 0
}

func at(values []string, n int) string {
	if n < len(values) {
		return values[n]
	}
	return ""
}

// state marks a value as refused.
func (m mark) state(n int) templ.Attributes {
	if m.wrong == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": rowID(metadataValue, n) + "-error"}
}

// keyState marks the keys as refused; their error stands below the rows.
func (p NewIdentityPage) keyState() templ.Attributes {
	if p.Errors[metadataKey] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "metadata-error"}
}

// metadataErrors are the lines of the summary about metadata, by the names of their errors.
func (p NewIdentityPage) metadataErrors() map[string]fieldError {
	out := map[string]fieldError{}
	for n, m := range p.metadata() {
		if m.wrong != "" {
			out[metadataName+m.key] = fieldError{rowName(metadataValue, n), "Metadata value " + strconv.Itoa(n+1), m.wrong}
		}
	}
	if e := p.Errors[metadataKey]; e != "" {
		out[metadataKey] = fieldError{metadataKey, "Metadata key", e}
	}
	return out
}
