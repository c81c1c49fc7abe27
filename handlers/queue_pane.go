package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const queuePath = "/queue"

// paneHeader asks for what of the queue's page depends on the open case, and no more.
const paneHeader = "Desk-Pane"

func wantsPane(c echo.Context) bool {
	h := c.Request().Header
	return h.Get(paneHeader) != "" || h.Get("HX-Target") == "case"
}

// showPane answers with the open case alone.
func (s *server) showPane(c echo.Context, w view) error {
	chrome := s.page(c, views.SectionQueue)
	pane, err := s.pane(c, w, chrome)
	if err != nil {
		return err
	}
	p := views.QueuePage{Chrome: chrome, Spot: w.spot, Of: w.of, Usual: w.usual, Pane: &pane}
	if c.Request().Header.Get("HX-Request") == "" {
		p.Notice = s.takeNotice(c, queuePath)
	}
	return html(c, http.StatusOK, views.QueueCase(p))
}

// pane is the open case, with the ways back to the list and on to the next one.
func (s *server) pane(c echo.Context, w view, chrome views.Chrome) (views.CasePage, error) {
	o, err := s.readCase(c, w.spot.Case)
	if err != nil {
		return views.CasePage{}, err
	}
	return s.paneOf(c, w, chrome, o)
}

func (s *server) paneOf(c echo.Context, w view, chrome views.Chrome, o onboarding.Case) (views.CasePage, error) {
	p, err := s.caseView(c, chrome, o)
	p.Back = w.spot.Open(o.Identity.ID).Path()
	p.Onward = w.spot.Next(s.Desk.Place(o.Identity, w.filter))
	return p, err
}

// readCase opens a case. A page that is open already and renews itself is not logged as opened again.
func (s *server) readCase(c echo.Context, id string) (onboarding.Case, error) {
	read := s.Desk.Open
	if c.Request().Header.Get("HX-Request") == "true" {
		read = s.Desk.Peek
	}
	return read(c.Request().Context(), actor(c), id)
}

// nextCase leads to the first case behind a place of the list; behind the last, back to the list.
func (s *server) nextCase(c echo.Context, w view, place string) error {
	f := w.filter
	f.After = place
	id, ok, err := s.Desk.Next(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	if !ok {
		s.leaveNotice(c, queuePath, lastOne)
		return c.Redirect(http.StatusSeeOther, w.spot.List().Path())
	}
	shown, err := s.Desk.Queue(c.Request().Context(), actor(c), w.filter)
	if err != nil {
		return err
	}
	spot := w.spot
	if !slices.ContainsFunc(shown.Rows, func(r onboarding.Row) bool { return r.Identity.ID == id }) {
		spot.After = place // the page that begins with it
	}
	return c.Redirect(http.StatusSeeOther, spot.Open(id).Path())
}

// onward is where an act leads to: the way back that its form names, else the case.
func (s *server) onward(c echo.Context, id string) string {
	return cmp.Or(wayBack(posted(c, "back")), casePath(id))
}

// wayBack is an address to lead back to; empty unless it is a place of the queue or of cases.
func wayBack(back string) string {
	back = ownPath(back)
	path, _, _ := strings.Cut(back, "?")
	if path == queuePath || path == "/identities" || strings.HasPrefix(path, "/identities/") {
		return back
	}
	return ""
}

// formPage is the frame of a form of a case that has a page of its own, with the way back to where the case was opened.
func (s *server) formPage(c echo.Context) views.Chrome {
	p := s.page(c, "")
	p.Back = wayBack(cmp.Or(posted(c, "back"), c.QueryParam("back")))
	return p
}
