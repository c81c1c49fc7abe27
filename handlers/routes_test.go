package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
)

const nobody access.Role = ""

// door is a route and who may pass it; whoever may not gets 403, nobody is sent to the log-in.
type door struct {
	method, path string
	open         []access.Role
}

func doors(id string) []door {
	all := access.Roles()
	workers := []access.Role{access.Analyst, access.Lead}
	notViewers := []access.Role{access.Analyst, access.Lead, access.Auditor, access.Admin}
	return []door{
		{"GET", "/queue", all},
		{"GET", "/queue?lane=waiting", all},
		{"GET", "/live", all},
		{"GET", "/identities", all},
		{"GET", "/identities?format=csv", all},
		{"GET", "/identities/" + id, all},
		{"GET", "/lookup?q=user-4711", all},
		{"POST", "/lookup", all},
		{"POST", "/lookup/sync", workers},
		{"GET", "/institutions", all},
		{"GET", "/institutions?format=csv", all},
		{"GET", "/institutions/new", workers},
		{"POST", "/institutions", workers},
		{"GET", "/identities/new", workers},
		{"POST", "/identities", workers},
		{"POST", "/identities/" + id + "/recheck", workers},
		{"GET", "/identities/" + id + "/resubmit", workers},
		{"POST", "/identities/" + id + "/resubmit", workers},
		{"POST", "/identities/" + id + "/draft", workers},
		{"GET", "/identities/" + id + "/compare", workers},
		{"POST", "/identities/" + id + "/compare", workers},
		{"POST", "/identities/" + id + "/decline", workers},
		{"POST", "/identities/" + id + "/link", workers},
		{"GET", "/identities/" + id + "/accounts", []access.Role{access.Analyst, access.Lead, access.Auditor}},
		{"POST", "/identities/" + id + "/accounts", workers},
		{"POST", "/identities/" + id + "/withdraw", []access.Role{access.Lead}},
		{"GET", "/identities/" + id + "/correct", workers},
		{"POST", "/identities/" + id + "/correct", workers},
		{"GET", "/identities/" + id + "/kyc-refresh", workers},
		{"POST", "/identities/" + id + "/kyc-refresh", workers},
		{"POST", "/identities/" + id + "/moves/m-none/again", workers},
		{"POST", "/identities/" + id + "/moves/m-none/withdraw", workers},
		{"POST", "/identities/" + id + "/documents", workers},
		{"POST", "/identities/" + id + "/documents/f-none/again", workers},
		{"POST", "/identities/" + id + "/documents/f-none/remove", workers},
		{"POST", "/identities/" + id + "/controls", workers},
		{"POST", "/identities/" + id + "/controls/end", workers},
		{"POST", "/identities/" + id + "/sandbox-status", workers},
		{"POST", "/identities/" + id + "/claim", workers},
		{"POST", "/identities/" + id + "/release", workers},
		{"POST", "/identities/" + id + "/assign", workers}, // of a colleague's case a lead alone, see TestHandOver
		{"POST", "/identities/" + id + "/snooze", workers},
		{"POST", "/identities/" + id + "/wake", workers},
		{"POST", "/identities/" + id + "/notes", workers},
		{"POST", "/identities/" + id + "/tags", workers},
		{"POST", "/identities/" + id + "/erase", workers},
		{"POST", "/identities/" + id + "/hold", []access.Role{access.Lead}},
		{"POST", "/identities/" + id + "/unhold", []access.Role{access.Lead}},
		{"GET", "/proposals", []access.Role{access.Analyst, access.Lead, access.Auditor}},
		{"GET", "/proposals/e-none", []access.Role{access.Analyst, access.Lead, access.Auditor}},
		{"POST", "/proposals/e-none/approve", []access.Role{access.Lead}},
		{"POST", "/proposals/e-none/decline", []access.Role{access.Lead}},
		{"POST", "/proposals/e-none/withdraw", workers},
		{"POST", "/identities/" + id + "/reveal", workers},
		{"GET", "/refreshes", all},
		{"GET", "/team", all},
		{"POST", "/team/away", workers},
		{"POST", "/team/rebalance", []access.Role{access.Lead}},
		{"GET", "/mentions", []access.Role{access.Analyst, access.Lead, access.Auditor}},
		{"POST", "/mentions/seen", []access.Role{access.Analyst, access.Lead, access.Auditor}},
		{"GET", "/preferences", all},
		{"POST", "/preferences", all},
		{"POST", "/preferences/sessions", all},
		{"GET", "/people", []access.Role{access.Auditor, access.Admin}},
		{"POST", "/people/disable", []access.Role{access.Admin}},
		{"POST", "/people/enable", []access.Role{access.Admin}},
		{"POST", "/people/sessions", []access.Role{access.Admin}},
		{"GET", "/tokens", []access.Role{access.Auditor, access.Admin}},
		{"POST", "/tokens", []access.Role{access.Admin}},
		{"POST", "/tokens/e-none/revoke", []access.Role{access.Admin}},
		{"GET", "/settings/limits", notViewers},
		{"POST", "/settings/limits", []access.Role{access.Lead, access.Admin}},
		{"GET", "/imports", []access.Role{access.Lead, access.Auditor}},
		{"GET", "/imports/new", []access.Role{access.Lead}},
		{"GET", "/imports/template.csv", []access.Role{access.Lead}},
		{"GET", "/imports/template.jsonl", []access.Role{access.Lead}},
		{"POST", "/imports", []access.Role{access.Lead}},
		{"GET", "/imports/e-none", []access.Role{access.Lead, access.Auditor}},
		{"POST", "/imports/e-none/start", []access.Role{access.Lead}},
		{"POST", "/imports/e-none/pause", []access.Role{access.Lead}},
		{"POST", "/imports/e-none/stop", []access.Role{access.Lead}},
		{"GET", "/imports/e-none/errors.csv", []access.Role{access.Lead}},
		{"GET", "/events", notViewers},
		{"GET", "/events/missing", workers},
		{"POST", "/events/missing", workers},
		{"GET", "/events/reprocess", workers},
		{"POST", "/events/reprocess", workers},
		{"GET", "/events/e-none", notViewers},
		{"POST", "/events/e-none/reprocess", workers},
		{"GET", "/audit", []access.Role{access.Lead, access.Auditor, access.Admin}},
		{"GET", "/reveals", []access.Role{access.Lead, access.Auditor}},
		{"POST", "/audit/verify", []access.Role{access.Lead, access.Auditor, access.Admin}},
		{"GET", "/evidence", []access.Role{access.Lead, access.Auditor}},
		{"POST", "/evidence", []access.Role{access.Lead, access.Auditor}},
		{"GET", "/settings", notViewers},
		{"POST", "/settings/jobs/e-none/start", workers},
	}
}

