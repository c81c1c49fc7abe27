package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/staff"
	"identitydesk/views"
)

const preferencesPath = "/preferences"

// showPreferences is how the person wants the desk to be, and where they are signed in.
func (s *server) showPreferences(c echo.Context) error {
	if wantsJSON(c) {
		return s.writePreferences(c, preferences(c))
	}
	page, err := s.preferencesPage(c, preferences(c))
	if err != nil {
		return err
	}
	return html(c, http.StatusOK, views.Preferences(page))
}

func (s *server) preferencesPage(c echo.Context, p access.Preferences) (views.PreferencesPage, error) {
	sessions, err := s.Staff.Sessions(c.Request().Context(), actor(c))
	return views.PreferencesPage{
		Chrome: s.page(c, views.SectionPreferences), Notice: s.takeNotice(c, preferencesPath), Preferences: p, DeskZone: s.Location.String(),
		BrowserZone: s.knownZone(browserZone(c)), Sessions: sessions, This: staff.SessionID(credential(c)),
	}, err
}

// endOwnSessions ends one of the person's sessions, or all but the one that asks.
func (s *server) endOwnSessions(c echo.Context) error {
	if err := s.Staff.EndOwn(c.Request().Context(), actor(c), credential(c), posted(c, "session")); err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.writePreferences(c, preferences(c))
	}
	s.leaveNotice(c, preferencesPath, ended)
	return c.Redirect(http.StatusSeeOther, preferencesPath)
}

// setPreferences changes them.
func (s *server) setPreferences(c echo.Context) error {
	p := access.Preferences{Zone: posted(c, "zone"), NoSingleKeys: posted(c, "single_keys") == ""}
	err := s.Desk.Prefer(c.Request().Context(), actor(c), p)
	if f := s.inPlace(c, err, fault.Invalid); f != nil {
		page, err := s.preferencesPage(c, p)
		if err != nil {
			return err
		}
		page.Errors = f.Fields
		return html(c, http.StatusUnprocessableEntity, views.Preferences(page))
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.writePreferences(c, p)
	}
	s.leaveNotice(c, preferencesPath, preferred)
	return c.Redirect(http.StatusSeeOther, preferencesPath)
}

// preferencesJSON is how a person wants the desk to be, and where they are signed in.
type preferencesJSON struct {
	Zone       *string       `json:"zone"` // null: the browser's
	SingleKeys bool          `json:"single_keys"`
	Session    string        `json:"session"` // the one that asks
	Sessions   []sessionJSON `json:"sessions"`
}

func (s *server) writePreferences(c echo.Context, p access.Preferences) error {
	sessions, err := s.Staff.Sessions(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, preferencesJSON{
		Zone: orNull(p.Zone), SingleKeys: !p.NoSingleKeys, Session: staff.SessionID(credential(c)), Sessions: each(sessions, toSession),
	})
}
