package handlers_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// people is a table of persons to import: one who is new, one whose ref_id the desk holds, one with an error.
func importedPeople() string {
	var names []string
	cells := map[string][]string{}
	for _, c := range identity.ImportColumns() {
		names = append(names, c.Field)
		for n, refID := range []string{"im-1", "user-4711", "im-3"} {
			value := c.Example
			switch c.Field {
			case "ref_id":
				value = refID
			case "person_details.last_name":
				value = family
			case "person_details.cip_id":
				value = fmt.Sprintf("078-05-%d", 1120+n)
			case "person_details.first_name":
				if value = "Quillon"; n == 2 {
					value = "Quillón"
				}
			}
			cells[refID] = append(cells[refID], value)
		}
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll([][]string{names, cells["im-1"], cells["user-4711"], cells["im-3"]})
	return b.String()
}

// uploadFile sends a file as a browser does; headers are pairs.
func (b *browser) uploadFile(file, text string, headers ...string) answer {
	b.d.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "Zarathorn people.csv")
	require.NoError(b.d.t, err)
	_, err = part.Write([]byte(file))
	require.NoError(b.d.t, err)
	require.NoError(b.d.t, w.WriteField("text", text))
	require.NoError(b.d.t, w.Close())
	return b.do(http.MethodPost, "/imports", &body, append([]string{"Content-Type", w.FormDataContentType()}, headers...)...)
}

// step runs the job of an import, as often as it is due.
func (d *desk) stepImports() {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{"import"}, 9, time.Minute)
	require.NoError(d.t, err)
	for _, j := range jobs {
		require.NoError(d.t, d.store.StepImport(d.t.Context(), j, 4, time.Second))
	}
}

func told(doc *goquery.Document, id string) string {
	return strings.Join(strings.Fields(doc.Find("[data-testid="+id+"]").Text()), " ")
}

