package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// askResubmit shows why a submission failed, and the ways to send it again. It holds none of its details.
func (s *server) askResubmit(c echo.Context) error {
	f, err := s.Desk.FailedOf(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return ledToCase(c, err)
	}
	return html(c, http.StatusOK, views.Resubmit(s.resubmitPage(c, f)))
}

// ledToCase leads whoever asks for what a case does not offer any more to the case itself.
func ledToCase(c echo.Context, err error) error {
	if fault.KindOf(err) != fault.Conflict || wantsJSON(c) {
		return err
	}
	return c.Redirect(http.StatusSeeOther, casePath(c.Param("id")))
}

func (s *server) resubmitPage(c echo.Context, f onboarding.Failed) views.ResubmitPage {
	p := views.ResubmitPage{
		NewIdentityPage: views.NewIdentityPage{Chrome: s.formPage(c)},
		Of:              f.Identity, Failure: f.Failure, FailureUnread: f.Unread, Existing: f.Existing, Free: f.Free, MayOpen: f.MayOpen,
	}
	if f.Identity.SubmittedAt != nil {
		p.FreeUntil = f.Identity.SubmittedAt.Add(identity.OwnDraft)
	}
	return p
}

// openDraft shows the details of a failed submission in the form, with what Paxos says beside the fields.
func (s *server) openDraft(c echo.Context) error {
	o, err := s.Desk.OpenDraft(c.Request().Context(), actor(c), c.Param("id"), askOf(c))
	if err != nil {
		return s.draftClosed(c, err)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, openedDraftJSON{
			IdentityID: o.Identity.ID, Values: o.Draft.Values(), Fields: o.Failure.FieldsNamed(), ShownUntil: utc(&o.Until),
		})
	}
	p := s.resubmitPage(c, o.Failed)
	p.Values, p.Errors, p.Until = o.Draft.Values(), o.Failure.FieldsNamed(), o.Until
	p.Text = o.Failure.Text
	return html(c, http.StatusOK, views.Resubmit(leavesDraft(p)))
}

// leavesDraft is a page with opened details, which a browser without scripts leaves by itself.
func leavesDraft(p views.ResubmitPage) views.ResubmitPage {
	p.Leave = views.Leave{To: views.From(p.Back, casePath(p.Of.ID)+"/resubmit"), After: p.Until.Sub(p.Now)}
	return p
}

// openedDraftJSON is a draft for a client that has it mended and keeps none of it.
type openedDraftJSON struct {
	IdentityID string            `json:"identity_id"`
	Values     url.Values        `json:"values"` // by the names of the form's fields
	Fields     map[string]string `json:"fields"` // what Paxos says of them
	ShownUntil *time.Time        `json:"shown_until"`
}

// draftClosed answers where the details were not opened: with the page that asks for them, and what is wrong.
func (s *server) draftClosed(c echo.Context, err error) error {
	f := s.inPlace(c, err, fault.Invalid, fault.Conflict, fault.Throttled)
	if f == nil {
		return err
	}
	failed, gone := s.Desk.FailedOf(c.Request().Context(), actor(c), c.Param("id"))
	if gone != nil {
		return s.sentBack(c, gone, fault.Conflict)
	}
	p := s.resubmitPage(c, failed)
	p.Asked = askedOf(c, f)
	retryAfter(c, f, s.Now())
	return html(c, statusOf(f.Kind), views.Resubmit(p))
}

// askOf is the reason of a reveal.
func askOf(c echo.Context) identity.RevealAsk {
	return identity.RevealAsk{ReasonCode: posted(c, "reason_code"), Reason: posted(c, "reason")}
}

// askedOf is a form that was refused, with what was typed.
func askedOf(c echo.Context, f *fault.Error) views.Asked {
	return views.Asked{Text: f.Text, Errors: f.Fields, Typed: typed(c), Again: f.RetryAt}
}

// resubmit sends a failed submission again: as it is, under another ref_id, or with the details that were typed.
func (s *server) resubmit(c echo.Context) error {
	m := mendingOf(c.Request().PostForm)
	_, err := s.Desk.Resubmit(c.Request().Context(), actor(c), c.Param("id"), m)
	switch f := fault.From(err); {
	case err == nil:
		return s.acted(c, c.Param("id"), resubmittedAs(m))
	case wantsJSON(c):
		return err
	case f.Kind == fault.Invalid:
		return s.mendAgain(c, m, f)
	default:
		return s.sentBack(c, err, fault.Conflict)
	}
}

// resubmittedAs tells what was sent again, and under which ref_id.
func resubmittedAs(m onboarding.Mending) notice {
	switch {
	case m.Typed != nil:
		return resubmittedForm
	case m.RefID != "":
		return resubmittedRef
	}
	return resubmitted
}

// mendAgain is the form with what was typed and what is wrong with it.
func (s *server) mendAgain(c echo.Context, m onboarding.Mending, refused *fault.Error) error {
	failed, gone := s.Desk.FailedOf(c.Request().Context(), actor(c), c.Param("id"))
	if gone != nil {
		return s.sentBack(c, gone, fault.Conflict)
	}
	p := s.resubmitPage(c, failed)
	back := p.Back
	p.NewIdentityPage = s.form(c, m.Typed, refused)
	p.Back, p.Active, p.NewRefID = back, "", m.RefID
	if _, ofRefID := refused.Fields["ref_id"]; m.Typed == nil && !ofRefID {
		p.Asked.Text = "The details that are kept break a rule of today, so nothing was sent. Open them and put them right."
	}
	if at, err := time.Parse(time.RFC3339, m.Typed.Get(openedField)); err == nil {
		p.Until = stays(at.Add(identity.DraftShownFor), p.Now)
		p = leavesDraft(p)
	}
	return html(c, statusOf(refused.Kind), views.Resubmit(p))
}

// stays is until when opened details stay in a form that was refused: as long as they would have, and long enough to see what is wrong.
func stays(until, now time.Time) time.Time {
	latest := now.Add(identity.DraftShownFor)
	if until.After(latest) {
		return latest
	}
	if soonest := now.Add(time.Minute); until.Before(soonest) {
		return soonest
	}
	return until
}

// mendingOf tells a whole form from one that asks for another ref_id, or for nothing.
func mendingOf(form url.Values) onboarding.Mending {
	attempts, _ := strconv.Atoi(form.Get("attempts"))
	m := onboarding.Mending{Attempts: max(attempts, 0)}
	for name := range form {
		if strings.HasPrefix(name, "person_details.") {
			m.Typed = form
			return m
		}
	}
	m.RefID = strings.TrimSpace(form.Get("ref_id"))
	return m
}
