package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// heavy is a page of as many rows as a page has, each with about as much in it as rows have.
func heavy(b book) QueuePage {
	var rows []Row
	for n := range identity.DefaultLimit {
		i := b.screening()
		i.ID = fmt.Sprintf("0197a2f4-5c11-7d3e-9f00-%012d", n)
		i.RefID, i.Assignee = fmt.Sprintf("customer-2026-%06d", n), "auth0|5f7c8ec7c33c6c004bbafe82"
		r := b.row(i)
		r.Holder, r.Tags = "Alexandra Featherstone", []string{"waiting-for-bank", "vip"}
		rows = append(rows, r)
	}
	p := QueuePage{
		Chrome: b.chrome(access.Lead, SectionQueue), Of: WhoseMine, Usual: WhoseMine, Counts: b.counts(), New: 4,
		Held: map[Whose]identity.Counts{WhoseMine: b.counts(), WhoseMe: b.counts(), WhoseFree: b.counts(), WhoseAll: b.counts()},
		Rows: Rows{Items: rows, Total: 1204, AsOf: b.now, Next: strings.Repeat("x", placeLength)},
	}
	p.Asset = func(name string) string { return "/static/" + strings.Replace(name, ".", ".0123abcd.", 1) }
	return p
}

// placeLength is how long a place in the list is in an address.
const placeLength = 44

// A page of the queue is asked for all day long: fifty rows stay under 40 KB before they are packed.
func TestAPageOfTheQueueIsLight(t *testing.T) {
	t.Parallel()
	p := heavy(testBook())
	_, page := draw(t, Story{Component: Queue(p)})
	require.Less(t, len(page), 40_000)
	later := heavy(testBook())
	later.Rows.Items = testBook().rows(testBook().stuckOnes(identity.DefaultLimit)...)
	later.Spot = Spot{Lane: identity.LaneOverdue, Tag: "waiting-for-bank", After: strings.Repeat("y", placeLength)}
	_, page2 := draw(t, Story{Component: Queue(later)})
	require.Less(t, len(page2), 40_000, "a later page of a filtered list, too")
	p.Rows.Items = nil
	_, frame := draw(t, Story{Component: Queue(p)})
	t.Logf("%d bytes, %d of them around the rows; later pages have %d", len(page), len(frame), len(page2))
}

func TestEveryLinkOfARowLeadsBackToTheSameList(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := QueuePage{Chrome: b.chrome(access.Analyst, SectionQueue), Of: WhoseFree, Usual: WhoseMine, Rows: Rows{Items: b.rows(b.silent()), After: "x"}}
	p.Spot = Spot{Lane: identity.LaneOverdue, Whose: WhoseFree, Tag: "bank", Sort: identity.SortCreated, After: "x", Limit: 20, Case: "other"}
	list := "after=x&lane=overdue&limit=20&sort=created_at&tag=bank&whose=free"
	doc := render(t, Queue(p))
	require.Equal(t, "/queue?"+list+"&case="+b.silent().ID, doc.Find("tbody a").AttrOr("href", ""))
	require.Equal(t, "/queue?lane=frozen&limit=20&sort=created_at&tag=bank&whose=free", doc.Find("#lane-frozen").AttrOr("href", ""))
	require.Equal(t, "/queue?lane=overdue&limit=20&sort=created_at&tag=bank", doc.Find("#whose-mine").AttrOr("href", ""), "the default is not said")
	require.Equal(t, "/queue?lane=overdue&limit=20&sort=created_at&tag=bank&whose=me", doc.Find("#whose-me").AttrOr("href", ""))
	require.Equal(t, "/queue?after=x&lane=overdue&limit=20&next=p&sort=created_at&tag=bank&whose=free", p.Next("p"))
	require.Equal(t, "/queue?next=", Spot{}.Next(""))
}

func TestWhoseCases(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := QueuePage{Chrome: b.chrome(access.Analyst, SectionQueue), Of: WhoseMine, Usual: WhoseMine, Counts: b.counts(), Rows: Rows{Items: b.rows(b.silent()), Total: 1}}
	all := b.counts()
	all.Lanes[identity.LaneFailed] += 12
	p.Held = map[Whose]identity.Counts{WhoseMine: b.counts(), WhoseAll: all}
	doc := render(t, Queue(p))
	require.Equal(t, "Mine and free 24 Mine Free Everyone’s 36", words(doc.Find("#whose")))
	require.Equal(t, "12 more are with colleagues: show everyone’s", words(testID(doc, "elsewhere")))
	require.Equal(t, "/queue?whose=all", testID(doc, "elsewhere").Find("a").AttrOr("href", ""))
	p.Lane = identity.LaneOverdue
	require.Zero(t, testID(render(t, Queue(p)), "elsewhere").Length(), "nobody has one of this lane")
	p.Tag = "bank"
	doc = render(t, Queue(p))
	require.Equal(t, "Mine and free Mine Free Everyone’s", words(doc.Find("#whose")), "nobody has counted tags")
	require.Zero(t, doc.Find("#lanes .count").Length())
	p.Chrome = b.chrome(access.Auditor, SectionQueue)
	require.Zero(t, render(t, Queue(p)).Find("#whose").Length(), "who claims nothing has none of their own")
}

