package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// listIdentities is every identity under filters. A page shows refused filters again, with what is wrong with each.
func (s *server) listIdentities(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := identityFilter(c.QueryParams(), s.location(c))
	if len(wrong) > 0 {
		err = badFilter(wrong)
	} else {
		err = s.answerIdentities(c, form, f)
	}
	if refused := fault.From(err); refused != nil && refused.Kind == fault.Invalid && form == asHTML {
		return html(c, http.StatusUnprocessableEntity, views.Identities(views.IdentitiesPage{
			Chrome: s.page(c, views.SectionIdentities), Filter: shownFilter(c.QueryParams()), Errors: refused.Fields,
			Rows: views.Rows{AsOf: s.Now()},
		}))
	}
	return err
}

func (s *server) answerIdentities(c echo.Context, form format, f identity.Filter) error {
	if form == asCSV && wholeList(c.QueryParams()) {
		return s.export(c, f, onboarding.ExportIdentities)
	}
	l, err := s.Desk.List(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	switch form {
	case asCSV:
		return s.exportPage(c, onboarding.ExportIdentities, l.Rows)
	case asJSON:
		return writeJSON(c, http.StatusOK, listJSON[caseJSON]{
			Items: each(l.Rows, toCase), Next: orNull(l.Next), Total: l.Total, TotalAtLeast: l.TotalAtLeast, AsOf: utc(&l.AsOf),
		})
	}
	return html(c, http.StatusOK, views.Identities(views.IdentitiesPage{
		Chrome: s.page(c, views.SectionIdentities), Filter: shownFilter(c.QueryParams()),
		Rows: views.Rows{
			Items: ownRows(l.Rows, actor(c)), Next: l.Next, After: f.After, Total: l.Total, TotalAtLeast: l.TotalAtLeast, AsOf: l.AsOf,
		},
	}))
}

// shownFilter is what was asked, for the page to show again; what looks like personal data is not repeated.
func shownFilter(query url.Values) url.Values {
	shown := url.Values{}
	for _, name := range []string{
		"status", "lane", "q", "ref_id", "type", "requirement", "assignee", "created_from", "created_to", "sort",
	} {
		if v := query.Get(name); v != "" && !(free(name) && identity.LooksPersonal(v)) {
			shown.Set(name, v)
		}
	}
	return shown
}

func free(name string) bool { return name == "q" || name == "ref_id" }
