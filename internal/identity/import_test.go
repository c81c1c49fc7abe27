package identity_test

import (
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// header and person are a table of one person who can be submitted.
func table() (header, person []string) {
	values := sound().Values()
	for _, field := range slices.Sorted(maps.Keys(values)) {
		header = append(header, field)
		person = append(person, strings.Join(values[field], "|"))
	}
	return header, person
}

func sheet(comma rune, end string, rows ...[]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	_ = w.WriteAll(rows)
	return strings.ReplaceAll(b.String(), "\n", end)
}

func readImport(t *testing.T, file string) []identity.ImportRow {
	t.Helper()
	rows, err := identity.ReadImport([]byte(file), at(typedAt))
	require.NoError(t, err)
	return rows
}

// The same person reads the same, however the table is written.
func TestImportReadsTablesOfAllKinds(t *testing.T) {
	t.Parallel()
	header, person := table()
	capitals := slices.Clone(header)
	for n := range capitals {
		capitals[n] = " " + strings.ToUpper(capitals[n]) + " "
	}
	empty := make([]string, len(header))
	for name, file := range map[string]string{
		"commas":             sheet(',', "\n", header, person),
		"semicolons":         sheet(';', "\n", header, person),
		"tabs":               sheet('\t', "\n", header, person),
		"Windows":            sheet(',', "\r\n", header, person),
		"old Macintosh":      sheet(',', "\r", header, person),
		"byte order mark":    "\xef\xbb\xbf" + sheet(';', "\r\n", header, person),
		"sep line":           "sep=;\r\n" + sheet(';', "\r\n", header, person),
		"capitals, spaces":   sheet(',', "\n", capitals, person),
		"no end of line":     strings.TrimSuffix(sheet(',', "\n", header, person), "\n"),
		"empty rows":         sheet(',', "\n", header, empty, person, empty) + "\n\n",
		"a nameless column":  sheet(',', "\n", append(slices.Clone(header), ""), append(slices.Clone(person), " ")),
		"a file to mend":     sheet(',', "\n", append([]string{"import_line", "import_errors"}, header...), append([]string{"7", "x: y"}, person...)),
		"an empty list":      sheet(',', "\n", append(slices.Clone(header), "customer_due_diligence.aliases"), append(slices.Clone(person), " | ")),
		"a no":               sheet(',', "\n", append(slices.Clone(header), "is_merchant"), append(slices.Clone(person), "FALSE")),
		"a guarded plus":     strings.Replace(sheet(',', "\n", header, person), "+1 555", "'+1 555", 1),
		"short of its end":   sheet(',', "\n", append(slices.Clone(header), "metadata.team"), person),
		"JSON":               jsonLine(t) + "\n\n",
		"JSON, Windows, BOM": "\xef\xbb\xbf" + jsonLine(t) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := readImport(t, file)
			require.Len(t, rows, 1)
			require.Empty(t, rows[0].Errors)
			require.Equal(t, sound(), rows[0].Draft())
		})
	}
}

func jsonLine(t *testing.T) string {
	t.Helper()
	return `{"ref_id":"user-4711","person_details":{"verifier_type":"PASSTHROUGH","passthrough_verifier_type":"JUMIO",` +
		`"passthrough_verified_at":"2021-06-16T09:28:14Z","passthrough_verification_id":"775300ef-4edb-47b9-8ec4-f45fe3cbf41f",` +
		`"passthrough_verification_status":"APPROVED","passthrough_verification_fields":["FULL_LEGAL_NAME","DATE_OF_BIRTH"],` +
		`"first_name":"Billy","middle_name":null,"last_name":"Duncan","date_of_birth":"1960-01-01","address":{"address1":"123 Main St",` +
		`"city":"New York","province":"NY","country":"USA","zip_code":"10001"},"nationality":"USA","cip_id":"073-05-1120",` +
		`"cip_id_type":"SSN","cip_id_country":"USA","phone_number":"+1 555 678 1234","email":"example@somemail.org"},` +
		`"customer_due_diligence":{"estimated_yearly_income":"INCOME_50K_TO_100K","expected_transfer_value":"TRANSFER_VALUE_25K_TO_50K",` +
		`"source_of_wealth":"EMPLOYMENT_INCOME","employment_status":"FULL_TIME","employment_industry_sector":"ARTS_ENTERTAINMENT_RECREATION"},` +
		`"is_merchant":false}`
}

