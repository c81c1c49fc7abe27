package views

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
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

// A case says until when it waits while Paxos throttles the desk: a submission on its way by itself, any other where a re-check
// can be asked for.
func TestACaseSaysUntilWhenItWaits(t *testing.T) {
	t.Parallel()
	b := testBook()
	draw := func(i identity.Identity, until *time.Time) *goquery.Document {
		p := CasePage{Chrome: b.chrome(access.Analyst, ""), Row: b.row(i), CanRecheck: i.PaxosID != ""}
		p.Banners = Banners{ThrottledUntil: until}
		return render(t, Case(p))
	}
	queued, pending := b.queued(), b.waiting()
	for _, until := range []*time.Time{nil, b.at(time.Second)} {
		require.Zero(t, testID(draw(queued, until), "waits-until").Length())
		require.Zero(t, testID(draw(pending, until), "recheck-waits").Length())
	}
	closed := b.at(-5 * time.Minute)
	require.Equal(t, "Waits until 17:08: Paxos throttles us, so nothing is sent before then.", words(testID(draw(queued, closed), "waits-until")))
	require.Equal(t, "Waits until 17:08: Paxos throttles us.", words(testID(draw(pending, closed), "recheck-waits")))
	require.Zero(t, testID(draw(pending, closed), "waits-until").Length(), "Paxos has it")
}

// So do a move and a file that wait for their turn; one whose call is being made does not.
func TestMovesAndFilesSayUntilWhenTheyWait(t *testing.T) {
	t.Parallel()
	b := testBook()
	i := b.waiting()
	draw := func(until *time.Time) *goquery.Document {
		p := b.page(access.Analyst, i)
		p.Banners = Banners{ThrottledUntil: until}
		queued, now := b.move(i, identity.MoveCorrect, time.Second, "person_details.email"), b.move(i, identity.MoveCorrect, time.Minute, "person_details.email")
		later := queued
		later.NextAt = b.at(-4 * time.Minute) // before the gate opens, by what it was told first
		now.OurMove = now.Begin(b.now)
		p.Moves = []OurMove{queued, later, now}
		p.Documents.Checklist = identity.Checklist(b.documents(), identity.DocumentList{}, []identity.DocumentUpload{b.sent("u", "May.pdf", "PROOF_OF_FUNDS", identity.FileQueued, time.Second)})
		return render(t, Case(p))
	}
	doc := draw(nil)
	require.Zero(t, testID(doc, "move-held").Length())
	require.Contains(t, words(testID(doc, "file")), "Address from Paxos under way")
	doc = draw(b.at(-5 * time.Minute))
	require.Equal(t, 2, testID(doc, "move-held").Length(), "not the one that is being sent")
	require.Equal(t, "Paxos throttles us until 17:08:09: nothing is sent before then.", words(testID(doc, "move-held").First()))
	require.Contains(t, words(testID(doc, "file")), "Address from Paxos waits until 17:08: Paxos throttles us")
}

// What stands beside a chip does not touch it, and a member on whom nobody works is told by its status.
func TestInstitutionWaitsForADeniedMember(t *testing.T) {
	t.Parallel()
	b := testBook()
	refused := b.denied()
	m := identity.Traced{Member: identity.Member{PaxosID: refused.PaxosID, Status: identity.Denied, Case: &refused}, Advice: identity.Advice{Move: identity.NobodyIs}}
	row := b.institutionRow(b.institution(), m)
	row.Leads = refused.ID
	doc := render(t, Institutions(InstitutionsPage{Chrome: b.chrome(access.Analyst, SectionIdentities), Rows: []InstitutionRow{row}}))
	cell := doc.Find(`[data-testid="institution-row"] td`).Eq(4)
	require.Contains(t, cell.Text(), " DENIED")
	require.NotContains(t, cell.Text(), "obody")
	require.Equal(t, []string{"Institution", "Status", "Lane", "Members", "Waits for", "Updated"}, doc.Find("thead th").Map(func(_ int, th *goquery.Selection) string { return th.Text() }), "no column that says nothing")
}