// A lead looks through a file, starts it, and sees what becomes of each row; what people's details are stands nowhere else.
func TestImport(t *testing.T) {
	t.Parallel()
	d := boot(t)
	known := d.learn(nil)
	lead := d.as(access.Lead)
	doc := lead.get("/imports").page(http.StatusOK)
	require.Contains(t, told(doc, "empty"), "Fill in the template")
	require.Equal(t, "/imports", doc.Find(".sidebar [aria-current=page]").AttrOr("href", ""))
	doc = lead.get("/imports/new").page(http.StatusOK)
	require.Equal(t, "multipart/form-data", doc.Find("[data-testid=import-form]").AttrOr("enctype", ""))

	a := lead.uploadFile(importedPeople(), "")
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	at := a.header.Get("Location")
	require.Regexp(t, `^/imports/[0-9a-f-]{36}$`, at)
	doc = lead.get(at).page(http.StatusOK)
	require.Equal(t, "not started", told(doc, "state"))
	require.Equal(t, "Submit 1 person", told(doc, "start"))
	require.Equal(t, "New 1", told(doc, "tab-new"))
	require.Equal(t, "Already known 1", told(doc, "tab-known"))
	require.Equal(t, "With errors 1", told(doc, "tab-wrong"))
	rows := doc.Find("[data-testid=row]")
	require.Equal(t, 3, rows.Length())
	require.Contains(t, rows.Eq(0).Text(), "im-1")
	require.Equal(t, "/identities/"+known.ID, rows.Eq(1).Find("a").AttrOr("href", ""))
	require.Contains(t, rows.Eq(2).Text(), "write Quillon?", "whoever uploaded it sees what is wrong in words")
	require.NotContains(t, rows.Eq(2).Text(), "im-3", "what stands in a row with errors need not be a ref_id")
	require.NotContains(t, doc.Text(), family)
	require.Equal(t, 0, doc.Find("[data-testid=pause]").Length())

	other := d.browser()
	require.Equal(t, http.StatusSeeOther, other.post("/login/dev", url.Values{"user": {"another lead"}, "role": {"lead"}}).status)
	page := other.get(at).page(http.StatusOK)
	require.Contains(t, page.Find("[data-testid=row]").Eq(2).Text(), "person_details.first_name")
	require.NotContains(t, page.Text(), "Quillon")
	require.Zero(t, page.Find("[data-testid=errors-csv]").Length(), "rows with personal data are for who uploaded them")
	refused := other.get(at + "/errors.csv")
	require.Equal(t, http.StatusForbidden, refused.status)
	require.Contains(t, refused.body, "Only who uploaded the file")
	require.NotContains(t, refused.body, "Quill")

	mend := lead.get(at + "/errors.csv")
	require.Equal(t, http.StatusOK, mend.status)
	require.Equal(t, "no-store", mend.header.Get("Cache-Control"))
	require.Contains(t, mend.header.Get("Content-Disposition"), `filename="import-errors-`)
	require.Contains(t, mend.body, "Quillón")
	require.NotContains(t, mend.body, "im-1")
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.Exported})
	require.NoError(t, err)
	e := entries[0]
	require.Equal(t, "import errors", e.Object)
	require.Contains(t, e.Detail, "1 rows of import ")

	require.Equal(t, http.StatusSeeOther, lead.post(at+"/start", nil).status)
	d.stepImports()
	doc = lead.get(at).page(http.StatusOK)
	require.Equal(t, "sending the last", told(doc, "state"))
	require.Equal(t, "Queued 1", told(doc, "tab-queued"))
	require.Contains(t, told(doc, "steps"), "Started by some lead")
	require.Contains(t, told(doc, "steps"), "Every row has had its turn by the desk")
	require.Equal(t, http.StatusConflict, lead.post(at+"/pause", nil).status)
	created := doc.Find("[data-testid=row] a").First().AttrOr("href", "")
	require.Contains(t, lead.get(created).page(http.StatusOK).Find("main").Text(), "Quillon "+family, "a case as any other")

	o := lead.json(at).object(http.StatusOK)
	require.Equal(t, map[string]any{"queued": 1.0, "known": 1.0, "wrong": 1.0}, o["results"])
	require.EqualValues(t, 2, o["done"])
	result := lead.get(at + "?format=csv")
	require.Contains(t, result.body, "line,result,ref_id,identity_id,status,failure_code,failure,fields")
	require.Contains(t, result.body, "4,wrong,,,,,,person_details.first_name")
	for _, body := range []string{lead.json(at).body, result.body, lead.get("/imports").body, d.log.String()} {
		for _, detail := range []string{"Quill", family, "078-05-1120"} {
			require.NotContains(t, body, detail)
		}
	}
	require.Contains(t, told(lead.get("/imports").page(http.StatusOK), "import"), "2 of 3 rows")
	_, err = d.store.VerifyAudit(t.Context())
	require.NoError(t, err)
}

// The same file again says so, and adds nobody.
func TestImportAgain(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	first := lead.uploadFile(importedPeople(), "").header.Get("Location")
	lead.post(first+"/start", nil)
	d.stepImports()
	d.clock.Advance(time.Minute)
	again := lead.uploadFile("", importedPeople())
	require.Equal(t, http.StatusSeeOther, again.status, "pasted text is as good as a file")
	doc := lead.get(again.header.Get("Location")).page(http.StatusOK)
	require.Equal(t, first, doc.Find("[data-testid=same] a").AttrOr("href", ""))
	require.Equal(t, "Already known 2", told(doc, "tab-known"))
	require.Equal(t, 0, doc.Find("[data-testid=start]").Length(), "nothing to start")
	require.Contains(t, told(doc, "words"), "No row can be submitted")
}

