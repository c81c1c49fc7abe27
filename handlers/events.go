package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const eventsPath = "/events"

func eventPath(id string) string { return eventsPath + "/" + url.PathEscape(id) }

// eventFilters are the filters of a list of events as they were typed, without a place in the list.
func eventFilters(q url.Values) url.Values {
	kept := url.Values{}
	for _, name := range []string{"state", "type", "q", "identity_id", "from", "to"} {
		if v := q.Get(name); v != "" {
			kept.Set(name, v)
		}
	}
	return kept
}

// listEvents is the webhook inbox, newest first.
func (s *server) listEvents(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := eventFilter(c.QueryParams(), s.location(c))
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	if form == asCSV {
		return s.exportEvents(c, f, wholeList(c.QueryParams()))
	}
	page, err := s.Inbox.Events(c.Request().Context(), f)
	if err != nil {
		return err
	}
	if form == asJSON {
		return writeJSON(c, http.StatusOK, listJSON[eventJSON]{
			Items: each(page.Items, toEvent), Next: orNull(page.Next), Total: page.Total, TotalAtLeast: page.TotalAtLeast,
		})
	}
	return html(c, http.StatusOK, views.Events(views.EventsPage{
		Chrome: s.page(c, views.SectionEvents), Filter: eventFilters(c.QueryParams()), After: f.After,
		Events: page.Items, Next: page.Next, Total: page.Total, TotalAtLeast: page.TotalAtLeast,
		CanReprocess: actor(c).Can(access.WorkEvents), Notice: s.takeNotice(c, eventsPath),
	}))
}

// exportEvents writes one page of events, or all that fit.
func (s *server) exportEvents(c echo.Context, f identity.EventFilter, all bool) error {
	if all {
		f.Limit = identity.MaxLimit
	}
	return exportPages(s, c, all, pages[identity.Event]{
		what: onboarding.ExportEvents, every: "every event that fits", header: eventHeader(), cells: eventCells,
		next: func() ([]identity.Event, bool, error) {
			page, err := s.Inbox.Events(c.Request().Context(), f)
			f.After = page.Next
			return page.Items, page.Next != "", err
		},
	})
}

// openedEventJSON is an event as its own page tells it.
type openedEventJSON struct {
	eventJSON
	Requests []requestJSON `json:"requests"`
	Tries    []tryJSON     `json:"tries"`
}

// tryJSON is one time that the desk tried to act on an event; the last twenty are kept.
type tryJSON struct {
	At      *time.Time `json:"at"`
	Outcome string     `json:"outcome"` // the event's state after it
	Error   *string    `json:"error"`
}

func toTry(a identity.Attempt) tryJSON {
	return tryJSON{At: utc(&a.At), Outcome: string(a.Outcome), Error: orNull(a.Error)}
}

// requestJSON is one webhook request. Its body is the thin notice as it came.
type requestJSON struct {
	ReceivedAt *time.Time          `json:"received_at"`
	RequestID  *string             `json:"request_id"`
	Address    *string             `json:"address"`
	Headers    map[string][]string `json:"headers"` // without those that are secret
	Body       json.RawMessage     `json:"body"`
	Unread     *string             `json:"unread"` // why body or headers cannot be read
}

func toRequest(d identity.Delivery) requestJSON {
	body := json.RawMessage(d.Body)
	if !json.Valid(body) {
		body = json.RawMessage("null")
	}
	headers := d.Headers
	if headers == nil {
		headers = map[string][]string{}
	}
	return requestJSON{
		ReceivedAt: utc(&d.ReceivedAt), RequestID: orNull(d.RequestID), Address: orNull(d.Address), Headers: headers, Body: body, Unread: orNull(string(d.Unread)),
	}
}

// showEvent is one event with every delivery of it.
func (s *server) showEvent(c echo.Context) error {
	event, deliveries, err := s.Inbox.Event(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	attempts, err := s.Inbox.Attempts(c.Request().Context(), event.ID)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, openedEventJSON{
			eventJSON: toEvent(event), Requests: each(deliveries, toRequest), Tries: each(attempts, toTry),
		})
	}
	linked, err := s.linkedCase(c, event)
	if err != nil {
		return err
	}
	return html(c, http.StatusOK, views.Event(views.EventPage{
		Chrome: s.page(c, views.SectionEvents), Event: event, Deliveries: deliveries, Attempts: attempts, Case: linked,
		CanReprocess: mayReprocess(c, event), Notice: s.takeNotice(c, eventPath(event.ID)),
	}))
}

// linkedCase is the case that an event is about, as lists show it; nil where there is none yet.
func (s *server) linkedCase(c echo.Context, e identity.Event) (*identity.Identity, error) {
	if e.IdentityID == "" {
		return nil, nil
	}
	l, err := s.Desk.List(c.Request().Context(), actor(c), identity.Filter{Query: e.IdentityID, Limit: 1})
	if err != nil || len(l.Rows) == 0 {
		return nil, err
	}
	return &l.Rows[0].Identity, nil
}

// mayReprocess reports whether handling the event again can do something: what is queued is on its way, what is not about
// an identity or only a test changes nothing.
func mayReprocess(c echo.Context, e identity.Event) bool {
	return actor(c).Can(access.WorkEvents) && (e.State == identity.EventDone || e.State == identity.EventParked)
}

// reprocess queues an event once more.
func (s *server) reprocess(c echo.Context) error {
	id := c.Param("id")
	e := s.entry(c, audit.ReprocessedEvent)
	e.Object = id
	if err := s.Inbox.Reprocess(c.Request().Context(), id, e); err != nil {
		return err
	}
	if wantsJSON(c) {
		event, _, err := s.Inbox.Event(c.Request().Context(), id)
		if err != nil {
			return err
		}
		return writeJSON(c, http.StatusAccepted, toEvent(event))
	}
	s.leaveNotice(c, eventPath(id), reprocessed)
	return c.Redirect(http.StatusSeeOther, eventPath(id))
}

// entry is the audit entry of what the person does to events.
func (s *server) entry(c echo.Context, what audit.Action) audit.Entry {
	a := actor(c)
	return audit.Entry{
		At: s.Now(), ActorID: a.UserID, ActorName: a.Name, Role: string(a.Role), Action: what, RequestID: a.RequestID, Address: a.Address,
	}
}
