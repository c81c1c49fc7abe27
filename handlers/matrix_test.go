package handlers_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
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

// personFields are what may be seen of a person, and where by whom. What is not named here nobody sees anywhere.
type personField struct {
	name, value string
	page        []access.Role // on the case's page and in the queue's pane
	json        []access.Role // in the case's JSON
	form        []access.Role // on the form that mends its submission
	mentions    []access.Role // where notes that mention somebody are listed
	proposal    []access.Role // on the page of a proposal
	audit       []access.Role // on the page of the audit log
}

// mayBe reports whether a role may see the field in a form of a route where the walk through all of them looks.
func (f personField) mayBe(path, form string, role access.Role) bool {
	return path == "/identities/:id" && form == "JSON" && slices.Contains(f.json, role) ||
		path == "/identities/:id/resubmit" && slices.Contains(f.form, role) // always a page
}

func personFields() []personField {
	names := []access.Role{access.Analyst, access.Lead, access.Auditor}
	readers := []access.Role{access.Lead, access.Auditor} // of names and of the audit log
	return []personField{
		{name: "family name", value: family, page: names},
		{name: "first name", value: "Quillon", page: names},
		{name: "note", value: "Zinnober rang at noon", page: names, mentions: names},
		{name: "reason of a snooze", value: "until Zinnober writes", page: names},
		{name: "reason of a proposal", value: "Zinnober wrote to us", proposal: names, audit: readers},
		{name: "reason of a hold", value: "the court of Zinnober asks", page: names, audit: readers},
		{name: "name of a file", value: "Zinnober of May.pdf", page: names},
		{name: "what Paxos wrote", value: "Paxos wrote this.", page: names, json: names, form: []access.Role{access.Analyst, access.Lead}},
		{name: "words of a control's reason", value: "Zinnober's court wrote", page: names, json: names},
		{name: "reason of a proposed control", value: "Zinnober is looked into", proposal: names, audit: readers},
		{name: "text of a failed move", value: "Paxos wrote of Zinnober's street", page: names, json: names},
		{name: "field of a failed move", value: "Zinnober lives elsewhere", page: names, json: names},
		{name: "an account's description, as it is asked for", value: "joint with Umbrabarrow"},
		{name: "an account's description, as Paxos holds it", value: "the Zarathorn children"},
	}
}

// TestEveryFieldForEveryRole plants a person and what people wrote of them, and looks for each value in each representation, for each
// role: it is there where it may be seen, and absent everywhere else.
func TestEveryFieldForEveryRole(t *testing.T) {
	t.Parallel()
	d := boot(t)
	w := d.plant()
	for _, role := range access.Roles() {
		b := d.as(role)
		pages := map[string]string{}
		for _, c := range w.cases {
			pages["page"] += html.UnescapeString(b.get("/identities/"+c).body + b.get("/queue?lane=all&case="+c).body)
			pages["JSON"] += b.json("/identities/" + c).body
			pages["form"] += b.get("/identities/" + c + "/resubmit").body
		}
		for _, p := range w.proposals {
			pages["proposal"] += b.get("/proposals/" + p).body
		}
		pages["mentions"] = b.get("/mentions").body
		pages["audit"] = b.get("/audit").body + b.get("/audit?action=proposed").body + b.get("/audit?action=held").body // these are old by then
		for _, f := range personFields() {
			for kind, may := range map[string][]access.Role{"page": f.page, "JSON": f.json, "form": f.form, "mentions": f.mentions, "proposal": f.proposal, "audit": f.audit} {
				if slices.Contains(may, role) && (kind != "mentions" || role == access.Lead) { // it is the lead who was mentioned
					require.Contains(t, pages[kind], f.value, "%s: the %s on the %s", role, f.name, kind)
				} else if !slices.Contains(may, role) {
					require.NotContains(t, pages[kind], f.value, "%s: the %s on the %s", role, f.name, kind)
				}
			}
		}
		d.absentElsewhere(b, role, w)
		require.Contains(t, b.json("/identities/"+w.cases[0]).body, `"initials":"QZ"`, "%s: initials at most", role)
		require.Contains(t, b.get("/identities?format=csv").body, ",QZ,", "%s: initials at most", role)
	}
}

