package handlers

import (
	"github.com/labstack/echo/v4"
)

// claim gives the case to who asks. The form says who held it on the page, so that nobody's claim is overwritten unseen.
func (s *server) claim(c echo.Context) error {
	err := s.Desk.Claim(c.Request().Context(), actor(c), c.Param("id"), posted(c, "expected"))
	return s.worked(c, err, claimed)
}

// release frees the case.
func (s *server) release(c echo.Context) error {
	err := s.Desk.Release(c.Request().Context(), actor(c), c.Param("id"), posted(c, "expected"))
	return s.worked(c, err, released)
}

// handOver gives the case to a colleague.
func (s *server) handOver(c echo.Context) error {
	err := s.Desk.HandOver(c.Request().Context(), actor(c), c.Param("id"), posted(c, "to"), posted(c, "expected"))
	return s.worked(c, err, handedOver)
}
