package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/identity"
)

// askRefresh asks whether anything has changed since the last KYC refresh.
func (s *server) askRefresh(c echo.Context) error {
	return s.askChange(c, identity.MoveRefresh, http.StatusOK, nil)
}

// refreshKYC tells Paxos that nothing has changed, or goes the way of a correction where something has.
func (s *server) refreshKYC(c echo.Context) error {
	if posted(c, "step") != "unchanged" {
		return s.change(c, identity.MoveRefresh)
	}
	m, err := s.Desk.RefreshKYC(c.Request().Context(), actor(c), c.Param("id"), s.dayDone(c), posted(c, "backdated") != "")
	if err != nil {
		return s.refusedChange(c, identity.MoveRefresh, err)
	}
	return s.acted(c, m.IdentityID, moveQueued)
}
