package handlers_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// person is the browser of somebody with a name, who has signed in with a role.
func (d *desk) person(name string, role access.Role) *browser {
	d.t.Helper()
	b := d.browser()
	a := b.post("/login/dev", url.Values{"user": {name}, "role": {string(role)}})
	require.Equal(d.t, http.StatusSeeOther, a.status, a.body)
	return b
}

// holder is who has a case, as its page says it.
func (b *browser) holder(path string) string {
	b.d.t.Helper()
	return b.get(path).page(http.StatusOK).Find(`[data-testid=holder] strong`).Text()
}

// acts counts what the audit log tells of a case.
func (d *desk) acts(id string, a audit.Action) int {
	d.t.Helper()
	entries, err := d.store.AuditEntries(d.t.Context(), audit.Filter{Action: a, IdentityID: id})
	require.NoError(d.t, err)
	return len(entries)
}

func TestClaimAndRelease(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana, lee := d.person("Ana", access.Analyst), d.person("Lee", access.Lead)
	require.Equal(t, "Free", ana.holder(path))

	a := ana.post(path+"/claim", url.Values{"expected": {""}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, path, a.header.Get("Location"))
	require.Equal(t, "You", ana.holder(path))
	require.Equal(t, "Ana", lee.holder(path))
	require.Equal(t, 1, d.acts(i.ID, audit.Claimed))
	doc := ana.get(path).page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=claim], [data-testid=take-over]`).Length())
	require.Equal(t, 1, doc.Find(`[data-testid=release]`).Length())
	require.Contains(t, doc.Find(`[data-testid=timeline]`).Text(), "Claimed it")

	o := ana.json(path).object(http.StatusOK)
	require.Equal(t, "Ana", o["assignee"])
	require.Equal(t, "Ana", o["assignee_name"])
	require.Equal(t, true, o["can_release"])
	require.Equal(t, false, o["can_claim"])

	require.Equal(t, http.StatusSeeOther, ana.post(path+"/release", url.Values{"expected": {"Ana"}}).status)
	require.Equal(t, "Free", ana.holder(path))
	require.Equal(t, 1, d.acts(i.ID, audit.Released))
}

// Two who claim at the same moment: one has it, the other is told who.
func TestTwoWhoRaceForACase(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	people := map[string]*browser{"Ana": d.person("Ana", access.Analyst), "Bo": d.person("Bo", access.Analyst)}
	var mu sync.Mutex
	answers := map[string]answer{}
	var both sync.WaitGroup
	for name, b := range people {
		both.Go(func() {
			a := b.post(path+"/claim", url.Values{"expected": {""}})
			mu.Lock()
			answers[name] = a
			mu.Unlock()
		})
	}
	both.Wait()
	winner, loser := "Ana", "Bo"
	if answers["Bo"].status == http.StatusSeeOther {
		winner, loser = loser, winner
	}
	require.Equal(t, http.StatusSeeOther, answers[winner].status, answers[winner].body)
	doc := answers[loser].page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "Taken by "+winner+" just now.")
	require.Equal(t, 1, doc.Find(`[data-testid=problem][data-focus]`).Length(), "the focus goes there")
	require.Equal(t, winner, doc.Find(`[data-testid=holder] strong`).Text())
	require.Equal(t, 1, d.acts(i.ID, audit.Claimed))

	d.clock.Advance(4 * time.Second)
	failure := people[loser].post(path+"/claim", url.Values{"expected": {""}}, "Accept", "application/json").failure(http.StatusConflict)
	require.Equal(t, "Taken by "+winner+" 4 s ago. Nothing was changed.", failure["text"])
	require.Equal(t, winner, people[loser].holder(path), "nothing is overwritten")
}

func TestOnlyALeadTakesOver(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana, bo, lee := d.person("Ana", access.Analyst), d.person("Bo", access.Analyst), d.person("Lee", access.Lead)
	ana.post(path+"/claim", nil)

	doc := bo.get(path).page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=claim], [data-testid=take-over], [data-testid=release], [data-testid=hand-over]`).Length())
	for _, act := range []string{"claim", "release"} {
		failure := bo.post(path+"/"+act, url.Values{"expected": {"Ana"}}, "Accept", "application/json").failure(http.StatusConflict)
		require.Contains(t, failure["text"], "Taken by Ana", act)
	}
	require.Equal(t, http.StatusForbidden, bo.post(path+"/assign", url.Values{"to": {"Bo"}, "expected": {"Ana"}}, "Accept", "application/json").status)

	form := lee.get(path).page(http.StatusOK).Find(`[data-testid=take-over]`).Closest("form")
	require.Equal(t, "Ana", form.Find(`[name=expected]`).AttrOr("value", ""), "the lead names whom they take it from")
	require.Equal(t, http.StatusSeeOther, lee.post(path+"/claim", url.Values{"expected": {"Ana"}}).status)
	require.Equal(t, "You", lee.holder(path))
	failure := lee.post(path+"/assign", url.Values{"to": {"Bo"}, "expected": {"Ana"}}, "Accept", "application/json").failure(http.StatusConflict)
	require.Contains(t, failure["text"], "yours already", "the page was old")
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana, bo := d.person("Ana", access.Analyst), d.person("Bo", access.Analyst)
	d.person("Vera", access.Viewer)
	require.Zero(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=hand-over]`).Length(), "a free case is nobody's to hand over")
	ana.post(path+"/claim", nil)
	options := ana.get(path).page(http.StatusOK).Find(`#hand-over-to option`)
	require.Equal(t, 2, options.Length(), "Bo, and nobody yet: a viewer works no cases")

	doc := ana.post(path+"/assign", url.Values{"to": {"Vera"}, "expected": {"Ana"}}).page(http.StatusUnprocessableEntity)
	_, open := doc.Find(`[data-testid=hand-over]`).Closest("details").Attr("open")
	require.True(t, open)
	require.Contains(t, doc.Find(`#hand-over-to-error`).Text(), "does not work cases")
	require.Equal(t, 1, doc.Find(`#hand-over-to[data-focus][aria-invalid=true]`).Length())

	require.Equal(t, http.StatusSeeOther, ana.post(path+"/assign", url.Values{"to": {"Bo"}, "expected": {"Ana"}}).status)
	require.Equal(t, "You", bo.holder(path))
	require.Contains(t, bo.get(path).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "To Bo.")
}

