package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/identity"
)

// stepUnchanged is the step of a KYC refresh that nothing has changed for; its others are those of a correction.
const stepUnchanged = "unchanged"

// askRefresh asks whether anything has changed since the last KYC refresh.
func (s *server) askRefresh(c echo.Context) error {
	return s.askChange(c, identity.MoveRefresh, http.StatusOK, nil)
}

// refreshKYC tells Paxos that nothing has changed, or goes the way of a correction where something has.
func (s *server) refreshKYC(c echo.Context) error {
	if !saysUnchanged(c) {
		return s.change(c, identity.MoveRefresh)
	}
	m, err := s.Desk.RefreshKYC(c.Request().Context(), actor(c), c.Param("id"), s.dayDone(c), posted(c, "backdated") != "")
	if err != nil {
		return s.refusedChange(c, identity.MoveRefresh, err)
	}
	return s.acted(c, m.IdentityID, moveQueued)
}

// saysUnchanged tells whether nothing is said to have changed: by the form, or by a script that names the day alone.
func saysUnchanged(c echo.Context) bool {
	step := posted(c, "step")
	return step == stepUnchanged || step == "" && posted(c, identity.FieldRefreshedAt) != "" && posted(c, "reason_code") == ""
}
