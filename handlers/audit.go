package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/views"
)

const auditPath = "/audit"

// auditFilter reads the filters of the audit log. The place in it is a number: `before`, or `after` as in other lists. Dates are days of
// the location.
func auditFilter(q url.Values, loc *time.Location) (audit.Filter, map[string]string) {
	p := parse(q)
	f := audit.Filter{
		IdentityID: p.id("identity"), ActorID: p.userID("actor"), Action: audit.Action(p.oneOf("action", auditActions())),
		Role: p.oneOf("role", each(access.Roles(), func(r access.Role) string { return string(r) })), RequestID: p.id("request_id"),
		From: p.from("from", loc), To: p.to("to", loc),
	}
	p.inOrder("from", f.From, "to", f.To)
	_, f.Limit = p.place()
	for _, name := range []string{"before", "after"} {
		given := q.Get(name)
		if given == "" {
			continue
		}
		n, err := strconv.ParseInt(given, 10, 64)
		if err != nil || n < 1 {
			p.errors[name] = "Must be the number of an entry."
			continue
		}
		f.Before = n
	}
	return f, p.errors
}

func auditActions() []string {
	return each(audit.Actions(), func(a audit.Action) string { return string(a) })
}

// shownAuditFilter is what was asked, for the page to show again.
func shownAuditFilter(q url.Values) url.Values {
	shown := url.Values{}
	for _, name := range views.AuditFilters() {
		if v := q.Get(name); v != "" {
			shown.Set(name, v)
		}
	}
	return shown
}

// listAudit is who did what, newest first.
func (s *server) listAudit(c echo.Context) error {
	lines := c.QueryParam("format") == "jsonl"
	form := asHTML
	if !lines {
		var err error
		if form, err = listFormat(c); err != nil {
			return err
		}
	}
	f, wrong := auditFilter(c.QueryParams(), s.location(c))
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	f, err := s.Desk.AuditFilter(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	if lines || form == asCSV {
		return s.exportAudit(c, f, lines)
	}
	f.Reasons = form == asHTML // files and scripts get none of their words
	entries, next, err := s.auditPage(c, f)
	if err != nil {
		return err
	}
	total, atLeast, err := s.Desk.AuditTotal(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	if form == asJSON {
		list := listJSON[auditJSON]{Items: each(entries, toAudit), Total: total, TotalAtLeast: atLeast}
		if next > 0 {
			list.Next = orNull(strconv.FormatInt(next, 10))
		}
		return writeJSON(c, http.StatusOK, list)
	}
	state, err := s.Desk.LogState(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	return html(c, http.StatusOK, views.Audit(views.AuditPage{
		Chrome: s.page(c, views.SectionAudit), Filter: shownAuditFilter(c.QueryParams()), Entries: entries, Before: f.Before, Next: next,
		Total: total, TotalAtLeast: atLeast, Head: state.Head, Pin: state.Pin, Check: state.Check, Notice: s.takeNotice(c, auditPath),
	}))
}

// auditPage reads one page and the number before which the next begins; 0 at the end. One entry more is asked for than is
// shown, to know whether there is a next page.
func (s *server) auditPage(c echo.Context, f audit.Filter) (entries []audit.Entry, next int64, err error) {
	limit := f.Limit
	f.Limit++
	entries, err = s.Desk.Audit(c.Request().Context(), actor(c), f)
	if err != nil || len(entries) <= limit {
		return entries, 0, err
	}
	return entries[:limit], entries[limit-1].Seq, nil
}

// verifyWithin is how long a walk through the whole log may take.
const verifyWithin = 10 * time.Minute

// verifyAudit walks the log and shows on its page what was found.
func (s *server) verifyAudit(c echo.Context) error {
	if err := pushDeadline(c, verifyWithin); err != nil {
		return err
	}
	check, err := s.Desk.VerifyLog(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, map[string]any{
			"holds": check.Broken == "", "entries": check.Entries, "end": check.End, "broken": orNull(check.Broken), "at": utc(&check.At),
		})
	}
	return c.Redirect(http.StatusSeeOther, auditPath)
}
