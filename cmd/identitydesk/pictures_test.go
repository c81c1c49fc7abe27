//go:build pictures

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPictures takes the pictures in docs/pictures from a running desk: `make pictures`.
func TestPictures(t *testing.T) {
	desk := boot(t)
	ana := desk.signIn("script", "analyst")
	stuck := ana.pending()
	place := ana.submit(duncan("user-4711"))
	ana.becomes(place[len("/identities/"):], "APPROVED")
	for _, name := range []string{"Bo Lindqvist", "Cleo Marsh"} {
		who := desk.signIn(name, "analyst")
		who.claimSome(3)
	}
	bo := desk.signIn("Bo Lindqvist", "analyst")
	for _, group := range []string{"address", "birth"} {
		resp, body := bo.post(place+"/reveal", url.Values{"group": {group}, "reason_code": {"customer_request"}, "reason": {"Asked by phone what we hold"}})
		require.Equal(t, 200, resp.StatusCode, body)
	}
	resp, body := bo.post(place+"/erase", url.Values{"reason_code": {"person_asked"}, "reason": {"Closed the account"}, "confirmed": {"on"}})
	require.Equal(t, 303, resp.StatusCode, body)
	pages := map[string]string{
		"queue": "/queue", "queue-case": "/queue?lane=overdue&case=" + stuck.ID, "case": "/identities/" + stuck.ID, "case-approved": place,
		"form": "/identities/new", "identities": "/identities", "lookup": "/lookup", "team": "/team", "limits": "/settings/limits",
		"events": "/events", "audit": "/audit", "settings": "/settings", "proposals": "/proposals", "reveals": "/reveals",
		"evidence": "/evidence?id=" + place[len("/identities/"):],
	}
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
		for name, path := range pages {
			b.visit(path)
			if name == "lookup" {
				b.run("look a list up", chromedp.SetValue(chromedp.CSS("#ref-ids"), looked), chromedp.Submit(chromedp.CSS("#ref-ids")),
					chromedp.WaitReady(chromedp.CSS(`[data-testid="matches"]`)))
			}
			time.Sleep(300 * time.Millisecond) // the theme fades
			picture := ask(b, "picture "+name, chromedp.CaptureScreenshot())
			file := filepath.Join("..", "..", "docs", "pictures", name+"-"+look.name+".png")
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, picture, 0o644))
		}
	}
}

// looked is the list of the picture of a look-up; one of it is not there.
const looked = "user-4711\nuser-1001\nuser-9999\nuser-1002\nuser-1148\nuser-1189\nuser-1057"

// claimSome claims the first free cases of the queue.
func (p *person) claimSome(many int) {
	p.t.Helper()
	var free struct{ Items []caseJSON }
	p.json("/queue?whose=free", &free)
	for _, c := range free.Items[:many] {
		resp, body := p.post("/identities/"+c.ID+"/claim", url.Values{"expected": {""}})
		require.Equal(p.t, 303, resp.StatusCode, body)
	}
}
