package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// notice is a word for what the last click did. It travels in a cookie of half a minute, so that addresses stay clean and
// the next page says it once.
type notice string

const (
	signedOut   notice = "signed-out"
	rechecked   notice = "rechecked"
	resubmitted notice = "resubmitted"
	withdrawn   notice = "withdrawn"
	reprocessed notice = "reprocessed"
	manyAgain   notice = "many-again"
	tookMissing notice = "took-missing"
	lastOne     notice = "last-one"
	startedJob  notice = "started-job"
)

func (n notice) text() string {
	switch n {
	case signedOut:
		return "You have signed out."
	case rechecked:
		return "Paxos is being asked again. What it answers appears here."
	case resubmitted:
		return "The submission is queued again, with the same ref_id."
	case withdrawn:
		return "The submission is withdrawn and its details are erased."
	case reprocessed:
		return "The event is queued to be handled again."
	case manyAgain:
		return "The events are queued to be handled again."
	case lastOne:
		return "That was the last case of this list."
	case startedJob:
		return "The job is started again. What becomes of it appears here."
	case tookMissing:
		return "What was missing is taken in and is acted on now."
	}
	return ""
}

const (
	noticeCookie  = "identitydesk-notice"
	noticeSeconds = 30
)

// leaveNotice lets the next page at the path say what was done. The path must begin with where the page is.
func (s *server) leaveNotice(c echo.Context, path string, n notice) {
	s.setNotice(c, path, n, noticeSeconds)
}

// takeNotice is the text of what the last click did, once.
func (s *server) takeNotice(c echo.Context, path string) string {
	cookie, err := c.Cookie(noticeCookie)
	if err != nil {
		return ""
	}
	s.setNotice(c, path, "", -1)
	return notice(cookie.Value).text()
}

func (s *server) setNotice(c echo.Context, path string, n notice, seconds int) {
	c.SetCookie(&http.Cookie{
		Name: noticeCookie, Value: string(n), Path: path, MaxAge: seconds,
		HttpOnly: true, Secure: secure(s.BaseURL), SameSite: http.SameSiteLaxMode,
	})
}
