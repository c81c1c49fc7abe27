package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// auditFilter reads the filters of the audit log. The place in it is a number: `before`, or `after` as in other lists.
func auditFilter(q url.Values) (audit.Filter, map[string]string) {
	p := parse(q)
	f := audit.Filter{IdentityID: p.id("identity"), ActorID: p.userID("actor"), Action: audit.Action(p.oneOf("action", auditActions()))}
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
	return []string{
		string(audit.SignedIn), string(audit.SignedOut), string(audit.SignInRefused), string(audit.OpenedCase),
		string(audit.LookedUp), string(audit.Exported), string(audit.Submitted), string(audit.Resubmitted),
		string(audit.Withdrew), string(audit.AskedRecheck), string(audit.Claimed), string(audit.Released), string(audit.HandedOver),
		string(audit.Snoozed), string(audit.Woke), string(audit.Noted), string(audit.Tagged), string(audit.WentAway),
		string(audit.CameBack), string(audit.ChangedPolicy), string(audit.AskedRange), string(audit.ReprocessedEvent),
		string(audit.TookMissing), string(audit.RanSync), string(audit.StartedJob), string(audit.DisabledPerson),
		string(audit.EnabledPerson), string(audit.EndedSession), string(audit.MadeToken), string(audit.RevokedToken),
	}
}

// listAudit is who did what, newest first.
func (s *server) listAudit(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := auditFilter(c.QueryParams())
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	if form == asCSV {
		return s.exportAudit(c, f, wholeList(c.QueryParams()) && f.Before == 0)
	}
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
	return html(c, http.StatusOK, views.Audit(views.AuditPage{
		Chrome: s.page(c, views.SectionAudit), IdentityID: f.IdentityID, ActorID: f.ActorID, Action: f.Action,
		Entries: entries, Before: f.Before, Next: next, Total: total, TotalAtLeast: atLeast,
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

// exportAudit writes one page of the log, or all that fits.
func (s *server) exportAudit(c echo.Context, f audit.Filter, all bool) error {
	detail := "one page"
	if all {
		detail = "every entry that fits"
	}
	if err := s.Desk.Exporting(c.Request().Context(), actor(c), onboarding.ExportAudit, detail); err != nil {
		return err
	}
	sheet, err := s.newSheet(c, onboarding.ExportAudit, auditHeader())
	if err != nil {
		return err
	}
	for {
		entries, next, err := s.auditPage(c, f)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := sheet.write(auditCells(e)); err != nil {
				return err
			}
		}
		if f.Before = next; !all || next == 0 {
			return sheet.end()
		}
	}
}
