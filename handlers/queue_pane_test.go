package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// ids gives our ids of the first page of the queue, in its order.
func (b *browser) ids(query string) []string {
	b.d.t.Helper()
	var ids []string
	for _, i := range b.json("/queue?" + query).items(http.StatusOK) {
		ids = append(ids, i["id"].(string))
	}
	return ids
}

func (b *browser) opened(id string) int {
	b.d.t.Helper()
	entries, err := b.d.store.AuditEntries(b.d.t.Context(), audit.Filter{Action: audit.OpenedCase, IdentityID: id})
	require.NoError(b.d.t, err)
	return len(entries)
}

func TestACaseIsOpenedBesideTheQueue(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	b := d.as(access.Analyst)
	ids := b.ids("")
	at := "/queue?lane=overdue&case=" + ids[1]

	doc := b.get(at).page(http.StatusOK)
	require.Equal(t, 3, doc.Find("#rows tbody tr").Length())
	require.Equal(t, 1, doc.Find("#pane #case").Length())
	require.Equal(t, "user-001", doc.Find("h1").Text())
	require.Contains(t, doc.Find("#pane").Text(), family)
	require.NotContains(t, doc.Find("#rows").Text(), family)
	require.Equal(t, 1, b.opened(ids[1]), "who reads a case beside the queue has opened it")

	part := b.get(at, "Desk-Pane", "true")
	require.Equal(t, http.StatusOK, part.status)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(part.body))
	require.NoError(t, err)
	require.Equal(t, 1, doc.Find("#pane #case").Length())
	require.Zero(t, doc.Find("#rows, .topbar").Length(), "the rest is there already")
	require.Less(t, len(part.body), len(b.get(at).body)*3/4)

	part = b.get("/queue?lane=overdue&case="+ids[2], "HX-Request", "true", "HX-Target", "rows")
	require.Zero(t, part.page(http.StatusOK).Find("#case").Length())
	require.Zero(t, b.opened(ids[2]), "a list that renews itself opens nothing")

	require.Equal(t, http.StatusNotFound, b.get("/queue?case=none").status)
	require.Equal(t, http.StatusNotFound, b.get("/queue?case=none", "Desk-Pane", "true").status)
	require.Len(t, b.json(at).items(http.StatusOK), 3, "a script gets the list")
}

func TestNextInTheSameQueue(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	b := d.as(access.Analyst)
	ids := b.ids("")
	next := func(path string) string {
		a := b.get(path)
		require.Equal(t, http.StatusSeeOther, a.status, a.body)
		return a.header.Get("Location")
	}
	at := next("/queue?lane=overdue&whose=free&next=")
	for _, id := range ids {
		require.Equal(t, "/queue?case="+id+"&lane=overdue&whose=free", at)
		at = next(b.get(at).page(http.StatusOK).Find(`[data-testid=pane-next]`).AttrOr("href", ""))
	}
	require.Equal(t, "/queue?lane=overdue&whose=free", at)
	doc := b.get(at).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=notice]`).Text(), "last case of this list")
	require.Zero(t, b.get(at).page(http.StatusOK).Find(`[data-testid=notice]`).Length(), "it is said once")

	// What comes behind the page that is shown begins a page of its own.
	at = next("/queue?limit=2&lane=overdue&next=")
	at = next(b.get(at).page(http.StatusOK).Find(`[data-testid=pane-next]`).AttrOr("href", ""))
	require.NotContains(t, at, "after=")
	at = next(b.get(at).page(http.StatusOK).Find(`[data-testid=pane-next]`).AttrOr("href", ""))
	require.Contains(t, at, "case="+ids[2])
	require.Contains(t, at, "after=")
	require.Equal(t, "user-000", b.get(at).page(http.StatusOK).Find(`#rows tr [aria-current]`).Text())

	require.Equal(t, http.StatusUnprocessableEntity, b.get("/queue?next=nonsense").status)
	require.Equal(t, "/queue", next("/queue?lane=&next=&tag=none")[:6])
}

