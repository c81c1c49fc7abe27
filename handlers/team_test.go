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

func TestTeam(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.people(3)
	ana, bo, lee := d.person("Ana", access.Analyst), d.person("Bo", access.Analyst), d.person("Lee", access.Lead)
	for _, i := range ana.json("/queue").items(http.StatusOK) {
		require.Equal(t, http.StatusSeeOther, ana.post("/identities/"+i["id"].(string)+"/claim", nil).status)
	}
	loads := map[string]any{}
	for _, l := range bo.json("/team").items(http.StatusOK) {
		loads[l["name"].(string)] = l["claimed"]
	}
	require.Equal(t, map[string]any{"Ana": 3.0, "Bo": 0.0, "Lee": 0.0}, loads)
	doc := bo.get("/team").page(http.StatusOK)
	require.Equal(t, 3, doc.Find(`[data-testid=team] tbody tr`).Length())
	require.Equal(t, 1, doc.Find(`[data-testid=away]`).Length())
	hers, _ := doc.Find(`[data-testid=team] td a`).Attr("href")
	require.Len(t, bo.json(hers).items(http.StatusOK), 3, "the number leads to the cases")
	require.Zero(t, doc.Find(`[data-testid=rebalance], #away-user`).Length(), "a lead's")
	require.Zero(t, d.as(access.Viewer).get("/team").page(http.StatusOK).Find("main form").Length())

	form := url.Values{"from": {"Ana"}, "to": {"Bo"}, "n": {"2"}}
	require.Equal(t, http.StatusForbidden, bo.post("/team/rebalance", form).status)
	doc = lee.post("/team/rebalance", url.Values{"from": {"Ana"}, "to": {"Ana"}, "n": {"0"}}).page(http.StatusUnprocessableEntity)
	require.Equal(t, 2, doc.Find(`[data-testid=rebalance] .field-error`).Length())
	require.Equal(t, "0", doc.Find("#rebalance-n").AttrOr("value", ""))
	require.Equal(t, http.StatusSeeOther, lee.post("/team/rebalance", form).status)
	notice := func() string { return words(lee.get("/team").page(http.StatusOK).Find(`[data-testid=notice]`)) }
	require.Equal(t, "2 cases are moved, the first due first.", notice())
	require.Len(t, ana.json("/queue?whose=me").items(http.StatusOK), 1)
	require.Len(t, bo.json("/queue?whose=me").items(http.StatusOK), 2)
	lee.post("/team/rebalance", url.Values{"from": {"Lee"}, "n": {"5"}})
	require.Contains(t, notice(), "nothing to move")
	lee.post("/team/rebalance", url.Values{"from": {"Ana"}, "n": {"5"}})
	require.Equal(t, "1 case is moved, the first due first.", notice())
	require.Empty(t, lee.get("/team", "Cookie", "identitydesk-notice=rebalanced.many").page(http.StatusOK).Find(`[data-testid=notice]`).Text())
}

func TestAway(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana, bo, lee := d.person("Ana", access.Analyst), d.person("Bo", access.Analyst), d.person("Lee", access.Lead)
	ana.post(path+"/claim", nil)
	day := d.clock.Now().AddDate(0, 0, 3).Format(time.DateOnly)

	require.Equal(t, http.StatusForbidden, bo.post("/team/away", url.Values{"user": {"Ana"}, "until": {day}}).status)
	doc := ana.post("/team/away", url.Values{"until": {"tomorrow"}}).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#away-until-error").Text(), "Enter the day")
	require.Equal(t, http.StatusSeeOther, ana.post("/team/away", url.Values{"until": {day}, "release": {"on"}}).status)
	require.Contains(t, ana.get("/team").page(http.StatusOK).Find(`[data-testid=notice]`).Text(), "Marked as away: 1 case is free again.")
	require.Equal(t, "Free", ana.holder(path))
	require.Contains(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "Ana is away.")
	doc = ana.post(path+"/claim", nil).page(http.StatusConflict)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "marked as away")

	require.Equal(t, http.StatusSeeOther, lee.post("/team/away", url.Values{"user": {"Ana"}, "back": {"1"}}).status)
	require.Equal(t, http.StatusSeeOther, ana.post(path+"/claim", nil).status)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.CameBack})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "Lee", entries[0].ActorID)
	require.Equal(t, "Ana", entries[0].Object)
}