// A paused import whose rows another one has submitted says so, and can be ended.
func TestPausedImportThatIsSettled(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	paused := lead.uploadFile(importedPeople(), "").header.Get("Location")
	lead.post(paused+"/start", nil)
	lead.post(paused+"/pause", nil)
	require.Contains(t, told(lead.get("/imports").page(http.StatusOK), "import"), "paused")
	other := lead.uploadFile(importedPeople(), "").header.Get("Location")
	lead.post(other+"/start", nil)
	d.stepImports()

	doc := lead.get(paused).page(http.StatusOK)
	require.Equal(t, "nothing left to submit", told(doc, "state"))
	require.Contains(t, told(doc, "words"), "no row of it waits any more")
	require.Equal(t, "Go on", told(doc, "start"))
	list := lead.get("/imports").page(http.StatusOK).Find("[data-testid=imports], main").Text()
	require.Contains(t, list, "nothing left to submit")
	require.NotContains(t, list, "paused")
	require.NotContains(t, list, "in 6d")
	lead.post(paused+"/start", nil)
	d.stepImports()
	require.Equal(t, "done", lead.json(paused).object(http.StatusOK)["state"])
}

func TestImportPauseAndStop(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	at := lead.uploadFile(importedPeople(), "").header.Get("Location")
	o := lead.post(at+"/start", nil, "Accept", "application/json").object(http.StatusAccepted)
	require.Equal(t, "running", o["state"])
	require.Nil(t, o["keep_until"])
	lead.post(at+"/pause", nil)
	doc := lead.get(at).page(http.StatusOK)
	require.Equal(t, "paused", told(doc, "state"))
	require.Equal(t, "Go on", told(doc, "start"))
	require.Equal(t, http.StatusSeeOther, lead.post(at+"/stop", nil).status)
	doc = lead.get(at).page(http.StatusOK)
	require.Equal(t, "Left out 2", told(doc, "tab-left"))
	require.Equal(t, 0, doc.Find("[data-testid=start], [data-testid=pause], [data-testid=stop]").Length())
	require.Equal(t, http.StatusConflict, lead.post(at+"/start", nil).status)
	d.clock.Advance(identity.ImportErrorsKept)
	d.stepImports()
	lead = d.as(access.Lead) // a session does not last for a day
	require.Equal(t, http.StatusNotFound, lead.get(at+"/errors.csv").status)
	require.Equal(t, 0, lead.get(at).page(http.StatusOK).Find("[data-testid=errors-csv]").Length())
	require.Equal(t, http.StatusNotFound, lead.get("/imports/none").status)
	require.Equal(t, http.StatusUnprocessableEntity, lead.get(at+"?result=nothing").status)
}

// What cannot be read comes back with why, beside the field, and with the text that was pasted.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	for name, c := range map[string]struct{ file, text, says string }{
		"nothing":           {"", "", "The file is empty"},
		"both":              {"ref_id\na\n", "ref_id\na\n", "not both"},
		"an unknown column": {"", "ref_id,midle_name\na,Maximiliane\n", "not known: midle_name"},
		"a spreadsheet":     {"PK\x03\x04", "", "spreadsheet's own file"},
		"too large":         {strings.Repeat("x", identity.MaxImportBytes+1), "", "larger than 5 MiB"},
	} {
		doc := lead.uploadFile(c.file, c.text).page(http.StatusUnprocessableEntity)
		require.Contains(t, doc.Find("#import-file-error").Text(), c.says, name)
		require.Equal(t, "true", doc.Find("#import-file").AttrOr("aria-invalid", ""), name)
		require.Equal(t, strings.TrimSpace(c.text), strings.TrimSpace(doc.Find("#import-text").Text()), name)
	}
	f := lead.uploadFile("midle_name\n", "", "Accept", "application/json").failure(http.StatusUnprocessableEntity)
	require.Contains(t, f["fields"], "file")
	require.Equal(t, http.StatusRequestEntityTooLarge, lead.uploadFile(strings.Repeat("x", 7<<20), "").status)
	require.NotContains(t, d.log.String(), "Maximiliane")
	require.EqualValues(t, 0, lead.json("/imports").object(http.StatusOK)["total"])
}

