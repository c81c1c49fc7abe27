package views

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

func testBook() book { return book{asset: asset, now: storyNow(), loc: time.UTC} }

func render(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	doc, _ := draw(t, Story{Component: c})
	return doc
}

// words is a node's text as a reader hears it: one space between words and between elements.
func words(n *goquery.Selection) string {
	return strings.ReplaceAll(strings.Join(texts(n), " "), " :", ":")
}

func texts(n *goquery.Selection) []string {
	var out []string
	for _, part := range n.Contents().EachIter() {
		if goquery.NodeName(part) == "#text" {
			out = append(out, strings.Fields(part.Text())...)
		} else {
			out = append(out, texts(part)...)
		}
	}
	return out
}

func testID(doc *goquery.Document, id string) *goquery.Selection {
	return doc.Find(`[data-testid="` + id + `"]`)
}
