package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// people lets the desk know of n overdue people and of one whom Paxos has approved.
func (d *desk) people(n int) {
	d.t.Helper()
	for i := range n {
		d.learn(func(r *identity.Record) {
			r.PaxosID, r.RefID = fmt.Sprintf("paxos-%03d", i), fmt.Sprintf("user-%03d", i)
			r.CreatedAt = r.CreatedAt.Add(-time.Duration(i) * time.Hour)
		})
	}
	d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status, r.Details = "paxos-done", "done-1", identity.Approved, identity.Details{}
	})
}

func (a answer) items(status int) []map[string]any {
	a.t.Helper()
	list, ok := a.object(status)["items"].([]any)
	require.True(a.t, ok, a.body)
	var items []map[string]any
	for _, i := range list {
		items = append(items, i.(map[string]any))
	}
	return items
}

func (a answer) rows() [][]string {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.body)
	require.Equal(a.t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	require.Regexp(a.t, `^attachment; filename="[a-z]+-\d{8}-\d{6}\.csv"$`, a.header.Get("Content-Disposition"))
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	require.NoError(a.t, err)
	return rows
}

func TestQueuePage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	doc := d.as(access.Viewer).get("/queue").page(http.StatusOK)
	queue := doc.Find(`[data-testid=queue]`)
	require.Equal(t, 3, queue.Find("tbody tr").Length())
	require.Contains(t, queue.Find("tbody tr").First().Text(), "user-002", "the oldest breach first")
	require.Contains(t, queue.Text(), "QZ", "initials")
	require.NotContains(t, doc.Text(), family)
	require.NotContains(t, doc.Text(), "done-1", "a decided case is not there")
	require.Zero(t, doc.Find(`a[href="/audit"], a[href="/events"], a[href="/settings"], a[href="/identities/new"]`).Length())
	require.Equal(t, 1, d.as(access.Lead).get("/queue").page(http.StatusOK).Find(`a[href="/audit"]`).Length())
}

func TestQueueJSON(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	b := d.as(access.Viewer)
	o := b.json("/queue?limit=2").object(http.StatusOK)
	require.EqualValues(t, 3, o["total"])
	require.NotContains(t, o, "total_at_least")
	require.EqualValues(t, 3, o["counts"].(map[string]any)["overdue"])
	require.NotEmpty(t, o["next"])
	require.Len(t, o["items"], 2)
	o = b.json("/queue?limit=2&after=" + url.QueryEscape(o["next"].(string))).object(http.StatusOK)
	require.Len(t, o["items"], 1)
	require.Nil(t, o["next"])
	require.Contains(t, o, "next")
	require.Empty(t, b.json("/queue?lane=frozen").items(http.StatusOK))
	require.Len(t, b.json("/queue?lane=overdue").items(http.StatusOK), 3)
	require.Equal(t, []any{}, b.json("/queue?lane=snoozed").object(http.StatusOK)["items"])
}

func TestQueueLanes(t *testing.T) {
	t.Parallel()
	b := boot(t).as(access.Viewer)
	for _, lane := range identity.QueueLanes() {
		b.get("/queue?lane=" + string(lane)).page(http.StatusOK)
	}
	a := b.get("/queue?lane=decided")
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/identities?lane=decided", a.header.Get("Location"))
	require.Contains(t, b.json("/queue?lane=bogus").failure(http.StatusUnprocessableEntity)["fields"], "lane")
	require.Contains(t, b.get("/queue?lane=bogus").page(http.StatusUnprocessableEntity).Text(), "lane")
	require.Contains(t, b.json("/queue?limit=500").failure(http.StatusUnprocessableEntity)["fields"], "limit")
	require.Contains(t, b.json("/queue?after=nonsense").failure(http.StatusUnprocessableEntity)["fields"], "after")
	require.Contains(t, b.json("/queue?format=xml").failure(http.StatusUnprocessableEntity)["fields"], "format")
}

