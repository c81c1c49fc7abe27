package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// rehearsing is an edge beside Paxos' sandbox.
func rehearsing(o *handlers.Options) { o.Rehearsals = true }

func TestRehearsal(t *testing.T) {
	t.Parallel()
	d := boot(t, rehearsing)
	id := d.learn(nil).ID
	path := "/identities/" + id
	ana := d.as(access.Analyst)
	card := ana.get(path).page(http.StatusOK).Find(`[data-testid=rehearsal]`)
	require.Contains(t, card.Find(`[data-testid=rehearsal-hint]`).Text(), "This is no production.")
	require.Zero(t, card.Find(`select[name=document_verification_status]`).Length(), "an institution's")
	for _, role := range []access.Role{access.Viewer, access.Auditor, access.Admin} {
		require.Zero(t, d.as(role).get(path).page(http.StatusOK).Find(`[data-testid=rehearsal]`).Length(), role)
	}

	doc := ana.post(path+"/sandbox-status", nil).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#rehearse-id_verification_status-error").Text(), "Choose what to set.")
	a := ana.post(path+"/sandbox-status", url.Values{"sanctions_verification_status": {"ERROR"}, "admin_disabled": {"no"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	doc = ana.get(path).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=notice]`).Text(), "The rehearsal is queued.")
	require.Contains(t, doc.Find(`[data-testid=move-about]`).Text(), "Sanctions screening, Disabled by Paxos")
	require.Zero(t, doc.Find(`[data-testid=rehearsal]`).Length(), "one is on its way")
	require.Equal(t, http.StatusConflict, ana.post(path+"/sandbox-status", url.Values{"admin_disabled": {"no"}}).status)
	require.Equal(t, 1, d.acts(id, audit.Rehearsed))
}

func TestNoRehearsalInProduction(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	path := "/identities/" + id
	for _, role := range access.Roles() {
		b := d.as(role)
		text := b.get(path).page(http.StatusOK)
		require.Zero(t, text.Find(`[data-testid=rehearsal]`).Length(), role)
		require.NotContains(t, text.Text(), "ehears", role)
		a := b.post(path+"/sandbox-status", url.Values{"admin_disabled": {"no"}})
		require.Equal(t, http.StatusNotFound, a.status, role)
	}
	require.Zero(t, d.acts(id, audit.Rehearsed))
}
