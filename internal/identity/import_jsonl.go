package identity

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
)

// readJSONLines reads one object a line, in the form of the API's create call. Names may also be whole paths. A line that is no object, or
// has fields of no person, is a row with an error; a file of nothing else is refused.
func readJSONLines(text string) ([]ImportRow, error) {
	var rows []ImportRow
	var unknown []string
	var broken []int
	strange, line := 0, 0
	for part := range strings.Lines(text) {
		line++
		if part = trimmed(part); part == "" {
			continue
		}
		if len(rows) == MaxImportRows {
			return nil, tooManyRows()
		}
		o := object{row: ImportRow{Line: line, Given: url.Values{}}}
		if err := o.read(part); err != nil {
			broken = append(broken, line)
			o = object{row: ImportRow{Line: line, Given: url.Values{}}} // half of a person would have errors that mislead
			o.row.fail(ImportWholeRow, "It cannot be read: each line must be one whole JSON object.")
		}
		if len(o.unknown) > 0 {
			strange++
			o.row.fail(ImportWholeRow, unknownFields(o.unknown))
		}
		for _, name := range o.unknown {
			if !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
		}
		rows = append(rows, o.row)
	}
	switch {
	case strange > 0 && strange+len(broken) == len(rows):
		return nil, unknownColumns(unknown)
	case len(broken) == len(rows) && len(rows) > 0:
		return nil, &ImportError{"Line " + number(broken[0]) + " cannot be read, nor is any other: each line must be one whole JSON object."}
	}
	return rows, nil
}

// object is a line that is being read.
type object struct {
	row     ImportRow
	json    *json.Decoder
	seen    []string // the paths that had a value
	unknown []string
}

var errNoObject = errors.New("not one JSON object")

func (o *object) read(line string) error {
	o.json = json.NewDecoder(strings.NewReader(line))
	o.json.UseNumber()
	if t, err := o.json.Token(); err != nil || t != json.Delim('{') {
		return errNoObject
	}
	if err := o.members("", 0); err != nil {
		return err
	}
	if _, err := o.json.Token(); !errors.Is(err, io.EOF) {
		return errNoObject
	}
	o.row.dropEmptyLists()
	return nil
}

// deepest is how many objects deep a person's details go; what is deeper is only passed over.
const deepest = 4

// members reads an object behind its opening bracket.
func (o *object) members(path string, depth int) error {
	for o.json.More() {
		t, err := o.json.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if path != "" {
			name = path + "." + name
		}
		if err := o.value(name, depth+1); err != nil {
			return err
		}
	}
	_, err := o.json.Token()
	return err
}

// value reads what stands at a path.
func (o *object) value(path string, depth int) error {
	field := fieldOf(path)
	t, err := o.json.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		return o.nested(v, field, depth)
	case nil:
		return nil
	case string:
		o.take(field, v)
	case bool:
		if o.take(field, map[bool]string{true: "true", false: "false"}[v]); kindOfColumn(field) == textColumn {
			o.fail(field, "Write it as a text, in quotation marks.")
		}
	case json.Number:
		if o.take(field, v.String()); kindOfColumn(field) != passedOver {
			o.fail(field, "Write it as a text, in quotation marks, so that no digit is lost.")
		}
	}
	return nil
}

// nested reads an object or a list.
func (o *object) nested(opening json.Delim, field string, depth int) error {
	switch {
	case depth > deepest:
		o.strange(field)
		return o.pass()
	case opening == '{':
		return o.members(field, depth)
	case field == fieldTaxDetails:
		return o.taxDetails(depth)
	}
	return o.list(field)
}

// list reads the texts of a list.
func (o *object) list(field string) error {
	var values []string
	for o.json.More() {
		t, err := o.json.Token()
		if err != nil {
			return err
		}
		if v, ok := t.(string); ok {
			values = append(values, v)
			continue
		}
		o.fail(field, "Give a list of texts.")
		if _, opens := t.(json.Delim); opens {
			if err := o.pass(); err != nil {
				return err
			}
		}
	}
	if kindOfColumn(field) != listColumn {
		o.fail(field, "Give one value, not a list.")
	}
	o.take(field, values...)
	_, err := o.json.Token()
	return err
}

// taxDetails reads the objects of tax numbers and countries into two lists that stay in step.
func (o *object) taxDetails(depth int) error {
	for n := 0; o.json.More(); n++ {
		t, err := o.json.Token()
		if err != nil {
			return err
		}
		if t != json.Delim('{') {
			o.fail(fieldTaxDetails, "Give a list of objects, each with tax_payer_id and tax_payer_country.")
			if _, opens := t.(json.Delim); opens {
				if err := o.pass(); err != nil {
					return err
				}
			}
			continue
		}
		if err := o.members(fieldTaxDetails, depth+1); err != nil {
			return err
		}
		o.seen = slices.DeleteFunc(o.seen, func(s string) bool { return s == fieldTaxID || s == fieldTaxCountry })
		for _, field := range []string{fieldTaxID, fieldTaxCountry} {
			if len(o.row.Given[field]) <= n {
				o.row.Given.Add(field, "")
			}
		}
	}
	_, err := o.json.Token()
	return err
}

// pass reads on behind the bracket that closes what was opened last.
func (o *object) pass() error {
	for depth := 1; depth > 0; {
		t, err := o.json.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// fail notes what is wrong with a field. Of one that no person has it is enough that it is not known.
func (o *object) fail(field, text string) {
	if !isUnknown(field) {
		o.row.fail(field, text)
	}
}

// strange notes a field that no person has.
func (o *object) strange(field string) {
	if name := columnName(field, "a field of line "+number(o.row.Line)); !slices.Contains(o.unknown, name) {
		o.unknown = append(o.unknown, name)
	}
}

func isUnknown(field string) bool {
	return kindOfColumn(field) == unknownColumn && field != fieldTaxDetails
}

// take gives the row what stands at a field.
func (o *object) take(field string, values ...string) {
	switch {
	case isUnknown(field):
		o.strange(field)
	case slices.Contains(o.seen, field):
		o.fail(field, "It stands twice on this line: keep one.")
	default:
		o.seen = append(o.seen, field)
		o.row.give(field, values...)
	}
}

// ImportTemplateJSONL is an example of a line, which must be taken out.
func ImportTemplateJSONL() []byte {
	line, _ := json.Marshal(ParseDraft(importExample())) // a draft is plain data
	return append(line, '\n')
}
