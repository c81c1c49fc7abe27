package views

import (
	"maps"
	"net/url"
	"strconv"

	"identitydesk/internal/audit"
)

func caseLink(id string) string { return "/identities/" + url.PathEscape(id) }

func caseAct(id, act string) string { return caseLink(id) + "/" + act }

// From adds the way back to the address of a form of a case.
func From(back, address string) string {
	if back == "" {
		return address
	}
	return address + "?back=" + url.QueryEscape(back)
}

// caseBack leads back to a case, in the queue that it was opened from.
func (c Chrome) caseBack(id string) string { return firstOf(c.Back, caseLink(id)) }

func eventLink(id string) string { return "/events/" + url.PathEscape(id) }

// identitiesLink keeps the filters and adds what else is asked, such as `after` or `format`.
func identitiesLink(filter url.Values, name, value string) string {
	return link("/identities", with(filter, name, value))
}

// with is a query with one value more.
func with(q url.Values, name, value string) url.Values {
	q = maps.Clone(q)
	if q == nil {
		q = url.Values{}
	}
	q.Set(name, value)
	return q
}

// assigneeLink shows what a person has claimed.
func assigneeLink(userID string) string { return link("/identities", url.Values{"assignee": {userID}}) }

func auditLink(p AuditPage, before int64) string {
	q := with(p.Filter, "before", "")
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	return link("/audit", q)
}

// auditFile is the whole of what the filters select, as a file.
func auditFile(p AuditPage, format string) string {
	return link("/audit", with(p.Filter, "format", format))
}

func auditActor(id string) string { return link("/audit", url.Values{"actor": {id}}) }

func auditAction(a audit.Action) string { return link("/audit", url.Values{"action": {string(a)}}) }

// link puts a path and a query together, leaving out what is empty.
func link(path string, q url.Values) string {
	kept := url.Values{}
	for name, values := range q {
		for _, v := range values {
			if v != "" {
				kept.Add(name, v)
			}
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}