func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	d := boot(t, rehearsing)
	id := d.learn(nil).ID
	d.live.Close() // so that a stream ends at once
	for _, role := range append(access.Roles(), nobody) {
		b := d.browser()
		if role != nobody {
			b = d.as(role)
		}
		for _, door := range doors(id) {
			name := string(role) + " " + door.method + " " + door.path
			a := b.do(door.method, door.path, nil, "Accept", "application/json")
			switch {
			case role == nobody:
				require.Equal(t, "unauthenticated", a.failure(http.StatusUnauthorized)["kind"], name)
			case slices.Contains(door.open, role):
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, a.status, name)
				require.Less(t, a.status, 500, "%s: %s", name, a.body)
			default:
				require.Equal(t, "forbidden", a.failure(http.StatusForbidden)["kind"], name)
			}
		}
	}
}

// The walk above must miss no route: whoever adds one says in the walk who may pass.
func TestTheWalkIsWhole(t *testing.T) {
	t.Parallel()
	walked := map[string]bool{"POST /logout": true} // it ends the session, see TestLogOut
	for _, door := range doors("ID") {
		path, _, _ := strings.Cut(door.path, "?")
		path = strings.NewReplacer("/ID", "/:id", "/e-none", "/:id", "/m-none", "/:move", "/f-none", "/:file").Replace(path)
		walked[door.method+" "+path] = true
	}
	for _, name := range handlers.PeoplesRoutes() {
		require.True(t, walked[name], "%s is not walked", name)
	}
}

