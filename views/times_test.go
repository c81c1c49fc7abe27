package views

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

// Times stand in the reader's zone, and each also says what it is in UTC, for whoever compares it with Paxos or with a log.
func TestEveryTimeIsToldInUTCToo(t *testing.T) {
	t.Parallel()
	inUTC := regexp.MustCompile(`\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})? UTC`)
	withZone := regexp.MustCompile(`\d{2}:\d{2} \([A-Z][A-Za-z_/]+\)`) // the words of what a person asked for
	ofDay := regexp.MustCompile(`\b\d{2}:\d{2}\b`)
	eachStory(t, func(t *testing.T, _ Story, doc *goquery.Document, _ string) {
		doc.Find("time").Each(func(_ int, n *goquery.Selection) {
			if _, err := time.Parse(time.DateOnly, n.AttrOr("datetime", "")); err == nil {
				return // a day is the same day for every reader
			}
			_, err := time.Parse(time.RFC3339, n.AttrOr("datetime", ""))
			require.NoError(t, err)
			require.Regexp(t, inUTC, n.AttrOr("title", ""), n.Text())
		})
		doc.Find("main *").Contents().Each(func(_ int, n *goquery.Selection) {
			if goquery.NodeName(n) != "#text" || !ofDay.MatchString(n.Text()) || withZone.MatchString(n.Text()) || inUTC.MatchString(n.Text()) {
				return
			}
			told := n.Closest("[title], code, pre, option, textarea, [data-testid=business-hours]")
			require.Positive(t, told.Length(), "%q is not told in UTC", n.Text())
			if title, has := told.Attr("title"); has {
				require.Regexp(t, inUTC, title, n.Text())
			}
		})
		if doc.Find(".desk").Length() > 0 {
			require.Contains(t, strings.TrimSpace(doc.Find("[data-testid=zone]").Text()), "Times in ", "the page names its zone")
		}
	})
}

func TestEveryPageSaysWhereItsTimesAreTold(t *testing.T) {
	t.Parallel()
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	b := testBook()
	b.loc = york
	doc := render(t, Queue(QueuePage{Chrome: b.chrome(access.Viewer, SectionQueue), Rows: Rows{Items: b.rows(b.silent()), AsOf: b.now}}))
	require.Equal(t, "Times in America/New_York", words(testID(doc, "zone")))
	at := doc.Find("tbody td:nth-child(8)")
	require.Equal(t, "11:57", at.Text())
	require.Equal(t, "2026-03-04 16:57 UTC", at.AttrOr("title", ""))
}
