package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const revealsPath = "/reveals"

// revealFilter reads the filters of the report on reveals. Dates are days of the location; the place is the number of an entry.
func revealFilter(q url.Values, loc *time.Location) (onboarding.RevealFilter, map[string]string) {
	p := parse(q)
	f := onboarding.RevealFilter{UserID: p.userID("actor"), IdentityID: p.id("identity"), From: p.from("from", loc), To: p.to("to", loc)}
	p.inOrder("from", f.From, "to", f.To)
	after, limit := p.place()
	f.Limit = limit
	if after != "" {
		n, err := strconv.ParseInt(after, 10, 64)
		if err != nil || n < 1 {
			p.errors["after"] = "Must be the next of a page before."
		}
		f.Before = n
	}
	return f, p.errors
}

// listReveals is who revealed what, and how often.
func (s *server) listReveals(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := revealFilter(c.QueryParams(), s.location(c))
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	if form == asCSV {
		return s.exportReveals(c, f, wholeList(c.QueryParams()) && f.Before == 0)
	}
	people, err := s.Desk.Revealers(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	list, err := s.revealPage(c, f)
	if err != nil {
		return err
	}
	if form == asJSON {
		return writeJSON(c, http.StatusOK, toReveals(people, list))
	}
	return html(c, http.StatusOK, views.Reveals(views.RevealsPage{
		Chrome: s.page(c, views.SectionReveals), People: people, Filter: c.QueryParams(), Entries: each(list.entries, toRevealEntry),
		After: f.Before, Next: list.next, Total: list.total, TotalAtLeast: list.atLeast,
	}))
}

// revealList is one page of reveals.
type revealList struct {
	entries []audit.Entry
	next    int64 // the number before which the next page begins; 0 at the end
	total   int64
	atLeast bool
}

// revealPage asks for one entry more than is shown, to know whether there is a next page.
func (s *server) revealPage(c echo.Context, f onboarding.RevealFilter) (l revealList, err error) {
	limit := f.Limit
	f.Limit++
	l.entries, l.total, l.atLeast, err = s.Desk.Reveals(c.Request().Context(), actor(c), f)
	if err == nil && len(l.entries) > limit {
		l.entries = l.entries[:limit]
		l.next = l.entries[limit-1].Seq
	}
	return l, err
}

func toRevealEntry(e audit.Entry) views.RevealEntry {
	return views.RevealEntry{Entry: e, Shown: onboarding.WasShown(e)}
}

// revealsJSON is the report. The words of a reason are free text, which only the page shows.
type revealsJSON struct {
	People []revealerJSON `json:"people"`
	listJSON[revealJSON]
}

type revealerJSON struct {
	ActorID string           `json:"actor_id"`
	Name    string           `json:"actor_name"`
	Day     int64            `json:"last_24_hours"`
	Week    int64            `json:"last_7_days"`
	Month   int64            `json:"last_30_days"`
	Groups  map[string]int64 `json:"groups"`  // of the last 30 days
	Unusual *string          `json:"unusual"` // in words; null for nothing
}

type revealJSON struct {
	Seq        int64      `json:"seq"`
	At         *time.Time `json:"at"`
	ActorID    string     `json:"actor_id"`
	ActorName  string     `json:"actor_name"`
	IdentityID string     `json:"identity_id"`
	Group      string     `json:"group"`
	ReasonCode string     `json:"reason_code"`
	Shown      bool       `json:"shown"`
	Outcome    string     `json:"outcome"`
}

func toReveals(people []identity.Revealer, l revealList) revealsJSON {
	j := revealsJSON{People: each(people, toRevealer)}
	j.Items, j.Total, j.TotalAtLeast = each(l.entries, toReveal), l.total, l.atLeast
	if l.next > 0 {
		j.Next = orNull(strconv.FormatInt(l.next, 10))
	}
	return j
}

func toRevealer(r identity.Revealer) revealerJSON {
	j := revealerJSON{
		ActorID: r.UserID, Name: r.Name, Day: r.Day, Week: r.Week, Month: r.Month, Groups: map[string]int64{}, Unusual: orNull(r.Unusual),
	}
	for g, n := range r.Groups {
		j.Groups[string(g)] = n
	}
	return j
}

func toReveal(e audit.Entry) revealJSON {
	return revealJSON{
		Seq: e.Seq, At: utc(&e.At), ActorID: e.ActorID, ActorName: e.ActorName, IdentityID: e.IdentityID, Group: e.Object,
		ReasonCode: e.ReasonCode, Shown: onboarding.WasShown(e), Outcome: e.Detail,
	}
}

// exportReveals writes one page of the list, or all that fits.
func (s *server) exportReveals(c echo.Context, f onboarding.RevealFilter, all bool) error {
	return exportPages(s, c, all, pages[audit.Entry]{
		what: onboarding.ExportReveals, every: "every reveal that fits", header: revealHeader(), cells: revealCells,
		next: func() ([]audit.Entry, bool, error) {
			list, err := s.revealPage(c, f)
			f.Before = list.next
			return list.entries, list.next != 0, err
		},
	})
}

func revealHeader() []string {
	return []string{"seq", "at", "actor_id", "actor_name", "role", "identity_id", "group", "reason_code", "shown", "outcome"}
}

func revealCells(e audit.Entry) []string {
	return []string{
		strconv.FormatInt(e.Seq, 10), stamp(&e.At), e.ActorID, e.ActorName, e.Role, e.IdentityID, e.Object, e.ReasonCode,
		strconv.FormatBool(onboarding.WasShown(e)), e.Detail,
	}
}
