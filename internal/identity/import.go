package identity

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The bounds of one import: what a form takes, what one transaction stores, and what a person can look through.
const (
	MaxImportBytes = 5 << 20
	MaxImportRows  = 5000
)

// ImportExample is the ref_id of the row that templates show; it can never be submitted.
const ImportExample = "EXAMPLE"

// ImportRow is one person of a file. What it gives, and its errors, which may offer a value in place of one that was typed, are
// personal data: never log them.
type ImportRow struct {
	Line   int               // where it begins in the file, the first being 1
	Given  url.Values        // by the form's field names
	Errors map[string]string // by field, [ImportWholeRow] for what no field can be blamed for; empty: it can be submitted
}

// ImportWholeRow stands in place of a field where an error is about a row itself.
const ImportWholeRow = "row"

// Draft is what the row would submit.
func (r ImportRow) Draft() Draft { return ParseDraft(r.Given) }

// WrongFields names the fields that have errors, in the order of the template. Keys of metadata, which others have chosen, are
// left out.
func (r ImportRow) WrongFields() []string {
	var fields []string
	for field := range r.Errors {
		if strings.HasPrefix(field, prefixMetadata) {
			field = strings.TrimSuffix(prefixMetadata, ".")
		}
		if !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	sortColumns(fields)
	return fields
}

// ErrorFields names the fields that have errors as they are, keys of metadata included.
func (r ImportRow) ErrorFields() []string {
	fields := slices.Collect(maps.Keys(r.Errors))
	sortColumns(fields)
	return fields
}

// ImportError says why a file cannot be read at all, and how to mend it. It names columns and lines, never what stands in them.
type ImportError struct{ Text string }

// Error is the text.
func (e *ImportError) Error() string { return e.Text }

// ReadImport reads a file of persons, CSV or JSON Lines, and checks each row as the form does. An error is an [*ImportError]: then
// nothing of the file can be used.
func ReadImport(file []byte, now time.Time) ([]ImportRow, error) {
	text, err := importText(file)
	if err != nil {
		return nil, err
	}
	read := readCSV
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		read = readJSONLines
	}
	rows, err := read(text)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, &ImportError{"The file names columns, but holds no person."}
	}
	checkRows(rows, now)
	return rows, nil
}

// checkRows finds what is wrong with each row, and those that name a person for the second time.
func checkRows(rows []ImportRow, now time.Time) {
	refs, numbers := map[string]int{}, map[string]int{}
	for n := range rows {
		r := &rows[n]
		if r.Errors[ImportWholeRow] != "" && len(r.Given) == 0 {
			continue // nothing of it could be read
		}
		d := r.Draft()
		if strings.EqualFold(d.RefID, ImportExample) {
			r.fail(fieldRefID, "This is the template's example: take the row out.")
		}
		for field, text := range d.check(now, inFile) {
			r.fail(field, text)
		}
		p := d.Person
		before, again := seenAt(numbers, NormalizeCIP(p.CIPID, p.CIPIDType, p.CIPIDCountry), p.CIPID != "", r.Line)
		if sameRef, twice := seenAt(refs, d.RefID, d.RefID != "", r.Line); twice {
			r.fail(fieldRefID, "Line "+number(sameRef)+" has the same ref_id: keep one of the two.")
		} else if again {
			r.fail(fieldCIPID, "Line "+number(before)+" has the same government id: it is one person, so keep one of the two, or correct the number.")
		}
	}
}

// seenAt is the line that had a value first, if another had it before this one.
func seenAt(first map[string]int, value string, given bool, line int) (int, bool) {
	before, twice := first[value]
	if given && !twice {
		first[value] = line
	}
	return before, given && twice
}

// fail notes an error; the first of a field stays.
func (r *ImportRow) fail(field, text string) {
	if r.Errors == nil {
		r.Errors = map[string]string{}
	}
	if _, found := r.Errors[field]; !found {
		r.Errors[field] = text
	}
}
