package identity

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// listSign stands between the values of a list in one cell. No text that Paxos takes holds it.
const listSign = "|"

// The columns that a file of rows to mend has beside those of persons. They are passed over when it is imported.
const (
	columnLine   = "import_line"
	columnErrors = "import_errors"
)

// columnKind is how a field is written in a file.
type columnKind int

const (
	unknownColumn columnKind = iota
	textColumn
	listColumn // several values; tax details are two lists in step
	flagColumn
	passedOver
)

// ImportColumn tells how a field is written in a file.
type ImportColumn struct {
	Field   string
	Needed  bool   // for everybody
	List    bool   // takes several values
	Example string // as a cell
}

// ImportColumns are the columns of the template, in order.
func ImportColumns() []ImportColumn {
	fields, needed, example := importFields(), neededColumns(), importExample()
	out := make([]ImportColumn, len(fields))
	for n, f := range fields {
		out[n] = ImportColumn{
			Field: f, Needed: slices.Contains(needed, f), List: kindOfColumn(f) == listColumn, Example: strings.Join(example[f], listSign),
		}
	}
	return out
}

// importFields are the fields of the template, in order.
func importFields() []string {
	var d Draft
	var fields []string
	for _, t := range d.texts() {
		if t.field != fieldVerifierType { // it can only be one
			fields = append(fields, t.field)
		}
	}
	fields = slices.Insert(fields, slices.Index(fields, fieldVerifiedStatus)+1, fieldVerifiedFields)
	return append(fields, fieldAliases, fieldTaxID, fieldTaxCountry, fieldTaxNotRequired, fieldIsMerchant, prefixMetadata+"team")
}

// neededColumns are the fields without which nobody can be submitted.
func neededColumns() []string {
	return []string{
		fieldRefID, fieldVerifier, fieldVerifiedAt, fieldVerificationID, fieldVerifiedStatus, fieldVerifiedFields, fieldFirstName,
		fieldLastName, fieldDateOfBirth, fieldAddress1, fieldCity, fieldProvince, fieldAddressCountry, fieldNationality,
		fieldCIPID, fieldCIPIDType, fieldCIPIDCountry, fieldIncome, fieldTransferValue, fieldWealth, fieldEmployment,
	}
}

// importExample is an invented person.
func importExample() url.Values {
	return url.Values{
		fieldRefID: {ImportExample}, fieldVerifier: {"JUMIO"}, fieldVerifiedAt: {"2025-06-16T09:28:14Z"},
		fieldVerificationID: {"775300ef-4edb-47b9-8ec4-f45fe3cbf41f"}, fieldVerifiedStatus: {"APPROVED"},
		fieldVerifiedFields: {"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
		fieldFirstName:      {"Erika"}, fieldLastName: {"Example"}, fieldDateOfBirth: {"1964-08-12"},
		fieldAddress1: {"1 Example Street"}, fieldCity: {"New York"}, fieldProvince: {"NY"}, fieldAddressCountry: {usa}, fieldZipCode: {"10001"},
		fieldNationality: {usa}, fieldCIPID: {"078-05-1120"}, fieldCIPIDType: {"SSN"}, fieldCIPIDCountry: {usa},
		fieldIncome: {"INCOME_50K_TO_100K"}, fieldTransferValue: {"TRANSFER_VALUE_25K_TO_50K"}, fieldWealth: {"EMPLOYMENT_INCOME"},
		fieldEmployment: {"FULL_TIME"}, fieldSector: {"EDUCATIONAL_SERVICES"}, fieldAliases: {"Erica Example", "E. Example"},
		prefixMetadata + "team": {"east"},
	}
}

// kindOfColumn is how a field is written; the field must be in small letters, keys of metadata aside.
func kindOfColumn(field string) columnKind {
	switch field {
	case fieldVerifiedFields, fieldAliases, fieldTaxID, fieldTaxCountry:
		return listColumn
	case fieldTaxNotRequired, fieldIsMerchant:
		return flagColumn
	case columnLine, columnErrors:
		return passedOver
	}
	if key, found := strings.CutPrefix(field, prefixMetadata); found && trimmed(key) != "" {
		return textColumn
	}
	var d Draft
	if slices.ContainsFunc(d.texts(), func(t text) bool { return t.field == field }) {
		return textColumn
	}
	return unknownColumn
}

// fieldOf is the field that a column's name means: case does not matter, but in keys of metadata.
func fieldOf(name string) string {
	name = trimmed(name)
	if len(name) > len(prefixMetadata) && strings.EqualFold(name[:len(prefixMetadata)], prefixMetadata) {
		return prefixMetadata + name[len(prefixMetadata):]
	}
	return strings.ToLower(name)
}

// sortColumns orders fields as the template does; others come last, by name.
func sortColumns(fields []string) {
	place := map[string]int{ImportWholeRow: -1}
	columns := importFields()
	for n, field := range columns {
		place[field] = n
	}
	of := func(field string) int {
		if n, found := place[field]; found {
			return n
		}
		return len(columns)
	}
	slices.SortFunc(fields, func(a, b string) int { return cmp.Or(cmp.Compare(of(a), of(b)), cmp.Compare(a, b)) })
}

// give puts what a cell, or a value of a JSON line, holds under its field.
func (r *ImportRow) give(field string, values ...string) {
	switch kindOfColumn(field) {
	case flagColumn:
		r.flag(field, values)
	case listColumn, textColumn:
		for _, v := range values {
			r.Given.Add(field, v)
		}
	}
}

// flag reads a yes or no as people and spreadsheets write them. What is neither is kept, to be mended.
func (r *ImportRow) flag(field string, values []string) {
	for _, v := range values {
		switch strings.ToLower(trimmed(v)) {
		case "", "false", "no", "0":
		case "true", "yes", "1":
			r.Given.Set(field, "true")
		default:
			r.Given.Set(field, v)
			r.fail(field, "Write true or false into "+field+".")
		}
	}
}

// MendingTable is a file of the rows that are wrong, with their errors, as it can be mended and imported again: a line of names, then
// one for each row.
func MendingTable(rows []ImportRow) [][]string {
	var fields []string
	for _, r := range rows {
		for field := range maps.Keys(r.Given) {
			if !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
		missing := slices.Collect(maps.Keys(r.Errors)) // a field that is missing has a column, too
		if len(r.Given) == 0 {                         // nothing of it could be read: it is written anew
			missing = append(missing, neededColumns()...)
		}
		for _, field := range missing {
			if kindOfColumn(field) != unknownColumn && !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	sortColumns(fields)
	table := [][]string{append([]string{columnLine, columnErrors}, fields...)}
	for _, r := range rows {
		cells := []string{number(r.Line), r.errorText()}
		for _, f := range fields {
			cells = append(cells, strings.Join(r.Given[f], listSign))
		}
		table = append(table, cells)
	}
	return table
}

// errorText is all errors of a row in one cell.
func (r ImportRow) errorText() string {
	fields := r.ErrorFields()
	for n, f := range fields {
		fields[n] = f + ": " + r.Errors[f]
	}
	return strings.Join(fields, " ; ")
}
