package handlers

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

// parkedOf are the parked jobs about a case. A case is shown without them where they cannot be read.
func (s *server) parkedOf(c echo.Context, id string) []views.ParkedJob {
	ctx := c.Request().Context()
	jobs, err := s.ParkedOf(ctx, id)
	if err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "parked jobs cannot be read", slog.String("error", fault.Describe(err)))
	}
	return jobs
}

// startJob has a parked job tried again. It leads back to the settings, or to the case where it was clicked.
func (s *server) startJob(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return fault.Wrap(fault.NotFound, "There is no such job.", err)
	}
	if err := s.StartJob(c.Request().Context(), id, s.entry(c, audit.StartedJob)); err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusAccepted, map[string]int64{"started": id})
	}
	to := settingsPath
	if posted(c, "back") != "" {
		to = s.onward(c, posted(c, "case"))
	}
	place, _, _ := strings.Cut(to, "?")
	s.leaveNotice(c, place, startedJob)
	return c.Redirect(http.StatusSeeOther, to)
}