// The templates that the page offers can be uploaded as they are, and nobody comes of them.
func TestImportTemplates(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	for _, path := range []string{"/imports/template.csv", "/imports/template.jsonl"} {
		template := lead.get(path)
		require.Equal(t, http.StatusOK, template.status)
		require.Contains(t, template.header.Get("Content-Disposition"), "attachment; filename=")
		doc := lead.get(lead.uploadFile(template.body, "").header.Get("Location")).page(http.StatusOK)
		require.Contains(t, told(doc, "row"), "template's example", path)
		require.Equal(t, 0, doc.Find("[data-testid=start]").Length())
	}
}

// Many rows come in pages, and each result can be looked at alone.
func TestImportPages(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	at := lead.uploadFile("ref_id\n"+strings.Repeat("many\n", 150), "").header.Get("Location")
	doc := lead.get(at + "?result=wrong").page(http.StatusOK)
	require.Equal(t, 100, doc.Find("[data-testid=row]").Length())
	next := doc.Find("[data-testid=next]").AttrOr("href", "")
	doc = lead.get(next).page(http.StatusOK)
	require.Equal(t, 50, doc.Find("[data-testid=row]").Length())
	require.Equal(t, 0, doc.Find("[data-testid=next]").Length())
	require.Equal(t, "page", doc.Find("[data-testid=tab-wrong]").AttrOr("aria-current", ""))
	require.Len(t, lead.json(at).object(http.StatusOK)["items"], 150)
}

func TestImportsAreForLeads(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for _, role := range []access.Role{access.Analyst, access.Viewer, access.Auditor, access.Admin} {
		b := d.as(role)
		require.Equal(t, http.StatusForbidden, b.uploadFile(importedPeople(), "").status, role)
		require.Equal(t, http.StatusForbidden, b.get("/imports/new").status, role)
		require.Equal(t, role == access.Auditor, b.get("/queue").page(http.StatusOK).Find(`a[href="/imports"]`).Length() == 1, role)
	}
	require.Equal(t, 1, d.as(access.Lead).get("/queue").page(http.StatusOK).Find(`a[href="/imports"]`).Length())
}

// An auditor reads what was imported and what became of it, and can do nothing with it.
func TestAuditorReadsImports(t *testing.T) {
	t.Parallel()
	d := boot(t)
	auditor := d.as(access.Auditor)
	require.Contains(t, auditor.get("/imports").page(http.StatusOK).Text(), "A lead imports files of many persons.")
	at := d.as(access.Lead).uploadFile(importedPeople()+"wrong\n", "").header.Get("Location")
	list := auditor.get("/imports").page(http.StatusOK)
	require.Equal(t, 1, list.Find("[data-testid=import]").Length())
	require.Zero(t, list.Find("[data-testid=new-import], a[href='/imports/new']").Length())
	page := auditor.get(at).page(http.StatusOK)
	require.Positive(t, page.Find("[data-testid=row]").Length())
	require.Zero(t, page.Find("main form, [data-testid=errors-csv]").Length())
	require.Equal(t, 1, d.as(access.Lead).get(at).page(http.StatusOK).Find("[data-testid=start]").Length(), "a lead could start it")
	require.Equal(t, http.StatusOK, auditor.get(at+"?format=csv").status)
	require.Equal(t, http.StatusForbidden, auditor.get(at+"/errors.csv").status)
	require.Equal(t, http.StatusForbidden, auditor.post(at+"/start", nil).status)
}