func TestImportReadsLists(t *testing.T) {
	t.Parallel()
	want := abroad()
	want.TaxDetails = []identity.TaxDetail{{TaxPayerID: "1", TaxPayerCountry: "POL"}, {TaxPayerID: "2", TaxPayerCountry: "DEU"}}
	want.TaxDetailsNotRequired = false
	want.DueDiligence.Aliases = []string{"Bill", "Will"}
	want.Metadata = map[string]string{"Team.A": "east"}
	values := want.Values()
	values.Del("metadata_key")
	values.Del("metadata_value")
	values.Set("metadata.Team.A", "east")
	var joined, repeated [2][]string
	for _, field := range slices.Sorted(maps.Keys(values)) {
		joined[0], joined[1] = append(joined[0], field), append(joined[1], strings.Join(values[field], "|"))
		for _, v := range values[field] {
			repeated[0], repeated[1] = append(repeated[0], field), append(repeated[1], v)
		}
	}
	for name, file := range map[string]string{
		"joined":   sheet(',', "\n", joined[:]...),
		"repeated": sheet(';', "\n", repeated[:]...),
	} {
		rows := readImport(t, file)
		require.Empty(t, rows[0].Errors, name)
		require.Equal(t, want, rows[0].Draft(), name)
	}
	line := strings.Replace(jsonLine(t), `"is_merchant":false`,
		`"tax_details":[{"tax_payer_id":"1","tax_payer_country":"POL"},{"tax_payer_country":"DEU"}],"metadata":{"team":"east"},"is_merchant":true`, 1)
	d := readImport(t, line)[0].Draft()
	require.Equal(t, []identity.TaxDetail{{TaxPayerID: "1", TaxPayerCountry: "POL"}, {TaxPayerCountry: "DEU"}}, d.TaxDetails)
	require.Equal(t, map[string]string{"team": "east"}, d.Metadata)
	require.True(t, d.IsMerchant)
}

// A file that cannot be used says so in words that help, and never repeats what people's details could be.
func TestImportRefusesFiles(t *testing.T) {
	t.Parallel()
	header, person := table()
	many := [][]string{header}
	for range identity.MaxImportRows + 1 {
		many = append(many, person)
	}
	for name, c := range map[string]struct{ file, says string }{
		"nothing":                {"", "The file is empty"},
		"a byte order mark":      {"\xef\xbb\xbf\r\n", "The file is empty"},
		"no person":              {sheet(',', "\n", header), "holds no person"},
		"a spreadsheet":          {"PK\x03\x04rest", "spreadsheet's own file"},
		"an old spreadsheet":     {"\xd0\xcf\x11\xe0rest", "spreadsheet's own file"},
		"UTF-16":                 {"\xff\xfer\x00e\x00f\x00", "UTF-16"},
		"Latin-1":                {sheet(',', "\n", header) + "Jos\xe9\n", "Line 2 is not written in UTF-8"},
		"a NUL":                  {"ref_id\nu\x00ser\n", "Line 2 is not written in UTF-8"},
		"too large":              {strings.Repeat("x", identity.MaxImportBytes+1), "larger than 5 MiB"},
		"too many":               {sheet(',', "\n", many...), "more than 5000 persons"},
		"too many lines of JSON": {strings.Repeat("{\"ref_id\":\"a\"}\n", identity.MaxImportRows+1), "more than 5000 persons"},
		"no names":               {sheet(',', "\n", person, person), "The first line must name the columns, ref_id among them"},
		"unknown columns":        {"ref_id,person_details.midle_name,E-mail\na,b,c\n", "not known: person_details.midle_name, e-mail. Name them"},
		"a detail for a name":    {"ref_id,quillon@zarathorn.example,917-55-0417,1971-07-19\na,b,c,d\n", "not known: column 2, column 3, column 4."},
		"twice the same":         {"ref_id,person_details.first_name,Person_Details.First_Name\na,b,c\n", "Two columns have the same name: person_details.first_name"},
		"an open quotation mark": {"ref_id,person_details.first_name\na,b\nc,\"Quillon\nd,e\n", "row that begins in line 3"},
		"a bare quotation mark":  {"ref_id,person_details.first_name\na,Qu\"illon\n", "row that begins in line 2"},
		"below a sep line":       {"sep=,\nref_id\na\nQu\"illon\n", "row that begins in line 4"},
		"one JSON list":          {`[{"ref_id":"a"}]`, "one JSON list"},
		"half an object":         {"\n{\"ref_id\":\"Quillon\"\n", "Line 2 cannot be read"},
		"an object in pieces":    {"{\n  \"ref_id\": \"Quillon\"\n}\n", "Line 1 cannot be read"},
		"two on a line":          {`{"ref_id":"a"} {"ref_id":"Quillon"}`, "Line 1 cannot be read"},
		"unknown JSON names":     {`{"ref_id":"a","person":{"first_name":"Quillon"},"x":[{"y":1}]}`, "not known: person.first_name, x."},
		"too deep":               {`{"a":` + strings.Repeat(`{"b":`, 9000) + "1" + strings.Repeat("}", 9001), "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := identity.ReadImport([]byte(c.file), at(typedAt))
			require.Empty(t, rows)
			var why *identity.ImportError
			require.ErrorAs(t, err, &why)
			require.Contains(t, why.Text, c.says)
			for _, detail := range []string{"Quillon", "zarathorn", "917", "1971", "illon"} {
				require.NotContains(t, why.Text, detail)
			}
		})
	}
}

