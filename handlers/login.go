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
	switch err := s.recogniseSession(c); fault.KindOf(err) {
	case "":
		return c.Redirect(http.StatusSeeOther, orHome(next))
	case fault.Unauthenticated:
		p := s.loginPage(c, next)
		p.Notice = s.takeNotice(c, loginPath)
		if s.Provider != nil {
			if err := s.Provider.Ready(c.Request().Context()); err != nil {
				p.Problem = fault.From(err).Text
			}
		}
		return html(c, http.StatusOK, views.Login(p))
	default:
		return err
	}
}

func (s *server) loginPage(c echo.Context, next string) views.LoginPage {
	return views.LoginPage{Chrome: s.chrome(c, ""), Dev: s.DevLogin, OIDC: s.Provider != nil, Roles: access.Roles(), Role: access.Analyst, Next: next}
}

// devLogin signs in whoever names a role. It exists only where the environment allows it.
func (s *server) devLogin(c echo.Context) error {
	if !s.DevLogin {
		return notFound()
	}
	if err := s.logins.allow(c.RealIP()); err != nil {
		return err
	}
	name, role := strings.TrimSpace(posted(c, "user")), access.Role(posted(c, "role"))
	next := ownPath(posted(c, "next"))
	err := s.signIn(c, access.User{ID: name, Name: name, Role: role})
	if f := s.inPlace(c, err, fault.Invalid); f != nil {
		p := s.loginPage(c, next)
		p.User, p.Role, p.Errors = name, role, f.Fields
		return html(c, http.StatusUnprocessableEntity, views.Login(p))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, orHome(next))
}

// signIn opens a session without asking a provider.
func (s *server) signIn(c echo.Context, u access.User) error {
	token, err := s.Staff.SignIn(c.Request().Context(), u, visitor(c))
	if err != nil {
		return err
	}
	return s.enter(c, token)
}

// enter ends the session that the browser still holds, and sets the cookie of the new one, before anything is answered.
func (s *server) enter(c echo.Context, token string) error {
	if s.recogniseSession(c) == nil {
		if _, err := s.Staff.SignOut(c.Request().Context(), s.cookies.token(c.Request()), actor(c)); err != nil {
			return err
		}
	}
	return s.cookies.keep(c, token)
}

// logout ends the session at once. Where the provider offers to end its own, too, the answer is a page that leads there: browsers keep a
// form of ours from being redirected to another site, and no address of ours holds the ID token by which the provider finds its session.
func (s *server) logout(c echo.Context) error {
	ctx := c.Request().Context()
	idToken, err := s.Staff.SignOut(ctx, credential(c), actor(c))
	if err != nil {
		return err
	}
	if err := s.cookies.drop(c); err != nil {
		return err
	}
	if idToken != "" && s.Provider != nil && !wantsJSON(c) {
		if at := s.Provider.EndSession(ctx); at != "" {
			c.Response().Header().Set(echo.HeaderContentSecurityPolicy, views.ContentPolicyWithFormsTo(at))
			return html(c, http.StatusOK, views.SignedOut(views.SignedOutPage{
				Chrome: views.Chrome{Asset: s.Assets.Path}, EndSession: at, IDToken: idToken, ClientID: s.Provider.ClientID(),
				Back: s.BaseURL + loginPath, AtOnce: true,
			}))
		}
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
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next+u.Path, "\\\r\n\t") {
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
