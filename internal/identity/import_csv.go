package identity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// csvFile is a table that is being read.
type csvFile struct {
	reader *csv.Reader
	fields []string // of its columns; empty where one has no name
	lists  []bool   // which of them hold lists
	above  int      // lines before the line of names
}

// readCSV reads a table whose first line names the columns. Commas, semicolons and tabs divide cells, whichever the line of names uses.
func readCSV(text string) ([]ImportRow, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		return nil, &ImportError{"This is one JSON list. Write each person as an object on a line of its own, without the brackets around them."}
	}
	f, err := openCSV(text)
	if err != nil {
		return nil, err
	}
	var rows []ImportRow
	for {
		cells, err := f.reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, f.broken(err)
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return trimmed(c) != "" }) {
			continue // spreadsheets write their empty rows, too
		}
		if len(rows) == MaxImportRows {
			return nil, tooManyRows()
		}
		line, _ := f.reader.FieldPos(0)
		rows = append(rows, f.row(line+f.above, cells))
	}
}

func tooManyRows() *ImportError {
	return &ImportError{fmt.Sprintf("The file holds more than %d persons. Divide it into several.", MaxImportRows)}
}

// openCSV finds what divides the cells and reads the names of the columns.
func openCSV(text string) (f csvFile, err error) {
	var comma rune
	if first, rest, _ := strings.Cut(text, "\n"); len(first) == 5 && strings.EqualFold(first[:4], "sep=") {
		comma, text, f.above = rune(first[4]), rest, 1
	} else {
		comma = divider(first)
	}
	f.reader = csv.NewReader(strings.NewReader(text))
	f.reader.Comma, f.reader.FieldsPerRecord = comma, -1
	names, err := f.reader.Read()
	if err != nil {
		return f, f.broken(err)
	}
	return f, f.name(names)
}

// divider is the sign that divides the line of names; its names hold none.
func divider(names string) rune {
	best, most := ',', 0
	for _, sign := range ",;\t" {
		if n := strings.Count(names, string(sign)); n > most {
			best, most = sign, n
		}
	}
	return best
}

// name reads the names of the columns. Only those of lists may stand more than once.
func (f *csvFile) name(names []string) error {
	var unknown []string
	for n, name := range names {
		field := fieldOf(name)
		switch kind := kindOfColumn(field); {
		case field == "":
		case kind == unknownColumn:
			unknown = append(unknown, columnName(field, "column "+number(n+1)))
		case kind != listColumn && slices.Contains(f.fields, field):
			return &ImportError{"Two columns have the same name: " + columnName(field, "column "+number(n+1)) + ". Keep one."}
		}
		f.fields, f.lists = append(f.fields, field), append(f.lists, kindOfColumn(field) == listColumn)
	}
	switch {
	case !slices.Contains(f.fields, fieldRefID):
		return &ImportError{"The first line must name the columns, ref_id among them. Take the template and fill it in."}
	case len(unknown) > 0:
		return unknownColumns(unknown)
	}
	return nil
}

// broken says where a table cannot be read.
func (f *csvFile) broken(err error) error {
	line := 1
	if at, ok := errors.AsType[*csv.ParseError](err); ok {
		line = at.Line + f.above
		if at.StartLine != at.Line {
			line = at.StartLine + f.above
		}
	}
	return &ImportError{fmt.Sprintf("The row that begins in line %d cannot be read: a quotation mark in it is not closed, or stands "+
		`inside a value. Put the whole value in quotation marks and double those inside it: "the ""old"" mill".`, line)}
}

// row takes the cells of one person.
func (f *csvFile) row(line int, cells []string) ImportRow {
	r := ImportRow{Line: line, Given: url.Values{}}
	for n, cell := range cells {
		cell = unguarded(cell)
		if n >= len(f.fields) || f.fields[n] == "" {
			if trimmed(cell) != "" {
				r.fail(ImportWholeRow, "It has a value in a column without a name. A value that holds a comma or a semicolon must stand in quotation marks.")
			}
			continue
		}
		if f.lists[n] {
			r.give(f.fields[n], strings.Split(cell, listSign)...)
		} else if trimmed(cell) != "" {
			r.give(f.fields[n], cell)
		}
	}
	r.dropEmptyLists()
	return r
}

// unguarded takes away the apostrophe that keeps a spreadsheet from reading a cell as a formula, as the desk's own files have it.
func unguarded(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsAny(cell[1:2], "=+-@\t\r\n") {
		return cell[1:]
	}
	return cell
}

// dropEmptyLists leaves out the lists that hold no value. Those of tax details stay in step, so they go together.
func (r *ImportRow) dropEmptyLists() {
	empty := func(field string) bool {
		return !slices.ContainsFunc(r.Given[field], func(v string) bool { return trimmed(v) != "" })
	}
	for _, field := range []string{fieldVerifiedFields, fieldAliases} {
		if empty(field) {
			r.Given.Del(field)
		}
	}
	if empty(fieldTaxID) && empty(fieldTaxCountry) {
		r.Given.Del(fieldTaxID)
		r.Given.Del(fieldTaxCountry)
	}
}

// ImportTemplateCSV is a table to fill in, with an example that must be taken out. It begins with a byte order mark, by which
// spreadsheets know UTF-8.
func ImportTemplateCSV() []byte {
	var names, cells []string
	for _, c := range ImportColumns() {
		names, cells = append(names, c.Field), append(cells, c.Example)
	}
	var b strings.Builder
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.WriteAll([][]string{names, cells}) // a builder takes everything
	return []byte(b.String())
}