func TestCaseFields(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	b := d.as(access.Auditor)
	for name, c := range map[string]map[string]any{
		"list": b.json("/identities").items(http.StatusOK)[0], "case": b.json("/identities/" + i.ID).object(http.StatusOK),
		"look-up": b.json("/lookup?q=paxos-4711").items(http.StatusOK)[0], "queue": b.json("/queue").items(http.StatusOK)[0],
	} {
		for field, want := range map[string]any{
			"id": i.ID, "paxos_id": "paxos-4711", "ref_id": "user-4711", "type": "PERSON", "status": "PENDING", "submission": nil,
			"lane": "overdue", "move": "paxos", "created_at": "2026-02-26T15:00:00Z", "updated_at": "2026-03-02T14:00:00Z",
			"pending_since": "2026-02-26T15:00:00Z", "due_at": "2026-02-27T15:00:00Z", "checked_at": "2026-03-02T15:00:00Z",
			"learned_by": "sync", "assignee": nil, "initials": "QZ",
		} {
			require.Contains(t, c, field, name)
			require.Equal(t, want, c[field], "%s %s", name, field)
		}
		blocking := c["blocking"].([]any)[0].(map[string]any)
		require.Equal(t, "SCREENING_CHECK", blocking["type"])
		require.Equal(t, "PENDING", blocking["status"])
		require.Equal(t, "PAXOS", blocking["awaiting"])
		require.NotEmpty(t, blocking["text"])
	}
	require.NotContains(t, b.json("/identities/"+i.ID).body, family, "JSON carries initials at most")
}

func TestFiles(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(230) // more than one page of an export
	d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-x", `=HYPERLINK("evil")` })
	b := d.as(access.Viewer)
	rows := b.get("/identities?format=csv").rows()
	require.Len(t, rows, 1+232)
	require.Equal(t, []string{"id", "paxos_id", "ref_id", "type", "status", "submission", "lane", "move"}, rows[0][:8])
	require.NotContains(t, fmt.Sprint(rows), family)
	require.Contains(t, fmt.Sprint(rows), `'=HYPERLINK("evil")`)
	require.NotContains(t, fmt.Sprint(rows), ` =HYPERLINK`)

	require.Len(t, b.get("/queue?format=csv").rows(), 1+231)
	require.Len(t, b.get("/queue?format=csv&lane=frozen").rows(), 1, "a header even over nothing")
	require.Len(t, b.get("/identities?format=csv&limit=7").rows(), 1+7, "one page")
	require.Len(t, b.get("/identities?format=csv&status=APPROVED").rows(), 2)
	a := b.get("/identities?format=csv&lane=bogus", "Accept", "application/json")
	require.Empty(t, a.header.Get("Content-Disposition"))
	a.failure(http.StatusUnprocessableEntity)

	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.Exported})
	require.NoError(t, err)
	require.Len(t, entries, 5, "each file is logged, the refused one is not")
}

func TestIdentitiesPage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(2)
	b := d.as(access.Viewer)
	doc := b.get("/identities").page(http.StatusOK)
	require.Equal(t, 3, doc.Find(`[data-testid=identities] tbody tr`).Length())
	require.NotContains(t, doc.Text(), family)
	doc = b.get("/identities?status=approved&q=done").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=identities] tbody tr`).Length())
	require.Equal(t, "done", doc.Find(`main input[name=q]`).AttrOr("value", ""))

	doc = b.get("/identities?limit=2").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`[data-testid=next]`).Length())

	doc = b.get("/identities?created_from=yesterday").page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Text(), "Must be a date")
	require.Equal(t, "yesterday", doc.Find(`input[name=created_from]`).AttrOr("value", ""))
	a := b.get("/identities?q=someone%40example.org")
	a.page(http.StatusUnprocessableEntity)
	require.NotContains(t, a.body, "someone@example.org")
	require.Contains(t, b.json("/identities?q=073-05-1120").failure(http.StatusUnprocessableEntity)["fields"], "q")
	require.Contains(t, b.json("/identities?limit=201").failure(http.StatusUnprocessableEntity)["fields"], "limit")
	require.Len(t, b.get("/identities?format=json").items(http.StatusOK), 3, "a link can ask for JSON")
}

func TestIdentitiesFilters(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(2)
	b := d.as(access.Viewer)
	for query, want := range map[string]int{
		"":                                  3,
		"status=APPROVED":                   1,
		"lane=overdue":                      2,
		"lane=decided":                      1,
		"q=user-":                           2,
		"q=paxos-done":                      1,
		"ref_id=user-001":                   1,
		"type=INSTITUTION":                  0,
		"requirement=SCREENING_CHECK":       2,
		"assignee=ada":                      0,
		"created_from=2026-02-27":           0,
		"created_to=2026-02-26":             3,
		"created_to=2026-02-25":             0,
		"created_to=2026-02-26T15:00:00Z":   1,
		"created_from=2026-02-26T15:00:00Z": 2,
	} {
		require.Len(t, b.json("/identities?"+query).items(http.StatusOK), want, query)
	}
	items := b.json("/identities?sort=created_at").items(http.StatusOK)
	require.Equal(t, "user-001", items[0]["ref_id"])
}
