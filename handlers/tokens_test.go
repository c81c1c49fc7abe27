package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// script is somebody who comes with a token; cookies that it has are sent along.
type script struct {
	*browser
	token string
}

func (s script) get(path string, headers ...string) answer {
	s.d.t.Helper()
	return s.browser.get(path, append([]string{"Authorization", "Bearer " + s.token}, headers...)...)
}

func (s script) post(path string, form url.Values, headers ...string) answer {
	s.d.t.Helper()
	return s.browser.post(path, form, append([]string{"Authorization", "Bearer " + s.token}, headers...)...)
}

// token has an admin make a token.
func (b *browser) token(role access.Role) (s script, id string) {
	b.d.t.Helper()
	a := b.post("/tokens", url.Values{"name": {"nightly"}, "role": {string(role)}, "days": {"30"}}, "Accept", "application/json")
	made := a.object(http.StatusCreated)
	return script{b.d.browser(), made["token"].(string)}, made["id"].(string)
}

func TestMakeTokenOnThePage(t *testing.T) {
	t.Parallel()
	d := boot(t)
	root := d.person("Root", access.Admin)
	require.Contains(t, root.get("/tokens").page(http.StatusOK).Find(`[data-testid=tokens]`).Text(), "No tokens")
	doc := root.post("/tokens", url.Values{"name": {""}, "role": {"root"}, "days": {"soon"}}).page(http.StatusUnprocessableEntity)
	require.Equal(t, 3, doc.Find(`[data-testid=make-token] .field-error`).Length())
	require.Equal(t, "soon", doc.Find("#token-days").AttrOr("value", ""))

	a := root.post("/tokens", url.Values{"name": {"nightly"}, "role": {"viewer"}, "days": {"30"}})
	doc = a.page(http.StatusOK)
	secret := doc.Find("#token-secret").AttrOr("value", "")
	require.Regexp(t, `^idk_[A-Z2-7]{26}$`, secret)
	require.Contains(t, doc.Find("#token-example").Text(), "Bearer "+secret)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	list := root.get("/tokens")
	require.NotContains(t, list.body, secret, "shown once")
	require.Contains(t, list.page(http.StatusOK).Find(`[data-testid=tokens]`).Text(), "never")
	require.NotContains(t, d.log.String(), secret)
	require.Zero(t, d.as(access.Auditor).get("/tokens").page(http.StatusOK).Find(`main form`).Length())
}

func TestScriptsComeInWithTokens(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	root := d.person("Root", access.Admin)
	s, tokenID := root.token(access.Analyst)
	require.Len(t, s.get("/queue", "Accept", "application/json").items(http.StatusOK), 1)
	require.Contains(t, s.get("/queue").page(http.StatusOK).Find("header").Text(), "nightly (token of Root)")
	require.Contains(t, s.get("/identities?format=csv").body, "user-4711")
	require.Equal(t, http.StatusSeeOther, s.post("/identities/"+id+"/recheck", nil).status, "no browser, no other site")
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.AskedRecheck})
	require.NoError(t, err)
	require.Equal(t, tokenID, entries[0].ActorID)
	require.Equal(t, "nightly (token of Root)", entries[0].ActorName)

	require.NotContains(t, s.get("/identities/"+id).body, family, "names are for people")
	require.NotContains(t, s.get("/identities/"+id, "Accept", "application/json").body, family)
	for _, path := range []string{"/mentions", "/preferences"} {
		require.Equal(t, "forbidden", s.get(path).failure(http.StatusForbidden)["kind"], path)
	}
	for _, path := range []string{"/logout", "/preferences", "/preferences/sessions", "/people/disable", "/tokens"} {
		require.Equal(t, "forbidden", s.post(path, nil).failure(http.StatusForbidden)["kind"], path)
	}
	manager, _ := root.token(access.Admin)
	require.Equal(t, http.StatusOK, manager.get("/people").status)
	for _, path := range []string{"/tokens", "/tokens/" + tokenID + "/revoke", "/people/disable", "/people/sessions", "/settings/limits"} {
		require.Equal(t, "forbidden", manager.post(path, nil).failure(http.StatusForbidden)["kind"], path)
	}

	require.Eventually(t, func() bool { // the note is made behind the answer
		for _, k := range root.json("/tokens").items(http.StatusOK) {
			if k["id"] == tokenID {
				return k["used_at"] != nil
			}
		}
		return false
	}, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, http.StatusSeeOther, root.post("/tokens/"+tokenID+"/revoke", nil).status)
	a := s.get("/queue")
	require.Equal(t, "unauthenticated", a.failure(http.StatusUnauthorized)["kind"], "in JSON, never to the log-in")
	require.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer")
	d.clock.Advance(30 * 24 * time.Hour)
	require.Equal(t, http.StatusUnauthorized, manager.get("/people").status)
}

// A token stands for itself: whatever cookie comes with it counts for nothing.
func TestTokenBesideACookie(t *testing.T) {
	t.Parallel()
	d := boot(t)
	root := d.person("Root", access.Admin)
	s, _ := root.token(access.Viewer)
	both := script{root, s.token}
	require.Equal(t, http.StatusForbidden, both.get("/people").status)
	require.Contains(t, both.get("/queue").page(http.StatusOK).Find("header").Text(), "nightly")
	wrong := script{root, "idk_" + strings.Repeat("A", 26)}
	require.Equal(t, http.StatusUnauthorized, wrong.get("/people").status)
	require.Equal(t, http.StatusOK, root.get("/people").status)
	require.Equal(t, http.StatusOK, root.get("/people", "Authorization", "Basic cm9vdDpyb290").status, "what a proxy asks for is no token")
	other := both.post("/identities", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	require.Equal(t, http.StatusForbidden, other.status)
}

func TestWrongTokensAreLimited(t *testing.T) {
	t.Parallel()
	d := boot(t)
	good, _ := d.person("Root", access.Admin).token(access.Viewer)
	wrong := script{d.browser(), "idk_guess"}
	for range 30 {
		require.Equal(t, http.StatusUnauthorized, wrong.get("/queue").status)
	}
	a := wrong.get("/queue")
	require.Equal(t, "throttled", a.failure(http.StatusTooManyRequests)["kind"])
	require.Equal(t, http.StatusOK, good.get("/queue").status, "a good one is never held up")
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	d := boot(t).lively(t, 0)
	root := d.person("Root", access.Admin)
	s, id := root.token(access.Viewer)
	l := s.listen(t, "Authorization", "Bearer "+s.token)
	require.Equal(t, ": still here", l.line())
	require.Equal(t, http.StatusSeeOther, root.post("/tokens/"+id+"/revoke", nil).status)
	l.ended()
}
