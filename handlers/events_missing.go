package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/inbox"
	"identitydesk/views"
)

// missingWithin is how long a check may read Paxos' list while the person waits.
const missingWithin = 30 * time.Second

// formMoment is how a form writes a time of the desk's zone.
const formMoment = "2006-01-02T15:04"

// askMissing is the form of the check, filled in with the last day.
func (s *server) askMissing(c echo.Context) error {
	now := s.Now().In(s.location(c))
	return html(c, http.StatusOK, views.Missing(views.MissingPage{
		Chrome: s.page(c, views.SectionEvents),
		From:   now.AddDate(0, 0, -1).Format(formMoment), To: now.Format(formMoment),
	}))
}

// missingJSON is the report of a check.
type missingJSON struct {
	From      *time.Time   `json:"from"`
	To        *time.Time   `json:"to"`
	Listed    int          `json:"listed"`
	Missing   []string     `json:"missing"`
	Truncated bool         `json:"truncated"` // ask again from "to"
	Crowds    []*time.Time `json:"crowds"`    // moments with more events than Paxos can be asked for
}

func toMissing(m inbox.MissingReport) missingJSON {
	j := missingJSON{
		From: utc(&m.From), To: utc(&m.To), Listed: m.Listed, Missing: append([]string{}, m.Missing...), Truncated: m.Truncated,
		Crowds: []*time.Time{},
	}
	for _, at := range m.Crowds {
		j.Crowds = append(j.Crowds, utc(&at))
	}
	return j
}

// checkMissing compares Paxos' list of events with the desk's while the person waits, and takes in what is missing where that is
// asked for.
func (s *server) checkMissing(c echo.Context) error {
	form := c.Request().PostForm
	from, to, err := spanOf(form, s.location(c))
	if err != nil {
		return s.refuseMissing(c, form, err)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), missingWithin)
	defer cancel()
	if form.Get("take") == "true" {
		return s.takeMissing(ctx, c, form, from, to)
	}
	report, err := s.Inbox.Missing(ctx, from, to)
	if err != nil {
		return s.refuseMissing(c, form, err)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toMissing(report))
	}
	return html(c, http.StatusOK, views.Missing(views.MissingPage{
		Chrome: s.page(c, views.SectionEvents), From: form.Get("from"), To: form.Get("to"),
		Report: &views.MissingReport{
			From: report.From, To: report.To, Listed: report.Listed, Missing: report.Missing, Truncated: report.Truncated,
			Crowds: report.Crowds,
		},
	}))
}

func (s *server) takeMissing(ctx context.Context, c echo.Context, form url.Values, from, to time.Time) error {
	report, err := s.Inbox.TakeMissing(ctx, from, to, s.entry(c, audit.TookMissing))
	if err != nil {
		return s.refuseMissing(c, form, err)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusAccepted, toMissing(report))
	}
	s.leaveNotice(c, eventsPath, tookMissing)
	return c.Redirect(http.StatusSeeOther, eventsPath)
}

// spanOf reads from when to when the lists are compared; dates are days of the location.
func spanOf(form url.Values, loc *time.Location) (from, to time.Time, err error) {
	p := parse(form)
	from, to = p.from("from", loc), p.to("to", loc)
	for name, t := range map[string]time.Time{"from": from, "to": to} {
		if t.IsZero() && p.errors[name] == "" {
			p.errors[name] = "Enter a date, or a time such as 2026-03-31T14:00:00Z."
		}
	}
	p.inOrder("from", from, "to", to)
	if len(p.errors) > 0 {
		return from, to, fault.Fields("The lists cannot be compared over this time.", p.errors)
	}
	return from, to, nil
}

// refuseMissing shows the form again with what went wrong.
func (s *server) refuseMissing(c echo.Context, form url.Values, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		err = fault.Wrap(fault.Unavailable, "Paxos’ list could not be read in time. Choose a shorter time, or try again later.", err)
	}
	status, f := problem(err)
	if wantsJSON(c) || status == http.StatusInternalServerError {
		return err
	}
	retryAfter(c, f, s.Now())
	return html(c, status, views.Missing(views.MissingPage{
		Chrome: s.page(c, views.SectionEvents), From: form.Get("from"), To: form.Get("to"), Text: f.Text, Errors: f.Fields,
	}))
}
