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

func TestLimits(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for role, changes := range map[access.Role]bool{access.Lead: true, access.Admin: true, access.Analyst: false, access.Auditor: false} {
		doc := d.as(role).get("/settings/limits").page(http.StatusOK)
		require.Equal(t, changes, doc.Find("form[data-testid=limits]").Length() == 1, role)
		require.Equal(t, changes, doc.Find("main input").Length() > 0, role)
		require.Contains(t, doc.Text(), "judged anew", role)
	}
	lee := d.person("Lee", access.Lead)
	form := url.Values{"limit.SCREENING_CHECK": {"36h"}, "idle_release": {"2bd"}, "longest_snooze": {"48h"}}
	require.Equal(t, http.StatusSeeOther, lee.post("/settings/limits", form).status)
	z, err := d.store.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, identity.Settings{
		Limits:      map[string]identity.Limit{identity.ScreeningCheck: {Plain: 36 * time.Hour}},
		IdleRelease: identity.Limit{BusinessDays: 2}, LongestSnooze: 48 * time.Hour,
	}, z)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.ChangedPolicy})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Contains(t, entries[0].Detail, "limit SCREENING_CHECK: none → 36h")
	doc := lee.get("/settings/limits").page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=notice]`).Text(), "judged anew")
	require.Equal(t, "36h", doc.Find(`[name="limit.SCREENING_CHECK"]`).AttrOr("value", ""))
	o := lee.json("/settings/limits").object(http.StatusOK)
	require.Equal(t, map[string]any{"SCREENING_CHECK": "36h"}, o["limits"])
	require.Equal(t, "2bd", o["idle_release"])
	require.Equal(t, "48h", o["longest_snooze"])

	doc = lee.post("/settings/limits", url.Values{"limit.SCREENING_CHECK": {"soon"}, "longest_snooze": {"2bd"}}).page(http.StatusUnprocessableEntity)
	require.Equal(t, 2, doc.Find(".field-error").Length())
	require.Equal(t, "soon", doc.Find(`[name="limit.SCREENING_CHECK"]`).AttrOr("value", ""))
	require.Equal(t, http.StatusForbidden, d.as(access.Analyst).post("/settings/limits", form).status)
}
