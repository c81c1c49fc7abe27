package handlers

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

// chosenEvents reads which events are meant. They must be a chosen set: all of them at once would be months of Paxos' budget.
func chosenEvents(q url.Values, loc *time.Location) (identity.EventFilter, url.Values, error) {
	f, wrong := eventFilter(q, loc)
	filters := eventFilters(q)
	switch {
	case len(wrong) > 0:
		return f, filters, badFilter(wrong)
	case len(filters) == 0:
		return f, filters, fault.Fields("Choose which events to re-process.", map[string]string{"state": "Set at least one filter, such as parked."})
	}
	f.After, f.Limit = "", 1
	return f, filters, nil
}

// askReprocess says how many events would be handled again, before anything is done.
func (s *server) askReprocess(c echo.Context) error {
	f, filters, err := chosenEvents(c.QueryParams(), s.location(c))
	if err != nil {
		return err
	}
	n, atLeast, err := s.countReprocessable(c.Request().Context(), f)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, map[string]any{"total": n, "total_at_least": atLeast})
	}
	return html(c, http.StatusOK, views.Reprocess(views.ReprocessPage{
		Chrome: s.page(c, views.SectionEvents), Filter: filters, Total: n, TotalAtLeast: atLeast,
	}))
}

// countReprocessable counts the events that a filter selects and that handling again can do something for.
func (s *server) countReprocessable(ctx context.Context, f identity.EventFilter) (n int64, atLeast bool, err error) {
	for _, state := range []identity.EventState{identity.EventQueued, identity.EventDone, identity.EventParked} {
		if f.State != "" && f.State != state {
			continue
		}
		one := f
		one.State = state
		page, err := s.Inbox.Events(ctx, one)
		if err != nil {
			return 0, false, err
		}
		n, atLeast = n+page.Total, atLeast || page.TotalAtLeast
	}
	return n, atLeast, nil
}

// reprocessMany queues every event that fits once more.
func (s *server) reprocessMany(c echo.Context) error {
	f, filters, err := chosenEvents(c.Request().PostForm, s.location(c))
	if err != nil {
		return err
	}
	n, err := s.Inbox.ReprocessMany(c.Request().Context(), f, s.entry(c, audit.ReprocessedEvent))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusAccepted, map[string]int{"queued": n})
	}
	s.leaveNotice(c, eventsPath, manyAgain)
	filters.Del("state") // they are queued now, whatever they were
	return c.Redirect(http.StatusSeeOther, withQuery(eventsPath, filters))
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