// absentElsewhere looks for what was planted in everything that is no page of the case.
func (d *desk) absentElsewhere(b *browser, role access.Role, w planted) {
	t := d.t
	t.Helper()
	for _, r := range handlers.Routes() {
		if r.Method != http.MethodGet || r.Path == "/live" || r.Door != "person" {
			continue
		}
		for _, f := range forms() {
			var paths []string
			for _, c := range w.cases {
				paths = append(paths, filled(r.Path, c))
			}
			if r.Path == "/proposals/:id" {
				paths = []string{"/proposals/" + w.proposals[0], "/proposals/" + w.proposals[1]}
			}
			if f.name == "HTML" && slices.Contains([]string{"/identities/:id", "/mentions", "/proposals/:id", "/audit"}, r.Path) {
				continue // where it may be
			}
			for _, path := range slices.Compact(paths) {
				for _, list := range []string{"", "lane=all"} {
					a := b.get(path+"?"+strings.Trim(f.query+"&"+list, "&"), "Accept", f.accept)
					if f.name == "CSV" && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
						continue // there is no such form of it: this is the page
					}
					for _, field := range personFields() {
						if field.mayBe(r.Path, f.name, role) {
							continue
						}
						require.NotContains(t, html.UnescapeString(a.body), field.value, "%s: the %s in %s as %s", role, field.name, path, f.name)
					}
				}
			}
		}
	}
}

// planted is where the person is.
type planted struct {
	cases     []string
	proposals []string
}

// plant lets there be cases of a person about whom people have written.
func (d *desk) plant() planted {
	t := d.t
	t.Helper()
	ana, lea := d.as(access.Analyst), d.as(access.Lead)
	stuck := d.learn(func(r *identity.Record) { r.RefID = "user-1" }).ID
	must := func(a answer) {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, a.status, a.body)
	}
	must(ana.post("/identities/"+stuck+"/notes", url.Values{"text": {"Zinnober rang at noon, @some.lead"}}))
	must(ana.post("/identities/"+stuck+"/snooze", url.Values{"for": {"1h"}, "reason": {"until Zinnober writes"}}))
	must(ana.upload(stuck, pdfFile("Zinnober of May.pdf")))
	erased := d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status, r.Details.Requirements = "paxos-2", "user-2", identity.Denied, nil
	}).ID
	must(ana.post("/identities/"+erased+"/erase", erasure()))
	proposal := ana.proposal(erased)
	held := d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status, r.Details.Requirements = "paxos-3", "user-3", identity.Denied, nil
	}).ID
	must(lea.post("/identities/"+held+"/hold", url.Values{"reason_code": {"legal_order"}, "reason": {"the court of Zinnober asks"}}))
	failed := strings.TrimPrefix(d.failed(ana), "/identities/")
	moved := d.moved(ana)
	return planted{cases: []string{stuck, erased, held, failed, moved}, proposals: []string{proposal, ana.proposal(moved)}}
}

// moved is a case about which Paxos has written, and people have asked things of Paxos in words.
func (d *desk) moved(b *browser) (id string) {
	t := d.t
	t.Helper()
	set := d.clock.Now().Add(-time.Hour)
	id = d.learn(func(r *identity.Record) {
		r.PaxosID, r.RefID, r.Status, r.Details.Requirements = "paxos-5", "user-5", identity.Approved, nil
		r.Details.Controls = []identity.Control{{ID: "k1", Type: identity.SellOnly, SetBy: "SET_BY_PAXOS", CreatedAt: set}}
	}).ID
	at := "/identities/" + id
	b.get(at).page(http.StatusOK) // has the controls looked at
	list := []identity.ControlRecord{
		{Control: identity.Control{ID: "k1", Type: identity.SellOnly, SetBy: "SET_BY_PAXOS", CreatedAt: set}, Reason: "Zinnober's court wrote"},
	}
	require.NoError(t, d.store.ApplyControls(t.Context(), d.job("controls"), identity.ControlsOf(list, d.clock.Now())))
	d.asked(id)
	d.moveFailed(identity.Failure{
		Code: identity.Refused, Text: "Paxos wrote of Zinnober's street",
		Fields: map[string]string{"person_details.address.address1": "Zinnober lives elsewhere"},
	}, true)
	for path, form := range map[string]url.Values{"/accounts": samePerson(), "/controls": closing()} {
		a := b.post(at+path, form)
		require.Equal(t, http.StatusSeeOther, a.status, a.body)
	}
	return id
}
