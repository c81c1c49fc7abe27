package handlers_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

// hostile are ways out of the desk, and ways to make a browser run something.
func hostile() []string {
	return []string{
		"https://evil.example", "//evil.example", "///evil.example", "////evil.example/%2e%2e", `/\evil.example`, `\\evil.example`, `/\/evil.example`,
		"http:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x", "/%5cevil.example", "/%2f%2fevil.example",
		"/queue/..//evil.example", "/./%2e%2e//evil.example", "/\t/evil.example", "/\n/evil.example", "/queue\r\nLocation: https://evil.example",
		"https://desk@evil.example", "@evil.example", ".evil.example", "//evil.example@desk/queue", "/queue#@evil.example", "%2f%2fevil.example",
		"／／evil.example", "//evil。example", "/identities/..//evil.example", "/identities/%2e%2e/%2e%2e//evil.example",
	}
}

// staysHere holds that a redirect leads to a page of the desk, as browsers read it.
func staysHere(t *testing.T, d *desk, a answer, name string) {
	t.Helper()
	if a.status < 300 || a.status > 399 {
		require.Empty(t, a.header.Get("Location"), name)
		return
	}
	location := a.header.Get("Location")
	require.Regexp(t, `^/($|[^/\\])`, location, name)
	require.NotContains(t, location, `\`, name)
	base, err := url.Parse(d.url)
	require.NoError(t, err)
	to, err := base.Parse(location)
	require.NoError(t, err, name)
	require.Equal(t, base.Host, to.Host, name)
	require.NotContains(t, to.Path, "//", name)
}

// Whatever says where to go on leads to a page of the desk.
func TestNoRedirectLeadsElsewhere(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	lea := d.as(access.Lead)
	for n, to := range hostile() {
		name := fmt.Sprintf("%d %q", n, to)
		staysHere(t, d, lea.get("/login?"+url.Values{"next": {to}}.Encode()), name)
		staysHere(t, d, d.browser().get("/login?"+url.Values{"next": {to}}.Encode()), name)
		if n < 25 { // so many tries are let through at once
			a := d.browser().post("/login/dev", url.Values{"user": {"ada"}, "role": {"viewer"}, "next": {to}})
			require.Equal(t, http.StatusSeeOther, a.status, name)
			staysHere(t, d, a, name)
		}
		for _, act := range []string{"claim", "release", "recheck", "wake", "tags", "notes", "snooze"} {
			a := lea.post("/identities/"+id+"/"+act, url.Values{"back": {to}, "tags": {"bank"}, "text": {"x"}, "for": {"1h"}, "reason": {"x"}})
			staysHere(t, d, a, act+" "+name)
		}
		if strings.HasPrefix(to, "/") && !strings.ContainsAny(to, "\t\r\n") {
			staysHere(t, d, lea.do(http.MethodGet, "/"+strings.TrimPrefix(to, "/"), nil), name)
		}
	}
}

// No cell of any file begins with what a spreadsheet takes for a formula, wherever the text came from.
func TestNoFileStartsAFormula(t *testing.T) {
	t.Parallel()
	d := boot(t)
	for n, sign := range []string{"=", "+", "-", "@", "＝"} {
		d.learn(func(r *identity.Record) {
			r.PaxosID, r.RefID = fmt.Sprintf("%spaxos%d", sign, n), sign+`HYPERLINK("http://evil.example")`
		})
		d.deliver(notice(sign+"1+1"), webhookKey)
	}
	d.person("=cmd|' /C calc'!A0", access.Analyst).get("/identities?format=csv")
	lea := d.as(access.Lead)
	files, signs := 0, 0
	for _, r := range handlers.Routes() {
		if r.Method != http.MethodGet || r.Door != "person" || r.Path == "/live" {
			continue
		}
		a := lea.get(filled(r.Path, "none") + "?format=csv")
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
			continue
		}
		files++
		require.Contains(t, a.header.Get("Content-Disposition"), "attachment", r.Path)
		rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		require.NoError(t, err)
		for _, row := range rows {
			for _, cell := range row {
				require.NotRegexp(t, `^[=+\-@\t\r\n＝＋－＠]`, cell, r.Path)
				if strings.HasPrefix(cell, "'") {
					signs++
				}
			}
		}
	}
	a := lea.post("/lookup?format=csv", url.Values{"ref_ids": {"=none+1\n-none"}})
	require.Contains(t, a.header.Get("Content-Type"), "text/csv")
	require.Contains(t, a.body, "'=none+1")
	require.NotRegexp(t, `(?m)^[=+\-@]`, a.body)
	require.GreaterOrEqual(t, files, 3)
	require.GreaterOrEqual(t, signs, 10, "the planted cells were in the files")
}

// An answer to a fault of any kind has the request's id, and nothing of what went wrong inside.
func TestNoErrorTellsOfTheInside(t *testing.T) {
	t.Parallel()
	var fails func() error
	d := boot(t, func(o *handlers.Options) {
		o.Facts = func(context.Context) (views.Facts, error) { return views.Facts{}, fails() }
	})
	lea := d.as(access.Lead)
	inside := errors.New("SELECT sealed FROM secrets: /var/lib/desk.db: Zinnober")
	cases := map[string]func() error{
		"plain":  func() error { return inside },
		"panic":  func() error { panic(inside.Error()) },
		"thrown": func() error { panic(inside) },
		"runtime": func() error {
			var none []error
			return none[len(none)+1]
		},
		"cancelled": func() error { return fmt.Errorf("%w: %w", context.Canceled, inside) },
	}
	for _, kind := range []fault.Kind{
		fault.Malformed, fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict, fault.TooLarge, fault.Invalid,
		fault.Throttled, fault.Internal, fault.Unavailable, fault.Lost, "unheard of",
	} {
		cases[string(kind)] = func() error { return fault.Wrap(kind, "What a person may read.", inside) }
	}
	for name, f := range cases {
		fails = f
		a := lea.json("/settings")
		require.GreaterOrEqual(t, a.status, 400, name)
		a.failure(a.status)
		page := lea.get("/settings", "Accept", "text/html")
		if name != string(fault.Unauthenticated) { // that is sent to the log-in
			require.Contains(t, page.page(a.status).Text(), page.header.Get("X-Request-Id"), name)
		}
		for _, body := range []string{a.body, page.body} {
			for _, word := range []string{"Zinnober", "SELECT", "/var/lib", "panic", "goroutine", ".go:", "out of range", "Error:"} {
				require.NotContains(t, body, word, name)
			}
		}
	}
	for _, path := range []string{"/nothing", "/identities/none", "/identities?q=%zz", "/events/none", "/static/none"} {
		a := lea.get(path, "Accept", "text/html")
		if path == "/static/none" {
			require.Equal(t, http.StatusNotFound, a.status)
			continue
		}
		require.Contains(t, a.page(a.status).Text(), a.header.Get("X-Request-Id"), path)
		require.GreaterOrEqual(t, a.status, 400, path)
	}
}

// What people send, whatever the route and the field, is in no line of the log.
func TestNothingThatIsSentIsLogged(t *testing.T) {
	t.Parallel()
	d := boot(t)
	w := d.plant()
	d.live.Close() // so that a stream ends at once
	lea := d.as(access.Lead)
	sent := url.Values{}
	for _, field := range []string{
		"user", "name", "q", "ref_id", "ref_ids", "text", "reason", "reason_code", "tags", "to", "expected", "until", "for", "zone", "limit.any",
		"person_details.first_name", "person_details.cip_id", "back", "next", "group", "id", "from",
	} {
		sent.Set(field, "Zinnober 917-55-0417")
	}
	for _, r := range handlers.Routes() {
		if r.Path == "/logout" {
			continue
		}
		for _, id := range []string{w.cases[0], "Zinnober"} {
			path := filled(r.Path, id)
			if r.Method == http.MethodGet {
				lea.get(path + "?" + sent.Encode())
			} else {
				lea.post(path+"?q=Zinnober", sent, "User-Agent", "Zinnober", "Referer", d.url+"/Zinnober")
			}
		}
	}
	log := d.log.String()
	require.Contains(t, log, "msg=request")
	for _, absent := range []string{"Zinnober", "917-55-0417", family, "Quillon", "user-1", w.cases[0], "some lead", "Paxos wrote this"} {
		require.NotContains(t, log, absent)
	}
}

// Bodies and addresses beyond their measure are refused on every route before anything reads them, with a session or without.
func TestEveryRouteBoundsWhatItReads(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	d.live.Close()
	lea := d.as(access.Lead)
	large := "a=" + strings.Repeat("b", 1<<20)
	for _, r := range handlers.Routes() {
		path, name := filled(r.Path, id), r.Method+" "+r.Path
		if r.Door == "machine" || r.Path == "/logout" || r.Path == "/static/*" {
			continue // see TestWebhookAnswers
		}
		if r.Path == "/identities/:id/documents" {
			continue // see TestUploadBounds
		}
		if r.Method == http.MethodPost {
			large := large
			if r.Path == "/imports" { // a file of persons may be larger
				large += strings.Repeat("b", identity.MaxImportBytes)
			}
			a := lea.do(r.Method, path, strings.NewReader(large), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json")
			if a.status != http.StatusForbidden && a.status != http.StatusNotFound {
				require.Equal(t, http.StatusRequestEntityTooLarge, a.status, name)
			}
		}
		a := lea.do(r.Method, path+"?q="+strings.Repeat("q", 9<<10), nil, "Accept", "application/json")
		require.Contains(t, []int{http.StatusBadRequest, http.StatusForbidden}, a.status, name)
	}
}

// What people type counts in the body alone: in an address it would be told to logs and histories.
func TestNothingTypedIsTakenFromAnAddress(t *testing.T) {
	t.Parallel()
	d := boot(t)
	id := d.learn(nil).ID
	lea := d.as(access.Lead)
	for act, typed := range map[string]url.Values{
		"notes":    {"text": {"Zinnober called"}},
		"hold":     {"reason_code": {"litigation"}, "reason": {"Zinnober against us"}},
		"erase":    {"reason_code": {"person_asked"}, "reason": {"Zinnober wrote to us"}, "confirmed": {"on"}},
		"snooze":   {"for": {"1h"}, "reason": {"Zinnober is away"}},
		"controls": {"type": {"CLOSED"}, "reason_code": {"COMPLIANCE_INVESTIGATION"}, "reason": {"Zinnober is looked into"}, "confirmed": {"on"}},
		"reveal":   {"group": {"address"}, "reason_code": {"correction"}, "reason": {"Zinnober asks"}},
	} {
		a := lea.post("/identities/"+id+"/"+act+"?"+typed.Encode(), nil)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, act)
		require.NotContains(t, a.body, "Zinnober", act)
	}
	require.Equal(t, http.StatusSeeOther, lea.post("/identities/"+id+"/tags?tags=zinnober", url.Values{"tags": {"bank"}}).status)
	require.NotContains(t, lea.get("/identities/"+id).body, "zinnober")
}
