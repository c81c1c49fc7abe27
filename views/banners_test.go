package views

import (
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

func TestBanners(t *testing.T) {
	t.Parallel()
	b := testBook()
	shown := func(bs Banners) []string {
		c := b.chrome(access.Analyst, "")
		c.Banners = bs
		var out []string
		render(t, Settings(SettingsPage{Chrome: c})).Find(`[data-testid^="banner-"]`).Each(func(_ int, n *goquery.Selection) {
			require.Equal(t, "status", n.AttrOr("role", ""))
			out = append(out, n.Find("strong").Text())
		})
		return out
	}
	require.Empty(t, shown(Banners{}))
	require.Equal(t, []string{"Paxos throttles us until 17:08.", "No webhooks are set up."}, shown(Banners{ThrottledUntil: b.at(-5 * time.Minute), PollingOnly: true}))
	require.Equal(t, []string{"The events scope is missing.", "Emulator."}, shown(Banners{ThrottledUntil: b.at(time.Second), NoEventsScope: true, Emulator: true}))
	require.Equal(t, []string{"The database cannot be written.", "Paxos gives the desk no token.", "No event for 9h.", "3 jobs are parked."}, shown(Banners{
		Unwritable: true, TokenError: "invalid_client", Silence: &Silence{Since: b.ago(9 * time.Hour), Usual: time.Hour}, Parked: Parked{Events: 2, Others: 1},
	}))
}

func TestBannersLeadOn(t *testing.T) {
	t.Parallel()
	b := testBook()
	draw := func(r access.Role) *goquery.Document {
		c := b.chrome(r, SectionQueue)
		c.Banners = Banners{ThrottledUntil: b.at(-5 * time.Minute), Waiting: Waiting{Submissions: 1, Moves: 2, Documents: 1, Rechecks: 14, Events: 1200}, Parked: Parked{Events: 2, Others: 1}}
		return render(t, Queue(QueuePage{Chrome: c}))
	}
	doc := draw(access.Analyst)
	require.Contains(t, words(testID(doc, "banner-throttled")), "Waiting: 1 submission, 2 moves, 1 document, 14 re-checks and 1,200 events.")
	links := testID(doc, "banner-parked").Find("a")
	require.Equal(t, "/events?state=parked", links.Eq(0).AttrOr("href", ""))
	require.Equal(t, "/settings", links.Eq(1).AttrOr("href", ""))
	require.Zero(t, testID(draw(access.Viewer), "banner-parked").Find("a").Length(), "a viewer may go to neither")
}