// The card of controls has no empty list.
func TestControlsWithoutAny(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := b.page(access.Analyst, b.waiting())
	p.Controls = Controls{Propose: true}
	doc := render(t, Case(p))
	require.Equal(t, 1, doc.Find(`p[data-testid="able"]`).Length(), "the card is there")
	require.Zero(t, doc.Find("ul.controls").Length())
}

// The way to the accounts stands in the card of what the customer can do.
func TestAccountsStandInTheirCard(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := b.page(access.Analyst, b.waiting())
	p.CanOpenAccounts = true
	require.Equal(t, 1, render(t, Case(p)).Find(`section[data-testid="able"] [data-testid="to-accounts"]`).Length())
}

// A line says what became of what Paxos asked for; once it asks for nothing any more, none is called not asked for.
func TestChecklistWords(t *testing.T) {
	t.Parallel()
	const funds, home, other = "PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY", "AML_DOCUMENTS"
	b := testBook()
	done, failed := b.sent("u-1", "May.pdf", home, identity.FileDone, time.Minute), b.sent("u-2", "June.pdf", home, identity.FileFailed, time.Minute)
	failed.Code = identity.FileRefused
	list := identity.DocumentList{AsOf: b.ago(2 * time.Hour), Pending: []string{funds, home}, Held: []identity.HeldDocument{
		{FileID: "f", Types: []string{funds}, At: b.ago(5 * time.Hour)}, {FileID: "g", Types: []string{other}, At: b.ago(5 * time.Hour)},
	}}
	draw := func(i identity.Identity) *goquery.Document {
		p := b.page(access.Analyst, i)
		p.Documents = Documents{Checklist: identity.Checklist(i, list, []identity.DocumentUpload{done, failed}), AsOf: list.AsOf}
		return render(t, Case(p))
	}
	doc := draw(b.documents())
	head := func(typ string) string { return words(doc.Find(`[data-type="` + typ + `"] .block-head`)) }
	require.Equal(t, "Proof of funds Another one is asked for", head(funds))
	require.Equal(t, "Proof of residency Uploaded 1 file failed", head(home))
	require.Equal(t, "Anti-money-laundering documents Uploaded not asked for now", head(other))
	require.Contains(t, words(testID(doc, "held").First()), "; it came another way than by the desk.")
	doc = draw(b.waiting())
	require.Equal(t, 3, testID(doc, "check-line").Length())
	require.Zero(t, testID(doc, "not-asked").Length())

	asking := b.waiting()
	asking.Details.Requirements = []identity.Requirement{{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos}}
	require.Equal(t, "The desk is asking Paxos which documents it has.", words(testID(render(t, Case(b.page(access.Analyst, asking))), "documents-looking")))
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

func TestEventsNameTheirCase(t *testing.T) {
	t.Parallel()
	b := testBook()
	named, nameless, unlinked := b.inbox()[1], b.inbox()[5], b.inbox()[2]
	doc := render(t, Events(EventsPage{Chrome: b.chrome(access.Analyst, SectionEvents), Events: []identity.Event{named, nameless, unlinked}, Total: 3}))
	cell := func(row int) *goquery.Selection { return doc.Find("tbody tr").Eq(row).Find("td").Eq(3) }
	require.Equal(t, "user-4711", words(cell(0)))
	require.Equal(t, caseLink(named.IdentityID), cell(0).Find("a").AttrOr("href", ""))
	require.Equal(t, short(nameless.PaxosID), words(cell(1)))
	require.Equal(t, caseLink(nameless.IdentityID), cell(1).Find("a").AttrOr("href", ""))
	require.Equal(t, "—", words(cell(2)))
}

func TestEventsTellHowTheyWereHeard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		by         identity.Source
		deliveries int
		want       string
	}{
		{identity.ByWebhook, 1, "1 webhook"},
		{identity.ByWebhook, 3, "3 webhooks"},
		{identity.ByPoll, 0, "poll, no webhook"},
		{identity.ByPoll, 1, "poll, then 1 webhook"},
	} {
		require.Equal(t, c.want, heardText(identity.Event{HeardBy: c.by, Deliveries: c.deliveries}))
	}
	require.Equal(t, "Paxos does not know it", errorText("not_found event"))
	require.Equal(t, "an error on our side", errorText("internal"))
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

