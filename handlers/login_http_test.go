package handlers_test

import (
	"bytes"
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

func (a answer) cookie(name string) *http.Cookie {
	a.t.Helper()
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	require.Failf(a.t, "no such cookie", "%s in %v", name, a.header.Values("Set-Cookie"))
	return nil
}

func TestLogIn(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.browser()
	doc := b.get("/login?next=%2Fevents").page(http.StatusOK)
	require.Equal(t, 1, doc.Find(`form[action="/login/dev"] input[name=user]`).Length())
	require.Equal(t, len(access.Roles()), doc.Find(`form[action="/login/dev"] input[name=role]`).Length())

	a := b.post("/login/dev", url.Values{"user": {" Ada "}, "role": {"auditor"}, "next": {"/events"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	require.Equal(t, "/events", a.header.Get("Location"))
	c := a.cookie("identitydesk")
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.Equal(t, "/", c.Path)
	require.Empty(t, c.Domain)
	require.False(t, c.Secure, "plain http")
	require.Equal(t, 8*3600, c.MaxAge)

	require.Contains(t, b.get("/queue").page(http.StatusOK).Find("header").Text(), "Ada")
	a = b.get("/login")
	require.Equal(t, http.StatusSeeOther, a.status, "already signed in")
	require.Equal(t, "/queue", a.header.Get("Location"))

	entries, err := d.store.AuditEntries(t.Context(), audit.Filter{Action: audit.SignedIn})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "Ada", entries[0].ActorID)
	require.Equal(t, "127.0.0.1", entries[0].Address)
	require.NotEmpty(t, entries[0].RequestID)
}

func TestLogInRefuses(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for name, form := range map[string]url.Values{
		"user": {"user": {""}, "role": {"viewer"}},
		"role": {"user": {"ada"}, "role": {"root"}},
	} {
		a := d.browser().post("/login/dev", form)
		doc := a.page(http.StatusUnprocessableEntity)
		require.NotEmpty(t, doc.Find("#"+name+"-error").Text())
		require.Equal(t, form.Get("user"), doc.Find("input[name=user]").AttrOr("value", ""))
		require.Empty(t, a.header.Get("Set-Cookie"))
		e := d.browser().post("/login/dev", form, "Accept", "application/json").failure(http.StatusUnprocessableEntity)
		require.Contains(t, e["fields"], name)
	}
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`} {
		a := d.browser().post("/login/dev", url.Values{"user": {"ada"}, "role": {"viewer"}, "next": {next}})
		require.Equal(t, "/queue", a.header.Get("Location"), next)
	}
}

func TestLogInIsLimited(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.browser()
	for range 30 {
		require.Equal(t, http.StatusUnprocessableEntity, b.post("/login/dev", nil).status)
	}
	a := b.post("/login/dev", nil, "Accept", "application/json")
	require.Equal(t, "throttled", a.failure(http.StatusTooManyRequests)["kind"])
	require.Equal(t, "1", a.header.Get("Retry-After"))
	d.clock.Advance(time.Second)
	require.Equal(t, http.StatusUnprocessableEntity, b.post("/login/dev", nil).status)
}

func TestDevLogInExistsOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	b := boot(t, func(o *handlers.Options) { o.DevLogin = false }).browser()
	require.Equal(t, http.StatusNotFound, b.post("/login/dev", url.Values{"user": {"ada"}, "role": {"admin"}}).status)
	require.Zero(t, b.get("/login").page(http.StatusOK).Find(`form[action="/login/dev"]`).Length())
}

func TestSessionIsRotatedAndEnds(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.browser()
	form := url.Values{"user": {"ada"}, "role": {"analyst"}}
	first := b.post("/login/dev", form).cookie("identitydesk")
	second := b.post("/login/dev", form).cookie("identitydesk")
	require.NotEqual(t, first.Value, second.Value)

	old := d.browser()
	a := old.get("/queue", "Cookie", first.Name+"="+first.Value, "Accept", "application/json")
	a.failure(http.StatusUnauthorized)
	require.Equal(t, http.StatusOK, b.get("/queue").status)

	require.Equal(t, http.StatusUnauthorized, old.get("/queue", "Cookie", second.Name+"="+second.Value+"x",
		"Accept", "application/json").status, "a cookie that we did not sign")
	d.clock.Advance(8 * time.Hour)
	require.Equal(t, http.StatusSeeOther, b.get("/queue").status)
}

func TestLogOut(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.browser()
	cookie := b.post("/login/dev", url.Values{"user": {"ada"}, "role": {"viewer"}}).cookie("identitydesk")
	a := b.post("/logout", nil)
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/login", a.header.Get("Location"))
	require.Negative(t, a.cookie("identitydesk").MaxAge)
	require.Contains(t, b.get("/login").page(http.StatusOK).Text(), "You have signed out.")
	require.NotContains(t, b.get("/login").page(http.StatusOK).Text(), "You have signed out.", "said once")

	a = d.browser().get("/queue", "Cookie", cookie.Name+"="+cookie.Value)
	require.Equal(t, "/login", a.header.Get("Location"), "the row is gone, whoever kept the cookie")
	require.Equal(t, http.StatusSeeOther, d.browser().post("/logout", nil).status)
}

func TestSessionKeysRotate(t *testing.T) {
	t.Parallel()
	old, fresh := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	d := boot(t, func(o *handlers.Options) { o.SessionKeys = [][]byte{old} })
	cookie := d.browser().post("/login/dev", url.Values{"user": {"ada"}, "role": {"viewer"}}).cookie("identitydesk")
	for name, keys := range map[string][][]byte{"both": {fresh, old}, "the new one alone": {fresh}} {
		o := d.options()
		o.SessionKeys = keys
		next := d.beside(o)
		want := map[string]int{"both": http.StatusOK, "the new one alone": http.StatusSeeOther}[name]
		require.Equal(t, want, next.browser().get("/queue", "Cookie", cookie.Name+"="+cookie.Value).status, name)
	}
}

func TestOverHTTPS(t *testing.T) {
	t.Parallel()
	d := boot(t, func(o *handlers.Options) { o.BaseURL = "https://desk.example" })
	a := d.browser().post("/login/dev", url.Values{"user": {"ada"}, "role": {"viewer"}})
	c := a.cookie("__Host-identitydesk")
	require.True(t, c.Secure)
	require.Equal(t, "/", c.Path)
	require.NotEmpty(t, a.header.Get("Strict-Transport-Security"))
	require.Empty(t, boot(t).browser().get("/login").header.Get("Strict-Transport-Security"))
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	d := boot(t)
	signedIn := d.as(access.Analyst)
	for name, a := range map[string]answer{
		"page": signedIn.get("/queue"), "log-in": d.browser().get("/login"), "redirect": d.browser().get("/"),
		"error": signedIn.get("/nothing"), "JSON": signedIn.json("/identities"), "file": signedIn.get("/identities?format=csv"),
		"webhook": d.browser().post("/webhooks/paxos", nil), "health": d.browser().get("/healthz"),
	} {
		h := a.header
		require.Equal(t, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
			"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", h.Get("Content-Security-Policy"), name)
		require.Equal(t, "same-origin", h.Get("Referrer-Policy"), name)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), name)
		require.Equal(t, "DENY", h.Get("X-Frame-Options"), name)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), name)
		require.NotEmpty(t, h.Get("Permissions-Policy"), name)
		require.Equal(t, "no-store", h.Get("Cache-Control"), name)
		require.Len(t, h.Get("X-Request-Id"), 26, name)
	}
	a := signedIn.get("/queue", "X-Request-Id", "mine")
	require.NotEqual(t, "mine", a.header.Get("X-Request-Id"))
}

func TestTheLogNamesNoOne(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	b := d.as(access.Lead)
	b.get("/identities/" + id)
	b.get("/identities?q=user-4711")
	b.get("/lookup?q=user-4711")
	a := b.get("/nothing/at/all?secret=1")
	log := d.log.String()
	for _, absent := range []string{id, "user-4711", family, "some lead", "secret", "nothing/at/all"} {
		require.NotContains(t, log, absent)
	}
	require.Contains(t, log, "route=/identities/:id status=200")
	require.Contains(t, log, "request_id="+a.header.Get("X-Request-Id"))
}

func TestInsiders(t *testing.T) {
	t.Parallel()
	failing := func(o *handlers.Options) { o.Ready = unready; o.MetricsToken = "t0ken" }
	b := boot(t, failing).browser()
	a := b.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.Contains(t, a.body, "disk full", "on loopback")
	require.Contains(t, b.get("/metrics").body, "desk_up 1")

	proxied := []string{"X-Forwarded-For", "192.0.2.9"}
	a = b.get("/readyz", proxied...)
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.Equal(t, "not ready", a.body, "a proxy on this machine does not make its clients insiders")
	require.Equal(t, http.StatusUnauthorized, b.get("/metrics", proxied...).status)
	require.Equal(t, http.StatusUnauthorized, b.get("/metrics", append(proxied, "Authorization", "Bearer wrong")...).status)
	require.Equal(t, http.StatusOK, b.get("/metrics", append(proxied, "Authorization", "Bearer t0ken")...).status)

	warned := boot(t, func(o *handlers.Options) {
		o.Warn = func(context.Context) []string { return []string{"no token: invalid_client", "3 jobs are parked"} }
	}).browser()
	a = warned.get("/readyz")
	require.Equal(t, http.StatusOK, a.status, "it can do its work")
	require.Equal(t, "ready\nwarning: no token: invalid_client\nwarning: 3 jobs are parked", a.body)
	require.Equal(t, "ready", warned.get("/readyz", proxied...).body)

	b = boot(t).browser()
	require.Equal(t, http.StatusUnauthorized, b.get("/metrics", append(proxied, "Authorization", "Bearer ")...).status, "no token is set")
}

func TestAddressOfTheClient(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trusted []netip.Prefix
		want    string
	}{
		"nobody is trusted":    {nil, "127.0.0.1"},
		"the proxy is trusted": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "192.0.2.9"},
		"another is trusted":   {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "127.0.0.1"},
	} {
		d := boot(t, func(o *handlers.Options) { o.TrustedProxies = tc.trusted })
		d.browser().post("/login/dev", url.Values{"user": {"ada"}, "role": {"viewer"}}, "X-Forwarded-For", "198.51.100.1, 192.0.2.9")
		entries, err := d.store.AuditEntries(t.Context(), audit.Filter{})
		require.NoError(t, err)
		require.Equal(t, tc.want, entries[0].Address, name)
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	plain := b.get("/identities/new", "Accept-Encoding", "identity")
	packed := b.get("/identities/new", "Accept-Encoding", "gzip")
	require.Empty(t, plain.header.Get("Content-Encoding"))
	require.Equal(t, "gzip", packed.header.Get("Content-Encoding"))
	require.Less(t, len(packed.body), len(plain.body)/2)
	require.Contains(t, strings.Join(plain.header.Values("Vary"), ","), "Accept-Encoding")
}
