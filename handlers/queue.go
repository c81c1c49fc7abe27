package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// badFilter is what a list answers to filters that it cannot read.
func badFilter(fields map[string]string) error {
	return fault.Fields("The list cannot be shown with these filters.", fields)
}

// showQueue is home: a lane, or every stuck case, the oldest breach first; and beside it the case that is open.
func (s *server) showQueue(c echo.Context) error {
	query := c.QueryParams()
	if query.Get("lane") == string(identity.LaneDecided) {
		return c.Redirect(http.StatusSeeOther, "/identities?"+query.Encode())
	}
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	w, wrong := readView(query, actor(c), form)
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	switch {
	case form == asCSV && wholeList(query):
		return s.export(c, w.filter, onboarding.ExportQueue)
	case form == asHTML && query.Has("next"):
		return s.nextCase(c, w, query.Get("next"))
	case form == asHTML && w.spot.Case != "" && wantsPane(c):
		return s.showPane(c, w)
	}
	q, err := s.Desk.QueueAgain(c.Request().Context(), actor(c), w.filter, w.shown)
	if err != nil {
		return err
	}
	switch form {
	case asCSV:
		return s.exportPage(c, onboarding.ExportQueue, q.Rows)
	case asJSON:
		return writeJSON(c, http.StatusOK, listJSON[caseJSON]{
			Items: each(q.Rows, toCase), Next: orNull(q.Next), Total: q.Total, TotalAtLeast: q.TotalAtLeast, AsOf: utc(&q.AsOf),
			Counts: laneCounts(w.counts(q)),
		})
	}
	return s.drawQueue(c, w, q)
}

// drawQueue draws the list, and the case that is open, unless only the list renews itself.
func (s *server) drawQueue(c echo.Context, w view, q onboarding.Queue) error {
	chrome := s.chrome(c, views.SectionQueue)
	chrome.Stuck = q.All.Stuck()
	p := queuePage(c, chrome, w, q)
	p.Drawn = &s.drawn
	if c.Request().Header.Get("HX-Target") == "rows" {
		return html(c, http.StatusOK, views.Queue(p))
	}
	if w.spot.Case != "" {
		pane, err := s.pane(c, w, chrome)
		if err != nil {
			return err
		}
		p.Pane = &pane
	}
	p.Notice = s.takeNotice(c, queuePath)
	return html(c, http.StatusOK, views.Queue(p))
}

// queuePage is the list alone.
func queuePage(c echo.Context, chrome views.Chrome, w view, q onboarding.Queue) views.QueuePage {
	return views.QueuePage{
		Chrome: chrome, Spot: w.spot, Of: w.of, Usual: w.usual, Counts: w.counts(q), New: q.New,
		Held: map[views.Whose]identity.Counts{
			views.WhoseMine: onboarding.Sum(q.Mine, q.Free), views.WhoseMe: q.Mine, views.WhoseFree: q.Free, views.WhoseAll: q.All,
		},
		Rows: views.Rows{
			Items: queueRows(q, actor(c)), Next: q.Next, After: w.filter.After, Total: q.Total, TotalAtLeast: q.TotalAtLeast, AsOf: q.AsOf,
		},
	}
}

func queueRows(q onboarding.Queue, a access.Actor) []views.Row {
	rows := ownRows(q.Rows, a)
	for n, r := range q.Rows {
		rows[n].Left = q.Left[r.Identity.ID]
	}
	return rows
}

// ownRows are the rows of a list, with the reader's own cases marked.
func ownRows(of []onboarding.Row, a access.Actor) []views.Row {
	rows := each(of, toRow)
	for n, r := range of {
		rows[n].Mine = r.Identity.Assignee != "" && r.Identity.Assignee == a.UserID
	}
	return rows
}

func laneCounts(c identity.Counts) map[string]int64 {
	counts := map[string]int64{}
	for _, l := range identity.QueueLanes() {
		counts[string(l)] = c.Lanes[l]
	}
	return counts
}

func toRow(r onboarding.Row) views.Row {
	row := views.Row{Identity: r.Identity, Advice: r.Advice, Holder: r.Holder, Tags: r.Tags, DraftGoesAt: r.DraftGoesAt}
	if r.Unusual {
		row.Ageing = r.Ageing
	}
	return row
}

// wholeList reports whether a file is asked for with every row, rather than one page of them.
func wholeList(query url.Values) bool { return !query.Has("limit") && !query.Has("after") }

// export streams every case that fits.
func (s *server) export(c echo.Context, f identity.Filter, what string) error {
	sheet, err := s.newSheet(c, what, caseHeader())
	if err != nil {
		return err
	}
	err = s.Desk.Export(c.Request().Context(), actor(c), f, what, func(r onboarding.Row) error { return sheet.write(caseCells(r)) })
	if err != nil {
		return err
	}
	return sheet.end()
}

// exportPage writes one page of cases.
func (s *server) exportPage(c echo.Context, what string, rows []onboarding.Row) error {
	return exportPages(s, c, false, pages[onboarding.Row]{
		what: what, header: caseHeader(), cells: caseCells, next: func() ([]onboarding.Row, bool, error) { return rows, false, nil },
	})
}
