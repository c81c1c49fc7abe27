package handlers_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
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
	"identitydesk/internal/queue"
)

// sentFile is a file in a form, with what stands before it.
type sentFile struct {
	types         []string
	name, content string
}

func pdfFile(name string) sentFile {
	return sentFile{[]string{"PROOF_OF_FUNDS"}, name, "%PDF-1.7 " + strings.Repeat("Oddwhistle ", 9)}
}

func filesForm(files ...sentFile) (kind string, body *bytes.Buffer) {
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, f := range files {
		for _, typ := range f.types {
			_ = w.WriteField("document_types", typ)
		}
		part, _ := w.CreateFormFile("file", f.name)
		_, _ = io.WriteString(part, f.content)
	}
	_ = w.Close()
	return w.FormDataContentType(), body
}

func (b *browser) upload(caseID string, files ...sentFile) answer {
	kind, body := filesForm(files...)
	return b.do(http.MethodPost, "/identities/"+caseID+"/documents", body, "Content-Type", kind)
}

func (b *browser) uploadAsScript(caseID string, files ...sentFile) answer {
	kind, body := filesForm(files...)
	return b.do(http.MethodPost, "/identities/"+caseID+"/documents", body, "Content-Type", kind, "Accept", "application/json")
}

// asking is a case that Paxos wants documents of.
func (d *desk) asking() string {
	d.t.Helper()
	return d.learn(func(r *identity.Record) {
		r.Status = identity.Pending
		r.Details.Requirements = []identity.Requirement{{
			Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient,
		}}
	}).ID
}

// wants lets Paxos say which documents it waits for.
func (d *desk) wants(caseID string, types ...string) {
	d.t.Helper()
	require.NoError(d.t, d.store.LookAtDocuments(d.t.Context(), caseID))
	require.NoError(d.t, d.store.ApplyDocuments(d.t.Context(), d.job("documents"), identity.ListOf(nil, types, d.clock.Now())))
}

// job is the next job of a kind, as a worker claims it.
func (d *desk) job(kind string) queue.Job {
	d.t.Helper()
	jobs, err := d.store.ClaimJobs(d.t.Context(), []string{kind}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1)
	return jobs[0]
}

func (d *desk) uploads(caseID string) []identity.DocumentUpload {
	d.t.Helper()
	all, err := d.store.Uploads(d.t.Context(), caseID)
	require.NoError(d.t, err)
	return all
}

func checkLines(doc *goquery.Document) (lines []string) {
	doc.Find(`[data-testid="check-line"]`).Each(func(_ int, l *goquery.Selection) {
		lines = append(lines, l.AttrOr("data-type", "")+" "+l.AttrOr("data-state", ""))
	})
	return lines
}

