package handlers

import (
	"net/url"
	"path"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// worked answers an act on a case. What was refused for what was typed, or because somebody was faster, comes back on the case, with
// what was typed.
func (s *server) worked(c echo.Context, err error, n notice) error {
	if err == nil {
		return s.acted(c, c.Param("id"), n)
	}
	return s.sentBack(c, err, fault.Invalid, fault.Conflict)
}

// sentBack answers with the case and what was typed, where an act was refused in one of some ways; else with the error.
func (s *server) sentBack(c echo.Context, err error, kinds ...fault.Kind) error {
	f := s.inPlace(c, err, kinds...)
	if f == nil {
		return err
	}
	page, drawErr := s.caseAgain(c, func(p *views.CasePage) {
		p.Refused = views.Refusal{Act: path.Base(c.Path()), Text: f.Text, Errors: f.Fields, Typed: typed(c), Again: f.RetryAt}
	})
	if drawErr != nil {
		return drawErr
	}
	retryAfter(c, f, s.Now())
	return html(c, statusOf(f.Kind), page)
}

// caseAgain draws the case again, with a change, where something was clicked: beside its list, or on its own page.
func (s *server) caseAgain(c echo.Context, change func(*views.CasePage)) (templ.Component, error) {
	ctx, id := c.Request().Context(), c.Param("id")
	w, beside := listBehind(c)
	section := views.Section("")
	if beside {
		section = views.SectionQueue
	}
	chrome := s.page(c, section)
	o, err := s.Desk.Peek(ctx, actor(c), id)
	if err != nil {
		return nil, err
	}
	if !beside {
		p, err := s.caseView(c, chrome, o)
		p.RefreshWithoutScript = 0 // an act has no page that could be loaded again, and what was typed stands here
		change(&p)
		return views.Case(p), err
	}
	w.spot.Case = id
	pane, err := s.paneOf(c, w, chrome, o)
	if err != nil {
		return nil, err
	}
	change(&pane)
	if wantsPane(c) {
		return views.QueueCase(views.QueuePage{Chrome: chrome, Spot: w.spot, Of: w.of, Usual: w.usual, Pane: &pane}), nil
	}
	q, err := s.Desk.QueueAgain(ctx, actor(c), w.filter, w.shown)
	p := queuePage(c, chrome, w, q)
	p.Pane, p.Leave = &pane, pane.Leave
	return views.Queue(p), err
}

// listBehind is the list that the case is open in, as the way back says it.
func listBehind(c echo.Context) (view, bool) { return listOf(c, posted(c, "back")) }

func listOf(c echo.Context, address string) (view, bool) {
	back, err := url.Parse(ownPath(address))
	if err != nil || back.Path != queuePath {
		return view{}, false
	}
	w, wrong := readView(back.Query(), actor(c), asHTML)
	return w, len(wrong) == 0
}

// typed is what a form held, to be shown again.
func typed(c echo.Context) map[string]string {
	form := c.Request().PostForm
	values := make(map[string]string, len(form))
	for name := range form {
		values[name] = form.Get(name)
	}
	return values
}

// workView is what people have arranged about a case, and what the reader may do about it.
func (s *server) workView(c echo.Context, o onboarding.Case) (views.Work, error) {
	policy := s.Desk.Policy()
	w := views.Work{
		Me: actor(c).UserID, People: o.People, NoteCount: o.NoteCount, SnoozeReason: o.SnoozeReason, SnoozeUnread: o.SnoozeUnread,
		Turns: o.Turns, Times: o.Times, Limit: o.Limit, Ageing: o.Ageing, Escalation: o.Escalation, Colleagues: o.Colleagues,
		LongestSnooze: policy.LongestSnooze, Tomorrow: dayAt(s.Now().In(s.location(c)), 1).Format(inputTime),
		CanWork: o.CanWork, CanClaim: o.CanClaim, CanRelease: o.CanRelease, CanAssign: o.CanAssign,
	}
	for _, n := range o.Notes {
		w.Notes = append(w.Notes, toNote(n, o.People))
	}
	if !o.CanWork {
		return w, nil
	}
	var err error
	w.TagsInUse, err = s.Desk.TagNames(c.Request().Context(), actor(c))
	return w, err
}