func TestCaseActs(t *testing.T) {
	t.Parallel()
	b := testBook()
	require.Zero(t, testID(render(t, Case(b.page(access.Analyst, b.failed(identity.RefIDTaken)))), "resubmit").Length(), "the same cannot help")
	p := b.page(access.Analyst, b.failed(identity.ScopeMissing))
	doc := render(t, Case(p))
	require.Equal(t, caseLink(p.Identity.ID)+"/resubmit", testID(doc, "resubmit").Closest("form").AttrOr("action", ""))
	confirm := testID(doc, "withdraw-confirm").Closest("form")
	require.Equal(t, caseLink(p.Identity.ID)+"/withdraw", confirm.AttrOr("action", ""))
	require.Contains(t, words(confirm), "cannot be undone")
	_, open := confirm.Closest("details").Attr("open")
	require.False(t, open, "withdrawing takes a second step")
	require.Zero(t, testID(doc, "recheck").Length(), "there is nothing to ask Paxos for")

	p = b.page(access.Analyst, b.silent())
	_, disabled := testID(render(t, Case(p)), "recheck").Attr("disabled")
	require.False(t, disabled)
	p.RecheckAllowedAt = b.now.Add(8 * time.Second)
	button := testID(render(t, Case(p)), "recheck")
	_, disabled = button.Attr("disabled")
	require.True(t, disabled)
	require.Equal(t, "8000", button.AttrOr("data-enable-after", ""))

	p = b.page(access.Analyst, b.documents())
	p.CanRecheck, p.CanRefresh, p.CanCorrect, p.Escalation, p.Documents.CanUpload = false, false, false, "", true
	require.Equal(t, 1, testID(render(t, Case(p)), "go-upload").Length(), "the next action is there, whatever else is")
}

func TestCaseRenewsItselfWhileItMayMove(t *testing.T) {
	t.Parallel()
	b := testBook()
	for _, c := range []struct {
		name          string
		page          CasePage
		live, refresh bool
	}{
		{"queued", b.page(access.Analyst, b.queued()), true, true},
		{"pending", b.page(access.Analyst, b.silent()), true, false},
		{"decided", b.page(access.Analyst, b.denied()), false, false},
	} {
		doc := render(t, Case(c.page))
		require.Equal(t, c.live, testID(doc, "case").AttrOr("data-live", "") == "cases", c.name)
		require.Equal(t, c.refresh, strings.Contains(doc.Find("noscript").Text(), `http-equiv="refresh"`), c.name)
	}
	p := b.page(access.Analyst, b.denied())
	p.RecheckAllowedAt = b.now.Add(time.Second)
	require.Equal(t, "cases", testID(render(t, Case(p)), "case").AttrOr("data-live", ""), "a re-check's answer is on its way")
}

func TestCaseTellsWhatItIs(t *testing.T) {
	t.Parallel()
	b := testBook()
	doc := render(t, Case(b.page(access.Analyst, b.queued())))
	require.Equal(t, "queued", words(testID(doc, "status")))
	require.Zero(t, testID(doc, "requirements").Length())
	doc = render(t, Case(b.page(access.Analyst, b.unknownWord())))
	require.Equal(t, "UNDER_SECOND_REVIEW", words(testID(doc, "status")))
	require.Contains(t, words(testID(doc, "requirements")), "SOMETHING_NEW")
	require.Equal(t, "Billy Duncan", words(testID(doc, "name")))
	doc = render(t, Case(b.page(access.Viewer, b.screening())))
	require.Zero(t, testID(doc, "name").Length())
	require.Equal(t, 1, testID(doc, "confidential").Length())
	require.Contains(t, words(testID(doc, "sub-statuses")), "Sanctions ERROR possible hit, held at Paxos")
}

