package views

import (
	"strings"
	"time"
)

// mostDetail is how much of a long detail the page shows; the files hold all of it.
const mostDetail = 2000

// headline is the first line of an entry's detail, which says the most in short.
func headline(detail string) string {
	first, _, _ := strings.Cut(detail, "\n")
	return first
}

// detailRest is the rest of it: the ids and hashes of a list that was looked up.
func detailRest(detail string) string {
	_, rest, _ := strings.Cut(detail, "\n")
	if len(rest) <= mostDetail {
		return rest
	}
	cut := strings.LastIndexByte(rest[:mostDetail], ' ')
	return rest[:max(cut, 0)] + " … CSV and JSON hold all of it"
}

func (p AuditPage) filtered() bool { return p.IdentityID != "" || p.ActorID != "" || p.Action != "" }

func auditFirst(p AuditPage) string {
	if p.Before == 0 {
		return ""
	}
	return auditLink(p, 0)
}

func auditNext(p AuditPage) string {
	if p.Next == 0 {
		return ""
	}
	return auditLink(p, p.Next)
}

// seconds tells a moment to the second, with the date where it is not today: for logs, where order matters.
func seconds(t, now time.Time, loc *time.Location) string {
	t, now = t.In(place(loc)), now.In(place(loc))
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format(time.DateTime)
}
