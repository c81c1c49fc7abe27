//go:build pictures

package main

import (
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
	b := desk.open(t)
	b.signIn("Ana Alvarez", "lead")
	pages := map[string]string{
		"queue": "/queue", "case": "/identities/" + stuck.ID, "case-approved": place, "form": "/identities/new",
		"identities": "/identities", "events": "/events", "audit": "/audit", "settings": "/settings",
	}
	for name, path := range pages {
		for _, look := range []struct {
			name          string
			scheme        string
			width, height int64
		}{
			{"light", "light", 1280, 860}, {"dark", "dark", 1280, 860}, {"narrow", "light", 390, 844},
		} {
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}},
			})
			require.NoError(t, err)
			b.run("size", chromedp.EmulateViewport(look.width, look.height))
			b.visit(path)
			time.Sleep(300 * time.Millisecond) // the theme fades
			picture := ask(b, "picture "+name, chromedp.CaptureScreenshot())
			file := filepath.Join("..", "..", "docs", "pictures", name+"-"+look.name+".png")
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, picture, 0o644))
		}
	}
}
