//go:build pictures

package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// picture is a page, and what is done there before it is taken.
type picture struct {
	name, path string
	prepare    func(b *browser)
}

// TestPictures takes the pictures in docs/pictures from a running desk: `make pictures`.
func TestPictures(t *testing.T) {
	desk := boot(t)
	pictures := desk.deskAtWork(t)
	for _, look := range []struct {
		name          string
		scheme        string
		width, height int64
	}{
		{"light", "light", 1280, 860}, {"dark", "dark", 1280, 860}, {"narrow", "light", 390, 844},
	} {
		b := desk.open(t)
		b.signIn("Ana Alvarez", "lead")
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}},
		})
		require.NoError(t, err)
		b.run("size", chromedp.EmulateViewport(look.width, look.height))
		for _, p := range pictures {
			b.visit(p.path)
			if p.prepare != nil {
				p.prepare(b)
			}
			time.Sleep(300 * time.Millisecond) // the theme fades
			taken := ask(b, "picture "+p.name, chromedp.CaptureScreenshot())
			file := filepath.Join("..", "..", "docs", "pictures", p.name+"-"+look.name+".png")
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, taken, 0o644))
		}
	}
}

// deskAtWork has people do what the pictures show, and tells where that stands.
func (r *running) deskAtWork(t *testing.T) []picture {
	t.Helper()
	ana := r.signIn("script", "analyst")
	stuck := ana.pending()
	place := ana.submit(duncan("user-4711"))
	ana.becomes(place[len("/identities/"):], "APPROVED")
	for _, name := range []string{"Bo Lindqvist", "Cleo Marsh"} {
		r.signIn(name, "analyst").claimSome(3)
	}
	bo := r.signIn("Bo Lindqvist", "analyst")
	for _, group := range []string{"address", "birth"} {
		resp, body := bo.post(place+"/reveal", url.Values{"group": {group}, "reason_code": {"customer_request"}, "reason": {"Asked by phone what we hold"}})
		require.Equal(t, 200, resp.StatusCode, body)
	}
	bo.sends(place+"/erase", url.Values{"reason_code": {"person_asked"}, "reason": {"Closed the account"}, "confirmed": {"on"}})
	twin := duncan("user-4712")
	twin.Set("person_details.address.address1", "132 Main Street")
	same := ana.submit(twin)
	ana.submission(same[len("/identities/"):], "failed")
	held := ana.byRef("demo-account")
	bo.sends(held+"/controls", url.Values{
		"type": {"SELL_ONLY"}, "reason_code": {"COMPLIANCE_EDD"}, "reason": {"Papers are two months late"}, "confirmed": {"on"},
	})
	return []picture{
		{"queue", "/queue", nil}, {"queue-case", "/queue?lane=overdue&case=" + stuck.ID, nil}, {"case", "/identities/" + stuck.ID, nil},
		{"case-approved", place, nil}, {"form", "/identities/new", nil}, {"identities", "/identities", nil}, {"lookup", "/lookup", lookUpList},
		{"team", "/team", nil}, {"limits", "/settings/limits", nil}, {"events", "/events", nil}, {"audit", "/audit", nil},
		{"settings", "/settings", nil}, {"proposals", "/proposals", nil}, {"reveals", "/reveals", nil},
		{"evidence", "/evidence?id=" + place[len("/identities/"):], nil},
		{"documents", ana.byRef("demo-documents-half"), at("#documents-title")},
		{"correct", ana.byRef("demo-refresh-open") + "/correct", correctStreet},
		{"duplicate", same + "/compare", compareBoth},
		{"accounts", ana.byRef("demo-account-joint") + "/accounts", nil},
		{"refreshes", "/refreshes", nil},
		{"refresh", ana.byRef("demo-refresh-open") + "/kyc-refresh", nil},
		{"controls", ana.byRef("demo-control-by-us"), controlsHeard},
		{"control-proposed", ana.byRef("demo-account-joint"), proposeSellOnly},
		{"rehearsal", ana.byRef("demo-documents-asked"), opened("#act-rehearse", "#rehearsal-title")},
		{"institutions", "/institutions", nil},
		{"institution", ana.byRef("demo-partnership"), nil},
		{"institution-new", "/institutions/new", openedGrid},
		{"import", "/imports/new", importSome},
	}
}