func TestFailedCase(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := b.page(access.Analyst, b.failed(identity.CIPIDTaken))
	existing := b.denied()
	p.Existing, p.Failure = &existing, identity.Failure{Code: identity.CIPIDTaken, Text: "<b>taken</b>"}
	doc := render(t, Case(p))
	require.Contains(t, words(testID(doc, "failure")), "<b>taken</b>", "Paxos' words are text, never markup")
	require.Equal(t, caseLink(existing.ID), testID(doc, "existing").Find("a").AttrOr("href", ""))
}

func TestIdentitiesLinksKeepTheFilters(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := IdentitiesPage{
		Chrome: b.chrome(access.Viewer, SectionIdentities), Filter: url.Values{"status": {"PENDING"}, "q": {"user-4 &"}, "lane": {""}},
		Rows: Rows{Items: b.rows(b.silent()), Next: "cur", Total: 10000, TotalAtLeast: true},
	}
	doc := render(t, Identities(p))
	require.Equal(t, "/identities?format=csv&q=user-4+%26&status=PENDING", testID(doc, "csv").AttrOr("href", ""))
	require.Equal(t, "/identities?format=json&q=user-4+%26&status=PENDING", testID(doc, "json").AttrOr("href", ""))
	require.Equal(t, "/identities?after=cur&q=user-4+%26&status=PENDING", testID(doc, "next").AttrOr("href", ""))
	require.Equal(t, "more than 10,000 identities", words(testID(doc, "total")))
	require.Equal(t, "PENDING", doc.Find("#filter-status option[selected]").AttrOr("value", ""))
	require.Equal(t, "user-4 &", doc.Find("#filter-q").AttrOr("value", ""))
	require.Len(t, p.Filter, 3, "the page's own filter is left as it was")
}

func TestLookupMiss(t *testing.T) {
	t.Parallel()
	b := testBook()
	doc := render(t, Lookup(LookupPage{Chrome: b.chrome(access.Viewer, ""), Query: "user-9", AsOf: b.now, MaxMany: 500}))
	require.Contains(t, words(testID(doc, "empty")), "Not in the cache as of 17:03")
	refused := render(t, Lookup(LookupPage{Chrome: b.chrome(access.Viewer, ""), Error: "This looks like personal data.", AsOf: b.now}))
	require.Zero(t, testID(refused, "empty").Length())
	require.Contains(t, words(testID(refused, "refused")), "This looks like personal data.")
}

func TestEventPayload(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := EventPage{Chrome: b.chrome(access.Analyst, SectionEvents), Event: b.inbox()[2], Deliveries: []identity.Delivery{
		{Body: []byte(`{"type":"x"}`), ReceivedAt: b.now}, {Body: []byte(`</pre><script>`), ReceivedAt: b.now},
	}}
	payloads := testID(render(t, Event(p)), "payload")
	require.Equal(t, []string{"{", `  "type": "x"`, "}"}, strings.Split(payloads.Eq(0).Text(), "\n"), "set out in lines")
	require.Equal(t, "</pre><script>", payloads.Eq(1).Text())
	require.Zero(t, testID(render(t, Event(p)), "reprocess").Length(), "not allowed, not offered")
}

func TestAuditPaging(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := AuditPage{Chrome: b.chrome(access.Auditor, SectionAudit), Filter: url.Values{"actor": {"kim"}}, Entries: []audit.Entry{{Seq: 7, At: b.now, Action: audit.Exported}}, Before: 90, Next: 7}
	doc := render(t, Audit(p))
	require.Equal(t, "/audit?actor=kim&before=7", testID(doc, "next").AttrOr("href", ""))
	require.Equal(t, "/audit?actor=kim", doc.Find("a[rel=first]").AttrOr("href", ""))
}
