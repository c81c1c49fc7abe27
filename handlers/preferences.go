package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

const preferencesPath = "/preferences"

// showPreferences is how the person wants the desk to be.
func (s *server) showPreferences(c echo.Context) error {
	return html(c, http.StatusOK, views.Preferences(s.preferencesPage(c, preferences(c))))
}

func (s *server) preferencesPage(c echo.Context, p access.Preferences) views.PreferencesPage {
	return views.PreferencesPage{
		Chrome: s.page(c, views.SectionPreferences), Notice: s.takeNotice(c, preferencesPath), Preferences: p, DeskZone: s.Location.String(),
		BrowserZone: s.knownZone(browserZone(c)),
	}
}

// setPreferences changes them.
func (s *server) setPreferences(c echo.Context) error {
	p := access.Preferences{Zone: c.FormValue("zone"), NoSingleKeys: c.FormValue("single_keys") == ""}
	err := s.Desk.Prefer(c.Request().Context(), actor(c), p)
	if f := fault.From(err); f != nil && f.Kind == fault.Invalid && !wantsJSON(c) {
		page := s.preferencesPage(c, p)
		page.Errors = f.Fields
		return html(c, http.StatusUnprocessableEntity, views.Preferences(page))
	}
	if err != nil {
		return err
	}
	s.leaveNotice(c, preferencesPath, preferred)
	return c.Redirect(http.StatusSeeOther, preferencesPath)
}
