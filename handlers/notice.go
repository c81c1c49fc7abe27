package handlers

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// notice is a word for what the last click did. It travels in a cookie of half a minute, so that addresses stay clean and
// the next page says it once.
type notice string

const (
	signedOut       notice = "signed-out"
	rechecked       notice = "rechecked"
	resubmitted     notice = "resubmitted"
	resubmittedRef  notice = "resubmitted-ref"
	resubmittedForm notice = "resubmitted-form"
	withdrawn       notice = "withdrawn"
	reprocessed     notice = "reprocessed"
	manyAgain       notice = "many-again"
	tookMissing     notice = "took-missing"
	lastOne         notice = "last-one"
	startedJob      notice = "started-job"
	claimed         notice = "claimed"
	released        notice = "released"
	handedOver      notice = "handed-over"
	snoozed         notice = "snoozed"
	awake           notice = "awake"
	noted           notice = "noted"
	tagged          notice = "tagged"
	wentAway        notice = "went-away"
	cameBack        notice = "came-back"
	rebalanced      notice = "rebalanced"
	preferred       notice = "preferred"
	limitsSet       notice = "limits-set"
	proposed        notice = "proposed"
	approved        notice = "approved"
	declined        notice = "declined"
	tookBack        notice = "took-back"
	held            notice = "held"
	letGo           notice = "let-go"
	disabled        notice = "disabled"
	enabled         notice = "enabled"
	serviceDeclined notice = "service-declined"
	linking         notice = "linking"
	accountAsked    notice = "account-asked"
	ended           notice = "ended"
	revoked         notice = "revoked"

	movedAgain    notice = "moved-again"
	moveWithdrawn notice = "move-withdrawn"
	uploaded      notice = "uploaded"
	sentAgain     notice = "sent-again"
	tookFileBack  notice = "took-file-back"
	moveQueued    notice = "move-queued"
	agreed        notice = "agreed"
	rehearsed     notice = "rehearsed"
)

// counted is the notice with how many it was about.
func (n notice) counted(many int) notice { return n + notice("."+strconv.Itoa(many)) }

func (n notice) text() string {
	if word, number, ok := strings.Cut(string(n), "."); ok {
		many, err := strconv.Atoi(number)
		if err != nil || many < 0 {
			return ""
		}
		return notice(word).countedText(many)
	}
	switch n {
	case signedOut:
		return "You have signed out."
	case rechecked:
		return "Paxos is being asked again. What it answers appears here."
	case resubmitted:
		return "The submission is queued again, with the same ref_id."
	case resubmittedRef:
		return "The submission is queued again, under the ref_id that you gave."
	case resubmittedForm:
		return "The submission is queued again, with the details and the ref_id that you gave."
	case withdrawn:
		return "The submission is withdrawn and its details are erased."
	case serviceDeclined:
		return "Service is declined, and the details are erased."
	case linking:
		return "The account is on its way. Once Paxos has made it, this submission is linked and its details are erased."
	case accountAsked:
		return "The account is on its way to Paxos. Moves shows how far it is."
	case reprocessed:
		return "The event is queued to be handled again."
	case manyAgain:
		return "The events are queued to be handled again."
	case lastOne:
		return "That was the last case of this list."
	case disabled:
		return "The person is out: their sessions have ended, their cases are free, the tokens that they made are revoked."
	case enabled:
		return "The person can sign in again."
	case ended:
		return "Ended. Whoever uses it is signed out with the next click."
	case revoked:
		return "The token is revoked. It lets nobody in any more."
	case sentAgain:
		return "The file is on its way again. What becomes of it appears here."
	case tookFileBack:
		return "The file is taken back, and its content is erased here. What was under way just now may be at Paxos all the same."
	case startedJob:
		return "The job is started again. What becomes of it appears here."
	case tookMissing:
		return "What was missing is taken in and is acted on now."
	}
	return n.caseworkText()
}

// caseworkText tells of what was done about who works which case, and how.
func (n notice) caseworkText() string {
	switch n {
	case claimed:
		return "The case is yours."
	case released:
		return "The case is free again."
	case handedOver:
		return "The case is handed over."
	case snoozed:
		return "The case sleeps. It comes back by itself."
	case awake:
		return "The case is awake again."
	case noted:
		return "The note is saved."
	case tagged:
		return "The tags are saved."
	case cameBack:
		return "Marked as back."
	case preferred:
		return "Your preferences are saved."
	case limitsSet:
		return "The rules are saved. Every undecided case is judged anew now."
	}
	return n.foureyesText()
}

// foureyesText tells of what was proposed and decided, and of holds.
func (n notice) foureyesText() string {
	switch n {
	case proposed:
		return "Proposed. A colleague who may approve must agree before anything is done."
	case approved:
		return "Approved. What was proposed is done."
	case declined:
		return "Declined. Nothing was done."
	case tookBack:
		return "Taken back. Nothing was done."
	case held:
		return "The case is on hold: neither people nor time erase it until it is let go."
	case letGo:
		return "The case is no longer on hold."
	}
	return n.moveText()
}

// moveText tells of what is asked of Paxos.
func (n notice) moveText() string {
	switch n {
	case movedAgain:
		return "It is queued again. What Paxos answers appears here."
	case moveQueued:
		return "Queued. It goes to Paxos by itself; Moves shows what becomes of it."
	case rehearsed:
		return "The rehearsal is queued. What follows from it appears here."
	case agreed:
		return "Approved. It is queued for Paxos; the case shows how far it has come."
	case moveWithdrawn:
		return "Withdrawn. Nothing is sent, and what was typed is erased."
	}
	return ""
}

// countedText tells of what was done to several cases.
func (n notice) countedText(many int) string {
	cases := fmt.Sprintf("%d cases are", many)
	if many == 1 {
		cases = "1 case is"
	}
	switch {
	case n == uploaded && many == 1:
		return "The file is taken in. It goes to Paxos by itself, and how far it is shows here."
	case n == uploaded:
		return fmt.Sprintf("%d files are taken in. They go to Paxos by themselves, and how far each is shows here.", many)
	case n == rebalanced && many == 0:
		return "There was nothing to move: snoozed and decided cases stay."
	case n == rebalanced:
		return cases + " moved, the first due first."
	case n == wentAway && many == 0:
		return "Marked as away. New cases cannot be claimed until then."
	case n == wentAway:
		return "Marked as away: " + cases + " free again. New cases cannot be claimed until then."
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
