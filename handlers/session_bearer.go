package handlers

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
)

const (
	scriptKey = "script"

	// How many wrong tokens one address gets an answer of its own for.
	wrongTokensPerSecond = 1
	wrongTokenBurst      = 30
)

// isScript reports whether a request comes with a token. Then its cookies count for nothing.
func isScript(c echo.Context) bool {
	scheme, _, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	return strings.EqualFold(scheme, "Bearer")
}

// recogniseScript finds the request's token. It gives Unauthenticated for a wrong one, Throttled after too many.
func (s *server) recogniseScript(c echo.Context) error {
	c.Set(scriptKey, true)
	secret := bearer(c.Request())
	k, err := s.Staff.Script(c.Request().Context(), secret)
	if fault.KindOf(err) == fault.Unauthenticated {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
		if limited := s.wrongTokens.allow(c.RealIP()); limited != nil {
			return limited
		}
	}
	if err != nil {
		return err
	}
	a := visitor(c)
	a.UserID, a.Name, a.Role, a.Token = k.ID, fmt.Sprintf("%s (token of %s)", k.Name, k.MadeByName), k.Role, k.ID
	s.remember(c, a, access.Preferences{}, secret)
	return nil
}

// answersScript reports whether an answer goes to a script that came with a token: it is told what is wrong in JSON, and never sent to
// the log-in.
func answersScript(c echo.Context) bool {
	script, _ := c.Get(scriptKey).(bool)
	return script
}

// needsPerson is what a script hears where only somebody who has signed in has anything of their own.
func needsPerson() error {
	return fault.New(fault.Forbidden, "This is for people who have signed in, not for tokens.")
}
