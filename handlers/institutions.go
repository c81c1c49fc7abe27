package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const institutionsPath = "/institutions"

// listInstitutions is every institution under filters, each with its members. It takes the filters of the list of identities.
func (s *server) listInstitutions(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := identityFilter(c.QueryParams(), s.location(c))
	if len(wrong) > 0 {
		err = badFilter(wrong)
	} else {
		err = s.answerInstitutions(c, form, f)
	}
	if refused := fault.From(err); refused != nil && refused.Kind == fault.Invalid && form == asHTML {
		return html(c, http.StatusUnprocessableEntity, views.Institutions(views.InstitutionsPage{
			Chrome: s.page(c, views.SectionIdentities), Filter: shownFilter(c.QueryParams()), Errors: refused.Fields, AsOf: s.Now(),
		}))
	}
	return err
}

func (s *server) answerInstitutions(c echo.Context, form format, f identity.Filter) error {
	if form == asCSV {
		return s.exportInstitutions(c, f, wholeList(c.QueryParams()))
	}
	rows, l, err := s.Desk.Institutions(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	if form == asJSON {
		return writeJSON(c, http.StatusOK, listJSON[institutionJSON]{
			Items: each(rows, toInstitution), Next: orNull(l.Next), Total: l.Total, TotalAtLeast: l.TotalAtLeast, AsOf: utc(&l.AsOf),
		})
	}
	p := views.InstitutionsPage{
		Chrome: s.page(c, views.SectionIdentities), Filter: shownFilter(c.QueryParams()), Next: l.Next, After: f.After,
		Total: l.Total, TotalAtLeast: l.TotalAtLeast, AsOf: l.AsOf,
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, views.InstitutionRow{Row: toRow(r.Row), Members: r.Members, Leads: r.Leads})
	}
	return html(c, http.StatusOK, views.Institutions(p))
}

// exportInstitutions writes a page and, where all is asked for, those behind it.
func (s *server) exportInstitutions(c echo.Context, f identity.Filter, all bool) error {
	if all {
		f.Limit = identity.MaxLimit
	}
	return exportPages(s, c, all, pages[onboarding.InstitutionRow]{
		what: onboarding.ExportInstitutions, every: "every institution that fits", header: institutionHeader(), cells: institutionCells,
		next: func() ([]onboarding.InstitutionRow, bool, error) {
			rows, l, err := s.Desk.Institutions(c.Request().Context(), actor(c), f)
			f.After = l.Next
			return rows, l.Next != "", err
		},
	})
}