// What is wrong with one row leaves the others alone.
func TestImportRefusesRows(t *testing.T) {
	t.Parallel()
	header, person := table()
	with := func(field, value string) []string {
		n := slices.Index(header, field)
		require.GreaterOrEqual(t, n, 0, field)
		row := slices.Clone(person)
		row[slices.Index(header, "person_details.cip_id")] = "073-05-1121"
		row[n] = value
		row[slices.Index(header, "ref_id")] = "user-" + field
		if field == "ref_id" {
			row[n] = value
		}
		return row
	}
	passport := with("person_details.cip_id", "073-05-1120")
	passport[slices.Index(header, "person_details.cip_id_type")] = "PASSPORT"
	for name, c := range map[string]struct {
		row   []string
		field string
		says  string
	}{
		"a name with marks":        {with("person_details.first_name", "José"), "person_details.first_name", "write Jose?"},
		"a line break":             {with("person_details.address.address1", "1 Main\nStreet"), "person_details.address.address1", "Paxos takes only"},
		"a spreadsheet's date":     {with("person_details.date_of_birth", "31.01.1960"), "person_details.date_of_birth", "year-month-day"},
		"a lost zero":              {with("person_details.cip_id", "73051120"), "person_details.cip_id", "nine digits"},
		"a personal ref_id":        {with("ref_id", "quillon@zarathorn.example"), "ref_id", "must not be personal data"},
		"the example":              {with("ref_id", "Example"), "ref_id", "template's example"},
		"the same ref_id":          {with("ref_id", "user-4711"), "ref_id", "Line 2 has the same ref_id"},
		"the same id":              {with("person_details.cip_id", "073-05-1120"), "person_details.cip_id", "Line 2 has the same government id"},
		"the same id, bare":        {with("person_details.cip_id", "073 051120"), "person_details.cip_id", "Line 2 has the same government id"},
		"the same of another kind": {passport, "person_details.cip_id_type", "A US resident needs"},
		"an unknown detail":        {with("person_details.passthrough_verification_fields", "FULL_LEGAL_NAME|SHOE_SIZE"), "person_details.passthrough_verification_fields", "It takes FULL_LEGAL_NAME"},
		"a cell too many":          {append(with("ref_id", "u-1"), "rest"), "row", "column without a name"},
		"nothing but a ref_id":     {with("person_details.last_name", ""), "person_details.last_name", "Fill in person_details.last_name: the last name."},
		"an unclear yes":           {append(with("ref_id", "u-2"), "perhaps"), "is_merchant", "true or false"},
		"an unclear verifier":      {with("person_details.passthrough_verifier_type", "some one"), "person_details.passthrough_verifier_type", "capital letters"},
		"a verifier of its own":    {with("person_details.passthrough_verifier_type", "newcomer"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := header
			if c.field == "is_merchant" {
				names = append(slices.Clone(header), "is_merchant")
			}
			rows := readImport(t, sheet(',', "\n", names, person, c.row))
			require.Len(t, rows, 2)
			require.Empty(t, rows[0].Errors)
			require.Equal(t, 2, rows[0].Line)
			require.Equal(t, 3, rows[1].Line)
			if c.field == "" {
				require.Empty(t, rows[1].Errors)
				return
			}
			require.Contains(t, rows[1].Errors[c.field], c.says)
			require.Equal(t, []string{c.field}, rows[1].WrongFields())
		})
	}
}