// sends posts a form that is taken.
func (p *person) sends(path string, form url.Values) {
	p.t.Helper()
	resp, body := p.post(path, form)
	require.Equal(p.t, 303, resp.StatusCode, body)
}

// byRef is the path of the case with a ref_id, once the desk knows it.
func (p *person) byRef(refID string) (path string) {
	p.t.Helper()
	p.eventually(refID+" is known", func() (bool, any) {
		resp, body := p.get("/lookup?q=" + url.QueryEscape(refID))
		path = resp.Header.Get("Location")
		return resp.StatusCode == 303, body
	})
	return path
}

// at scrolls a part of the page to the top, below the bar.
func at(heading string) func(b *browser) {
	return func(b *browser) { b.scrollTo("document.querySelector('" + heading + "').closest('section')") }
}

func (b *browser) scrollTo(element string) {
	b.run("see "+element, chromedp.Evaluate[chromedp.Void]("scrollTo({ top: "+element+".getBoundingClientRect().top + scrollY - 70, behavior: 'instant' })"))
}

// opened opens a form of the case, and scrolls its card to the top.
func opened(form chromedp.CSS, heading string) func(b *browser) {
	return func(b *browser) {
		b.run("open "+string(form), click(form))
		at(heading)(b)
	}
}

func openedGrid(b *browser) {
	b.run("open the grid", click(".grid-help summary"))
	b.scrollTo("document.querySelector('.grid-help')")
}

func lookUpList(b *browser) {
	b.run("look a list up", chromedp.SetValue(chromedp.CSS("#ref-ids"), looked), chromedp.Submit(chromedp.CSS("#ref-ids")),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="matches"]`)))
}

func correctStreet(b *browser) {
	field := chromedp.CSS(`#f-person_details-address-address1`)
	b.run("correct", chromedp.SetValue(chromedp.CSS("#ask-code"), "correction"), chromedp.SendKeys(chromedp.CSS("#ask-reason"), "The street is misspelt"+kb.Enter),
		chromedp.WaitVisible(field), chromedp.SetValue(field, "12 Brewer Street"), click(`[data-testid="change-check"]`),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="plan"]`)))
}

func compareBoth(b *browser) {
	b.run("compare", chromedp.SetValue(chromedp.CSS("#compare-reason-code"), "suspected_duplicate"),
		chromedp.SendKeys(chromedp.CSS("#compare-reason"), "Looks like our customer"), click(`[data-testid="compare"]`),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="compared"]`)))
	at("#compared-title")(b)
}

func controlsHeard(b *browser) {
	b.waitFor("The customer asked for a pause")
	at("#controls-title")(b)
}

func proposeSellOnly(b *browser) {
	opened("#act-controls", "#controls-title")(b)
	b.run("choose", click("#controls-type-0"), chromedp.SetValue(chromedp.CSS("#controls-reason-code"), "COMPLIANCE_EDD"),
		chromedp.SetValue(chromedp.CSS("#controls-reason"), "Papers are two months late"))
}

func importSome(b *browser) {
	people := []url.Values{duncan("file-1"), duncan("file-2"), duncan("user-4711"), duncan("file-3")}
	for n, p := range people {
		p.Set("person_details.cip_id", fmt.Sprintf("073-06-%04d", 1120+n))
	}
	people[1].Set("person_details.date_of_birth", "31.01.1960")
	people[3].Set("person_details.address.country", "United States")
	file := filepath.Join(b.t.TempDir(), "people.csv")
	require.NoError(b.t, os.WriteFile(file, []byte(fileOf(people...)), 0o600))
	b.run("choose the file", chromedp.SetUploadFiles(named("file"), []string{file}), chromedp.Submit(named("file")),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="rows"]`)))
}

// looked is the list of the picture of a look-up; one of it is not there.
const looked = "user-4711\nuser-1001\nuser-9999\nuser-1002\nuser-1148\nuser-1189\nuser-1057"

// claimSome claims the first free cases of the queue.
func (p *person) claimSome(many int) {
	p.t.Helper()
	var free struct{ Items []caseJSON }
	p.json("/queue?whose=free", &free)
	for _, c := range free.Items[:many] {
		p.sends("/identities/"+c.ID+"/claim", url.Values{"expected": {""}})
	}
}
