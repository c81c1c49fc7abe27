package handlers

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/inbox"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// lookUp finds a case by an id of any kind and goes straight to it where there is one.
func (s *server) lookUp(c echo.Context) error {
	if err := nameInAddress(c); err != nil {
		return err
	}
	q := strings.TrimSpace(c.QueryParam("q"))
	if !c.QueryParams().Has("q") && !wantsJSON(c) {
		return s.showLookup(c, http.StatusOK, s.lookupPage(c))
	}
	rows, asOf, err := s.Desk.Lookup(c.Request().Context(), actor(c), q)
	erased, err := s.erasedOf(c, q, rows, err)
	if wantsJSON(c) && err == nil {
		return writeJSON(c, http.StatusOK, lookupJSON{Items: each(rows, toCase), AsOf: utc(&asOf), ErasedAt: utc(erased)})
	}
	if f := s.inPlace(c, err, fault.Invalid); f != nil {
		p := s.lookupPage(c)
		p.Error = withFields(fault.Fields("", map[string]string{"": f.Fields["q"]}))
		return s.showLookup(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		return c.Redirect(http.StatusSeeOther, casePath(rows[0].Identity.ID))
	}
	if len(rows) == 0 && s.isEvent(c, q) {
		return c.Redirect(http.StatusSeeOther, eventPath(q))
	}
	p := s.lookupPage(c)
	p.Query, p.Rows, p.AsOf, p.ErasedAt = q, each(rows, toRow), asOf, erased
	return s.showLookup(c, http.StatusOK, p)
}

// erasedOf is when the case was erased that had a ref_id which leads to none any more.
func (s *server) erasedOf(c echo.Context, q string, rows []onboarding.Row, err error) (*time.Time, error) {
	if err != nil || len(rows) > 0 {
		return nil, err
	}
	return s.Desk.ErasedRefID(c.Request().Context(), actor(c), q)
}

// isEvent reports whether an id is that of an event that the person may see: one without a case has a page all the same.
func (s *server) isEvent(c echo.Context, id string) bool {
	if !actor(c).Can(access.ReadEvents) {
		return false
	}
	_, _, err := s.Inbox.Event(c.Request().Context(), id)
	return err == nil
}

// lookupJSON answers the look-up of one id.
type lookupJSON struct {
	Items []caseJSON `json:"items"`
	AsOf  *time.Time `json:"as_of"`
	// ErasedAt is when the case was erased that had this ref_id; null where there was none.
	ErasedAt *time.Time `json:"erased_at"`
}

func (s *server) lookupPage(c echo.Context) views.LookupPage {
	return views.LookupPage{
		Chrome: s.page(c, views.SectionLookup), AsOf: s.Now(), MaxMany: maxMany,
		Name:  nameForm(c),
		Range: views.RangeForm{May: actor(c).Can(access.WorkCases), MaxDays: inbox.LongestRange},
	}
}

// showLookup adds how far the range is that Paxos was asked for.
func (s *server) showLookup(c echo.Context, status int, p views.LookupPage) error {
	r, err := s.Inbox.Range(c.Request().Context())
	if err != nil {
		return err
	}
	p.Range.Read = rangeRead(r)
	return html(c, status, views.Lookup(p))
}

// rangeRead is nil where Paxos was never asked for a range.
func rangeRead(r inbox.Range) *views.RangeRead {
	if r.Zero() {
		return nil
	}
	return &views.RangeRead{
		From: r.From, To: r.To, AskedAt: r.AskedAt, AskedBy: r.AskedBy, Read: r.Read, New: r.New, Changed: r.Changed,
		Reached: r.Reached, EndedAt: r.EndedAt, Error: r.Error,
	}
}
