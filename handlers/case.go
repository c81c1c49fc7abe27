package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const (
	// fresh is how long after it began to wait a case is worth watching, and brisk for how long closely.
	fresh, brisk = 10 * time.Minute, time.Minute
	// How often a page without scripts looks: closely, and then.
	briskly, slowly = 5 * time.Second, 30 * time.Second
)

func casePath(id string) string { return "/identities/" + url.PathEscape(id) }

// showCase is one case.
func (s *server) showCase(c echo.Context) error {
	opened, err := s.readCase(c, c.Param("id"))
	if err != nil {
		return err
	}
	then := thenOf(c.QueryParams(), s.location(c), s.Now())
	if wantsJSON(c) && then.Error != "" {
		return thenWrong(then)
	}
	stood := stoodAt(opened.History, then)
	if wantsJSON(c) {
		j := s.opened(c, opened)
		j.standingJSON = toStanding(stood)
		return writeJSON(c, http.StatusOK, j)
	}
	p, err := s.caseView(c, s.page(c, ""), opened)
	if err != nil {
		return err
	}
	p.Notice = s.takeNotice(c, casePath(opened.Identity.ID))
	p.Then, p.Stood = then, stood
	if then.Error != "" {
		return html(c, http.StatusUnprocessableEntity, views.Case(p))
	}
	return html(c, http.StatusOK, views.Case(p))
}

func (s *server) opened(c echo.Context, o onboarding.Case) openedJSON {
	j := toOpened(o)
	if o.Identity.Submission.Waiting() {
		j.WaitsUntil = utc(s.Banners(c.Request().Context()).ThrottledUntil)
	}
	return j
}

// caseView is a case without what the last click did.
func (s *server) caseView(c echo.Context, chrome views.Chrome, o onboarding.Case) (p views.CasePage, err error) {
	p = views.CasePage{
		Chrome: chrome, Row: toRow(o.Row), Name: o.Name, NameUnread: o.NameUnread, Failure: o.Failure,
		FailureUnread: o.FailureUnread, History: o.History, Acts: o.Acts, Existing: o.Existing,
		CanRecheck: o.CanRecheck, CanResubmit: o.CanResubmit, CanWithdraw: o.CanWithdraw, CanReadAccounts: o.CanAccount, RecheckAllowedAt: o.RecheckAllowedAt,
	}
	p.RefreshTold = o.RefreshTold
	p.CanCorrect, p.CanRefresh = o.CanCorrect, o.CanRefresh
	p.Mine = o.Identity.Assignee != "" && o.Identity.Assignee == actor(c).UserID
	p.RefreshWithoutScript = newsWithin(o.Identity, p.Now)
	p.Reveal, p.Documents = revealView(o), documentsView(o.Documents)
	p.Parked = s.parkedOf(c, o.Identity.ID)
	p.CaseKeeping, p.Moves, p.Controls = keepingView(o.CaseKeeping), moveViews(o.Moves), views.Controls(o.Controls)
	p.CanRehearse = s.Rehearsals && o.CanRehearse
	p.Membership = views.Membership{Members: o.Membership.Members, Leads: o.Leads, BelongsTo: o.BelongsTo}
	p.Work, err = s.workView(c, o)
	return p, err
}

// newsWithin is how soon a page without scripts is to look again, since something is about to happen: a submission is on its way, or
// Paxos began to decide minutes ago. It is zero where nothing is: a person at Paxos who looks into something takes hours.
func newsWithin(i identity.Identity, now time.Time) time.Duration {
	var since time.Time
	switch {
	case i.Submission.Waiting():
		since = i.MoveSince
		if i.SubmittedAt != nil && i.SubmittedAt.After(since) {
			since = *i.SubmittedAt
		}
	case i.PendingSince == nil || i.Lane != identity.LaneWaiting || !now.Before(i.PendingSince.Add(fresh)) || i.HasDocuments() || i.Reviewed():
		return 0
	default:
		since = *i.PendingSince
	}
	if now.Before(since.Add(brisk)) {
		return briskly
	}
	return slowly
}

// recheck asks Paxos again.
func (s *server) recheck(c echo.Context) error {
	if err := s.Desk.Recheck(c.Request().Context(), actor(c), c.Param("id")); err != nil {
		return s.sentBack(c, err, fault.Conflict, fault.Throttled)
	}
	return s.acted(c, c.Param("id"), rechecked)
}

// withdraw gives a failed submission up.
func (s *server) withdraw(c echo.Context) error {
	_, err := s.Desk.Withdraw(c.Request().Context(), actor(c), c.Param("id"))
	return s.worked(c, err, withdrawn)
}

// acted answers a write: the case itself where JSON is asked for, else the way on.
func (s *server) acted(c echo.Context, id string, n notice) error {
	if wantsJSON(c) {
		opened, err := s.Desk.Peek(c.Request().Context(), actor(c), id)
		if err != nil {
			return err
		}
		return writeJSON(c, http.StatusAccepted, s.opened(c, opened))
	}
	to := s.onward(c, id)
	if n != "" {
		place, _, _ := strings.Cut(to, "?")
		s.leaveNotice(c, place, n)
	}
	if wantsPart(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, to)
}