func TestNobodyIsSentToTheLogIn(t *testing.T) {
	t.Parallel()
	b := boot(t).browser()
	for path, want := range map[string]string{
		"/queue":                 "/login",
		"/queue?lane=action":     "/login?next=%2Fqueue%3Flane%3Daction",
		"/identities/some-id":    "/login?next=%2Fidentities%2Fsome-id",
		"/audit?action=exported": "/login?next=%2Faudit%3Faction%3Dexported",
	} {
		a := b.get(path, "Accept", "text/html")
		require.Equal(t, http.StatusSeeOther, a.status, path)
		require.Equal(t, want, a.header.Get("Location"), path)
	}
	a := b.post("/identities/some-id/recheck", nil)
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/login", a.header.Get("Location"), "a write is not made again by itself")
	a = b.get("/identities/some-id", "HX-Request", "true")
	require.Equal(t, http.StatusUnauthorized, a.status, "a refresh must not draw the log-in into the page")
	require.Equal(t, "/login", a.header.Get("HX-Redirect"))
}

func TestOpenRoutes(t *testing.T) {
	t.Parallel()
	b := boot(t).browser()
	a := b.get("/")
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/queue", a.header.Get("Location"))
	require.Equal(t, "ok", b.get("/healthz").body)
	require.Equal(t, "image/svg+xml", b.get("/favicon.ico").header.Get("Content-Type"))
	require.Equal(t, http.StatusOK, b.get("/readyz").status)
	require.Equal(t, http.StatusOK, b.get("/login").status)
}

