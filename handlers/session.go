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
	name := "identitydesk"
	if secure {
		name = "__Host-identitydesk"
	}
	return cookies{store: store, name: name}
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
)

// signedIn lets in who has a live session, and remembers who it is.
func (s *server) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.recognise(c); err != nil {
			return err
		}
		return next(c)
	}
}

// recognise finds the request's session. Without one it gives Unauthenticated.
func (s *server) recognise(c echo.Context) error {
	token := s.cookies.token(c.Request())
	if token == "" {
		return fault.New(fault.Unauthenticated, "You are not signed in. Sign in first.")
	}
	user, _, err := s.Staff.Session(c.Request().Context(), token)
	if err != nil {
		return err
	}
	a := visitor(c)
	a.UserID, a.Name, a.Role = user.ID, user.Name, user.Role
	c.Set(actorKey, a)
	c.Set(preferencesKey, user.Preferences)
	c.Set(sinceKey, s.Live.At()) // before anything is read
	return nil
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