func TestUploadDocuments(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.asking()
	d.wants(id, "PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY")
	ana := d.as(access.Analyst)
	doc := ana.get("/identities/" + id).page(http.StatusOK)
	require.Equal(t, []string{"PROOF_OF_FUNDS missing", "PROOF_OF_RESIDENCY missing"}, checkLines(doc))
	require.Equal(t, "#documents", doc.Find(`[data-testid="go-upload"]`).AttrOr("href", ""), "the next action leads to the form")
	require.Contains(t, doc.Text(), "Collect the documents that Paxos asks for: Proof of funds, Proof of residency.")
	form := doc.Find(`form[data-testid="upload"]`)
	require.Equal(t, "multipart/form-data", form.AttrOr("enctype", ""))
	for _, typ := range []string{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"} {
		target, has := doc.Find(`[data-testid="check-line"][data-type="` + typ + `"]`).Attr("data-drop")
		require.True(t, has, "the line of the list takes what is dropped on it")
		require.Equal(t, typ, form.Find("#"+target).Parent().Find(`[name="document_types"]`).AttrOr("value", ""))
	}
	require.Equal(t, 3, form.Find(`input[type="file"]`).Length(), "one for each, and one for any other")

	bill := sentFile{[]string{"PROOF_OF_RESIDENCY"}, "bill.png", "\x89PNG\r\n\x1a\n" + strings.Repeat("b", 3<<20)}
	a := ana.upload(id, pdfFile("May 2026.pdf"), sentFile{nil, "June 2026.pdf", "%PDF-1.7"}, bill, sentFile{[]string{"OTHER_DOCUMENTS"}, "", ""})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc = ana.get("/identities/" + id).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid="notice"]`).Text(), "3 files are taken in")
	require.Equal(t, []string{"PROOF_OF_FUNDS uploading", "PROOF_OF_RESIDENCY uploading"}, checkLines(doc))
	require.NotContains(t, doc.Text(), "Collect the documents", "nothing is asked for twice")
	require.NotContains(t, doc.Text(), "We need these documents")
	require.Contains(t, doc.Text(), "Wait: all that Paxos asks for is uploaded, or on its way.")
	files := doc.Find(`[data-testid="file"]`)
	require.Equal(t, 3, files.Length())
	require.Contains(t, files.Text(), "June 2026.pdf")
	require.Contains(t, files.Text(), "some analyst")
	require.Contains(t, doc.Text(), "Took in a document by some analyst")

	for _, u := range d.uploads(id) {
		task, err := d.store.BeginUpload(t.Context(), d.job("upload"))
		require.NoError(t, err)
		r, err := d.spool.Content(t.Context(), task.File)
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Len(t, content, int(task.Size))
		require.Equal(t, task.ContentType, identity.Sniff(content), u.ID)
	}

	for role, names := range map[access.Role]bool{access.Lead: true, access.Auditor: true, access.Viewer: false, access.Admin: false} {
		b := d.as(role)
		doc := b.get("/identities/" + id).page(http.StatusOK)
		require.Equal(t, names, strings.Contains(doc.Text(), "May 2026.pdf"), role)
		require.Equal(t, role == access.Lead, doc.Find(`form[data-testid="upload"], [data-testid="upload-other"]`).Length() > 0, role)
		require.Equal(t, role == access.Lead, doc.Find(`[data-testid="take-back"]`).Length() > 0, role)
		require.NotContains(t, b.json("/identities/"+id).body, "May 2026", "JSON carries no names")
	}
	o := ana.json("/identities/" + id).object(http.StatusOK)
	require.Len(t, o["documents"], 2)
	require.Equal(t, true, o["can_upload"])
}

// Lists tell what is still to be brought as the case does, also to scripts and in files.
func TestListsTellWhatIsStillToBeBrought(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.asking()
	d.wants(id, "PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY")
	ana := d.as(access.Analyst)
	const why = "Paxos asks for documents for enhanced due diligence"
	told := func(row, next string) {
		t.Helper()
		for _, list := range []string{"/queue", "/queue?lane=action", "/identities", "/lookup?q=" + id} {
			item := ana.json(list).items(http.StatusOK)[0]
			require.Equal(t, next, item["next_text"], list)
			require.Equal(t, row, item["blocking"].([]any)[0].(map[string]any)["text"], list)
		}
		require.Contains(t, ana.get("/queue").page(http.StatusOK).Find("tbody").Text(), row)
		for _, list := range []string{"/queue", "/identities"} {
			require.Contains(t, ana.get(list+"?format=csv").body, row, list)
		}
		o := ana.json("/identities/" + id).object(http.StatusOK)
		require.Equal(t, next, o["next_text"])
	}
	const collect = "Collect the documents that Paxos asks for: %s. Then upload them to Paxos."
	told(why+": Proof of funds, Proof of residency", fmt.Sprintf(collect, "Proof of funds, Proof of residency"))
	require.Equal(t, http.StatusSeeOther, ana.upload(id, pdfFile("May 2026.pdf")).status)
	told(why+", still to bring: Proof of residency", fmt.Sprintf(collect, "Proof of residency"))
	require.Equal(t, http.StatusSeeOther, ana.upload(id, sentFile{[]string{"PROOF_OF_RESIDENCY"}, "bill.pdf", "%PDF-1.7 bill"}).status)
	told(why+": all uploaded, or on their way", "Wait: all that Paxos asks for is uploaded, or on its way. The desk shows the answer by itself.")
}

// Each file that is refused is named with the remedy, and the others are taken in.
func TestRefusedFilesAreNamedAndTheOthersKept(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.asking()
	ana := d.as(access.Analyst)
	wrong := map[string]sentFile{
		"save it as one of these": {[]string{"CURP"}, "moving.gif", "GIF89a"},
		"this one is empty":       {[]string{"CURP"}, "empty.pdf", ""},
		"end it in .pdf":          {[]string{"CURP"}, "picture.png", "%PDF-1.7"},
		"another name":            {[]string{"CURP"}, "ana@example.org.pdf", "%PDF-1.7"},
		"Choose from the list":    {[]string{"my own words"}, "kind.pdf", "%PDF-1.7"},
		"there already":           {[]string{"CURP"}, "good.pdf", "%PDF-1.7"},
	}
	require.Equal(t, http.StatusSeeOther, ana.upload(id, pdfFile("good.pdf")).status)
	n := 1
	for remedy, f := range wrong {
		a := ana.upload(id, f, pdfFile(fmt.Sprintf("fine %d.pdf", n)))
		problem := a.page(http.StatusUnprocessableEntity).Find(`[data-testid="problem"]`).Text()
		require.Contains(t, problem, f.name)
		require.Contains(t, problem, remedy)
		require.Contains(t, problem, "1 file was taken in, 1 file was not.")
		n++
		require.Len(t, d.uploads(id), n)
	}
	failure := ana.uploadAsScript(id, pdfFile("one more.pdf"), wrong["this one is empty"]).failure(http.StatusUnprocessableEntity)
	require.Equal(t, map[string]any{"file 2": "Choose a file: this one is empty."}, failure["fields"])
	require.Equal(t, http.StatusAccepted, ana.uploadAsScript(id, pdfFile("by script.pdf")).status)
	files, _, err := d.spool.Size(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, len(d.uploads(id)), files, "nothing is left of what was refused")
}

func TestUploadBounds(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.asking()
	ana := d.as(access.Analyst)
	path := "/identities/" + id + "/documents"
	kind, whole := filesForm(pdfFile("first.pdf"), pdfFile("second.pdf"))
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"no form":              {"application/json", "{}", http.StatusUnsupportedMediaType},
		"a form without parts": {"application/x-www-form-urlencoded", "file=a", http.StatusUnsupportedMediaType},
		"broken":               {"multipart/form-data; boundary=x", "no parts", http.StatusBadRequest},
		"no file at all":       {"multipart/form-data; boundary=x", "--x--\r\n", http.StatusUnprocessableEntity},
		"a long field":         {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"back\"\r\n\r\n" + strings.Repeat("b", 2000) + "\r\n--x--\r\n", http.StatusBadRequest},
		"no text": {
			"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"document_types\"\r\n\r\n\xff\r\n--x--\r\n", http.StatusBadRequest,
		},
		"it ends in the second file": {kind, whole.String()[:whole.Len()-80], http.StatusBadRequest},
	} {
		a := ana.do(http.MethodPost, path, strings.NewReader(c.body), "Content-Type", c.kind, "Accept", "application/json")
		a.failure(c.status)
		require.Equal(t, c.status, a.status, name)
	}
	kept := d.uploads(id)
	require.Len(t, kept, 1, "what came whole before is kept")
	require.Equal(t, "first.pdf", kept[0].Name)
	files, _, err := d.spool.Size(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, files, "and nothing of the other")

	var many []sentFile
	for n := range 21 {
		many = append(many, pdfFile(fmt.Sprintf("many %d.pdf", n)))
	}
	many[4] = sentFile{[]string{"CURP"}, "moving.gif", "GIF89a"}
	failure := ana.uploadAsScript(id, many...).failure(http.StatusRequestEntityTooLarge)
	require.Equal(t, "19 files were taken in, 2 files were not.", failure["text"])
	fields, _ := failure["fields"].(map[string]any)
	require.Contains(t, fields["file 5"], "save it as one of these")
	require.Contains(t, fields["file 21"], "up to 20 files")
	require.Len(t, d.uploads(id), 20)
}

// What is no file is held in memory, and bounded in all.
func TestAnUploadHoldsLittleInMemory(t *testing.T) {
	t.Parallel()
	d := boot(t)
	ana := d.as(access.Analyst)
	path := "/identities/" + d.asking() + "/documents"
	for name, part := range map[string]string{"large": strings.Repeat("k", 1000), "empty": ""} {
		parts := "--x\r\nContent-Disposition: form-data; name=\"document_types\"\r\n\r\n" + part + "\r\n"
		form := strings.NewReader(strings.Repeat(parts, 5000) + "--x--\r\n")
		a := ana.do(http.MethodPost, path, form, "Content-Type", "multipart/form-data; boundary=x", "Accept", "application/json")
		require.Equal(t, http.StatusRequestEntityTooLarge, a.status, name)
	}
}

// A refused form names each file, and keeps what was chosen.
func TestARefusedUploadKeepsWhatWasChosen(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.asking()
	ana := d.as(access.Analyst)
	doc := ana.upload(id, sentFile{[]string{"CURP"}, "", ""}).page(http.StatusUnprocessableEntity)
	require.Equal(t, "CURP", doc.Find("#upload-type option[selected]").AttrOr("value", ""))
	require.Equal(t, "#upload-file", doc.Find(`[data-testid="problem"] a`).AttrOr("href", ""))
	field := doc.Find("#upload-file")
	require.Equal(t, []string{"true", "upload-file-error upload-hint"}, []string{field.AttrOr("aria-invalid", ""), field.AttrOr("aria-describedby", "")})
	require.Equal(t, "Choose a file.", strings.TrimSpace(doc.Find("#upload-file-error").Text()))

	gif := sentFile{[]string{"CURP"}, "scan.gif", "GIF89a"}
	doc = ana.upload(id, gif, sentFile{nil, "scan.gif", ""}).page(http.StatusUnprocessableEntity)
	require.Equal(t, 2, doc.Find(`[data-testid="problem"] li`).Length(), "two of the same name")
	require.Equal(t, "CURP", doc.Find("#upload-type option[selected]").AttrOr("value", ""))
	require.Equal(t, "OTHER_DOCUMENTS", ana.get("/identities/"+id).page(http.StatusOK).Find("#upload-type option[selected]").AttrOr("value", ""))
}

func TestUploadsThatAreNotPossible(t *testing.T) {
	t.Parallel()
	d := boot(t)
	ana := d.as(access.Analyst)
	failed := strings.TrimPrefix(d.failed(ana), "/identities/")
	ana.uploadAsScript(failed, pdfFile("a.pdf")).failure(http.StatusConflict)
	require.Contains(t, ana.upload(failed, pdfFile("a.pdf")).page(http.StatusConflict).Text(), "Paxos does not hold this identity yet")
	require.Zero(t, ana.get("/identities/"+failed).page(http.StatusOK).Find(`[data-testid="documents"]`).Length())
	ana.uploadAsScript("nobody", pdfFile("a.pdf")).failure(http.StatusNotFound)
	files, _, err := d.spool.Size(t.Context())
	require.NoError(t, err)
	require.Zero(t, files)
}

// A file that failed is sent again, under another name where its own is used, or taken back.
func TestFailedFiles(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.asking()
	ana := d.as(access.Analyst)
	require.Equal(t, http.StatusSeeOther, ana.upload(id, pdfFile("May.pdf")).status)
	file := d.uploads(id)[0].ID
	at := "/identities/" + id + "/documents/" + file
	refuse := func(code string) {
		t.Helper()
		require.NoError(t, d.store.UploadRefused(t.Context(), d.job("upload"), code, ""))
	}
	refuse(identity.FileNameTaken)
	doc := ana.get("/identities/" + id).page(http.StatusOK)
	require.Equal(t, []string{"PROOF_OF_FUNDS failed"}, checkLines(doc))
	require.Equal(t, "May (2).pdf", doc.Find(`input[name="name"]`).AttrOr("value", ""), "another name is offered")
	for name, wrong := range map[string]string{"": "Enter a name", " ": "Enter a name", "May.pdf": "use another name", "May": "end it in .pdf", "a/b.pdf": "without /"} {
		problem := ana.post(at+"/again", url.Values{"name": {name}, "file": {file}}).page(http.StatusUnprocessableEntity)
		require.Contains(t, problem.Find(`[data-testid="problem"]`).Text(), wrong)
		require.Equal(t, cmp.Or(name, "May (2).pdf"), problem.Find(`#file-name`).AttrOr("value", ""), "what was typed stays")
	}
	a := ana.post(at+"/again", url.Values{"name": {"June.pdf"}, "file": {file}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "June.pdf", d.uploads(id)[0].Name)

	refuse(identity.FileRefused)
	doc = ana.get("/identities/" + id).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid="file-failed"]`).Text(), "does not take the file")
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/again", nil).status)
	require.Equal(t, identity.FileQueued, d.uploads(id)[0].State)
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/again", nil).status, "a second click")
	d.as(access.Lead).do(http.MethodPost, at+"/again", nil, "Accept", "application/json").failure(http.StatusConflict)

	require.Equal(t, http.StatusSeeOther, ana.post(at+"/remove", nil).status)
	require.Equal(t, identity.FileRemoved, d.uploads(id)[0].State)
	files, _, err := d.spool.Size(t.Context())
	require.NoError(t, err)
	require.Zero(t, files, "its content is gone at once")
	doc = ana.get("/identities/" + id).page(http.StatusOK)
	require.Empty(t, checkLines(doc))
	require.Equal(t, http.StatusSeeOther, ana.post(at+"/remove", nil).status, "a second click")
	d.as(access.Lead).do(http.MethodPost, at+"/remove", nil, "Accept", "application/json").failure(http.StatusConflict)
	ana.do(http.MethodPost, "/identities/"+id+"/documents/nothing/remove", nil, "Accept", "application/json").failure(http.StatusNotFound)
	for _, what := range []audit.Action{audit.Uploaded, audit.UploadedAgain, audit.TookUploadBack} {
		found, err := d.store.AuditEntries(t.Context(), audit.Filter{IdentityID: id, Action: what, Limit: 5})
		require.NoError(t, err)
		require.NotEmpty(t, found, what)
		require.Equal(t, file, found[0].Object)
		require.NotContains(t, fmt.Sprint(found), "June")
	}
}
