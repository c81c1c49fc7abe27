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

// ready says whether the desk can do its work; why not is told to insiders alone.
func (s *server) ready(c echo.Context) error {
	err := s.Ready(c.Request().Context())
	if err == nil {
		return c.String(http.StatusOK, "ready")
	}
	text := "not ready"
	if s.insider(c) {
		text += ": " + err.Error()
	}
	return c.String(http.StatusServiceUnavailable, text)
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
