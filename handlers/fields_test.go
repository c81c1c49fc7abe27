package handlers_test

import (
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
	"identitydesk/internal/identity"
)

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
