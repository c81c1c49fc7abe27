package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// badFilter is what a list answers to filters that it cannot read.
func badFilter(fields map[string]string) error {
	return fault.Fields("The list cannot be shown with these filters.", fields)
}

// showQueue is home: a lane, or every stuck case, the oldest breach first.
func (s *server) showQueue(c echo.Context) error {
	query := c.QueryParams()
	if query.Get("lane") == string(identity.LaneDecided) {
		return c.Redirect(http.StatusSeeOther, "/identities?"+query.Encode())
	}
	form, err := listFormat(c)
	if err != nil {
		return err
	}
	f, wrong := queueFilter(query)
	if len(wrong) > 0 {
		return badFilter(wrong)
	}
	if form == asCSV && wholeList(query) {
		return s.export(c, f, onboarding.ExportQueue)
	}
	q, err := s.Desk.Queue(c.Request().Context(), actor(c), f)
	if err != nil {
		return err
	}
	switch form {
	case asCSV:
		return s.exportPage(c, onboarding.ExportQueue, q.Rows)
	case asJSON:
		return writeJSON(c, http.StatusOK, listJSON[caseJSON]{
			Items: each(q.Rows, toCase), Next: orNull(q.Next), Total: q.Total, TotalAtLeast: q.TotalAtLeast, AsOf: utc(&q.AsOf),
			Counts: laneCounts(q.Counts),
		})
	}
	chrome := s.chrome(c, views.SectionQueue)
	chrome.Stuck = q.Counts.Stuck()
	return html(c, http.StatusOK, views.Queue(views.QueuePage{
		Chrome: chrome, Lane: f.Lane, Counts: q.Counts,
		Rows: views.Rows{
			Items: each(q.Rows, toRow), Next: q.Next, After: f.After, Total: q.Total, TotalAtLeast: q.TotalAtLeast, AsOf: q.AsOf,
		},
	}))
}

func laneCounts(c identity.Counts) map[string]int64 {
	counts := map[string]int64{}
	for _, l := range identity.QueueLanes() {
		counts[string(l)] = c.Lanes[l]
	}
	return counts
}

func toRow(r onboarding.Row) views.Row { return views.Row{Identity: r.Identity, Advice: r.Advice} }

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
	if err := s.Desk.Exporting(c.Request().Context(), actor(c), what, "one page"); err != nil {
		return err
	}
	sheet, err := s.newSheet(c, what, caseHeader())
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := sheet.write(caseCells(r)); err != nil {
			return err
		}
	}
	return sheet.end()
}