func TestRowsThatLeftAndCasesThatCame(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := QueuePage{Chrome: b.chrome(access.Analyst, SectionQueue), Rows: Rows{Items: b.rows(b.denied(), b.silent()), Total: 2}}
	p.Rows.Items[0].Left = true
	doc := render(t, Queue(p))
	require.Equal(t, "left Decided DENIED", words(doc.Find("tbody tr").First().Find("td").Eq(1)))
	require.Equal(t, "Overdue PENDING", words(doc.Find("tbody tr").Last().Find("td").Eq(1)))
	require.Zero(t, testID(doc, "fresh").Length())
	p.New = 4
	doc = render(t, Queue(p))
	require.Equal(t, "4 new: show", words(testID(doc, "fresh")))
}

// The case beside the list is the case of its own page, with ways back and on.
func TestACaseBesideTheQueue(t *testing.T) {
	t.Parallel()
	b := testBook()
	alone := render(t, Case(b.page(access.Lead, b.failed(identity.Refused))))
	pane := b.page(access.Lead, b.failed(identity.Refused))
	p := QueuePage{Chrome: b.chrome(access.Analyst, SectionQueue), Rows: Rows{Items: b.rows(b.failed(identity.Refused), b.silent())}}
	p.Spot = Spot{Lane: identity.LaneFailed, Case: pane.Identity.ID}
	pane.Back, pane.Onward = p.Path(), p.Next("place")
	p.Pane = &pane
	for name, doc := range map[string]*goquery.Document{"page": render(t, Queue(p)), "part": render(t, QueueCase(p))} {
		require.Equal(t, words(alone.Find("#case")), words(doc.Find("#pane #case")), name)
		require.Equal(t, pane.title(), words(doc.Find("h1")), name)
		require.Equal(t, pane.title()+" · Identity Desk", doc.Find("title").First().Text(), name)
		require.Equal(t, "/queue?lane=failed", testID(doc, "pane-back").AttrOr("href", ""), name)
		require.Equal(t, "/queue?lane=failed&next=place", testID(doc, "pane-next").AttrOr("href", ""), name)
		require.Equal(t, p.Path(), doc.Find("#case").AttrOr("hx-get", ""), name)
		require.Equal(t, p.Path(), doc.Find(`form[action$="/resubmit"] [name=back]`).AttrOr("value", ""), name)
		require.Equal(t, p.Next("place"), doc.Find(`form[action$="/withdraw"] [name=back]`).AttrOr("value", ""), "what is given up leads to the next")
	}
	require.Zero(t, alone.Find("[name=back]").Length())
	doc := render(t, Queue(p))
	require.Equal(t, pane.title(), words(doc.Find("tbody [aria-current=true]")))
}

func TestKeysCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := QueuePage{Chrome: b.chrome(access.Analyst, SectionQueue), Rows: Rows{Items: b.rows(b.silent())}}
	doc := render(t, Queue(p))
	require.Equal(t, 1, doc.Find(`#lookup-q[data-key="/"][aria-keyshortcuts="/"]`).Length())
	require.Contains(t, words(doc.Find("#keys")), "g q Go to the queue")
	require.Contains(t, words(doc.Find("#keys")), "c Claim the case")
	require.Empty(t, doc.Find("body").AttrOr("data-keys", ""))
	p.NoSingleKeys = true
	doc = render(t, Queue(p))
	require.Equal(t, "off", doc.Find("body").AttrOr("data-keys", ""))
	require.Zero(t, doc.Find("[data-key], [aria-keyshortcuts]").Length())
	require.Contains(t, words(doc.Find("#keys")), "are off")
	p.NoSingleKeys, p.Chrome = false, b.chrome(access.Viewer, SectionQueue)
	require.NotContains(t, words(render(t, Queue(p)).Find("#keys")), "Claim", "a viewer claims nothing")
}
