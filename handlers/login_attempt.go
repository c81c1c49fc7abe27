package handlers

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"identitydesk/internal/login"
)

const (
	attemptField = "attempt"
	// maxNext is how long the way back may be that a cookie holds; longer ones lead home.
	maxNext = 1 << 10
)

// attempts keep somebody's way to the identity provider and back in a cookie of theirs, sealed, for as long as it may take.
type attempts struct {
	store *sessions.CookieStore
	name  string
}

// attempt is a way to the provider, and where to go on afterwards.
type attempt struct {
	login.Attempt
	Next string
}

func newAttempts(keys [][]byte, secure bool) attempts {
	var pairs [][]byte
	for _, k := range keys {
		pairs = append(pairs, mac(k, []byte("sign a log-in attempt")), mac(k, []byte("seal a log-in attempt")))
	}
	store := sessions.NewCookieStore(pairs...)
	store.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	store.MaxAge(int(login.AttemptLife.Seconds()))
	return attempts{store: store, name: cookieName("identitydesk-attempt", secure)}
}

// keep sets the cookie; an attempt that was begun before, perhaps in another window, ends with that.
func (k attempts) keep(c echo.Context, a attempt) error {
	if len(a.Next) > maxNext {
		a.Next = ""
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return k.save(c, string(text), k.store.Options.MaxAge)
}

// find gives the attempt in the request's cookie; ok is false where there is none that we sealed.
func (k attempts) find(c echo.Context) (a attempt, ok bool) {
	session, err := k.store.New(c.Request(), k.name)
	if err != nil {
		return a, false
	}
	text, _ := session.Values[attemptField].(string)
	return a, json.Unmarshal([]byte(text), &a) == nil
}

func (k attempts) drop(c echo.Context) error { return k.save(c, "", -1) }

func (k attempts) save(c echo.Context, text string, maxAge int) error {
	session := sessions.NewSession(k.store, k.name)
	options := *k.store.Options
	options.MaxAge = maxAge
	session.Options = &options
	session.Values[attemptField] = text
	return session.Save(c.Request(), c.Response())
}
