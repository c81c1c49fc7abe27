package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func TestLookUp(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	b := d.as(access.Viewer)
	for _, q := range []string{"user-4711", " user-4711 ", "paxos-4711", i.ID} {
		a := b.get("/lookup?q=" + url.QueryEscape(q))
		require.Equal(t, http.StatusSeeOther, a.status, q)
		require.Equal(t, "/identities/"+i.ID, a.header.Get("Location"), q)
		require.Len(t, b.json("/lookup?q="+url.QueryEscape(q)).items(http.StatusOK), 1, q)
	}
	doc := b.get("/lookup?q=nobody-1").page(http.StatusOK)
	require.Contains(t, strings.ToLower(doc.Find("main").Text()), "not in the cache as of 15:00")
	require.Equal(t, []any{}, b.json("/lookup?q=nobody-1").object(http.StatusOK)["items"])
	require.Zero(t, doc.Find("#range-form").Length(), "viewers ask Paxos nothing")
	require.NotContains(t, b.get("/lookup").page(http.StatusOK).Find("main").Text(), "ot in the cache", "nothing was asked")
	doc = d.as(access.Analyst).get("/lookup?q=nobody-1").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`a[href="#range-form"]`).Length())
	require.Equal(t, "nobody-1", doc.Find(`#range-form input[name=ref_ids]`).AttrOr("value", ""), "it can be looked up again")
}

// An event without a case has a page all the same, for those who may see events.
func TestLookUpOfAnEvent(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.Equal(t, http.StatusOK, d.deliver(notice("e-1"), webhookKey).status)
	a := d.as(access.Auditor).get("/lookup?q=e-1")
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/events/e-1", a.header.Get("Location"))
	d.as(access.Viewer).get("/lookup?q=e-1").page(http.StatusOK)
}

func TestLookUpOfAnIDInCapitals(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(func(r *identity.Record) { r.PaxosID = "7d31b0f4-2c6e-4d55-9a77-00000000000a" })
	a := d.as(access.Viewer).get("/lookup?q=7D31B0F4-2C6E-4D55-9A77-00000000000A")
	require.Equal(t, "/identities/"+i.ID, a.header.Get("Location"))
}

func TestLookUpOfSeveral(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.learn(nil)
	d.learn(func(r *identity.Record) { r.PaxosID = "paxos-other" }) // the same ref_id, elsewhere at Paxos
	b := d.as(access.Viewer)
	doc := b.get("/lookup?q=user-4711").page(http.StatusOK)
	require.Equal(t, 2, doc.Find(`[data-testid=matches] tbody tr`).Length())
	require.NotContains(t, doc.Text(), family)
	require.Len(t, b.json("/lookup?q=user-4711").items(http.StatusOK), 2)
}

func TestLookUpRefusesPersonalData(t *testing.T) {
	t.Parallel()
	b := boot(t).as(access.Analyst)
	for _, q := range []string{"someone@example.org", "073-05-1120"} {
		a := b.get("/lookup?q=" + url.QueryEscape(q))
		a.page(http.StatusUnprocessableEntity)
		require.NotContains(t, a.body, q)
		e := b.json("/lookup?q=" + url.QueryEscape(q)).failure(http.StatusUnprocessableEntity)
		require.Contains(t, e["fields"], "q")
	}
	require.Contains(t, b.json("/lookup?q=").failure(http.StatusUnprocessableEntity)["fields"], "q")
	require.Contains(t, b.json("/lookup").failure(http.StatusUnprocessableEntity)["fields"], "q")
}

