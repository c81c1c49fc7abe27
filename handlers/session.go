package handlers

import (
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/staff"
)

const tokenField = "id"

// cookies keep the session's random id in a signed cookie, and nothing else.
type cookies struct {
	store *sessions.CookieStore
	name  string
}

// newCookies makes the keeper. The first key signs; the others are still believed. Where the desk is served by https, the
// name's prefix makes browsers refuse a cookie that another host planted.
func newCookies(keys [][]byte, secure bool) cookies {
	var pairs [][]byte
	for _, k := range keys {
		pairs = append(pairs, k, nil) // signed, not encrypted: a random id hides nothing
	}
	store := sessions.NewCookieStore(pairs...)
	store.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	store.MaxAge(int(staff.SessionLife.Seconds()))
	return cookies{store: store, name: cookieName("identitydesk", secure)}
}

func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// token is the id in the request's cookie; empty where there is none that we signed.
func (k cookies) token(r *http.Request) string {
	session, err := k.store.New(r, k.name)
	if err != nil {
		return ""
	}
	token, _ := session.Values[tokenField].(string)
	return token
}

// keep sets the cookie. It must come before the answer's first byte.
func (k cookies) keep(c echo.Context, token string) error {
	session := sessions.NewSession(k.store, k.name)
	session.Options = k.options()
	session.Values[tokenField] = token
	return session.Save(c.Request(), c.Response())
}

// drop removes the cookie.
func (k cookies) drop(c echo.Context) error {
	session := sessions.NewSession(k.store, k.name)
	session.Options = k.options()
	session.Options.MaxAge = -1
	return session.Save(c.Request(), c.Response())
}

func (k cookies) options() *sessions.Options {
	o := *k.store.Options
	return &o
}

const (
	actorKey       = "actor"
	preferencesKey = "preferences"
	sinceKey       = "since"
	credentialKey  = "credential"
)

// signedIn lets in who has a live session or a good token, and remembers who it is.
func (s *server) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.recognise(c); err != nil {
			return err
		}
		return next(c)
	}
}

// recognise finds out who sent a request: by the token where there is one, else by the session. Without either it gives
// Unauthenticated.
func (s *server) recognise(c echo.Context) error {
	if isScript(c) {
		return s.recogniseScript(c)
	}
	return s.recogniseSession(c)
}

func (s *server) recogniseSession(c echo.Context) error {
	token := s.cookies.token(c.Request())
	if token == "" {
		return fault.New(fault.Unauthenticated, "You are not signed in. Sign in first.")
	}
	find := s.Staff.Session
	if byItself(c) {
		find = s.Staff.Look
	}
	user, _, err := find(c.Request().Context(), token)
	if err != nil {
		return err
	}
	a := visitor(c)
	a.UserID, a.Name, a.Role = user.ID, user.Name, user.Role
	s.remember(c, a, user.Preferences, token)
	return nil
}

// byItself reports whether a page asks while nobody touches it: its stream of news, and the parts that it renews.
func byItself(c echo.Context) bool {
	return c.Request().URL.Path == livePath || c.Request().Header.Get("HX-Request") != ""
}

// remember keeps who sent a request, and what they came in with, for whatever answers it.
func (s *server) remember(c echo.Context, a access.Actor, p access.Preferences, credential string) {
	c.Set(actorKey, a)
	c.Set(preferencesKey, p)
	c.Set(credentialKey, credential)
	c.Set(sinceKey, s.Live.At()) // before anything is read
}

// credential is what whoever sent the request came in with.
func credential(c echo.Context) string {
	found, _ := c.Get(credentialKey).(string)
	return found
}

// stillIn reports whether what somebody came in with still lets them in. To ask is no use of it.
func (s *server) stillIn(c echo.Context) bool {
	if actor(c).Token != "" {
		_, err := s.Staff.LookAtScript(c.Request().Context(), credential(c))
		return err == nil
	}
	_, _, err := s.Staff.Look(c.Request().Context(), credential(c))
	return err == nil
}

// preferences are how whoever is signed in wants the desk to be.
func preferences(c echo.Context) access.Preferences {
	p, _ := c.Get(preferencesKey).(access.Preferences)
	return p
}

// actor is who is signed in, as signedIn found out; the zero Actor where nobody is.
func actor(c echo.Context) access.Actor {
	a, _ := c.Get(actorKey).(access.Actor)
	return a
}

// visitor is where a request comes from, whoever sent it.
func visitor(c echo.Context) access.Actor {
	return access.Actor{RequestID: requestID(c), Address: c.RealIP()}
}
