package handlers

import (
	"github.com/labstack/echo/v4"

	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// proposeErase asks for the case to be erased; a colleague must agree.
func (s *server) proposeErase(c echo.Context) error {
	_, err := s.Desk.ProposeErase(c.Request().Context(), actor(c), c.Param("id"), onboarding.Wish{
		ReasonCode: posted(c, "reason_code"), Reason: posted(c, "reason"), Confirmed: posted(c, "confirmed") != "",
	})
	return s.worked(c, err, proposed)
}

// hold keeps the case from being erased.
func (s *server) hold(c echo.Context) error {
	err := s.Desk.Hold(c.Request().Context(), actor(c), c.Param("id"), posted(c, "reason_code"), posted(c, "reason"))
	return s.worked(c, err, held)
}

// unhold ends the hold.
func (s *server) unhold(c echo.Context) error {
	return s.worked(c, s.Desk.LetGo(c.Request().Context(), actor(c), c.Param("id"), posted(c, "reason")), letGo)
}

// keepingView is how long the case stays, and what was proposed about it.
func keepingView(k onboarding.CaseKeeping) views.CaseKeeping {
	v := views.CaseKeeping{
		Proposals: k.Proposals, KeptUntil: k.KeptUntil, DraftEndsAt: k.DraftEndsAt, CanErase: k.CanErase, CanHold: k.CanHold,
	}
	if k.Hold != nil {
		v.Hold = &views.Hold{By: k.Hold.By, At: k.Hold.At, ReasonCode: k.Hold.ReasonCode, Reason: k.Hold.Reason, Unread: k.Hold.Unread}
	}
	return v
}
