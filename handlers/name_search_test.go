package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func TestSearchByName(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.learn(nil)
	other := d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Name = "paxos-2", "user-2", identity.Name{First: "Jose", Middle: "Luis", Last: "Umbra"}
	})
	for _, role := range access.Roles() {
		b := d.as(role)
		form := url.Values{"name": {" quillon  ZARATHORN "}}
		may := role != access.Viewer && role != access.Admin
		require.Equal(t, may, b.get("/lookup").page(http.StatusOK).Find(`[data-testid=lookup-name]`).Length() == 1, role)
		a := b.post("/lookup", form)
		if !may {
			require.Equal(t, http.StatusForbidden, a.status, role)
			require.NotContains(t, a.body, "user-4711", role)
			b.post("/lookup", form, "Accept", "application/json").failure(http.StatusForbidden)
			continue
		}
		doc := a.page(http.StatusOK)
		require.Contains(t, a.header.Get("Cache-Control"), "no-store")
		require.Equal(t, 1, doc.Find(`[data-testid=matches] tbody tr`).Length(), role)
		require.Contains(t, doc.Find(`[data-testid=matches]`).Text(), "user-4711")
		require.NotContains(t, doc.Find(`[data-testid=matches]`).Text(), family, "initials, as in every list")
		require.Empty(t, a.header.Get("Location"))
		items := b.post("/lookup", form, "Accept", "application/json").object(http.StatusOK)["items"].([]any)
		require.Equal(t, i.ID, items[0].(map[string]any)["id"])
	}
	b := d.as(access.Analyst)
	for typed, found := range map[string]string{
		"José Umbra": other.ID, "Umbra, José": other.ID, "Jose Luis Umbra": other.ID, "Umbra": "", "Nobody Else": "",
	} {
		items := b.post("/lookup", url.Values{"name": {typed}}, "Accept", "application/json").object(http.StatusOK)["items"].([]any)
		if found == "" {
			require.Empty(t, items, typed)
			continue
		}
		require.Len(t, items, 1, typed)
		require.Equal(t, found, items[0].(map[string]any)["id"], typed)
	}
	doc := b.post("/lookup", url.Values{"name": {"Nobody Else"}}).page(http.StatusOK)
	require.Contains(t, doc.Find(`[data-testid=empty]`).Text(), "Nobody of this name")
	require.Equal(t, "Nobody Else", doc.Find("#lookup-name").AttrOr("value", ""))

	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.SearchedName, Limit: 100})
	require.NoError(t, err)
	require.Len(t, entries, 3*2+5+1)
	require.Empty(t, entries[0].IdentityID)
	for _, word := range []string{"Quillon", "quillon", family, "Umbra", "umbra"} {
		require.NotContains(t, d.log.String(), word)
		require.NotContains(t, d.as(access.Lead).get("/audit").body, word)
	}
}

func TestSearchByNameRefuses(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.learn(nil)
	b := d.as(access.Analyst)
	for name, form := range map[string]url.Values{
		"nothing": {"name": {"  "}},
		"no name": {"name": {"4711"}},
		"both":    {"name": {"Quillon Zarathorn"}, "ref_ids": {"user-4711"}},
	} {
		doc := b.post("/lookup", form).page(http.StatusUnprocessableEntity)
		require.NotEmpty(t, doc.Find(`#lookup-name-error`).Text(), name)
		require.Equal(t, form.Get("name"), doc.Find("#lookup-name").AttrOr("value", ""), name)
		require.Zero(t, doc.Find(`[data-testid=matches]`).Length(), name)
		require.Contains(t, b.post("/lookup", form, "Accept", "application/json").failure(http.StatusUnprocessableEntity)["fields"], "name", name)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := b.do(method, "/lookup?name=Quillon+Zarathorn", nil, "Accept", "application/json")
		require.NotEqual(t, http.StatusOK, a.status, "a name in an address")
		require.NotContains(t, a.body, "user-4711")
	}
	require.NotContains(t, d.log.String(), "Zarathorn")
}
