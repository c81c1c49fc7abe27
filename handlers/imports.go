package handlers

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const (
	importsPath = "/imports"
	// importPage is how many rows of an import a page shows.
	importPage = 100
)

func importPath(id string) string { return importsPath + "/" + url.PathEscape(id) }

// listImports is what was brought in from files, a page at a time.
func (s *server) listImports(c echo.Context) error {
	place := parse(c.QueryParams())
	var f identity.ImportFilter
	if f.After, f.Limit = place.place(); len(place.errors) > 0 {
		return badFilter(place.errors)
	}
	page, err := s.Desk.Imports(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, listJSON[importJSON]{
			Items: each(page.Items, toImport), Next: orNull(page.Next), Total: page.Total, TotalAtLeast: page.TotalAtLeast,
		})
	}
	return html(c, http.StatusOK, views.Imports(views.ImportsPage{
		Chrome: s.page(c, views.SectionImports), Items: page.Items, After: f.After, Next: page.Next,
	}))
}

// newImport is the form for a file.
func (s *server) newImport(c echo.Context) error {
	return html(c, http.StatusOK, views.NewImport(s.importForm(c)))
}

func (s *server) importForm(c echo.Context) views.NewImportPage {
	return views.NewImportPage{Chrome: s.page(c, views.SectionImports), Columns: identity.ImportColumns(), Typed: c.Request().PostForm.Get("text")}
}

// importTemplateCSV is a table to fill in.
func (s *server) importTemplateCSV(c echo.Context) error {
	return attach(c, "import-template.csv", "text/csv; charset=utf-8", identity.ImportTemplateCSV())
}

// importTemplateJSONL is an example of a line.
func (s *server) importTemplateJSONL(c echo.Context) error {
	return attach(c, "import-template.jsonl", "application/jsonl; charset=utf-8", identity.ImportTemplateJSONL())
}

func attach(c echo.Context, name, kind string, file []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	return c.Blob(http.StatusOK, kind, file)
}

// uploadImport reads a file, and leads to what it holds. What cannot be read at all comes back with why.
func (s *server) uploadImport(c echo.Context) error {
	file, err := importFile(c)
	var i identity.Import
	if err == nil {
		i, err = s.Desk.UploadImport(c.Request().Context(), actor(c), file)
	}
	if f := s.inPlace(c, err, fault.Invalid); f != nil {
		p := s.importForm(c)
		p.Text, p.Errors = f.Text, f.Fields
		return html(c, http.StatusUnprocessableEntity, views.NewImport(p))
	}
	if err != nil {
		return err
	}
	return s.turnedImport(c, i.ID)
}

// importFile is what was given: a file, or pasted text.
func importFile(c echo.Context) ([]byte, error) {
	text := c.Request().PostForm.Get("text")
	given, err := c.FormFile("file")
	switch {
	case err != nil || given.Size == 0:
		return []byte(text), nil
	case strings.TrimSpace(text) != "":
		return nil, fault.Fields("Nothing was read.", map[string]string{"file": "Choose a file, or paste its text, not both."})
	}
	file, err := given.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(file)
}

// turnedImport leads to an import behind what was done with it.
func (s *server) turnedImport(c echo.Context, id string) error {
	if !wantsJSON(c) {
		return c.Redirect(http.StatusSeeOther, importPath(id))
	}
	i, _, err := s.Desk.OpenImport(c.Request().Context(), actor(c), id, identity.ImportLines{Limit: 1})
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusAccepted, toImport(i))
}

// startImport also lets an import go on.
func (s *server) startImport(c echo.Context) error { return s.turnImport(c, identity.StartImport) }

func (s *server) pauseImport(c echo.Context) error { return s.turnImport(c, identity.PauseImport) }

func (s *server) stopImport(c echo.Context) error { return s.turnImport(c, identity.StopImport) }

func (s *server) turnImport(c echo.Context, a identity.ImportAct) error {
	id := c.Param("id")
	if _, err := s.Desk.TurnImport(c.Request().Context(), actor(c), id, a); err != nil {
		return err
	}
	return s.turnedImport(c, id)
}

// showImport is one import: how far it is, and its rows.
func (s *server) showImport(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := importFilter(c.QueryParams())
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	if form != asHTML {
		f.Limit = 0
	}
	f.Errors = form == asHTML
	i, lines, err := s.Desk.OpenImport(c.Request().Context(), actor(c), c.Param("id"), f)
	switch {
	case err != nil:
		return err
	case form == asCSV:
		return s.exportImport(c, i, lines)
	case form == asJSON:
		return writeJSON(c, http.StatusOK, openedImportJSON{toImport(i), each(lines, toImportLine)})
	}
	p := views.ImportPage{Chrome: s.page(c, views.SectionImports), Import: i, Own: i.ByID == actor(c).UserID, Show: f.Result, After: f.After}
	if len(lines) > importPage {
		lines = lines[:importPage]
		p.Next = lines[importPage-1].Line
	}
	p.Lines = lines
	return html(c, http.StatusOK, views.Import(p))
}

// importFilter reads which rows are asked for: one more than are shown, to know whether there is a next page.
func importFilter(q url.Values) (identity.ImportLines, map[string]string) {
	p := parse(q)
	f := identity.ImportLines{Limit: importPage + 1}
	f.Result = identity.ImportResult(p.oneOf("result", each(identity.ImportResults(), func(r identity.ImportResult) string { return string(r) })))
	if after := q.Get("after"); after != "" {
		n, err := strconv.Atoi(after)
		if err != nil || n < 1 {
			p.errors["after"] = "Must be the number of a line."
		}
		f.After = n
	}
	return f, p.errors
}

// mendImport gives the rows that are wrong, to be mended in their file: personal data. It is logged before its first byte.
func (s *server) mendImport(c echo.Context) error {
	table, err := s.Desk.MendImport(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	sheet, err := s.newSheet(c, "import-errors", table[0])
	if err != nil {
		return err
	}
	for _, cells := range table[1:] {
		if err := sheet.write(cells); err != nil {
			return err
		}
	}
	return sheet.end()
}

// exportImport writes what became of the rows.
func (s *server) exportImport(c echo.Context, i identity.Import, lines []identity.ImportLine) error {
	if err := s.Desk.Exporting(c.Request().Context(), actor(c), onboarding.ExportImport, "import "+i.ID); err != nil {
		return err
	}
	sheet, err := s.newSheet(c, onboarding.ExportImport, []string{"line", "result", "ref_id", "identity_id", "status", "failure_code", "failure", "fields", "same_government_id"})
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := sheet.write([]string{
			strconv.Itoa(l.Line), string(l.Result), l.RefID, l.IdentityID, string(l.Status), failureCode(l), l.FailureText(), strings.Join(l.Fields, " "), cmp.Or(l.HolderRef, l.HolderID),
		}); err != nil {
			return err
		}
	}
	return sheet.end()
}

// failureCode is why the submission of a row has failed, for machines; empty where it has not.
func failureCode(l identity.ImportLine) string {
	if l.Result != identity.RowFailed {
		return ""
	}
	return l.FailureCode
}
