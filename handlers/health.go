package handlers

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// health says that the process answers.
func (s *server) health(c echo.Context) error { return c.String(http.StatusOK, "ok") }

// ready says whether the desk can do its work. Why not, and what is amiss all the same, is told to insiders alone, a line each.
func (s *server) ready(c echo.Context) error {
	status, lines := http.StatusOK, []string{"ready"}
	err := s.Ready(c.Request().Context())
	if err != nil {
		status, lines = http.StatusServiceUnavailable, []string{"not ready"}
	}
	if !s.insider(c) {
		return c.String(status, lines[0])
	}
	if err != nil {
		lines[0] += ": " + err.Error()
	}
	for _, w := range s.Warn(c.Request().Context()) {
		lines = append(lines, "warning: "+w)
	}
	return c.String(status, strings.Join(lines, "\n"))
}

// metrics are for insiders.
func (s *server) metrics(c echo.Context) error {
	if !s.insider(c) {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
		return c.String(http.StatusUnauthorized, "metrics answer on loopback or with the bearer token in METRICS_TOKEN")
	}
	s.Metrics.ServeHTTP(c.Response(), c.Request())
	return nil
}

// insider reports whether the asker sits on this machine or knows the token.
func (s *server) insider(c echo.Context) bool {
	if onLoopback(c) {
		return true
	}
	token, ok := strings.CutPrefix(c.Request().Header.Get(echo.HeaderAuthorization), "Bearer ")
	return ok && s.MetricsToken != "" && same(sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.MetricsToken)))
}

// same compares two hashes in constant time.
func same(a, b [32]byte) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }
