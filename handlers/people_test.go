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

// sessionsOf are the ids of a person's sessions, as an admin reads them.
func (b *browser) sessionsOf(user string) (ids []string) {
	b.d.t.Helper()
	for _, p := range b.json("/people").items(http.StatusOK) {
		if p["user_id"] == user {
			for _, s := range p["sessions"].([]any) {
				ids = append(ids, s.(map[string]any)["id"].(string))
			}
		}
	}
	return ids
}

func TestPeople(t *testing.T) {
	t.Parallel()
	d := boot(t)
	ana, root := d.person("Ana", access.Analyst), d.person("Root", access.Admin)
	doc := root.get("/people").page(http.StatusOK)
	rows := doc.Find(`[data-testid=person-row]`)
	require.Equal(t, 2, rows.Length())
	require.Contains(t, rows.Eq(0).Text(), "127.0.0.1")
	require.Equal(t, 1, rows.Eq(0).Find(`[data-testid=disable]`).Length())
	require.Zero(t, rows.Eq(1).Find(`[data-testid=disable]`).Length(), "nobody disables themselves")
	require.Contains(t, rows.Eq(1).Text(), "this one")
	require.Equal(t, 1, doc.Find(`nav a[href="/people"]`).Length())
	require.Zero(t, ana.get("/queue").page(http.StatusOK).Find(`a[href="/people"]`).Length())
	auditor := d.as(access.Auditor)
	require.Zero(t, auditor.get("/people").page(http.StatusOK).Find(`main form`).Length())

	form := url.Values{"user": {"Ana"}}
	doc = root.post("/people/sessions", form).page(http.StatusUnprocessableEntity)
	require.Equal(t, 1, doc.Find(`details[open] #reason_code-0-error`).Length(), "the form that was refused is open")
	form.Set("reason_code", "lost_device")
	form.Set("session", root.sessionsOf("Ana")[0])
	require.Equal(t, http.StatusSeeOther, root.post("/people/sessions", form).status)
	require.Equal(t, http.StatusSeeOther, ana.get("/queue").status, "at once")
	require.Equal(t, http.StatusNotFound, root.post("/people/sessions", form).status)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.EndedSession})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "Ana", entries[0].Object)
	require.Equal(t, "lost_device", entries[0].ReasonCode)
}

func TestDisabledAtOnce(t *testing.T) {
	t.Parallel()
	d := boot(t)
	path := "/identities/" + d.learn(nil).ID
	ana, root := d.person("Ana", access.Analyst), d.person("Root", access.Admin)
	ana.post(path+"/claim", nil)
	require.Equal(t, "Ana", root.holder(path))
	form := url.Values{"user": {"Ana"}, "reason_code": {"other"}}
	doc := root.post("/people/disable", form).page(http.StatusUnprocessableEntity)
	require.Contains(t, doc.Find("#reason-0-error").Text(), "Say which")
	form.Set("reason", "has left the firm")
	require.Equal(t, http.StatusSeeOther, root.post("/people/disable", form).status)
	require.Contains(t, root.get("/people").page(http.StatusOK).Find(`[data-testid=notice]`).Text(), "The person is out")
	ana.json("/queue").failure(http.StatusUnauthorized)
	require.Equal(t, "Free", root.holder(path))
	require.Contains(t, root.get(path).page(http.StatusOK).Find(`[data-testid=timeline]`).Text(), "Ana is not at the desk any more.")
	require.Equal(t, http.StatusConflict, root.post("/people/disable", form).status, "already")
	a := ana.post("/login/dev", url.Values{"user": {"Ana"}, "role": {"analyst"}}, "Accept", "application/json")
	require.Equal(t, "forbidden", a.failure(http.StatusForbidden)["kind"])
	refused, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.SignInRefused})
	require.NoError(t, err)
	require.Len(t, refused, 1)
	require.Equal(t, http.StatusConflict, root.post("/people/disable", url.Values{"user": {"Root"}, "reason_code": {"left"}}).status)
	require.Equal(t, http.StatusNotFound, root.post("/people/disable", url.Values{"user": {"Nobody"}, "reason_code": {"left"}}).status)

	form = url.Values{"user": {"Ana"}, "reason_code": {"back"}}
	require.Equal(t, http.StatusSeeOther, root.post("/people/enable", form).status)
	ana = d.person("Ana", access.Analyst)
	require.Equal(t, http.StatusOK, ana.get("/queue").status)
	require.NotContains(t, d.log.String(), "has left the firm")
}

func TestAStreamEndsWithItsPerson(t *testing.T) {
	t.Parallel()
	d := boot(t).lively(t, 0)
	ana, root := d.person("Ana", access.Analyst), d.person("Root", access.Admin)
	stream := ana.listen(t)
	require.Equal(t, http.StatusSeeOther, root.post("/people/disable", url.Values{"user": {"Ana"}, "reason_code": {"left"}}).status)
	stream.ended()
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	d := boot(t)
	here := d.person("Ana", access.Analyst)
	d.clock.Advance(time.Second)
	there := d.person("Ana", access.Analyst)
	third := d.person("Ana", access.Analyst)
	doc := here.get("/preferences").page(http.StatusOK)
	sessions := doc.Find(`[data-testid=sessions] li`)
	require.Equal(t, 3, sessions.Length())
	require.Equal(t, 2, doc.Find(`[data-testid=end-session]`).Length(), "this one ends by signing out")
	id := doc.Find(`[data-testid=end-session]`).First().AttrOr("value", "")
	require.Equal(t, http.StatusSeeOther, here.post("/preferences/sessions", url.Values{"session": {id}}).status)
	left := 0
	for _, b := range []*browser{there, third} {
		if b.get("/queue").status == http.StatusOK {
			left++
		}
	}
	require.Equal(t, 1, left)
	require.Equal(t, http.StatusSeeOther, here.post("/preferences/sessions", nil).status)
	require.Equal(t, http.StatusSeeOther, there.get("/queue").status)
	require.Equal(t, http.StatusSeeOther, third.get("/queue").status)
	require.Equal(t, http.StatusOK, here.get("/queue").status)
	bo := d.person("Bo", access.Viewer)
	root := d.person("Root", access.Admin)
	require.Equal(t, http.StatusNotFound, bo.post("/preferences/sessions", url.Values{"session": {root.sessionsOf("Ana")[0]}}).status)
	require.Equal(t, http.StatusOK, here.get("/queue").status, "another's session is none of Bo's")
}
