package handlers_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/login"
	"identitydesk/internal/login/logintest"
)

// withProvider boots a desk whose people come from an identity provider.
func withProvider(t *testing.T, changes ...func(*handlers.Options)) (*desk, *logintest.Provider) {
	t.Helper()
	var idp *logintest.Provider
	d := boot(t, append([]func(*handlers.Options){func(o *handlers.Options) {
		idp = logintest.New(t, o.Now)
		o.DevLogin = false
		o.Provider = login.New(login.Options{
			Issuer: idp.URL, ClientID: logintest.ClientID, ClientSecret: logintest.ClientSecret, Scopes: []string{"openid"},
			GroupsClaim: "groups", CallbackURL: o.BaseURL + "/login/oidc/callback", Now: o.Now, Log: o.Log,
		})
	}}, changes...)...)
	return d, idp
}

// goThere begins to sign in and gives the way back that the provider sends the browser.
func (b *browser) goThere(next string) string {
	b.d.t.Helper()
	a := b.get("/login/oidc?next=" + url.QueryEscape(next))
	require.Equal(b.d.t, http.StatusSeeOther, a.status, a.body)
	req, err := http.NewRequestWithContext(b.d.t.Context(), http.MethodGet, a.header.Get("Location"), nil)
	require.NoError(b.d.t, err)
	resp, err := b.client.Do(req)
	require.NoError(b.d.t, err)
	require.NoError(b.d.t, resp.Body.Close())
	back := resp.Header.Get("Location")
	require.True(b.d.t, strings.HasPrefix(back, b.d.url+"/login/oidc/callback?"), back)
	return strings.TrimPrefix(back, b.d.url)
}

// arrives is the browser of somebody whom the provider has sent.
func (d *desk) arrives() *browser {
	d.t.Helper()
	b := d.browser()
	a := b.get(b.goThere(""))
	require.Equal(d.t, http.StatusSeeOther, a.status, a.body)
	return b
}

func TestSignInAtTheProvider(t *testing.T) {
	t.Parallel()
	d, _ := withProvider(t)
	b := d.browser()
	doc := b.get("/login?next=%2Fevents").page(http.StatusOK)
	require.Equal(t, "/login/oidc?next=%2Fevents", doc.Find(`[data-testid=oidc]`).AttrOr("href", ""))
	require.Zero(t, doc.Find(`form`).Length(), "no development log-in")

	a := b.get("/login/oidc?next=%2Fevents")
	c := a.cookie("identitydesk-attempt")
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.Equal(t, 600, c.MaxAge)
	back := b.goThere("/events")
	a = b.get(back)
	require.Equal(t, "/events", a.header.Get("Location"), a.body)
	require.Negative(t, a.cookie("identitydesk-attempt").MaxAge)
	require.NotEmpty(t, a.cookie("identitydesk").Value)
	require.Contains(t, b.get("/queue").page(http.StatusOK).Find("header").Text(), "Dana Kim")

	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.SignedIn})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "subject-1", entries[0].ActorID)
	require.Equal(t, "analyst", entries[0].Role)
	for _, secret := range []string{"Dana", "subject-1", "sid-1", "desk-analysts", logintest.ClientSecret} {
		require.NotContains(t, d.log.String(), secret)
	}
}

func TestCallbackIsGoodOnce(t *testing.T) {
	t.Parallel()
	d, _ := withProvider(t)
	b := d.browser()
	back := b.goThere("")
	jar := b.client.Jar
	u, err := url.Parse(d.url)
	require.NoError(t, err)
	stolen := jar.Cookies(u)

	stranger := d.browser()
	doc := stranger.get(back).page(http.StatusForbidden)
	require.Contains(t, doc.Find(`[data-testid=problem]`).Text(), "Start again", "another browser's callback")
	require.Equal(t, http.StatusForbidden, b.get(strings.Replace(back, "state=", "state=x", 1)).status)
	require.Equal(t, http.StatusSeeOther, b.get(back).status, "what was no answer has used nothing up")
	require.Equal(t, http.StatusForbidden, b.get(back).status, "the cookie is gone")

	thief := d.browser()
	thief.client.Jar.SetCookies(u, stolen)
	a := thief.get(back)
	require.Equal(t, http.StatusForbidden, a.status, "nor does the cookie help a second time")
	require.Contains(t, d.log.String(), "code=replayed")
	require.Equal(t, http.StatusSeeOther, thief.get("/queue").status)

	late := d.browser()
	back = late.goThere("")
	d.clock.Advance(10 * time.Minute)
	require.Equal(t, http.StatusForbidden, late.get(back).status, "too late")
}

