package handlers

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// The steps of a correction, as its form names them; without one the form is opened.
const (
	stepEdit  = "edit"
	stepCheck = "check"
	stepSend  = "send"
)

// The fields that carry what the form was filled with.
const (
	baseField   = "base"
	openedField = "opened_at"
	markField   = "mark"
)

// askCorrection asks why somebody wants to see and change what Paxos holds.
func (s *server) askCorrection(c echo.Context) error {
	return s.askChange(c, identity.MoveCorrect, http.StatusOK, nil)
}

// correct opens the form, shows exactly what will be sent, and queues it.
func (s *server) correct(c echo.Context) error { return s.change(c, identity.MoveCorrect) }

func (s *server) change(c echo.Context, k identity.MoveKind) error {
	switch posted(c, "step") {
	case stepEdit:
		return s.editChange(c, k, nil)
	case stepCheck:
		return s.checkChange(c, k)
	case stepSend:
		return s.sendChange(c, k)
	default:
		return s.openChange(c, k)
	}
}

// askChange draws the first page of a change; f is what was refused, or nil.
func (s *server) askChange(c echo.Context, k identity.MoveKind, status int, f *fault.Error) error {
	p, err := s.changePage(c, k)
	if err != nil {
		return err
	}
	if f != nil {
		p.Text, p.Errors, p.Again = f.Text, f.Fields, f.RetryAt
		p.Typed = typed(c)
		retryAfter(c, f, s.Now())
	}
	return html(c, status, views.AskChange(p))
}

// changePage is what the pages of a change share. A case that cannot be changed is a Conflict.
func (s *server) changePage(c echo.Context, k identity.MoveKind) (views.ChangePage, error) {
	o, err := s.Desk.Peek(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return views.ChangePage{}, err
	}
	if why := onboarding.CannotCorrect(o.Identity); why != "" {
		return views.ChangePage{}, fault.New(fault.Conflict, why)
	}
	p := views.ChangePage{Chrome: s.formPage(c), Identity: o.Identity, Kind: k, Today: s.latestDay(c)}
	for _, m := range o.Moves {
		if m.Kind == k && m.State.Open() {
			p.Open = &views.OurMove{OurMove: m.OurMove}
		}
	}
	return p, nil
}

// refusedChange answers with the first page where the whole must begin anew, and with the form where something in it is wrong.
func (s *server) refusedChange(c echo.Context, k identity.MoveKind, err error) error {
	f := fault.From(err)
	switch {
	case wantsJSON(c):
		return err
	case f.Kind == fault.Invalid && posted(c, baseField) != "":
		return s.editChange(c, k, f)
	case slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Throttled, fault.Unavailable}, f.Kind):
		return s.askChange(c, k, statusOf(f.Kind), s.told(c, f))
	}
	return err
}

func (s *server) openChange(c echo.Context, k identity.MoveKind) error {
	base, err := s.Desk.OpenCorrection(c.Request().Context(), actor(c), c.Param("id"), k, askOf(c))
	if err != nil {
		return s.refusedChange(c, k, err)
	}
	shown, err := json.Marshal(carriedBase{base.Held, base.Status})
	if err != nil {
		return err
	}
	carried := url.Values{baseField: {string(shown)}, openedField: {base.OpenedAt.Format(time.RFC3339)}, markField: {base.Mark}}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, openedChangeJSON{
			Base: carried.Get(baseField), OpenedAt: utc(&base.OpenedAt), Mark: base.Mark, Fields: base.Held.Values(),
		})
	}
	p, err := s.changePage(c, k)
	if err != nil {
		return err
	}
	values := base.Held.Values()
	values.Set(identity.FieldRefreshedAt, p.Today)
	return html(c, http.StatusOK, views.EditChange(editable(p, values, carried, nil)))
}

// editable is the form with some values; what it was filled with travels along.
func editable(p views.ChangePage, values, carried url.Values, f *fault.Error) views.ChangePage {
	p.Form = views.NewIdentityPage{Chrome: p.Chrome, Values: values}
	p = openedChange(p, carried)
	if f != nil {
		p.Form.Text, p.Form.Errors, p.Errors = f.Text, f.Fields, f.Fields
	}
	return p
}

// openedChange is a page that shows something of the person, until the form that it came from is not good any more.
func openedChange(p views.ChangePage, carried url.Values) views.ChangePage {
	p.Carried = carried
	if at, err := time.Parse(time.RFC3339, carried.Get(openedField)); err == nil {
		p.Until = at.Add(onboarding.CorrectionOpenFor)
	}
	p.Leave = views.Leave{To: cmp.Or(p.Back, casePath(p.Identity.ID)), After: max(p.Until.Sub(p.Now), time.Second)}
	return p
}