func TestLookUpMany(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(2)
	b := d.as(access.Viewer)
	list := url.Values{"ref_ids": {"user-000\r\n\r\n nobody-1 \nuser-001\nuser-000"}}
	a := b.post("/lookup", list)
	doc := a.page(http.StatusOK)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	rows := doc.Find(`[data-testid=matches] tbody tr`)
	require.Equal(t, []string{"user-000", "nobody-1", "user-001"}, rows.Map(func(_ int, row *goquery.Selection) string {
		return row.Find("td").First().Find("a, code").Text()
	}), "in the order of the list, each once, misses in their place")
	require.Contains(t, rows.Eq(1).Text(), "not in the cache as of 15:00")
	require.Equal(t, "2 of 3 found", strings.TrimSpace(doc.Find(`[data-testid=total]`).Text()))
	require.Contains(t, doc.Find(`[data-testid=missing]`).Text(), "an analyst or a lead can ask Paxos")
	require.Equal(t, strings.ReplaceAll(list.Get("ref_ids"), "\r", ""), doc.Find("#ref-ids").Text())
	require.NotContains(t, doc.Text(), family)

	o := b.post("/lookup", list, "Accept", "application/json").object(http.StatusOK)
	require.Len(t, o["items"], 2)
	require.Equal(t, []any{"nobody-1"}, o["missing"])
	lines := o["lines"].([]any)
	require.Equal(t, map[string]any{"asked": "nobody-1", "ids": []any{}}, lines[1])
	item := o["items"].([]any)[1].(map[string]any)
	require.Equal(t, []any{item["id"]}, lines[2].(map[string]any)["ids"])
	require.Equal(t, "user-001", item["asked"])
	require.Equal(t, "ref_id", item["matched_by"])
	for _, none := range []string{"decided_at", "decided_before", "asked_at", "status_at", "known_from"} {
		require.Contains(t, item, none)
		require.Nil(t, item[none], none)
	}

	list.Set("format", "csv")
	sheet := b.post("/lookup", list).rows()
	require.Len(t, sheet, 4, "a header, and a line for each that was asked for")
	require.Equal(t, []string{"asked", "found", "id"}, sheet[0][:3])
	require.Equal(t, []string{"nobody-1", "no", ""}, sheet[2][:3])
	require.Equal(t, []string{"user-001", "yes"}, sheet[3][:2])
	require.Equal(t, "2026-03-02T15:00:00Z", cell(sheet, 2, "as_of"))
	require.Equal(t, "ref_id", cell(sheet, 3, "matched_by"))

	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.LookedUp, Limit: 100})
	require.NoError(t, err)
	require.Len(t, entries, 3*3, "one entry for a list, and one at each case")
	for n, e := range entries {
		if n%3 == 0 {
			require.Contains(t, e.Detail, "3 asked, 2 found")
		} else {
			require.Equal(t, "in a list of 3", e.Detail)
		}
		require.NotContains(t, e.Detail, "nobody-1")
	}
	doc = d.as(access.Auditor).get("/audit?action=looked_up").page(http.StatusOK)
	require.Equal(t, "3 asked, 2 found", doc.Find(`[data-testid=detail] summary`).First().Text())
	require.Equal(t, "Look-up", words(doc.Find(`nav.sidebar a[href="/lookup"]`)), "a list is looked up from there")
	timeline := d.as(access.Auditor).get("/identities/" + item["id"].(string)).page(http.StatusOK).Find(`[data-testid=timeline]`).Text()
	require.Contains(t, timeline, "in a list of 3", "an auditor sees at the case who looked it up")
}

// cell is a value of a sheet by its column's name.
func cell(sheet [][]string, row int, column string) string {
	return sheet[row][slices.Index(sheet[0], column)]
}

// What spreadsheets copy and write is understood.
func TestLookUpOfCells(t *testing.T) {
	t.Parallel()
	b := boot(t).as(access.Viewer)
	for typed, want := range map[string][]any{
		"a,b;c\td\r\ne":             {"a", "b", "c", "d", "e"},
		"\"a\",\"b c\"\n":           {"a", "b c"},
		"\ufeffa\n\u00a0b\u200b\na": {"a", "b"},
		"'=a\n'b\n'-c\n":            {"=a", "'b", "-c"},
		"A\na":                      {"A", "a"},
		",,\n;x;\n\t\n":             {"x"},
	} {
		o := b.post("/lookup", url.Values{"ref_ids": {typed}}, "Accept", "application/json").object(http.StatusOK)
		require.Equal(t, want, o["missing"], "%q", typed)
	}
}

