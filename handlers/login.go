package handlers

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/views"
)

const (
	loginPath = "/login"
	homePath  = queuePath

	// Nobody types faster than this; a script that guesses does.
	loginsPerSecond = 1
	loginBurst      = 30
)

// showLogin offers the ways to sign in; who is signed in already goes on.
func (s *server) showLogin(c echo.Context) error {
	next := ownPath(c.QueryParam("next"))
	switch err := s.recognise(c); fault.KindOf(err) {
	case "":
		return c.Redirect(http.StatusSeeOther, orHome(next))
	case fault.Unauthenticated:
		p := s.loginPage(c, next)
		p.Notice = s.takeNotice(c, loginPath)
		return html(c, http.StatusOK, views.Login(p))
	default:
		return err
	}
}

func (s *server) loginPage(c echo.Context, next string) views.LoginPage {
	return views.LoginPage{Chrome: s.chrome(c, ""), Dev: s.DevLogin, Roles: access.Roles(), Role: access.Analyst, Next: next}
}

// devLogin signs in whoever names a role. It exists only where the environment allows it.
func (s *server) devLogin(c echo.Context) error {
	if !s.DevLogin {
		return notFound()
	}
	if err := s.logins.allow(c.RealIP()); err != nil {
		return err
	}
	name, role := strings.TrimSpace(c.FormValue("user")), access.Role(c.FormValue("role"))
	next := ownPath(c.FormValue("next"))
	err := s.signIn(c, access.User{ID: name, Name: name, Role: role})
	if f := fault.From(err); f != nil && f.Kind == fault.Invalid && !wantsJSON(c) {
		p := s.loginPage(c, next)
		p.User, p.Role, p.Errors = name, role, f.Fields
		return html(c, http.StatusUnprocessableEntity, views.Login(p))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, orHome(next))
}

// signIn ends the session that the browser still holds, opens a new one with an id of its own, and sets the cookie before
// anything is answered.
func (s *server) signIn(c echo.Context, u access.User) error {
	ctx := c.Request().Context()
	token, _, err := s.Staff.SignIn(ctx, u, visitor(c))
	if err != nil {
		return err
	}
	if s.recognise(c) == nil {
		if err := s.Staff.SignOut(ctx, s.cookies.token(c.Request()), actor(c)); err != nil {
			return err
		}
	}
	return s.cookies.keep(c, token)
}

// logout ends the session at once.
func (s *server) logout(c echo.Context) error {
	if err := s.Staff.SignOut(c.Request().Context(), s.cookies.token(c.Request()), actor(c)); err != nil {
		return err
	}
	if err := s.cookies.drop(c); err != nil {
		return err
	}
	s.leaveNotice(c, loginPath, signedOut)
	return c.Redirect(http.StatusSeeOther, loginPath)
}

// loginAnd is the log-in's address with the way back to a path of ours.
func loginAnd(next string) string {
	if next = ownPath(next); next == "" || next == homePath {
		return loginPath
	}
	return loginPath + "?" + url.Values{"next": {next}}.Encode()
}

// ownPath is next where it leads to a page of this desk, else empty: a link to the log-in must not lead elsewhere.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || len(next) > maxQuery {
		return ""
	}
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return ""
	}
	if u.Path != path.Clean(u.Path) || u.Path == loginPath || strings.HasPrefix(u.Path, loginPath+"/") {
		return ""
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

func orHome(next string) string {
	if next == "" {
		return homePath
	}
	return next
}
