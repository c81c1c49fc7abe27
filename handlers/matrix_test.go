package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/views"
)

// form is a representation that is asked for.
type form struct {
	name, accept, query string
}

func forms() []form {
	return []form{{"HTML", "text/html", ""}, {"JSON", "application/json", ""}, {"CSV", "text/html", "format=csv"}}
}

// walker is somebody who asks for every route.
type walker struct {
	name    string
	role    access.Role
	headers []string // that say who it is, beside the cookie
	token   string   // of a script; empty for a person
	*browser
}

// may reports whether the table lets the walker in. What asks for no permission is about what a person has, and scripts have nothing.
func (w walker) may(r handlers.Route) bool {
	if r.May == "" {
		return w.token == ""
	}
	return access.Actor{Role: w.role, Token: w.token}.Can(r.May)
}

// heard is the form in which the walker hears of a refusal: a script always in JSON.
func (w walker) heard(f form) form {
	if w.token != "" {
		return form{name: "JSON"}
	}
	return f
}

// ownRules are routes that refuse more than the table does, by rules of their own: the walk does not count a refusal there.
func ownRules() []string {
	return []string{
		"POST /identities/:id/assign", // of one's own case alone, see TestHandOver
	}
}

// TestEveryRouteForEveryRoleInEveryForm walks the table of routes itself, so that none can be forgotten: who may not enter is told so in
// the form that was asked for, learns nothing and changes nothing; who may is not refused. Every answer carries the headers that
// keep a browser from harm.
func TestEveryRouteForEveryRoleInEveryForm(t *testing.T) {
	t.Parallel()
	d := boot(t)
	d.deliver(notice("e-1"), webhookKey)
	id := d.learn(nil).ID
	d.live.Close() // so that a stream ends at once
	for _, w := range d.walkers() {
		for _, r := range handlers.Routes() {
			if r.Path == "/logout" && w.role != nobody && w.token == "" {
				continue // it ends the walk, see TestLogOut
			}
			for _, f := range forms() {
				d.enter(w, r, f, id)
			}
		}
	}
}

// walkers are nobody, a person of each role, and a script of each, which brings somebody's cookie along.
func (d *desk) walkers() []walker {
	all := []walker{{name: "nobody", role: nobody, browser: d.browser()}}
	root := d.as(access.Admin)
	for _, role := range access.Roles() {
		s, id := root.token(role)
		all = append(all,
			walker{name: string(role), role: role, browser: d.as(role)},
			walker{name: "script of " + string(role), role: role, headers: []string{"Authorization", "Bearer " + s.token}, token: id, browser: root},
		)
	}
	return all
}

// filled is a route's address for something that is there.
func filled(path, caseID string) string {
	switch {
	case strings.HasPrefix(path, "/identities/:id"):
		return strings.Replace(path, ":id", caseID, 1)
	case strings.HasPrefix(path, "/events/:id"):
		return strings.Replace(path, ":id", "e-1", 1)
	}
	segments := strings.Split(path, "/")
	for n, s := range segments {
		if strings.HasPrefix(s, ":") {
			segments[n] = "none"
		}
	}
	return strings.Join(segments, "/")
}

func (d *desk) enter(w walker, r handlers.Route, f form, caseID string) {
	d.t.Helper()
	path := filled(r.Path, caseID)
	if f.query != "" {
		path += "?" + f.query
	}
	name := fmt.Sprintf("%s: %s %s as %s", w.name, r.Method, r.Path, f.name)
	before := d.entries()
	a := w.do(r.Method, path, nil, append([]string{"Accept", f.accept}, w.headers...)...)
	harmlessHeaders(d.t, a, name)
	require.Less(d.t, a.status, 500, "%s: %s", name, a.body)
	switch {
	case r.Door == "machine":
		// A session is no key. Where Paxos was given no client there are no tokens to be had.
		require.Contains(d.t, []int{http.StatusUnauthorized, http.StatusNotFound}, a.status, name)
		a.failure(a.status)
	case r.Door == "person" && w.role == nobody:
		a.unknown(w.heard(f), name)
	case r.Door == "person" && !w.may(r):
		a.refused(w.heard(f), name)
	default:
		if !slices.Contains(ownRules(), r.Method+" "+r.Path) {
			require.NotContains(d.t, []int{http.StatusUnauthorized, http.StatusForbidden}, a.status, "%s: %s", name, a.body)
		}
		return
	}
	require.NotContains(d.t, a.body, family, name)
	require.NotContains(d.t, a.body, "user-4711", name)
	require.Equal(d.t, before, d.entries(), "%s: nothing is done, and nothing is logged as done", name)
}