// A line that is broken is told as a row; the others are read as if it were not there.
func TestImportReadsAroundABrokenLine(t *testing.T) {
	t.Parallel()
	whole := jsonLine(t)
	other := strings.NewReplacer("073-05-1120", "073-05-1121", "user-4711", "user-4712").Replace(whole)
	for name, line := range map[string]string{
		"half":        whole[:len(whole)/2],
		"two on one":  whole + whole,
		"not JSON":    "Quillon",
		"a list":      `["Quillon"]`,
		"an open end": `{"ref_id":"Quillon","tax_details":[`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := readImport(t, whole+"\n"+line+"\n"+other+"\n")
			require.Len(t, rows, 3)
			require.Empty(t, rows[0].Errors)
			require.Empty(t, rows[2].Errors)
			require.Equal(t, 2, rows[1].Line)
			require.Equal(t, map[string]string{"row": "It cannot be read: each line must be one whole JSON object."}, rows[1].Errors)
			require.Empty(t, rows[1].Given)
		})
	}
}

func TestImportRefusesJSONRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, with, field, says string }{
		"a number":          {`"073-05-1120"`, `73051120`, "person_details.cip_id", "in quotation marks"},
		"a yes for a text":  {`"Billy"`, `true`, "person_details.first_name", "in quotation marks"},
		"a list for a text": {`"Billy"`, `["Billy"]`, "person_details.first_name", "not a list"},
		"a list of numbers": {`["FULL_LEGAL_NAME","DATE_OF_BIRTH"]`, `[1,{"a":[2]},"ADDRESS"]`, "person_details.passthrough_verification_fields", "list of texts"},
		"twice":             {`"first_name":"Billy"`, `"first_name":"Billy","first_name":"Will"`, "person_details.first_name", "twice"},
		"tax details":       {`"is_merchant":false`, `"tax_details":["1",["2"]]`, "tax_details", "list of objects"},
		"a word for a yes":  {`"is_merchant":false`, `"is_merchant":"perhaps"`, "is_merchant", "true or false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := strings.Replace(jsonLine(t), c.old, c.with, 1)
			require.NotEqual(t, jsonLine(t), line)
			rows := readImport(t, line)
			require.Contains(t, rows[0].Errors[c.field], c.says)
		})
	}
}

// The templates can be read, name every column, and their example can never be sent.
func TestImportTemplates(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{"csv": identity.ImportTemplateCSV(), "jsonl": identity.ImportTemplateJSONL()} {
		rows, err := identity.ReadImport(file, at("2026-03-02 10:00"))
		require.NoError(t, err, name)
		require.Len(t, rows, 1, name)
		require.Equal(t, []string{"ref_id"}, rows[0].WrongFields(), name)
		require.Contains(t, rows[0].Errors["ref_id"], "template's example", name)
	}
	require.True(t, strings.HasPrefix(string(identity.ImportTemplateCSV()), "\xef\xbb\xbfref_id,"))
	var needed []string
	for _, c := range identity.ImportColumns() {
		if c.Needed {
			needed = append(needed, c.Field)
			require.NotEmpty(t, c.Example, c.Field)
		}
	}
	missing := slices.Sorted(maps.Keys(identity.ParseDraft(nil).Check(at(typedAt))))
	slices.Sort(needed)
	require.Equal(t, missing, needed, "what the checks demand of everybody is what the template calls needed")
}

