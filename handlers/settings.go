package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/views"
)

const settingsPath = "/settings"

// showSettings tells how the desk is set up and how it is doing.
func (s *server) showSettings(c echo.Context) error {
	facts, err := s.Facts(c.Request().Context())
	if err != nil {
		return err
	}
	return html(c, http.StatusOK, views.Settings(views.SettingsPage{
		Chrome: s.page(c, views.SectionSettings), Facts: facts, CanStart: actor(c).Can(access.WorkEvents),
		Notice: s.takeNotice(c, settingsPath),
	}))
}
