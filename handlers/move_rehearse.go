package handlers

import (
	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// rehearse has statuses set by hand; its route is there in the sandbox and with the emulator alone.
func (s *server) rehearse(c echo.Context) error {
	ctx, a, id := c.Request().Context(), actor(c), c.Param("id")
	o, err := s.Desk.Peek(ctx, a, id)
	if err != nil {
		return err
	}
	set, wrong := identity.ReadRehearsal(o.Identity.Type, func(field string) string { return posted(c, field) })
	if len(wrong) > 0 {
		return s.worked(c, fault.Fields("Nothing was set.", wrong), "")
	}
	return s.worked(c, s.Desk.Rehearse(ctx, a, o.Identity.ID, set), rehearsed)
}