// Acts go back to the list that the case was opened from, and what was refused there comes back there.
func TestActsKeepTheList(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	ana, bo := d.person("Ana", access.Analyst), d.person("Bo", access.Analyst)
	list := "/queue?lane=overdue&whose=all"
	first := ana.get(list).page(http.StatusOK).Find("tbody tr a").First().AttrOr("href", "")
	doc := ana.get(first).page(http.StatusOK)
	claim := doc.Find(`[data-testid=claim]`).Closest("form")
	back := claim.Find(`[name=back]`).AttrOr("value", "")
	require.Contains(t, back, "lane=overdue&whose=all")
	snooze := doc.Find(`[data-testid=snooze]`).Closest("details")
	onward := snooze.Find(`[name=back]`).AttrOr("value", "")
	require.Contains(t, onward, "next=")

	a := ana.post(claim.AttrOr("action", ""), url.Values{"back": {back}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, back, a.header.Get("Location"))

	for _, where := range []string{back, onward} {
		doc = bo.post(claim.AttrOr("action", ""), url.Values{"back": {where}}).page(http.StatusConflict)
		require.Equal(t, 3, doc.Find("#rows tbody tr").Length(), "the list stays")
		require.Contains(t, doc.Find("#pane [data-testid=problem]").Text(), "Taken by Ana")
		require.Equal(t, "Ana", doc.Find("#pane [data-testid=holder] strong").Text())
		part := bo.post(claim.AttrOr("action", ""), url.Values{"back": {where}}, "Desk-Pane", "true").page(http.StatusConflict)
		require.Zero(t, part.Find("#rows").Length(), "a script asks for the case alone")
		require.Equal(t, 1, part.Find("#pane [data-testid=problem]").Length())
	}

	a = ana.post(snooze.Find("form").AttrOr("action", ""), url.Values{"back": {onward}, "reason": {"waits"}, "for": {"1h"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, onward, a.header.Get("Location"), "on to the next")
	next := ana.get(a.header.Get("Location"))
	require.Equal(t, http.StatusSeeOther, next.status)
	require.NotEqual(t, back, next.header.Get("Location"))
	require.Contains(t, next.header.Get("Location"), "case=")
}