func TestProviderOfLies(t *testing.T) {
	t.Parallel()
	d, idp := withProvider(t)
	for name, forge := range map[string]func(*logintest.Token){
		"nonce":    func(k *logintest.Token) { k.Claims["nonce"] = "another" },
		"audience": func(k *logintest.Token) { k.Claims["aud"] = "another" },
		"none":     func(k *logintest.Token) { k.Alg = "none" },
	} {
		idp.Forge(forge)
		b := d.browser()
		doc := b.get(b.goThere("/events")).page(http.StatusForbidden)
		require.Equal(t, "You could not be signed in. Start again.", strings.TrimSpace(doc.Find(`[data-testid=problem]`).Text()), name)
		require.Equal(t, "/login/oidc?next=%2Fevents", doc.Find(`[data-testid=oidc]`).AttrOr("href", ""))
		require.Equal(t, http.StatusSeeOther, b.get("/queue").status)
	}
	idp.Forge(nil)
	idp.Answers(func(q url.Values) { q.Set("iss", "https://evil.example") })
	b := d.browser()
	b.get(b.goThere("")).page(http.StatusForbidden)
	idp.Answers(func(q url.Values) {
		q.Del("code")
		q.Set("error", "access_denied")
		q.Set("error_description", "<b>said Mallory</b>")
	})
	b = d.browser()
	a := b.get(b.goThere(""))
	require.Contains(t, a.page(http.StatusForbidden).Find(`[data-testid=problem]`).Text(), "not signed in at your organisation")
	require.NotContains(t, a.body+d.log.String(), "Mallory")
}

func TestNoRoleMeansNoEntry(t *testing.T) {
	t.Parallel()
	d, idp := withProvider(t)
	idp.Person(map[string]any{"sub": "subject-2", "name": "Vic Stranger", "groups": []any{"canteen"}})
	b := d.browser()
	doc := b.get(b.goThere("")).page(http.StatusForbidden)
	text := doc.Find(`[data-testid=no-entry]`).Text()
	require.Contains(t, text, "Ask an admin of your organisation’s identity provider")
	require.Equal(t, "/login/oidc?again=1", doc.Find(`[data-testid=no-entry] a`).AttrOr("href", ""))
	require.Contains(t, b.get("/login/oidc?again=1").header.Get("Location"), "prompt=login")
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.SignInRefused})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "subject-2", entries[0].ActorID)
	require.NotContains(t, d.log.String(), "Stranger")
}

func TestProviderIsDown(t *testing.T) {
	t.Parallel()
	d, idp := withProvider(t)
	idp.Silent(true)
	b := d.browser()
	require.Contains(t, b.get("/login").page(http.StatusOK).Find(`[data-testid=problem]`).Text(), "does not answer")
	b.get("/login/oidc").page(http.StatusServiceUnavailable)
	idp.Silent(false)
	d.clock.Advance(5 * time.Second)
	require.Zero(t, b.get("/login").page(http.StatusOK).Find(`[data-testid=problem]`).Length())
	back := b.goThere("")
	idp.Silent(true)
	b.get(back).page(http.StatusServiceUnavailable)
}

func TestNoProvider(t *testing.T) {
	t.Parallel()
	b := boot(t).browser()
	require.Equal(t, http.StatusNotFound, b.get("/login/oidc").status)
	require.Equal(t, http.StatusNotFound, b.get("/login/oidc/callback?state=a&code=b").status)
	require.Equal(t, http.StatusNotFound, b.post("/login/oidc/backchannel", nil).status)
}

