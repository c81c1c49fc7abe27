package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	d.as(access.Analyst).get("/identities/" + i.ID)
	b := d.as(access.Auditor)
	doc := b.get("/audit").page(http.StatusOK)
	require.Equal(t, 3, doc.Find(`[data-testid=audit] tbody tr`).Length())

	o := b.json("/audit?limit=2").object(http.StatusOK)
	require.EqualValues(t, 3, o["total"])
	require.Equal(t, "2", o["next"])
	first := o["items"].([]any)[0].(map[string]any)
	require.Equal(t, "signed_in", first["action"])
	require.Equal(t, "some auditor", first["actor_name"])
	require.Len(t, b.json("/audit?limit=2&after=2").items(http.StatusOK), 1)

	items := b.json("/audit?identity=" + i.ID).items(http.StatusOK)
	require.Len(t, items, 1)
	require.Equal(t, "opened_case", items[0]["action"])
	require.Len(t, b.json("/audit?actor=some+analyst").items(http.StatusOK), 2)
	o = b.json("/audit?action=signed_in&limit=1").object(http.StatusOK)
	require.Len(t, o["items"], 1)
	require.EqualValues(t, 2, o["total"], "of every page")
	o = b.json("/audit?action=signed_in&limit=1&after=" + o["next"].(string)).object(http.StatusOK)
	require.EqualValues(t, 2, o["total"])
	require.NotContains(t, o, "total_at_least")
	doc = b.get("/audit?action=signed_in").page(http.StatusOK)
	require.Equal(t, "2 entries", strings.TrimSpace(doc.Find(`[data-testid=total]`).Text()))
	require.Contains(t, b.json("/audit?action=guessed").failure(http.StatusUnprocessableEntity)["fields"], "action")

	require.Len(t, b.get("/audit?format=csv").rows(), 1+4, "this export stands in it as well")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	d := boot(t)
	require.Contains(t, d.as(access.Admin).get("/settings").page(http.StatusOK).Text(), "sandbox")
}

func TestTheUnexpected(t *testing.T) {
	t.Parallel()
	for name, facts := range map[string]func(context.Context) (views.Facts, error){
		"an error": func(context.Context) (views.Facts, error) { return views.Facts{}, errors.New("secret cause") },
		"a panic":  func(context.Context) (views.Facts, error) { panic("secret cause") },
	} {
		d := boot(t, func(o *handlers.Options) { o.Facts = facts })
		b := d.as(access.Admin)
		a := b.get("/settings")
		doc := a.page(http.StatusInternalServerError)
		require.Contains(t, doc.Text(), a.header.Get("X-Request-Id"), name)
		require.NotContains(t, a.body, "secret cause", name)
		require.Equal(t, "internal", b.json("/settings").failure(http.StatusInternalServerError)["kind"], name)
		require.Contains(t, d.log.String(), "request failed", name)
		require.Contains(t, d.log.String(), "request_id="+a.header.Get("X-Request-Id"), name)
	}
}

func TestCountsThatFailDoNotTakeThePageAlong(t *testing.T) {
	t.Parallel()
	d := boot(t, func(o *handlers.Options) {
		o.Counts = func(context.Context) (identity.Counts, error) { return identity.Counts{}, errors.New("no counts") }
	})
	d.as(access.Viewer).get("/identities").page(http.StatusOK)
	require.Contains(t, d.log.String(), "no counts")
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*handlers.Options){
		"no key":    func(o *handlers.Options) { o.SessionKeys = nil },
		"no origin": func(o *handlers.Options) { o.BaseURL = "desk" },
	} {
		o := boot(t).options()
		change(&o)
		_, err := handlers.New(o)
		require.Error(t, err, name)
	}
}
