package handlers

import (
	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"identitydesk/views"
)

// html renders a page into memory, then writes it: a page that fails half-way is never sent.
func html(c echo.Context, status int, page templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := page.Render(c.Request().Context(), buf); err != nil {
		return err
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// page is what stands around a page, with the number of cases that need a human. What cannot be learned is left out: the
// page's own content tells the person more than its frame.
func (s *server) page(c echo.Context, active views.Section) views.Chrome {
	chrome := s.chrome(c, active)
	if chrome.UserName == "" {
		return chrome
	}
	counts, err := s.Counts(c.Request().Context())
	if err != nil {
		s.Log.ErrorContext(c.Request().Context(), "counts failed", "request_id", requestID(c), "error", cause(err))
		return chrome
	}
	chrome.Stuck = counts.Stuck()
	return chrome
}

// waitingProposals is the number beside the link of the proposals; one that cannot be learned is left out.
func (s *server) waitingProposals(c echo.Context) int64 {
	n, err := s.Desk.WaitingProposals(c.Request().Context(), actor(c))
	if err != nil {
		s.Log.ErrorContext(c.Request().Context(), "proposals failed", "request_id", requestID(c), "error", cause(err))
	}
	return n
}

// chrome is what stands around a page.
func (s *server) chrome(c echo.Context, active views.Section) views.Chrome {
	a := actor(c)
	since, _ := c.Get(sinceKey).(string)
	return views.Chrome{
		Asset: s.Assets.Path, Now: s.Now(), Location: s.location(c), NoSingleKeys: preferences(c).NoSingleKeys, Since: since,
		UserName: a.Name, Role: a.Role, Active: active, May: views.MayOf(a.Role), Mentions: s.unseenMentions(c),
		Proposals: s.waitingProposals(c),
		Banners:   s.Banners(c.Request().Context()),
	}
}

// unseenMentions is the number at the bell; one that cannot be learned is left out.
func (s *server) unseenMentions(c echo.Context) int64 {
	n, err := s.Desk.UnseenMentions(c.Request().Context(), actor(c))
	if err != nil {
		s.Log.ErrorContext(c.Request().Context(), "mentions failed", "request_id", requestID(c), "error", cause(err))
	}
	return n
}