func TestLogOutThereToo(t *testing.T) {
	t.Parallel()
	d, idp := withProvider(t)
	b := d.arrives()
	a := b.post("/logout", nil)
	form := a.page(http.StatusOK).Find(`[data-testid=end-session]`)
	require.Equal(t, idp.URL+"/logout", form.AttrOr("action", ""))
	require.Equal(t, d.url+"/login", form.Find(`[name=post_logout_redirect_uri]`).AttrOr("value", ""))
	require.Equal(t, 2, strings.Count(form.Find(`[name=id_token_hint]`).AttrOr("value", ""), "."))
	require.Contains(t, a.header.Get("Content-Security-Policy"), "form-action 'self' https: "+idp.URL+";")
	require.Equal(t, http.StatusSeeOther, b.get("/queue").status, "the desk's session has ended")

	idp.Says("end_session_endpoint", idp.URL+"/logout?policy=b2c")
	d.clock.Advance(time.Hour)
	form = d.arrives().post("/logout", nil).page(http.StatusOK).Find(`[data-testid=end-session]`)
	require.Equal(t, idp.URL+"/logout", form.AttrOr("action", ""))
	require.Equal(t, "b2c", form.Find(`[name=policy]`).AttrOr("value", ""), "a form replaces the query of its address")
	idp.Says("end_session_endpoint", "")
	d.clock.Advance(time.Hour)
	require.Equal(t, "/login", d.arrives().post("/logout", nil).header.Get("Location"), "the provider offers nothing")
}

// depart sends a logout token as the provider does.
func (d *desk) depart(token string) answer {
	d.t.Helper()
	return d.browser().post("/login/oidc/backchannel", url.Values{"logout_token": {token}})
}

func TestBackChannelLogOut(t *testing.T) {
	t.Parallel()
	d, idp := withProvider(t)
	first := d.arrives()
	idp.Person(map[string]any{"sub": "subject-1", "name": "Dana Kim", "groups": []any{"desk-analysts"}, "sid": "sid-2"})
	second := d.arrives()
	word := idp.LogoutToken("subject-1", "sid-2", nil)
	a := d.depart(word)
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.Equal(t, http.StatusSeeOther, second.get("/queue").status)
	require.Equal(t, http.StatusOK, first.get("/queue").status, "another session of the provider's")
	a = d.depart(word)
	require.Equal(t, "invalid_request", a.object(http.StatusBadRequest)["error"], "replayed")

	for name, change := range map[string]func(*logintest.Token){
		"nonce":    func(k *logintest.Token) { k.Claims["nonce"] = "n" },
		"audience": func(k *logintest.Token) { k.Claims["aud"] = "another" },
		"events":   func(k *logintest.Token) { delete(k.Claims, "events") },
		"stranger": func(k *logintest.Token) { k.Alg = "stranger" },
		"none":     func(k *logintest.Token) { k.Alg = "none" },
	} {
		require.Equal(t, http.StatusBadRequest, d.depart(idp.LogoutToken("subject-1", "", change)).status, name)
	}
	require.Equal(t, http.StatusBadRequest, d.depart("").status)
	require.Equal(t, http.StatusOK, first.get("/queue").status)
	require.Equal(t, http.StatusOK, d.depart(idp.LogoutToken("subject-1", "", nil)).status)
	require.Equal(t, http.StatusSeeOther, first.get("/queue").status)
	require.Equal(t, http.StatusOK, d.depart(idp.LogoutToken("nobody", "", nil)).status, "whoever is not here has left")
	require.Equal(t, http.StatusRequestEntityTooLarge, d.browser().do(http.MethodPost, "/login/oidc/backchannel",
		bytes.NewReader(make([]byte, 17<<10)), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json").status)
	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.EndedSession})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "identity provider", entries[0].ActorName)
}

func TestCookiesOfTheAttemptAreSecure(t *testing.T) {
	t.Parallel()
	d, _ := withProvider(t, func(o *handlers.Options) { o.BaseURL = "https://desk.example.com" })
	c := d.browser().get("/login/oidc").cookie("__Host-identitydesk-attempt")
	require.True(t, c.Secure)
	require.Equal(t, "/", c.Path)
}

// What a page does while nobody touches it keeps no session alive; a click does.
func TestIdleSessions(t *testing.T) {
	t.Parallel()
	d := boot(t)
	idle, busy := d.person("Ida", access.Viewer), d.person("Bea", access.Viewer)
	for range 3 {
		d.clock.Advance(12 * time.Minute)
		idle.get("/queue", "HX-Request", "true")
		require.Equal(t, http.StatusOK, busy.get("/queue").status)
		require.Eventually(t, func() bool { // the note is made behind the answer
			sessions, err := d.store.Sessions(t.Context(), "Bea")
			return err == nil && len(sessions) == 1 && sessions[0].SeenAt.Equal(d.clock.Now())
		}, 10*time.Second, time.Millisecond)
	}
	require.Equal(t, http.StatusUnauthorized, idle.get("/queue", "HX-Request", "true").status)
	require.Equal(t, http.StatusSeeOther, idle.get("/queue").status)
}
