package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// askCompare shows what a submission clashed with, and, to whoever has compared both, the ways to decide on it. It holds nothing personal.
func (s *server) askCompare(c echo.Context) error {
	o, err := s.Desk.DuplicateOf(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return ledToCase(c, err)
	}
	return html(c, http.StatusOK, views.Duplicate(s.duplicatePage(c, o)))
}

func (s *server) duplicatePage(c echo.Context, o onboarding.Duplicate) views.DuplicatePage {
	p := views.DuplicatePage{
		Chrome: s.formPage(c), Of: o.Identity, Failure: o.Failure, FailureUnread: o.Unread, Existing: o.Existing, MayOpen: o.MayOpen,
		Comparison: o.Comparison, Account: views.AccountForm{Profile: true},
	}
	if w, beside := listOf(c, p.Back); beside {
		p.Onward = w.spot.Next(s.Desk.Place(o.Identity, w.filter))
	}
	return p
}

// compare shows the draft beside what Paxos holds, live.
func (s *server) compare(c echo.Context) error {
	o, err := s.Desk.CompareDuplicate(c.Request().Context(), actor(c), c.Param("id"), askOf(c))
	if err != nil {
		return s.undecided(c, err, func(p *views.DuplicatePage, f *fault.Error) { p.Asked = askedOf(c, f) })
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toCompared(o))
	}
	p := s.duplicatePage(c, o.Duplicate)
	p.Fields, p.Until = o.Fields, o.Until
	p.Leave = views.Leave{To: views.From(p.Back, casePath(o.Identity.ID)+"/compare"), After: onboarding.ShownFor}
	return html(c, http.StatusOK, views.Duplicate(p))
}

// decline declines service to a duplicate.
func (s *server) declineDuplicate(c echo.Context) error {
	form := c.Request().PostForm
	err := s.Desk.DeclineDuplicate(c.Request().Context(), actor(c), c.Param("id"), mendingOf(form).Attempts, whyOf(c))
	if err != nil {
		return s.undecided(c, err, func(p *views.DuplicatePage, f *fault.Error) { p.Declining = askedOf(c, f) })
	}
	return s.acted(c, c.Param("id"), serviceDeclined)
}

// linkDuplicate has an account made for the existing identity.
func (s *server) linkDuplicate(c echo.Context) error {
	form := c.Request().PostForm
	ask := accountAskOf(form)
	if addsMember(c) {
		return s.addMemberToLink(c, ask)
	}
	err := s.Desk.LinkDuplicate(c.Request().Context(), actor(c), c.Param("id"), mendingOf(form).Attempts, whyOf(c), ask)
	if err != nil {
		found, gone := s.foundJoint(c, ask)
		if gone != nil {
			return err
		}
		return s.undecided(c, err, func(p *views.DuplicatePage, f *fault.Error) {
			p.Linking, p.Account = askedOf(c, f), accountForm(ask, f)
			p.Account.Found = found
		})
	}
	return s.acted(c, c.Param("id"), linking)
}

// addMemberToLink shows the page with what was typed, and one more line for a member.
func (s *server) addMemberToLink(c echo.Context, ask onboarding.AccountAsk) error {
	o, err := s.Desk.DuplicateOf(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return s.sentBack(c, err, fault.Conflict)
	}
	p := s.duplicatePage(c, o)
	p.Linking, p.Account = askedOf(c, &fault.Error{}), accountForm(ask, &fault.Error{}).WithLine()
	if p.Account.Found, err = s.foundJoint(c, ask); err != nil {
		return err
	}
	return html(c, http.StatusOK, views.Duplicate(p))
}

func whyOf(c echo.Context) identity.Why {
	return identity.Why{Code: posted(c, "reason_code"), Words: posted(c, "reason")}
}

// undecided answers where nothing came of an act on a duplicate: with the page, what was typed, and what is wrong with it.
func (s *server) undecided(c echo.Context, err error, note func(*views.DuplicatePage, *fault.Error)) error {
	f := s.inPlace(c, err, fault.Invalid, fault.Conflict, fault.Throttled, fault.Unavailable)
	if f == nil {
		return err
	}
	o, gone := s.Desk.DuplicateOf(c.Request().Context(), actor(c), c.Param("id"))
	if gone != nil || f.Code == "was_first" {
		return s.sentBack(c, err, fault.Conflict)
	}
	p := s.duplicatePage(c, o)
	note(&p, f)
	retryAfter(c, f, s.Now())
	return html(c, statusOf(f.Kind), views.Duplicate(p))
}

// comparedJSON is a comparison for a client that shows it and keeps none of it.
type comparedJSON struct {
	IdentityID string              `json:"identity_id"`
	ExistingID string              `json:"existing_id"`
	Fields     []comparedFieldJSON `json:"fields"`
	Until      *time.Time          `json:"decide_until"` // till when the person may decide on it
}

type comparedFieldJSON struct {
	Path      string  `json:"path"`
	Ours      *string `json:"ours"`
	Theirs    *string `json:"theirs"`
	Agreement string  `json:"agreement"` // same, differs, ours, theirs, own
}

func toCompared(o onboarding.Compared) comparedJSON {
	until := o.Comparison.Until()
	return comparedJSON{
		Until: utc(&until), IdentityID: o.Identity.ID, ExistingID: o.Existing.ID,
		Fields: each(o.Fields, func(f identity.ComparedField) comparedFieldJSON {
			return comparedFieldJSON{Path: f.Path, Ours: orNull(f.Ours), Theirs: orNull(f.Theirs), Agreement: string(f.Agreement)}
		}),
	}
}