// An act leads back to where it was clicked, and nowhere else.
func TestActsLeadBack(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	b := d.as(access.Analyst)
	own := "/identities/" + id
	for back, want := range map[string]string{
		"":                                     own,
		"/queue":                               "/queue",
		"/queue?lane=overdue&case=" + id:       "/queue?lane=overdue&case=" + id,
		"/queue?next=abc&tag=bank":             "/queue?next=abc&tag=bank",
		"/identities?status=PENDING&after=x":   "/identities?status=PENDING&after=x",
		own:                                    own,
		"https://evil.example/queue":           own,
		"//evil.example/queue":                 own,
		`/\evil.example`:                       own,
		"/queue/../settings":                   own,
		"/queuefake":                           own,
		"/settings":                            own,
		"/logout":                              own,
		"queue":                                own,
		"/queue?x=" + strings.Repeat("y", 9e3): own,
	} {
		d.clock.Advance(time.Minute) // behind the cool-down
		a := b.post(own+"/recheck", url.Values{"back": {back}})
		require.Equal(t, http.StatusSeeOther, a.status, "%s: %s", back, a.body)
		require.Equal(t, want, a.header.Get("Location"), back)
	}
	d.clock.Advance(time.Minute)
	b.post(own+"/recheck", url.Values{"back": {"/queue?lane=overdue&case=" + id}})
	doc := b.get("/queue?lane=overdue&case=" + id).page(http.StatusOK)
	require.Contains(t, doc.Find(`#pane [data-testid=notice]`).Text(), "asked again", "the notice stands by the case")
}

func TestAnOpenListKeepsItsRows(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	b := d.as(access.Analyst)
	ids := b.ids("lane=overdue")
	d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.CreatedAt = "paxos-new", "user-new", r.CreatedAt.Add(-240*time.Hour)
	})
	d.clock.Advance(20 * time.Minute)
	d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status, r.Details, r.UpdatedAt = "paxos-001", "user-001", identity.Approved, identity.Details{}, d.clock.Now()
	})
	shown := "/queue?lane=overdue&shown=" + strings.Join(ids, ",")
	doc := b.get(shown).page(http.StatusOK)
	require.Equal(t, []string{"user-002", "user-001", "user-000"}, doc.Find("#rows tbody a").Map(func(_ int, a *goquery.Selection) string { return a.Text() }))
	require.Equal(t, 1, doc.Find("tr.left").Length())
	require.Equal(t, "user-001", doc.Find("tr.left a").Text())
	require.Contains(t, doc.Find(`[data-testid=fresh]`).Text(), "1 new: show")
	require.Equal(t, "/queue?lane=overdue", doc.Find(`[data-testid=fresh]`).AttrOr("href", ""))
	require.NotContains(t, doc.Find("#rows").AttrOr("hx-get", ""), "shown")
	doc = b.get("/queue?lane=overdue").page(http.StatusOK)
	require.Equal(t, "user-new", doc.Find("#rows tbody a").First().Text())
	require.Zero(t, doc.Find("tr.left").Length())
}

func TestPeopleSeeTheirOwnAndWhatNobodyHas(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	ana, lea := d.as(access.Analyst), d.as(access.Lead)
	ids := ana.ids("")
	give := func(id, to string) {
		_, err := d.store.Claim(t.Context(), id, to, "", audit.Entry{ActorID: to, Action: audit.Claimed, IdentityID: id})
		require.NoError(t, err)
	}
	give(ids[0], "some analyst")
	give(ids[1], "some lead")
	require.Equal(t, []string{ids[0], ids[2]}, ana.ids("whose=mine"))
	require.Equal(t, []string{ids[1]}, lea.ids("whose=me"))
	require.Equal(t, []string{ids[2]}, lea.ids("whose=free"))
	require.Equal(t, ids, lea.ids(""), "a script sees everybody's unless it says otherwise")
	doc := ana.get("/queue").page(http.StatusOK)
	require.Equal(t, 2, doc.Find("#rows tbody tr").Length())
	require.Equal(t, "You", strings.TrimSpace(doc.Find("#rows tbody tr").First().Find("td").Eq(6).Text()))
	require.Equal(t, []string{"2", "1", "1", "3"}, doc.Find("#whose .count").Map(func(_ int, n *goquery.Selection) string { return n.Text() }))
	require.Contains(t, strings.Join(strings.Fields(doc.Find(`[data-testid=elsewhere]`).Text()), " "), "1 more is with a colleague: show everyone’s")
	require.Equal(t, "3", strings.TrimPrefix(doc.Find("#stuck-count").Text(), "Stuck: "), "the number of the section is everybody's")
	require.Equal(t, "2", doc.Find("#lane-overdue .count").Text())
	doc = ana.get("/queue?whose=all").page(http.StatusOK)
	require.Equal(t, "some lead", strings.TrimSpace(doc.Find("#rows tbody tr").Eq(1).Find("td").Eq(6).Text()))
}

func TestKeysAreOffForWhoeverSaysSo(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	require.NoError(t, d.store.SetPreferences(t.Context(), "some analyst", access.Preferences{NoSingleKeys: true}))
	require.Equal(t, "off", b.get("/queue").page(http.StatusOK).Find("body").AttrOr("data-keys", ""))
	require.Empty(t, d.as(access.Lead).get("/queue").page(http.StatusOK).Find("body").AttrOr("data-keys", ""))
}
