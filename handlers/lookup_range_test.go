package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

func TestAskPaxosForARange(t *testing.T) {
	t.Parallel()
	d := boot(t, inTokyo)
	d.clock.Advance(48 * time.Hour) // 5 March in Tokyo, 00:00
	b := d.as(access.Analyst)
	list := "user-1\nuser-2"
	doc := b.post("/lookup", url.Values{"ref_ids": {list}, "at": {"2026-03-03"}}).page(http.StatusOK)
	require.Equal(t, list, doc.Find(`#range-form [name=ref_ids]`).AttrOr("value", ""))

	form := url.Values{"ref_ids": {list}, "at": {"2026-03-03"}, "from": {"2026-02-01"}, "to": {"2026-02-28"}}
	a := b.post("/lookup/sync", form)
	doc = a.page(http.StatusOK)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.Equal(t, list, doc.Find("#ref-ids").Text(), "the list can be looked up again")
	require.Equal(t, "2026-03-03", doc.Find(`#many [name=at]`).AttrOr("value", ""))
	require.Zero(t, doc.Find(`[data-testid=matches]`).Length())
	require.Contains(t, words(doc.Find("#range")), "Paxos is asked for the identities created 1 to 28 February 2026. Asked by some analyst at 00:00")
	_, live := doc.Find("#range").Attr("data-live")
	require.True(t, live)

	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.AskedRange})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "identities created from 2026-01-31T15:00:00Z to 2026-02-28T15:00:00Z", entries[0].Detail)
	require.Equal(t, "some analyst", entries[0].ActorID)

	doc = b.post("/lookup/sync", form).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=range-refused]`).Text(), "Another range")
	require.Equal(t, list, doc.Find("#ref-ids").Text())
	require.Equal(t, "2026-02-01", doc.Find("#range-from").AttrOr("value", ""))
	require.Equal(t, "conflict", b.post("/lookup/sync", form, "Accept", "application/json").failure(http.StatusConflict)["kind"])

	viewer := d.as(access.Viewer)
	require.Equal(t, 1, viewer.get("/lookup").page(http.StatusOK).Find("#range").Length(), "everybody sees how far it is")
	require.Equal(t, http.StatusForbidden, viewer.post("/lookup/sync", form).status)
	j := viewer.post("/lookup", url.Values{"ref_ids": {list}}, "Accept", "application/json").object(http.StatusOK)
	require.Equal(t, map[string]any{
		"from": "2026-01-31T15:00:00Z", "to": "2026-02-28T15:00:00Z", "asked_at": "2026-03-04T15:00:00Z",
		"read": 0.0, "new": 0.0, "changed": 0.0, "done_at": nil, "error": nil,
	}, j["range"])
}

func TestRangeAsJSON(t *testing.T) {
	t.Parallel()
	d := boot(t)
	o := d.as(access.Lead).post("/lookup/sync", url.Values{"from": {"2026-03-02"}, "to": {"2026-03-02"}}, "Accept", "application/json").
		object(http.StatusAccepted)
	require.Equal(t, "2026-03-02T00:00:00Z", o["from"])
	require.Equal(t, "2026-03-03T00:00:00Z", o["to"], "today, as far as it has come")
}

func TestRangesThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	for name, c := range map[string]struct{ from, to, field, says string }{
		"no dates":     {"", "", "from", "Enter a date"},
		"no end":       {"2026-03-01", "", "to", "Enter a date"},
		"no date":      {"then", "2026-03-01", "from", "Must be a date"},
		"turned round": {"2026-03-02", "2026-03-01", "to", "before the beginning"},
		"future":       {"2026-03-02", "2026-03-03", "to", "future"},
		"too long":     {"2025-11-28", "2026-03-01", "to", "93 days"},
	} {
		form := url.Values{"ref_ids": {"user-1"}, "from": {c.from}, "to": {c.to}}
		doc := b.post("/lookup/sync", form).page(http.StatusUnprocessableEntity)
		require.Contains(t, doc.Find("#range-"+c.field+"-error").Text(), c.says, name)
		require.Equal(t, "user-1", doc.Find("#ref-ids").Text(), name)
		require.Contains(t, b.post("/lookup/sync", form, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"], c.field, name)
	}
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.AskedRange})
	require.NoError(t, err)
	require.Empty(t, entries)
	b.post("/lookup/sync", url.Values{"from": {"2025-11-29"}, "to": {"2026-03-01"}}).page(http.StatusOK)
}
