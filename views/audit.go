package views

import "time"

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