func TestLookUpTellsByWhichID(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	d.learn(func(r *identity.Record) { r.RefID = "user-new" })
	b := d.as(access.Viewer)
	list := url.Values{"ref_ids": {"user-4711\nuser-new\npaxos-4711"}}
	rows := b.post("/lookup", list).page(http.StatusOK).Find(`[data-testid=matches] tbody tr`)
	require.Equal(t, "former ref_id of user-new", rows.Eq(0).Find(".by").Text())
	require.Zero(t, rows.Eq(1).Find(".by").Length())
	require.Equal(t, "Paxos id of user-new", rows.Eq(2).Find(".by").Text())
	require.Equal(t, "/identities/"+i.ID, rows.Eq(0).Find("a").AttrOr("href", ""))
	list.Set("format", "csv")
	sheet := b.post("/lookup", list).rows()
	require.Equal(t, "former_ref_id", cell(sheet, 1, "matched_by"))
}

// A decision's moment is told where it is known, else before when it fell.
func TestLookUpTellsWhenItWasDecided(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.learn(nil)
	d.clock.Advance(time.Hour)
	d.learn(func(r *identity.Record) { r.Status, r.UpdatedAt = identity.Approved, d.clock.Now().Add(-time.Minute) })
	d.learn(func(r *identity.Record) { r.PaxosID, r.RefID, r.Status = "paxos-2", "user-2", identity.Denied })
	d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-3", "user-3" })
	b := d.as(access.Viewer)
	list := url.Values{"ref_ids": {"user-4711,user-2,user-3"}}
	rows := b.post("/lookup", list).page(http.StatusOK).Find(`[data-testid=matches] tbody tr`)
	said := rows.Map(func(_ int, row *goquery.Selection) string { return words(row.Find("td").Eq(2)) })
	require.Equal(t, []string{"15:59", "before 16:00", "—"}, said)
	list.Set("format", "csv")
	sheet := b.post("/lookup", list).rows()
	require.Equal(t, "2026-03-02T15:59:00Z", cell(sheet, 1, "decided_at"))
	require.Equal(t, "2026-03-02T16:00:00Z", cell(sheet, 2, "decided_before"))
	require.Empty(t, cell(sheet, 3, "decided_at")+cell(sheet, 3, "decided_before"))
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// The longest list is one transaction, whatever it holds.
func TestLookUpOfTheLongestList(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(250)
	var list []string
	for i := range 250 {
		list = append(list, fmt.Sprintf("user-%03d", i), fmt.Sprintf("nobody-%03d-%s", i, strings.Repeat("x", 200)))
	}
	b := d.as(access.Viewer)
	o := b.post("/lookup", url.Values{"ref_ids": {strings.Join(list, "\n")}}, "Accept", "application/json").object(http.StatusOK)
	require.Len(t, o["items"], 250)
	require.Len(t, o["missing"], 250)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.LookedUp})
	require.NoError(t, err)
	require.Contains(t, entries[0].Detail, "500 asked, 250 found")
}

func TestLookUpManyRefuses(t *testing.T) {
	t.Parallel()
	b := boot(t).as(access.Viewer)
	var tooMany []string
	for i := range 501 {
		tooMany = append(tooMany, fmt.Sprintf("user-%d", i))
	}
	for name, list := range map[string]string{
		"none": " \n ", "too many": strings.Join(tooMany, "\n"), "personal": "user-1\nsomeone@example.org",
	} {
		form := url.Values{"ref_ids": {list}}
		e := b.post("/lookup", form, "Accept", "application/json").failure(http.StatusUnprocessableEntity)
		require.Contains(t, e["fields"], "ref_ids", name)
		require.NotContains(t, fmt.Sprint(e), "someone@", name)
		b.post("/lookup", form).page(http.StatusUnprocessableEntity)
	}
}