// What comes back with errors can be mended in its file and imported again: nothing else about it has changed.
func TestImportMendingTable(t *testing.T) {
	t.Parallel()
	header, person := table()
	wrong := slices.Clone(person)
	wrong[slices.Index(header, "person_details.first_name")] = "José"
	wrong[slices.Index(header, "person_details.cip_id")] = ""
	rows := readImport(t, sheet(';', "\r\n", header, wrong))
	mending := identity.MendingTable(rows)
	require.Equal(t, []string{"import_line", "import_errors", "ref_id"}, mending[0][:3])
	require.Equal(t, "2", mending[1][0])
	require.Contains(t, mending[1][1], "person_details.first_name: Paxos takes only")
	require.Contains(t, mending[0], "person_details.cip_id", "a column for what is missing")
	again := readImport(t, sheet(',', "\n", mending...))
	require.Equal(t, rows, again)
	mending[1][slices.Index(mending[0], "person_details.first_name")] = "Billy"
	mending[1][slices.Index(mending[0], "person_details.cip_id")] = "073051120"
	mended := readImport(t, sheet(',', "\n", mending...))
	require.Empty(t, mended[0].Errors)
	require.Equal(t, sound(), mended[0].Draft())
}

// A line that cannot be read at all has its place, what is wrong with it, and the columns in which the person can be written anew.
func TestImportMendingTableOfBrokenLines(t *testing.T) {
	t.Parallel()
	mending := identity.MendingTable(readImport(t, jsonLine(t)+"\n{\"ref_id\":\"Quillon\n")[1:])
	require.Len(t, mending, 2)
	require.Equal(t, []string{"import_line", "import_errors", "ref_id"}, mending[0][:3])
	require.Equal(t, []string{"2", "row: It cannot be read: each line must be one whole JSON object.", ""}, mending[1][:3])
	for _, c := range identity.ImportColumns() {
		if c.Needed {
			require.Contains(t, mending[0], c.Field)
		}
	}
	for n, name := range mending[0][2:] {
		if values := sound().Values()[name]; len(values) > 0 {
			mending[1][n+2] = strings.Join(values, "|")
		}
	}
	zip, sector := "person_details.address.zip_code", "customer_due_diligence.employment_industry_sector"
	mended := readImport(t, sheet(',', "\n", append(mending[0], zip, sector), append(mending[1], "10001", "EDUCATIONAL_SERVICES")))
	require.Empty(t, mended[0].Errors)
	require.Equal(t, "user-4711", mended[0].Draft().RefID)
}

func TestWrongFieldsLeaveKeysOut(t *testing.T) {
	t.Parallel()
	r := identity.ImportRow{Errors: map[string]string{"metadata.zarathorn": "x", "row": "y", "person_details.last_name": "z", "metadata.b": "x"}}
	require.Equal(t, []string{"row", "person_details.last_name", "metadata"}, r.WrongFields())
}

// Whatever a file holds: it is refused with words, or each of its rows can be checked, told of, and read again from the file to mend.
func FuzzImport(f *testing.F) {
	header, person := table()
	f.Add([]byte(sheet(',', "\n", header, person)))
	f.Add([]byte("sep=;\r\nref_id;person_details.first_name\r\n\"a\nb\";'=1+1\r\n"))
	f.Add(identity.ImportTemplateCSV())
	f.Add(identity.ImportTemplateJSONL())
	f.Add([]byte(`{"ref_id":"a","tax_details":[{"tax_payer_id":"|"},1,[2]],"metadata":{"|":"x"},"is_merchant":"?"}`))
	f.Add([]byte("ref_id,metadata.A,metadata.a,customer_due_diligence.aliases\nx,1,2,|\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := identity.ReadImport(file, at(typedAt))
		if err != nil {
			var why *identity.ImportError
			require.ErrorAs(t, err, &why)
			require.NotEmpty(t, why.Text)
			require.True(t, utf8.ValidString(why.Text))
			require.Empty(t, rows)
			return
		}
		require.NotEmpty(t, rows)
		for _, r := range rows {
			require.Positive(t, r.Line)
			for field, says := range r.Errors {
				require.NotEmpty(t, field)
				require.NotEmpty(t, says)
			}
		}
		mending := identity.MendingTable(rows)
		require.Len(t, mending, len(rows)+1)
		for _, line := range mending {
			require.Len(t, line, len(mending[0]))
		}
	})
}
