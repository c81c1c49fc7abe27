package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func TestSnoozeAndWake(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana := d.person("Ana", access.Analyst)
	form := ana.get(path).page(http.StatusOK).Find(`[data-testid=snooze]`).Closest("details")
	_, ticked := form.Find(`[name=until_event]`).Attr("checked")
	require.True(t, ticked, "news wakes it, unless that is switched off")
	require.Contains(t, form.Text(), "At most 14 days.")

	a := ana.post(path+"/snooze", url.Values{"for": {"4h"}, "until_event": {"on"}, "reason": {"Waits for Zinnober Bank"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc := ana.get(path).page(http.StatusOK)
	asleep := doc.Find(`[data-testid=asleep]`)
	require.Contains(t, asleep.Text(), "or the next news")
	require.Equal(t, "Waits for Zinnober Bank", asleep.Find(`[data-testid=snooze-reason]`).Text())
	require.Contains(t, doc.Find(`[data-testid=timeline]`).Text(), "Snoozed it")
	require.Equal(t, d.clock.Now().Add(4*time.Hour).UTC().Format(time.RFC3339), asleep.Find("time").AttrOr("datetime", ""))
	require.NotContains(t, d.log.String(), "Zinnober")
	for _, role := range []access.Role{access.Viewer, access.Admin} {
		doc := d.as(role).get(path).page(http.StatusOK)
		require.Equal(t, 1, doc.Find(`[data-testid=asleep]`).Length(), role)
		require.NotContains(t, doc.Text(), "Zinnober", role)
		require.Zero(t, doc.Find(`[data-testid=wake]`).Length(), role)
	}
	require.NotContains(t, d.as(access.Viewer).json(path).body, "Zinnober")
	require.NotContains(t, ana.get("/audit?format=json").body, "Zinnober")

	require.Equal(t, http.StatusSeeOther, ana.post(path+"/wake", nil).status)
	doc = ana.get(path).page(http.StatusOK)
	require.Zero(t, doc.Find(`[data-testid=asleep]`).Length())
	require.Contains(t, doc.Find(`[data-testid=woke]`).Text(), "because somebody woke it")
	require.Equal(t, 1, d.acts(i.ID, audit.Woke))
}

func TestNewsWakes(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	path := "/identities/" + i.ID
	ana := d.person("Ana", access.Analyst)
	ana.post(path+"/snooze", url.Values{"for": {"1w"}, "until_event": {"on"}, "reason": {"waits"}})
	d.clock.Advance(time.Minute)
	d.learn(func(r *identity.Record) {
		r.UpdatedAt = d.clock.Now()
		r.Details.Requirements[0].Awaiting = identity.AwaitingClient
	})
	doc := ana.get(path).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=woke]`).Text(), "because there was news from Paxos")
	require.Contains(t, doc.Find(`[data-testid=timeline]`).Text(), "Woke by itself")
	require.Equal(t, "news", ana.json(path).object(http.StatusOK)["woke"])
}

func TestWhatIsWrongWithASnoozeComesBack(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	ana := d.person("Ana", access.Analyst)
	for name, tc := range map[string]struct {
		form  url.Values
		field string
		says  string
	}{
		"no reason":    {url.Values{"for": {"1h"}, "reason": {" "}}, "snooze-reason", "Write something."},
		"no time":      {url.Values{"reason": {"waits"}}, "snooze-until", "Choose until when"},
		"past":         {url.Values{"reason": {"waits"}, "until": {"2020-01-01T09:00"}}, "snooze-until", "lies ahead"},
		"too long":     {url.Values{"reason": {"waits"}, "until": {d.clock.Now().AddDate(0, 1, 0).Format("2006-01-02T15:04")}}, "snooze-until", "14 days"},
		"no such time": {url.Values{"reason": {"waits"}, "until": {"soon"}}, "snooze-until", "Enter a date"},
	} {
		doc := ana.post(path+"/snooze", tc.form).page(http.StatusUnprocessableEntity)
		require.Contains(t, doc.Find("#"+tc.field+"-error").Text(), tc.says, name)
		require.Equal(t, 1, doc.Find("#"+tc.field+"[data-focus]").Length(), name)
		_, open := doc.Find(`[data-testid=snooze]`).Closest("details").Attr("open")
		require.True(t, open, name)
		require.Equal(t, tc.form.Get("reason"), doc.Find("#snooze-reason").AttrOr("value", ""), name)
		require.Equal(t, tc.form.Get("until"), doc.Find("#snooze-until").AttrOr("value", ""), name)
		_, ticked := doc.Find(`[name=until_event]`).Attr("checked")
		require.False(t, ticked, "%s: it was not ticked", name)
	}
	require.Contains(t, ana.post(path+"/snooze", url.Values{"for": {"ever"}, "reason": {"x"}}, "Accept", "application/json").
		failure(http.StatusUnprocessableEntity)["fields"], "for")
}

// Times that are typed are meant in the person's zone.
func TestSnoozeInTheZoneOfThePerson(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	ana := d.person("Ana", access.Analyst)
	require.Equal(t, http.StatusSeeOther, ana.post("/preferences", url.Values{"zone": {"Asia/Tokyo"}, "single_keys": {"on"}}).status)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	day := d.clock.Now().In(tokyo).AddDate(0, 0, 2)
	until := time.Date(day.Year(), day.Month(), day.Day(), 8, 30, 0, 0, tokyo)
	ana.post(path+"/snooze", url.Values{"until": {until.Format("2006-01-02T15:04")}, "reason": {"waits"}})
	require.Equal(t, until.UTC().Format(time.RFC3339), ana.json(path).object(http.StatusOK)["snoozed_until"])
	require.Contains(t, ana.get(path).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "Until "+until.Format("2006-01-02 15:04"))

	ana.post(path+"/snooze", url.Values{"for": {"monday"}, "reason": {"waits"}})
	got, err := time.Parse(time.RFC3339, ana.json(path).object(http.StatusOK)["snoozed_until"].(string))
	require.NoError(t, err)
	require.Equal(t, "Monday 09:00", got.In(tokyo).Format("Monday 15:04"))
	require.Less(t, got.Sub(d.clock.Now()), 8*24*time.Hour)
}
