package views

import (
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

func TestQueueRow(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := QueuePage{Chrome: b.chrome(access.Analyst, SectionQueue), Counts: b.counts(), Rows: Rows{Items: b.rows(b.silent()), Total: 1, AsOf: b.now}}
	doc := render(t, Queue(p))
	cells := doc.Find("tbody td")
	require.Equal(t, "user-4702 MK", words(cells.Eq(0)))
	require.Equal(t, "Overdue PENDING", words(cells.Eq(1)))
	require.Equal(t, "3d 4h", words(cells.Eq(2)))
	require.Equal(t, "2026-03-01 13:03 UTC", cells.Eq(2).AttrOr("title", ""))
	require.Equal(t, "late 2d 4h", words(cells.Eq(3)))
	require.NotEmpty(t, words(cells.Eq(4)))
	require.Equal(t, "Paxos", words(cells.Eq(5)))
	require.Empty(t, words(cells.Eq(6)), "nobody has it")
	require.Equal(t, "16:57", words(cells.Eq(7)))
	require.Equal(t, "2026-03-04 16:57 UTC", cells.Eq(7).AttrOr("title", ""))
	require.Equal(t, "/queue?case="+b.silent().ID, cells.Eq(0).Find("a").AttrOr("href", ""))
	require.Equal(t, "24 stuck: 3 failed, 8 action, 11 overdue, 2 frozen.", testID(doc, "queue").AttrOr("data-announce", ""))
}

func TestQueueTabs(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := QueuePage{Chrome: b.chrome(access.Viewer, SectionQueue), Spot: Spot{Lane: identity.LaneWaiting, After: "a"}, Counts: b.counts(), Rows: Rows{Items: b.rows(b.waiting()), Next: "n/1", After: "a"}}
	doc := render(t, Queue(p))
	var tabs []string
	doc.Find("#lanes a").Each(func(_ int, n *goquery.Selection) { tabs = append(tabs, words(n)) })
	require.Equal(t, []string{"Stuck 24", "Failed 3", "Action 8", "Overdue 11", "Frozen 2", "KYC refresh 5", "Waiting 1,204", "Snoozed 4"}, tabs)
	require.Equal(t, "Waiting 1,204", words(doc.Find("#lanes [aria-current=page]")))
	require.Equal(t, "/queue?after=n%2F1&lane=waiting", testID(doc, "next").AttrOr("href", ""))
	require.Equal(t, "/queue?after=a&lane=waiting", testID(doc, "queue").AttrOr("hx-get", ""))
	require.Zero(t, doc.Find(`a[href="/identities/new"]`).Length(), "a viewer submits nothing")
}

// The eye stands for the reason that a row shows, not for one that it hides.
func TestEyeOfARow(t *testing.T) {
	t.Parallel()
	b := testBook()
	shown := b.row(b.screening())
	require.True(t, confidentialHere(shown.Advice))
	hidden := shown.Advice
	hidden.Blocking = append([]identity.Blocking{{Text: "Tax number"}}, hidden.Blocking...)
	require.True(t, hidden.Confidential)
	require.False(t, confidentialHere(hidden))
}

// The age of a KYC refresh is that of the refresh, not of the customer.
func TestAgeOfWhatIsDecidedAndOpenAgain(t *testing.T) {
	t.Parallel()
	b := testBook()
	i := b.row(b.refresh()).Identity
	i.CreatedAt, i.SubmittedAt, i.MoveSince = b.ago(411*day), b.at(411*day), b.ago(13*day)
	require.Equal(t, b.ago(13*day), openSince(i))
}
