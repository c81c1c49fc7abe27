package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

const refreshesPath = "/refreshes"

// The words that stand for somebody in the filter by assignee.
const (
	assigneeMe     = "me"
	assigneeNobody = "nobody"
)

// mostDaysAhead is how far the calendar can be asked to look.
const mostDaysAhead = 3660

// refreshFilter reads the filters of the calendar. Days ahead are counted to their ends, in UTC.
func refreshFilter(q url.Values, a access.Actor, now time.Time) (identity.RefreshFilter, map[string]string) {
	p := parse(q)
	f := identity.RefreshFilter{Show: identity.RefreshShow(q.Get("show"))}
	if !slices.Contains(identity.RefreshShows(), f.Show) {
		p.errors["show"] = "Must be open or next, or be left out."
	}
	if given := q.Get("within"); given != "" {
		days, err := strconv.Atoi(given)
		if err != nil || days < 1 || days > mostDaysAhead {
			p.errors["within"] = fmt.Sprintf("Must be a whole number of days from 1 to %d, or be left out.", mostDaysAhead)
		}
		year, month, day := now.UTC().Date()
		f.Until = time.Date(year, month, day+days+1, 0, 0, 0, 0, time.UTC)
	}
	switch who := p.userID("assignee"); who {
	case assigneeMe:
		f.Assignee = a.UserID
	case assigneeNobody:
		f.Free = true
	default:
		f.Assignee = who
	}
	f.After, f.Limit = p.place()
	return f, p.errors
}

// listRefreshes are the KYC refreshes that fall due, the first due first.
func (s *server) listRefreshes(c echo.Context) error {
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := refreshFilter(c.QueryParams(), actor(c), s.Now())
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	switch form {
	case asCSV:
		return s.exportRefreshes(c, f, wholeList(c.QueryParams()))
	case asJSON:
		page, err := s.Desk.Refreshes(c.Request().Context(), actor(c), f)
		if err != nil {
			return err
		}
		return writeJSON(c, http.StatusOK, listJSON[refreshJSON]{
			Items: each(page.Items, toRefresh), Next: orNull(page.Next), Total: page.Total, TotalAtLeast: page.TotalAtLeast,
		})
	}
	return s.showRefreshes(c, f)
}

// showRefreshes is the calendar of what falls due.
func (s *server) showRefreshes(c echo.Context, f identity.RefreshFilter) error {
	chrome := s.page(c, views.SectionRefreshes)
	calendar, err := s.Desk.RefreshCalendar(c.Request().Context(), actor(c), f, chrome.Location)
	if err != nil {
		return err
	}
	return html(c, http.StatusOK, views.Refreshes(views.RefreshesPage{
		Chrome: chrome, Show: f.Show, Within: c.QueryParam("within"), Assignee: c.QueryParam("assignee"), Me: actor(c).UserID,
		Groups: calendar.Groups, Holders: calendar.Holders, Workers: calendar.Workers,
		After: f.After, Next: calendar.Next, Total: calendar.Total, TotalAtLeast: calendar.TotalAtLeast,
	}))
}

// exportRefreshes writes one page, or all.
func (s *server) exportRefreshes(c echo.Context, f identity.RefreshFilter, all bool) error {
	if all {
		f.Limit = identity.MaxLimit
	}
	return exportPages(s, c, all, pages[identity.RefreshDue]{
		what: onboarding.ExportRefreshes, every: "every refresh that fits", header: refreshHeader(), cells: refreshCells,
		next: func() ([]identity.RefreshDue, bool, error) {
			page, err := s.Desk.Refreshes(c.Request().Context(), actor(c), f)
			f.After = page.Next
			return page.Items, page.Next != "", err
		},
	})
}

// refreshJSON is a KYC refresh that falls due: an open one at its end, or the next that Paxos has named.
type refreshJSON struct {
	IdentityID string     `json:"identity_id"`
	PaxosID    *string    `json:"paxos_id"`
	RefID      *string    `json:"ref_id"`
	Status     *string    `json:"status"`
	Lane       string     `json:"lane"`
	Assignee   *string    `json:"assignee"`
	DueAt      *time.Time `json:"due_at"`
	Open       bool       `json:"open"`
	Expired    bool       `json:"expired"` // an open one of which Paxos has said that it was not done in time
	StartedAt  *time.Time `json:"started_at"`
	LastAt     *string    `json:"last_kyc_refresh_date"` // a day
}

func toRefresh(d identity.RefreshDue) refreshJSON {
	j := refreshJSON{
		IdentityID: d.ID, PaxosID: orNull(d.PaxosID), RefID: orNull(d.RefID), Status: orNull(string(d.Status)), Lane: string(d.Lane),
		Assignee: orNull(d.Assignee), DueAt: utc(&d.DueAt), Open: d.Open,
		Expired: d.Open && d.RefreshExpired(), LastAt: orNull(refreshDay(d.LastAt)),
	}
	if d.Refresh != nil && !d.Refresh.StartedAt.IsZero() {
		j.StartedAt = utc(&d.Refresh.StartedAt)
	}
	return j
}

// refreshDay is a day of a refresh, which no time zone shifts; empty where it is not known.
func refreshDay(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func refreshHeader() []string {
	return []string{"identity_id", "paxos_id", "ref_id", "status", "lane", "assignee", "due_at", "open", "started_at", "last_kyc_refresh_date", "expired"}
}

func refreshCells(d identity.RefreshDue) []string {
	j := toRefresh(d)
	return []string{
		d.ID, d.PaxosID, d.RefID, string(d.Status), j.Lane, d.Assignee, stamp(&d.DueAt), strconv.FormatBool(d.Open), stamp(j.StartedAt), refreshDay(d.LastAt),
		strconv.FormatBool(j.Expired),
	}
}