// editChange draws the form again, with what was typed.
func (s *server) editChange(c echo.Context, k identity.MoveKind, f *fault.Error) error {
	p, err := s.changePage(c, k)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	carried := url.Values{}
	for _, name := range []string{baseField, openedField, markField} {
		carried.Set(name, form.Get(name))
	}
	status := http.StatusOK
	if f != nil {
		status = statusOf(f.Kind)
	}
	return html(c, status, views.EditChange(editable(p, form, carried, f)))
}

// checkChange shows exactly what will be sent.
func (s *server) checkChange(c echo.Context, k identity.MoveKind) error {
	change, err := s.readChange(c)
	if err != nil {
		return err
	}
	plan, err := s.Desk.PlanCorrection(c.Request().Context(), actor(c), c.Param("id"), k, change)
	if err != nil {
		return s.refusedChange(c, k, err)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toPlan(plan))
	}
	p, err := s.changePage(c, k)
	if err != nil {
		return err
	}
	p.Plan = views.ChangePlan{Shifts: plan.Shifts, MayVerifyAgain: plan.MayVerifyAgain}
	carried := maps.Clone(c.Request().PostForm)
	carried.Del("step")
	carried.Del("back")
	p = openedChange(p, carried)
	return html(c, http.StatusOK, views.CheckChange(p))
}

func (s *server) sendChange(c echo.Context, k identity.MoveKind) error {
	change, err := s.readChange(c)
	if err != nil {
		return err
	}
	m, err := s.Desk.SendCorrection(c.Request().Context(), actor(c), c.Param("id"), k, change)
	if err != nil {
		return s.refusedChange(c, k, err)
	}
	return s.acted(c, m.IdentityID, moveQueued)
}

// carriedBase is what the form was filled with, on its way through the browser.
type carriedBase struct {
	Held   identity.Draft  `json:"held"`
	Status identity.Status `json:"status"`
}

// readChange reads what was typed, and what the form was filled with.
func (s *server) readChange(c echo.Context) (change onboarding.Correction, err error) {
	form := c.Request().PostForm
	base := onboarding.CorrectionBase{Mark: form.Get(markField)}
	base.OpenedAt, _ = time.Parse(time.RFC3339, form.Get(openedField)) // a form without it is refused by its mark
	var shown carriedBase
	if json.Unmarshal([]byte(form.Get(baseField)), &shown) != nil {
		return change, fault.New(fault.Malformed, "This form cannot be read. Open it again.")
	}
	base.Held, base.Status = shown.Held, shown.Status
	return onboarding.Correction{
		Base: base, After: identity.ParseCorrection(form, base.Held),
		RefreshedAt: s.dayDone(c), Backdated: form.Get("backdated") != "",
	}, nil
}

// dayDone is the day of a KYC refresh: its start in UTC, so that it is the same day for whoever reads it; zero where it cannot be read.
func (s *server) dayDone(c echo.Context) time.Time {
	day, err := time.Parse(time.DateOnly, posted(c, identity.FieldRefreshedAt))
	if err != nil {
		return time.Time{}
	}
	return day
}

// latestDay is today where the person is, unless it has not begun in UTC yet.
func (s *server) latestDay(c echo.Context) string {
	now := s.Now()
	return min(now.In(s.location(c)).Format(time.DateOnly), now.UTC().Format(time.DateOnly))
}

// openedChangeJSON is what Paxos holds, for a client that shows it in a form and keeps none of it. Base, opened_at and mark go back
// as they are.
type openedChangeJSON struct {
	Base     string              `json:"base"`
	OpenedAt *time.Time          `json:"opened_at"`
	Mark     string              `json:"mark"`
	Fields   map[string][]string `json:"fields"` // by the names of the form
}

// planJSON is exactly what will be sent.
type planJSON struct {
	Changes        []shiftJSON `json:"changes"`
	MayVerifyAgain bool        `json:"may_verify_again"`
}

type shiftJSON struct {
	Field  string   `json:"field"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}

func toPlan(p onboarding.CorrectionPlan) planJSON {
	return planJSON{MayVerifyAgain: p.MayVerifyAgain, Changes: each(p.Shifts, func(s identity.Shift) shiftJSON {
		return shiftJSON{Field: s.Field, Before: append([]string{}, s.Before...), After: append([]string{}, s.After...)}
	})}
}