func (d *desk) entries() int64 {
	d.t.Helper()
	n, _, err := d.store.AuditTotal(d.t.Context(), audit.Filter{})
	require.NoError(d.t, err)
	return n
}

// unknown is the answer to nobody.
func (a answer) unknown(f form, name string) {
	a.t.Helper()
	if f.name == "JSON" {
		require.Equal(a.t, "unauthenticated", a.failure(http.StatusUnauthorized)["kind"], name)
		return
	}
	if a.status == http.StatusUnauthorized { // a stream cannot show the log-in
		require.Empty(a.t, a.body, name)
		return
	}
	require.Equal(a.t, http.StatusSeeOther, a.status, name)
	to, err := url.Parse(a.header.Get("Location"))
	require.NoError(a.t, err)
	require.Equal(a.t, "/login", to.Path, name)
}

// refused is the answer to who may not.
func (a answer) refused(f form, name string) {
	a.t.Helper()
	if f.name == "JSON" {
		require.Equal(a.t, "forbidden", a.failure(http.StatusForbidden)["kind"], name)
		return
	}
	require.Contains(a.t, a.page(http.StatusForbidden).Text(), a.header.Get("X-Request-Id"), name)
}

// harmlessHeaders are on every answer, whatever it is.
func harmlessHeaders(t testing.TB, a answer, name string) {
	t.Helper()
	h := a.header
	for header, want := range map[string]string{
		"Content-Security-Policy": views.ContentPolicy, "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		require.Equal(t, []string{want}, h.Values(header), "%s: %s", name, header)
	}
	require.Contains(t, h.Get("Permissions-Policy"), "camera=()", name)
	require.Empty(t, h.Get("Strict-Transport-Security"), "%s: it is served by plain http", name)
	require.Empty(t, h.Get("Access-Control-Allow-Origin"), name)
	require.Empty(t, h.Get("Server")+h.Get("X-Powered-By"), name)
	require.Len(t, h.Values("X-Request-Id"), 1, name)
	if !strings.Contains(name, "/static/") && !strings.Contains(name, "/favicon.ico") {
		require.Equal(t, "no-store", h.Get("Cache-Control"), "%s: it may hold personal data", name)
	}
}

// Nothing in what a browser is told to run may be inline, and nothing may be loaded from elsewhere.
func TestContentPolicy(t *testing.T) {
	t.Parallel()
	require.Contains(t, views.ContentPolicy, "default-src 'none'")
	require.Contains(t, views.ContentPolicy, "frame-ancestors 'none'")
	require.Contains(t, views.ContentPolicy, "base-uri 'none'")
	require.Contains(t, views.ContentPolicy, "form-action 'self'")
	for _, loose := range []string{"unsafe-inline", "unsafe-eval", "unsafe-hashes", "http:", "https:", "*", "nonce-"} {
		require.NotContains(t, views.ContentPolicy, loose)
	}
}

// HSTS is sent on every route, exactly where the desk is served by https.
func TestEveryRouteByHTTPS(t *testing.T) {
	t.Parallel()
	d := boot(t, func(o *handlers.Options) { o.BaseURL = "https://desk.example" })
	d.live.Close()
	b := d.browser()
	for _, r := range handlers.Routes() {
		a := b.do(r.Method, filled(r.Path, "none"), nil)
		require.Equal(t, "max-age=31536000; includeSubDomains", a.header.Get("Strict-Transport-Security"), r.Path)
	}
}

// Every address takes the methods of the table and no other: what it does not take changes nothing and says what it takes.
func TestEveryMethodOnEveryAddress(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	takes := map[string][]string{}
	for _, r := range handlers.Routes() {
		takes[r.Path] = append(takes[r.Path], r.Method)
		if r.Method == http.MethodGet {
			takes[r.Path] = append(takes[r.Path], http.MethodHead)
		}
	}
	b := d.as(access.Lead)
	before := d.entries()
	for path, methods := range takes {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			if slices.Contains(methods, method) {
				continue
			}
			a := b.do(method, filled(path, id), nil, "Accept", "application/json")
			name := method + " " + path
			if method == http.MethodOptions && a.status == http.StatusNoContent {
				require.NotEmpty(t, a.header.Get("Allow"), name)
				require.Empty(t, a.body, name)
				continue
			}
			if a.status == http.StatusNotFound { // the router knows no such method
				require.NotContains(t, []string{"POST", "PUT", "PATCH", "DELETE"}, method, name)
				continue
			}
			require.NotContains(t, []int{http.StatusOK, http.StatusSeeOther, http.StatusAccepted}, a.status, name)
			harmlessHeaders(t, a, name)
		}
	}
	require.Equal(t, before, d.entries(), "nothing was done")
}
