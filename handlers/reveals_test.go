package handlers_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// revealed has three people reveal, one of them much.
func (d *desk) revealed() (one, other identity.Identity) {
	d.t.Helper()
	one = d.learn(nil)
	other = d.learn(func(r *identity.Record) { r.PaxosID, r.RefID = "paxos-2", "user-2" })
	asks := func(b *browser, i identity.Identity, group string) {
		b.post("/identities/"+i.ID+"/reveal", url.Values{"group": {group}, "reason_code": {"audit_question"}, "reason": {"Mrs Umbra rang"}}).page(http.StatusOK)
	}
	asks(d.as(access.Lead), one, "name")
	d.clock.Advance(48 * time.Hour)
	lea, ana := d.as(access.Lead), d.as(access.Analyst)
	for range 7 {
		asks(ana, one, "address")
	}
	asks(lea, other, "tax")
	d.paxos.refuse.Store(&fault.Error{Kind: fault.Lost, Code: "timeout"})
	lea.post("/identities/"+other.ID+"/reveal", address()).page(http.StatusServiceUnavailable)
	return one, other
}

func TestReportOnReveals(t *testing.T) {
	t.Parallel()
	d := boot(t)
	one, other := d.revealed()
	b := d.as(access.Auditor)
	doc := b.get("/reveals").page(http.StatusOK)
	people := doc.Find(`[data-testid=people] tbody tr`)
	require.Equal(t, 2, people.Length())
	require.Contains(t, people.First().Text(), "7 in 24 h; the median of the rest of the team is 1")
	require.Contains(t, people.First().Text(), "Address 7")
	require.NotContains(t, people.Last().Text(), "median")
	rows := doc.Find(`[data-testid=reveals] tbody tr`)
	require.Equal(t, 10, rows.Length())
	require.Contains(t, rows.First().Text(), "not shown: Paxos did not answer in time")
	require.Contains(t, doc.Find(`[data-testid=reveals] [data-testid=total]`).Text(), "10 tries, shown or not")
	require.Contains(t, rows.Last().Text(), "An audit question")
	require.Equal(t, "Mrs Umbra rang", rows.Last().Find(`[data-testid=reason]`).Text())
	require.Equal(t, "/reveals", d.as(access.Lead).get("/queue").page(http.StatusOK).Find(`.sidebar a[href="/reveals"]`).AttrOr("href", ""))
	require.Zero(t, d.as(access.Analyst).get("/queue").page(http.StatusOK).Find(`.sidebar a[href="/reveals"]`).Length())

	for query, want := range map[string]int{
		"actor=some+analyst": 7, "identity=" + other.ID: 2, "identity=" + one.ID: 8, "from=2026-03-04": 9, "to=2026-03-03": 1, "actor=nobody": 0,
		"actor=some+lead&identity=" + one.ID: 1,
	} {
		o := b.json("/reveals?" + query).object(http.StatusOK)
		require.Len(t, o["items"], want, query)
		require.EqualValues(t, want, o["total"], query)
		require.Len(t, o["people"], 2, "everybody is counted, whatever the filter")
	}
	var seen []any
	for path := "/reveals?limit=4"; ; {
		o := b.json(path).object(http.StatusOK)
		for _, item := range o["items"].([]any) {
			seen = append(seen, item.(map[string]any)["seq"])
		}
		if o["next"] == nil {
			break
		}
		path = "/reveals?limit=4&after=" + o["next"].(string)
	}
	require.Len(t, seen, 10)
	require.IsDecreasing(t, numbers(seen))
	require.NotContains(t, b.json("/reveals").body, "Umbra", "words stand on the page alone")
	for _, wrong := range []string{"after=x", "from=yesterday", "limit=0", "from=2026-03-04&to=2026-03-02"} {
		b.json("/reveals?" + wrong).failure(http.StatusUnprocessableEntity)
	}
}

func numbers(values []any) []float64 {
	out := make([]float64, len(values))
	for n, v := range values {
		out[n] = v.(float64)
	}
	return out
}

func TestReportOnRevealsAsCSV(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.revealed()
	a := d.as(access.Auditor).get("/reveals?format=csv")
	require.Equal(t, http.StatusOK, a.status, a.body)
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 11)
	require.Equal(t, []string{"seq", "at", "actor_id", "actor_name", "role", "identity_id", "group", "reason_code", "shown", "outcome"}, rows[0])
	require.Equal(t, []string{"address", "paxos_asked", "false", "not shown: timeout"}, rows[1][6:])
	require.NotContains(t, a.body, "Umbra")
	exported, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.Exported})
	require.NoError(t, err)
	require.Len(t, exported, 1)
	require.Equal(t, "reveals", exported[0].Object)
}