func TestHeadWorksWhereGetDoes(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	b := d.as(access.Lead)
	for _, path := range []string{
		"/", "/queue", "/identities", "/identities/" + id, "/identities/new", "/lookup?q=nothing", "/events", "/audit", "/evidence", "/settings",
		"/team", "/proposals", "/mentions", "/preferences", "/settings/limits",
		"/healthz", "/readyz", "/metrics", "/login",
	} {
		get, head := b.get(path), b.do(http.MethodHead, path, nil)
		require.Equal(t, get.status, head.status, path)
		require.Empty(t, head.body, path)
		require.Equal(t, get.header.Get("Content-Type"), head.header.Get("Content-Type"), path)
	}
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for _, b := range []*browser{d.browser(), d.as(access.Analyst)} {
		require.Equal(t, "not_found", b.json("/nothing").failure(http.StatusNotFound)["kind"])
		doc := b.get("/nothing").page(http.StatusNotFound)
		require.Contains(t, doc.Text(), "nothing at this address")
	}
	b := d.as(access.Analyst)
	require.Equal(t, "not_found", b.json("/identities/no-such-case").failure(http.StatusNotFound)["kind"])
	b.get("/identities/no-such-case").page(http.StatusNotFound)
	b.get("/identities/%00").page(http.StatusNotFound)
	b.get("/identities/" + strings.Repeat("a", 300)).page(http.StatusNotFound)
	require.Equal(t, http.StatusNotFound, b.post("/identities/no-such-case/recheck", nil).status)

	a := b.do(http.MethodDelete, "/queue", nil, "Accept", "application/json")
	a.failure(http.StatusMethodNotAllowed)
	require.Contains(t, a.header.Get("Allow"), "GET")
	doc := b.do(http.MethodDelete, "/queue", nil).page(http.StatusMethodNotAllowed)
	require.Zero(t, doc.Find(`main a[href="/login"]`).Length(), "who is signed in is not asked to sign in")
	b.json("/identities/i-1/documents").failure(http.StatusMethodNotAllowed)

	// Where a form was refused, the browser shows the address of the act: opened once more, it leads to the case.
	for _, act := range []string{"documents", "claim", "moves/m-1/again"} {
		a = b.get("/identities/i-1/" + act)
		require.Equal(t, []any{http.StatusSeeOther, "/identities/i-1"}, []any{a.status, a.header.Get("Location")}, act)
	}
	require.Equal(t, http.StatusNotFound, b.get("/identities/i-1/nonsense").status)
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	d := boot(t)
	b := d.as(access.Analyst)
	form := "application/x-www-form-urlencoded"
	for name, tc := range map[string]struct {
		path, kind, body string
		status           int
	}{
		"JSON body":        {"/identities", "application/json", "{}", http.StatusUnsupportedMediaType},
		"no kind":          {"/identities", "", "a=b", http.StatusUnsupportedMediaType},
		"broken encoding":  {"/identities", form, "a=%zz", http.StatusBadRequest},
		"broken multipart": {"/identities", "multipart/form-data; boundary=x", "no parts", http.StatusBadRequest},
		"too large":        {"/identities", form, "a=" + strings.Repeat("b", 1<<20), http.StatusRequestEntityTooLarge},
		"no text":          {"/identities", form, "ref_id=a%00b", http.StatusUnprocessableEntity},
		"no UTF-8":         {"/lookup", form, "ref_ids=%ff", http.StatusUnprocessableEntity},
		"broken query":     {"/lookup?a=%zz", form, "", http.StatusBadRequest},
	} {
		a := b.do(http.MethodPost, tc.path, strings.NewReader(tc.body), "Content-Type", tc.kind, "Accept", "application/json")
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.body)
		a.failure(tc.status)
	}
	require.Equal(t, http.StatusBadRequest, b.get("/identities?q=%zz").status)
	require.Contains(t, b.json("/identities?q=%00").failure(http.StatusUnprocessableEntity)["fields"], "q")
	require.Equal(t, http.StatusBadRequest, b.get("/identities?q="+strings.Repeat("x", 9000)).status)
}

func TestMultipartFormsAreRead(t *testing.T) {
	t.Parallel()
	b := boot(t).as(access.Analyst)
	body := "--x\r\nContent-Disposition: form-data; name=\"ref_ids\"\r\n\r\nuser-1\r\n--x--\r\n"
	a := b.do(http.MethodPost, "/lookup", strings.NewReader(body), "Content-Type", "multipart/form-data; boundary=x",
		"Accept", "application/json")
	require.Equal(t, []any{"user-1"}, a.object(http.StatusOK)["missing"])
}

func TestOtherSitesMayNotPost(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	b := d.as(access.Analyst)
	for name, headers := range map[string][]string{
		"another site":   {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a sibling":      {"Sec-Fetch-Site", "same-site", "Origin", "https://other.example"},
		"an old browser": {"Origin", "https://evil.example"},
		"no origin":      {"Origin", "null"},
	} {
		for _, path := range []string{"/identities/" + id + "/recheck", "/login/dev", "/logout", "/identities", "/lookup"} {
			a := b.post(path, url.Values{"user": {"eve"}, "role": {"admin"}}, headers...)
			require.Equal(t, http.StatusForbidden, a.status, "%s %s", name, path)
			require.Empty(t, a.header.Get("Set-Cookie"))
		}
	}
	require.Equal(t, http.StatusOK, b.get("/queue").status, "still signed in")
	a := b.post("/identities/"+id+"/recheck", nil, "Sec-Fetch-Site", "same-origin", "Origin", d.url)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	a = b.post("/login/dev", url.Values{"user": {"ana"}, "role": {"analyst"}}, "Origin", d.url, "Host", "inside.example")
	require.Equal(t, http.StatusSeeOther, a.status, "the base URL is trusted, whatever a proxy made of Host")
}
