package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/staff"
	"identitydesk/views"
)

const (
	oidcPath     = loginPath + "/oidc"
	callbackPath = oidcPath + "/callback"
	departPath   = oidcPath + "/backchannel"
	maxDepart    = 16 << 10 // bytes of the form with a logout token

	// How often the provider may tell of log-outs. A wrong token costs a question for the provider's keys.
	departsPerSecond = 20
	departBurst      = 200
)

// startOIDC sends somebody to the identity provider.
func (s *server) startOIDC(c echo.Context) error {
	if s.Provider == nil {
		return notFound()
	}
	if err := s.logins.allow(c.RealIP()); err != nil {
		return err
	}
	next := ownPath(c.QueryParam("next"))
	a, address, err := s.Provider.Begin(c.Request().Context(), c.QueryParam("again") != "")
	if err != nil {
		return s.notSignedIn(c, next, err)
	}
	if err := s.attempts.keep(c, attempt{a, next}); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// finishOIDC lets in whom the provider has sent back, if this is the answer to the attempt that their browser has begun. An attempt is
// good for one answer; a callback that does not answer it leaves it as it is.
func (s *server) finishOIDC(c echo.Context) error {
	if s.Provider == nil {
		return notFound()
	}
	if err := s.logins.allow(c.RealIP()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	a, ok := s.attempts.find(c)
	if !ok || !a.AnsweredBy(c.QueryParams()) {
		return s.notSignedIn(c, "", staleAttempt("state"))
	}
	if err := s.attempts.drop(c); err != nil {
		return err
	}
	next := ownPath(a.Next)
	err := s.Staff.Spend(ctx, access.Once{Kind: "login", ID: a.State, Until: a.Until})
	if fault.KindOf(err) == fault.Conflict {
		return s.notSignedIn(c, next, staleAttempt("replayed"))
	}
	if err != nil {
		return err
	}
	claims, err := s.Provider.Finish(ctx, a.Attempt, c.QueryParams())
	if err != nil {
		return s.notSignedIn(c, next, err)
	}
	token, err := s.Staff.Arrive(ctx, staff.Arrival{
		Subject: claims.Subject, Name: claims.Name, Groups: claims.Groups, Session: claims.SessionID, IDToken: claims.IDToken,
	}, visitor(c))
	if err != nil {
		return s.notSignedIn(c, next, err)
	}
	if err := s.enter(c, token); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, orHome(next))
}

func staleAttempt(code string) error {
	return &fault.Error{
		Kind: fault.Forbidden, Code: code, Text: "This sign-in took too long, was begun in another window, or is over already. Start again.",
	}
}

// notSignedIn tells a person why they are not let in, and how to go on; the log gets the code, and what the provider did.
func (s *server) notSignedIn(c echo.Context, next string, err error) error {
	f := fault.From(err)
	if f.Kind != fault.Forbidden && f.Kind != fault.Unavailable {
		return err
	}
	s.Log.WarnContext(c.Request().Context(), "not signed in", "request_id", requestID(c), "code", f.Code, "error", cause(err))
	if wantsJSON(c) {
		return err
	}
	retryAfter(c, f, s.Now())
	if f.Code == staff.NoRole || f.Code == staff.IsDisabled {
		return html(c, http.StatusForbidden, views.NoEntry(views.NoEntryPage{Chrome: s.chrome(c, ""), Text: f.Text, NoRole: f.Code == staff.NoRole}))
	}
	p := s.loginPage(c, next)
	p.Problem = f.Text
	return html(c, statusOf(f.Kind), views.Login(p))
}

// departOIDC ends the sessions that the provider says have ended (OpenID Connect Back-Channel Logout 1.0).
func (s *server) departOIDC(c echo.Context) error {
	if s.Provider == nil {
		return notFound()
	}
	if err := s.departs.allow(c.RealIP()); err != nil {
		return err
	}
	body, err := s.readBody(c, maxDepart)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return s.notDeparted(c, fault.Wrap(fault.Malformed, "The form cannot be read.", err))
	}
	d, err := s.Provider.Departed(c.Request().Context(), form.Get("logout_token"))
	if err != nil {
		return s.notDeparted(c, err)
	}
	_, err = s.Staff.Depart(c.Request().Context(), staff.Departure{Subject: d.Subject, Session: d.SessionID, ID: d.ID, Until: d.Until}, visitor(c))
	if err != nil {
		return s.notDeparted(c, err)
	}
	return c.NoContent(http.StatusOK)
}

// isMachine reports whether an address is asked by machines alone, which are answered in JSON.
func isMachine(path string) bool { return isWebhook(path) || path == departPath }

// notDeparted answers in the words of the standard; what may pass by itself is answered as the failure that it is.
func (s *server) notDeparted(c echo.Context, err error) error {
	f := fault.From(err)
	switch f.Kind {
	case fault.Forbidden, fault.Conflict, fault.Malformed:
	default:
		return err
	}
	s.Log.WarnContext(c.Request().Context(), "back-channel log-out refused", "request_id", requestID(c), "kind", f.Kind, "error", cause(err))
	return writeJSON(c, http.StatusBadRequest, map[string]string{"error": "invalid_request", "error_description": f.Text})
}
