package identity

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// PersonalData is everything that a record tells of an identity, as text by JSON path: "person_details.address.city". It is never
// stored and never logged.
type PersonalData map[string]string

// PersonalField is one field of it.
type PersonalField struct{ Path, Value string }

// The most of one record that is shown.
const (
	longestPersonal = 2000 // characters of a value
	mostPersonal    = 300  // fields of a group
)

var errNoRecord = errors.New("the record cannot be read")

// ReadPersonalData reads a record from its JSON, also the fields that the desk does not know. Its error tells nothing of what was
// there.
func ReadPersonalData(raw []byte) (PersonalData, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // a long number stays as it is written
	var record map[string]any
	if d.Decode(&record) != nil || record == nil {
		return nil, errNoRecord // the library's own words may quote values
	}
	p := PersonalData{}
	p.take("", record)
	return p, nil
}

// PersonalData is what the draft tells.
func (d Draft) PersonalData() (PersonalData, error) { return personalDataOf(d) }

func personalDataOf(draft any) (PersonalData, error) {
	raw, err := json.Marshal(draft)
	if err != nil {
		return nil, errNoRecord
	}
	return ReadPersonalData(raw)
}

func (p PersonalData) take(path string, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for name, below := range v {
			p.take(within(path, name), below)
		}
	case []any:
		p.takeList(path, v)
	default:
		if text := legible(fmt.Sprint(v)); text != "" {
			p[path] = text
		}
	}
}

// takeList joins plain values; what has fields of its own is numbered from 1.
func (p PersonalData) takeList(path string, list []any) {
	var plain []string
	for n, v := range list {
		switch v.(type) {
		case map[string]any, []any:
			p.take(within(path, strconv.Itoa(n+1)), v)
		case nil:
		default:
			plain = append(plain, fmt.Sprint(v))
		}
	}
	if text := legible(strings.Join(plain, ", ")); text != "" {
		p[path] = text
	}
}

func within(path, name string) string {
	name = legible(name)
	if path == "" {
		return name
	}
	return path + "." + name
}

// legible is a text without control characters, shortened.
func legible(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if runes := []rune(s); len(runes) > longestPersonal {
		s = string(runes[:longestPersonal]) + "…"
	}
	return strings.TrimSpace(s)
}

// Of gives the fields of a group: those of the create call in its order, then the others by their paths.
func (p PersonalData) Of(g Group) []PersonalField {
	place := map[string]int{}
	for n, t := range append(new(Draft).texts(), new(InstitutionDraft).texts()...) {
		place[t.field] = n + 1
	}
	var fields []PersonalField
	for path, value := range p {
		if of, ok := groupOf(path); ok && of == g {
			fields = append(fields, PersonalField{Path: path, Value: value})
		}
	}
	slices.SortFunc(fields, func(a, b PersonalField) int {
		return cmp.Or(cmp.Compare(rank(place, a.Path), rank(place, b.Path)), cmp.Compare(a.Path, b.Path))
	})
	return fields[:min(len(fields), mostPersonal)]
}

// rank puts what has no place behind what has one.
func rank(place map[string]int, path string) int {
	if n, ok := place[path]; ok {
		return n
	}
	return len(place) + 1
}
