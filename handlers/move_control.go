package handlers

import (
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/identity"
)

// proposeControl asks for a control to be set; a colleague must agree.
func (s *server) proposeControl(c echo.Context) error {
	return s.proposeChange(c, identity.ControlChange{
		Type: posted(c, "type"), ReasonCode: posted(c, "reason_code"), Reason: posted(c, "reason"),
	})
}

// proposeControlEnd asks for a control in force to be ended; a colleague must agree.
func (s *server) proposeControlEnd(c echo.Context) error {
	change := identity.ControlChange{End: posted(c, "control_id"), Reason: posted(c, "reason")}
	if change.End == "" {
		change.End = noControl
	}
	return s.proposeChange(c, change)
}

// noControl is the id of no control, for a form in which none was chosen.
const noControl = "none"

func (s *server) proposeChange(c echo.Context, change identity.ControlChange) error {
	_, err := s.Desk.ProposeControl(c.Request().Context(), actor(c), c.Param("id"), change, posted(c, "confirmed") != "")
	return s.worked(c, err, proposed)
}

// pastControlJSON is a control that is not in force any more.
type pastControlJSON struct {
	Type       string     `json:"type"`
	SetBy      string     `json:"set_by"`
	ReasonCode *string    `json:"reason_code"`
	Reason     *string    `json:"reason"` // Paxos' words; null where they are not known, or not for the reader
	Since      *time.Time `json:"since"`  // null where that is not known
	Until      *time.Time `json:"until"`
}

func toPastControl(k identity.ToldControl) pastControlJSON {
	return pastControlJSON{Type: k.Type, SetBy: k.SetBy, ReasonCode: orNull(k.ReasonCode), Reason: orNull(k.Reason), Since: utc(&k.Since), Until: utc(&k.Until)}
}

func toAble(a identity.Able) map[string]string {
	able := map[string]string{}
	for _, each := range a.Each() {
		able[each.Act] = each.Can.String()
	}
	return able
}