// Lists of imports go on where a page ends, for people and for scripts.
func TestImportsListInPages(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	for range 3 {
		require.Equal(t, http.StatusSeeOther, lead.uploadFile(importedPeople(), "").status)
	}
	page := lead.get("/imports?limit=2").page(http.StatusOK)
	require.Equal(t, 2, page.Find("[data-testid=import]").Length())
	rest := lead.get(page.Find("#imports [data-testid=next]").AttrOr("href", "")).page(http.StatusOK)
	require.Equal(t, 1, rest.Find("[data-testid=import]").Length())
	require.Zero(t, rest.Find("[data-testid=next]").Length())
	require.Equal(t, "/imports", rest.Find("[rel=first]").AttrOr("href", ""))
	require.Contains(t, rest.Find("#imports").AttrOr("hx-get", ""), "/imports?after=", "a live page stays where it is")

	list := lead.get("/imports?limit=2", "Accept", "application/json").object(http.StatusOK)
	require.Len(t, list["items"], 2)
	require.EqualValues(t, 3, list["total"])
	next, _ := list["next"].(string)
	list = lead.get("/imports?limit=2&after="+next, "Accept", "application/json").object(http.StatusOK)
	require.Len(t, list["items"], 1)
	require.Nil(t, list["next"])
	require.Equal(t, http.StatusUnprocessableEntity, lead.get("/imports?after=nonsense", "Accept", "application/json").status)
}

// Where nothing but a broken line is wrong, the rows to mend are its place, what is wrong with it, and columns to write it anew.
func TestMendingFileOfABrokenLine(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	whole := strings.Replace(string(identity.ImportTemplateJSONL()), identity.ImportExample, "im-9", 1)
	at := lead.uploadFile(whole+`{"ref_id":"Quillon`+"\n", "").header.Get("Location")
	doc := lead.get(at).page(http.StatusOK)
	require.Equal(t, 1, doc.Find("[data-testid=errors-csv]").Length())
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(lead.get(at+"/errors.csv").body, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, table, 2)
	require.Equal(t, []string{"import_line", "import_errors", "ref_id"}, table[0][:3])
	require.Equal(t, []string{"2", "row: It cannot be read: each line must be one whole JSON object.", ""}, table[1][:3])
	require.NotContains(t, strings.Join(table[1], ""), "Quillon")
}

// A row that is new tells whose government id it gives, where a case here holds it under another ref_id: Paxos would refuse it.
func TestImportTellsOfAHeldGovernmentID(t *testing.T) {
	t.Parallel()
	d := boot(t)
	lead := d.as(access.Lead)
	place := lead.post("/identities", example()).header.Get("Location")
	other := example()
	other["ref_id"], other["person_details.cip_id"] = []string{"user-77"}, []string{"078-05-1121"} // of the row of user-4711
	require.Equal(t, http.StatusSeeOther, lead.post("/identities", other).status)
	at := lead.uploadFile(strings.Replace(importedPeople(), "078-05-1120", "073-05-1120", 1), "").header.Get("Location")
	auditor := d.as(access.Auditor)
	for _, b := range []*browser{lead, auditor} {
		doc := b.get(at).page(http.StatusOK)
		held := doc.Find("[data-testid=held-id]")
		require.Equal(t, 1, held.Length(), "of the one row, and of none else")
		require.Equal(t, place, held.Find("a").AttrOr("href", ""))
		require.Equal(t, "user-4711", held.Find("a").Text())
		require.Equal(t, 1, doc.Find("[data-testid=row]").First().Find("[data-testid=held-id]").Length())
	}
	id := strings.TrimPrefix(place, "/identities/")
	items := lead.json(at).object(http.StatusOK)["items"].([]any)
	require.Equal(t, map[string]any{"id": id, "ref_id": "user-4711"}, items[0].(map[string]any)["same_government_id"])
	require.Nil(t, items[1].(map[string]any)["same_government_id"], "it is known by its ref_id")
	require.Nil(t, items[2].(map[string]any)["same_government_id"], "it has errors")
	sheet := lead.get(at + "?format=csv").body
	require.Contains(t, sheet, "failure,fields,same_government_id")
	require.Contains(t, sheet, "2,new,im-1,,,,,,user-4711")
	for _, a := range []answer{lead.get(at), lead.json(at), lead.get(at + "?format=csv")} {
		require.NotContains(t, a.body, "073-05-1120")
	}
	require.Equal(t, http.StatusSeeOther, lead.post(at+"/start", nil).status)
	d.stepImports()
	require.Zero(t, lead.get(at).page(http.StatusOK).Find("[data-testid=held-id]").Length(), "it is a case now, and tells by itself")
}
