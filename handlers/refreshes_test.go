package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// fallsDue lets Paxos wait for the KYC refresh of a case since some time ago.
func (d *desk) fallsDue(n int, ago time.Duration) identity.Identity {
	d.t.Helper()
	since := d.clock.Now().Add(-ago)
	return d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status = fmt.Sprintf("paxos-due-%d", n), fmt.Sprintf("due-%d", n), identity.Approved
		r.CreatedAt, r.UpdatedAt = since, since
		r.Details.Requirements = []identity.Requirement{{Type: identity.KYCRefresh, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}
	})
}

// spansOf reads the calendar: the name of each part with its number, then its cases.
func spansOf(doc *goquery.Document) (spans []string) {
	doc.Find(`[data-testid="span"]`).Each(func(_ int, s *goquery.Selection) {
		spans = append(spans, s.Find(".span b").Text()+": "+s.Find(".span-count").Text())
		s.Find(`[data-testid="refresh"] a.ref`).Each(func(_ int, a *goquery.Selection) { spans = append(spans, strings.TrimSpace(a.Text())) })
	})
	return spans
}

// What falls due stands under the part of the calendar that it is in, with how many there are, on this page and in all.
func TestCalendarOfRefreshes(t *testing.T) {
	t.Parallel()
	d := boot(t)
	const day = 24 * time.Hour
	d.fallsDue(1, 31*day)
	d.fallsDue(2, 30*day+time.Hour)
	d.fallsDue(3, day)
	vera := d.as(access.Viewer)
	doc := vera.get("/refreshes").page(http.StatusOK)
	later := spansOf(doc)[3]
	require.Equal(t, []string{"Past due: 2 refreshes", "due-1", "due-2", later, "due-3"}, spansOf(doc))
	require.Regexp(t, `^(Later in )?[A-Z][a-z]+ 20\d\d: 1 refresh$`, later)
	require.Equal(t, []string{"Past due: 2 refreshes, 1 on this page", "due-1"}, spansOf(vera.get("/refreshes?limit=1").page(http.StatusOK)))
	next := vera.get("/refreshes?limit=1&within=7").page(http.StatusOK).Find(`[rel="next"]`).AttrOr("href", "")
	require.Contains(t, next, "within=7", "the next page is of the same list")
	doc = vera.get(next).page(http.StatusOK)
	require.Equal(t, []string{"Past due: 2 refreshes, 1 on this page", "due-2"}, spansOf(doc))
	require.Equal(t, "/refreshes?within=7", doc.Find(`[rel="first"]`).AttrOr("href", ""))
	require.Equal(t, "/refreshes", doc.Find(`[data-testid="clear"]`).AttrOr("href", ""))
}

// The calendar is narrowed by days ahead and by who has the case; the page, JSON and CSV are of the same list.
func TestCalendarOfRefreshesForSomebody(t *testing.T) {
	t.Parallel()
	d := boot(t)
	const day = 24 * time.Hour
	d.fallsDue(1, 25*day)
	mine := d.fallsDue(2, 20*day)
	ana, vera := d.person("Ana", access.Analyst), d.as(access.Viewer)
	require.Equal(t, http.StatusSeeOther, ana.post("/identities/"+mine.ID+"/claim", url.Values{}).status)
	id, _ := ana.json("/identities/" + mine.ID).object(http.StatusOK)["assignee"].(string)
	require.NotEmpty(t, id)
	listed := func(b *browser, query string) string {
		t.Helper()
		var ids []string
		b.get("/refreshes?" + query).page(http.StatusOK).Find(`[data-testid="refresh"] a.ref`).Each(func(_ int, a *goquery.Selection) {
			ids = append(ids, strings.TrimSpace(a.Text()))
		})
		var same []string
		for _, i := range b.json("/refreshes?" + query).items(http.StatusOK) {
			same = append(same, fmt.Sprint(i["ref_id"]))
		}
		require.Equal(t, ids, same, query)
		same = nil
		for _, row := range b.get("/refreshes?format=csv&" + query).rows()[1:] {
			same = append(same, row[2])
		}
		require.Equal(t, ids, same, query)
		return strings.Join(ids, " ")
	}
	for query, want := range map[string]string{
		"": "due-1 due-2", "within=7": "due-1", "within=30": "due-1 due-2", "within=1": "", "assignee=me": "due-2", "assignee=nobody": "due-1",
		"assignee=" + url.QueryEscape(id): "due-2", "assignee=me&within=7": "", "show=open&assignee=nobody": "due-1", "show=next&assignee=me": "",
	} {
		require.Equal(t, want, listed(ana, query), query)
	}
	require.Empty(t, listed(vera, "assignee=me"))

	doc := ana.get("/refreshes?assignee=me").page(http.StatusOK)
	require.Equal(t, "You", doc.Find(`[data-testid="refresh"] td:nth-child(3)`).Text())
	require.Equal(t, "Me", doc.Find(`#refreshes-assignee option[selected]`).Text())
	require.Contains(t, doc.Find(`[data-testid="csv"]`).AttrOr("href", ""), "assignee=me", "the file is what the page shows")
	doc = vera.get("/refreshes").page(http.StatusOK)
	require.Equal(t, []string{"nobody", "Ana"}, doc.Find(`[data-testid="refresh"] td:nth-child(3)`).Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }))
	offered := doc.Find(`#refreshes-assignee option`).Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	require.NotContains(t, offered, "Me", "nothing can be hers")
	require.Contains(t, offered, "Ana")
	require.NotContains(t, offered, "some viewer")
	doc = ana.get("/refreshes?within=2").page(http.StatusOK)
	require.Empty(t, spansOf(doc))
	require.Contains(t, doc.Find(`[data-testid="empty"]`).Text(), "No refresh fits these filters")
	require.Equal(t, "In 2 days", doc.Find(`#refreshes-within option[selected]`).Text())

	for _, query := range []string{"within=0", "within=soon", "within=99999", "assignee=123-45-6789"} {
		fields, _ := ana.json("/refreshes?" + query).failure(http.StatusUnprocessableEntity)["fields"].(map[string]any)
		require.Contains(t, fields, strings.SplitN(query, "=", 2)[0])
	}
}
