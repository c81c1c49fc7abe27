package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// maxMany is how many ref_ids one list may hold.
const maxMany = 500

// lookUp finds a case by an id of any kind and goes straight to it where there is one.
func (s *server) lookUp(c echo.Context) error {
	q := strings.TrimSpace(c.QueryParam("q"))
	if !c.QueryParams().Has("q") && !wantsJSON(c) {
		return html(c, http.StatusOK, views.Lookup(s.lookupPage(c)))
	}
	rows, asOf, err := s.Desk.Lookup(c.Request().Context(), actor(c), q)
	if wantsJSON(c) && err == nil {
		return writeJSON(c, http.StatusOK, lookupJSON{Items: each(rows, toCase), AsOf: utc(&asOf)})
	}
	if f := fault.From(err); f != nil && f.Kind == fault.Invalid && !wantsJSON(c) {
		p := s.lookupPage(c)
		p.Error = withFields(fault.Fields("", map[string]string{"": f.Fields["q"]}))
		return html(c, http.StatusUnprocessableEntity, views.Lookup(p))
	}
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		return c.Redirect(http.StatusSeeOther, casePath(rows[0].Identity.ID))
	}
	if len(rows) == 0 && s.isEvent(c, q) {
		return c.Redirect(http.StatusSeeOther, eventPath(q))
	}
	p := s.lookupPage(c)
	p.Query, p.Rows, p.AsOf = q, each(rows, toRow), asOf
	return html(c, http.StatusOK, views.Lookup(p))
}

// isEvent reports whether an id is that of an event that the person may see: one without a case has a page all the same.
func (s *server) isEvent(c echo.Context, id string) bool {
	if !actor(c).Can(access.ReadEvents) {
		return false
	}
	_, _, err := s.Inbox.Event(c.Request().Context(), id)
	return err == nil
}

type lookupJSON struct {
	Items   []caseJSON `json:"items"`
	Missing []string   `json:"missing,omitempty"`
	AsOf    *time.Time `json:"as_of"`
}

func (s *server) lookupPage(c echo.Context) views.LookupPage {
	return views.LookupPage{Chrome: s.page(c, ""), AsOf: s.Now(), MaxMany: maxMany}
}

// many is what a list of ref_ids led to.
type many struct {
	lines []onboarding.Found
	asOf  time.Time
}

// lookUpMany finds the cases of a list of ref_ids. The list travels in the body, so that it stands in no address.
func (s *server) lookUpMany(c echo.Context) error {
	typed := c.FormValue("ref_ids")
	found, err := s.findMany(c, typed)
	if f := fault.From(err); f != nil && f.Kind == fault.Invalid && !wantsJSON(c) {
		p := s.lookupPage(c)
		p.Many, p.RefIDs, p.Error = true, typed, withFields(f)
		return html(c, http.StatusUnprocessableEntity, views.Lookup(p))
	}
	if err != nil {
		return err
	}
	if c.FormValue("format") == "csv" {
		return s.manySheet(c, found)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, lookupJSON{
			Items: each(found.rows(), toCase), Missing: found.missing(), AsOf: utc(&found.asOf),
		})
	}
	p := s.lookupPage(c)
	p.Many, p.RefIDs, p.Rows, p.Missing, p.AsOf = true, typed, each(found.rows(), toRow), found.missing(), found.asOf
	return html(c, http.StatusOK, views.Lookup(p))
}

func (s *server) findMany(c echo.Context, typed string) (many, error) {
	asked, err := splitLines(typed)
	if err != nil {
		return many{}, err
	}
	lines, asOf, err := s.Desk.LookupMany(c.Request().Context(), actor(c), asked)
	return many{lines: lines, asOf: asOf}, err
}

func refIDsWrong(text string) error {
	return fault.Fields("The list cannot be looked up.", map[string]string{"ref_ids": text})
}

// splitLines gives the ref_ids of a list, each once, in their order.
func splitLines(typed string) ([]string, error) {
	var asked []string
	seen := map[string]bool{}
	for line := range strings.Lines(strings.ReplaceAll(typed, "\r", "\n")) {
		line = strings.TrimSpace(line)
		if line == "" || seen[line] {
			continue
		}
		seen[line] = true
		asked = append(asked, line)
	}
	switch {
	case len(asked) == 0:
		return nil, refIDsWrong("Enter ref_ids, one per line.")
	case len(asked) > maxMany:
		return nil, refIDsWrong(fmt.Sprintf("Enter at most %d ref_ids; these are %d.", maxMany, len(asked)))
	}
	return asked, nil
}

func (m many) rows() []onboarding.Row {
	var rows []onboarding.Row
	for _, l := range m.lines {
		rows = append(rows, l.Rows...)
	}
	return rows
}

func (m many) missing() []string {
	var missing []string
	for _, l := range m.lines {
		if len(l.Rows) == 0 {
			missing = append(missing, l.Asked)
		}
	}
	return missing
}

// manySheet is the table as a file: each line that was asked for stands in it, found or not.
func (s *server) manySheet(c echo.Context, found many) error {
	if err := s.Desk.Exporting(c.Request().Context(), actor(c), onboarding.ExportLookup, fmt.Sprintf("%d asked", len(found.lines))); err != nil {
		return err
	}
	sheet, err := s.newSheet(c, onboarding.ExportLookup, append([]string{"asked", "found"}, caseHeader()...))
	if err != nil {
		return err
	}
	for _, l := range found.lines {
		for _, cells := range foundCells(l) {
			if err := sheet.write(cells); err != nil {
				return err
			}
		}
	}
	return sheet.end()
}

// foundCells are one line per case found, or one for a miss.
func foundCells(l onboarding.Found) [][]string {
	if len(l.Rows) == 0 {
		return [][]string{append([]string{l.Asked, "no"}, make([]string, len(caseHeader()))...)}
	}
	return each(l.Rows, func(r onboarding.Row) []string { return append([]string{l.Asked, "yes"}, caseCells(r)...) })
}
