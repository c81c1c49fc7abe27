package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/inbox"
)

// rangeJSON is how far a range of dates has been read from Paxos.
type rangeJSON struct {
	From    *time.Time `json:"from"`
	To      *time.Time `json:"to"` // no longer part of it
	AskedAt *time.Time `json:"asked_at"`
	Read    int64      `json:"read"`
	New     int64      `json:"new"`
	Changed int64      `json:"changed"`
	DoneAt  *time.Time `json:"done_at"`
	Error   *string    `json:"error"`
}

func toRange(r inbox.Range) rangeJSON {
	return rangeJSON{
		From: utc(&r.From), To: utc(&r.To), AskedAt: utc(&r.AskedAt), Read: r.Read, New: r.New, Changed: r.Changed,
		DoneAt: utc(&r.EndedAt), Error: orNull(r.Error),
	}
}

// askRange has the identities that were created on some days read from Paxos in the background. The answer is the page with the
// list still in its form: the list stands in no address and is not kept.
func (s *server) askRange(c echo.Context) error {
	p := s.listPage(c)
	form := c.Request().PostForm
	p.Range.From, p.Range.To = form.Get("from"), form.Get("to")
	r, err := s.readRange(c, form)
	switch {
	case err == nil && wantsJSON(c):
		return writeJSON(c, http.StatusAccepted, toRange(r))
	case err == nil:
		p.Range.From, p.Range.To = "", ""
		return s.showLookup(c, http.StatusOK, p)
	}
	status, f := problem(err)
	if wantsJSON(c) || status != http.StatusUnprocessableEntity && status != http.StatusConflict {
		return err
	}
	p.Range.Text, p.Range.Errors = f.Text, f.Fields
	return s.showLookup(c, status, p)
}

func (s *server) readRange(c echo.Context, form url.Values) (inbox.Range, error) {
	from, to, err := createdSpan(form, s.location(c), s.Now())
	if err != nil {
		return inbox.Range{}, err
	}
	return s.Inbox.AskRange(c.Request().Context(), from, to, s.entry(c, audit.AskedRange))
}

// createdSpan reads the days of which the identities are asked for; the last one belongs to them.
func createdSpan(form url.Values, loc *time.Location, now time.Time) (from, to time.Time, err error) {
	p := parse(form)
	from, _ = p.moment("from", loc)
	to, day := p.moment("to", loc)
	for name, t := range map[string]time.Time{"from": from, "to": to} {
		switch {
		case p.errors[name] != "":
		case t.IsZero():
			p.errors[name] = "Enter a date."
		case t.After(now):
			p.errors[name] = "Must not be in the future."
		}
	}
	if day {
		to = to.AddDate(0, 0, 1)
	}
	if len(p.errors) == 0 && !from.Before(to) {
		p.errors["to"] = "Must not be before the beginning."
	}
	if len(p.errors) == 0 && from.AddDate(0, 0, inbox.LongestRange).Before(to) {
		p.errors["to"] = fmt.Sprintf("Must be less than %d days after the beginning. Ask for a longer time in parts.", inbox.LongestRange)
	}
	if len(p.errors) > 0 {
		return from, to, fault.Fields("Paxos cannot be asked for these dates.", p.errors)
	}
	return from, to, nil
}
