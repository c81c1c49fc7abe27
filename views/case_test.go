package views

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

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

func TestCaseActs(t *testing.T) {
	t.Parallel()
	b := testBook()
	require.Zero(t, testID(render(t, Case(b.page(access.Analyst, b.failed(identity.RefIDTaken)))), "resubmit").Length(), "the same cannot help")
	require.Zero(t, testID(render(t, Case(b.page(access.Analyst, b.failed(identity.ScopeMissing)))), "withdraw").Length(), "a lead's alone")
	p := b.page(access.Lead, b.failed(identity.ScopeMissing))
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

// A clock that was not seen to start is told as what it is.
func TestCaseWhoseMoveIsOursSinceNobodyKnowsWhen(t *testing.T) {
	t.Parallel()
	b := testBook()
	for created, unknown := range map[time.Duration]bool{2 * time.Hour: false, time.Hour: true} {
		p := b.page(access.Analyst, b.documents())
		p.Identity.CreatedAt, p.Identity.MoveSince, p.Identity.UpdatedAt = b.ago(created), b.ago(time.Hour), b.ago(time.Minute)
		doc := render(t, Case(p))
		require.Equal(t, unknown, strings.Contains(words(doc.Find(".verdict-clock")), "Our move for at most 1h"))
		require.Equal(t, !unknown, strings.Contains(words(doc.Find(".verdict-clock")), "Our move for 1h"))
		require.Equal(t, unknown, testID(doc, "since-unknown").Length() == 1)
	}
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

// The card of controls has no empty list.
func TestControlsWithoutAny(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := b.page(access.Analyst, b.waiting())
	p.Controls = Controls{Propose: true, Known: true}
	doc := render(t, Case(p))
	require.Equal(t, 1, doc.Find(`p[data-testid="able"]`).Length(), "the card is there")
	require.Zero(t, doc.Find("ul.controls").Length())
	require.Contains(t, words(doc.Find(`p[data-testid="able"]`)), "By the status PENDING; no control is in force.")
	require.Equal(t, 3, doc.Find(`[name="type"]`).Length())
}

// What is in force is not proposed again, whoever has set it; where every control is, none is.
func TestControlsInForceAreNotOffered(t *testing.T) {
	t.Parallel()
	b := testBook()
	i := b.approved()
	for n, c := range identity.ControlTypes() {
		i.Details.Controls = append(i.Details.Controls, identity.Control{ID: c.Value, Type: c.Value, SetBy: []string{"SET_BY_PAXOS", "SET_BY_CLIENT"}[n%2]})
		p := b.page(access.Analyst, i)
		p.Controls = b.controls(access.Analyst, i, nil)
		doc := render(t, Case(p))
		left := len(identity.ControlTypes()) - n - 1
		require.Equal(t, left, doc.Find(`[name="type"]`).Length())
		require.Equal(t, left > 0, testID(doc, "control-open").Length() == 1)
		require.Contains(t, words(doc.Find(`p[data-testid="able"]`)), "and the controls in force.")
	}
}

func TestAbleText(t *testing.T) {
	t.Parallel()
	const no, unsaid, yes = identity.CanNot, identity.CanUnsaid, identity.CanDo
	for able, want := range map[identity.Able]string{
		{Hold: yes, Buy: yes, Sell: yes, Deposit: yes, Withdraw: yes}: "can hold, buy, sell, deposit and withdraw",
		{}: "cannot hold, buy, sell, deposit or withdraw",
		{Hold: yes, Buy: no, Sell: unsaid, Deposit: no, Withdraw: no}:             "can hold; cannot buy, deposit or withdraw; Paxos does not say whether they can sell",
		{Hold: yes, Buy: unsaid, Sell: unsaid, Deposit: unsaid, Withdraw: unsaid}: "can hold; Paxos does not say whether they can buy, sell, deposit or withdraw",
	} {
		require.Equal(t, want, ableText(able))
	}
}

// What an institution can do is not called a person's.
func TestWhoseAbilities(t *testing.T) {
	t.Parallel()
	b := testBook()
	for word, i := range map[string]identity.Identity{"person": b.approved(), "institution": b.institution()} {
		require.Equal(t, "What the "+word+" can do", words(render(t, Case(b.page(access.Analyst, i))).Find("#able-title")))
		doc := render(t, Accounts(AccountsPage{Chrome: b.chrome(access.Analyst, ""), Of: i}))
		require.Equal(t, "What the "+word+" can do", words(doc.Find("#able-title")))
		require.Contains(t, words(doc.Find(".page-sub")), "what the "+word+" owns")
	}
}

// The way to the accounts stands in the card of what the customer can do.
func TestAccountsStandInTheirCard(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := b.page(access.Analyst, b.waiting())
	p.CanReadAccounts = true
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
