package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func titles(ls []line) []string {
	out := make([]string, len(ls))
	for n, l := range ls {
		out[n] = l.Title
	}
	return out
}

func TestTimelineIsNewestFirst(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := CasePage{History: b.submitted(time.Hour), Acts: []audit.Entry{
		{At: b.ago(time.Minute), ActorID: "kim", ActorName: "Kim Osei", Role: "lead", Action: audit.OpenedCase},
		{At: b.ago(time.Hour), ActorID: "robin", ActorName: "Robin Vance", Role: "analyst", Action: audit.Submitted},
	}}
	p.History = append(p.History, b.became(identity.Pending, identity.Approved, 30*time.Minute, identity.ByWebhook))
	ls := lines(p)
	require.Equal(t, []string{"Opened the case", "Status changed", "Accepted by Paxos", "Create call started", "Submitted"}, titles(ls), "an act with its own history is told once")
	require.Equal(t, "Robin Vance", ls[4].Who)
	require.Equal(t, "analyst", ls[4].Role)
	require.Equal(t, "Kim Osei", ls[0].Who)
}

func TestTimelineKeepsTheOrderOfOneMoment(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := CasePage{History: []identity.Entry{
		b.entry(identity.WasAccepted, time.Minute, identity.BySubmit), b.became("", identity.Pending, time.Minute, identity.BySubmit),
	}}
	require.Equal(t, []string{"Status changed", "Accepted by Paxos"}, titles(lines(p)))
}

func TestTimelineSaysWhatNoWebhookTold(t *testing.T) {
	t.Parallel()
	b := testBook()
	e := b.became(identity.Pending, identity.Denied, time.Minute, identity.ByPoll)
	doc := render(t, Case(b.page(access.Viewer, b.denied(), e)))
	require.Zero(t, testID(doc, "unannounced").Length())
	require.Zero(t, testID(doc, "timeline").Find(`a[href^="/events"]`).Length(), "a viewer may not follow it")
	e.Unannounced = true
	doc = render(t, Case(b.page(access.Analyst, b.denied(), e)))
	require.Equal(t, "Found by poll: no webhook told of it.", words(testID(doc, "unannounced")))
	told := words(testID(doc, "timeline"))
	require.Contains(t, told, "Status changed PENDING to DENIED")
	require.Contains(t, told, "occurred 17:02:07")
	require.Contains(t, told, "received 17:02:08")
	require.Contains(t, told, "processed 17:02:09")
	require.Contains(t, told, "learned by poll")
	require.Equal(t, 1, testID(doc, "timeline").Find(`a[href^="/events/2f1d8f66"]`).Length())
}

func TestRecheckSaysWhatChanged(t *testing.T) {
	t.Parallel()
	b := testBook()
	e := b.entry(identity.WasRechecked, time.Minute, identity.ByRecheck)
	e.ActorID = "kim"
	doc := render(t, Case(b.page(access.Analyst, b.silent(), e)))
	require.Contains(t, words(testID(doc, "timeline")), "Re-checked: nothing has changed by Kim Osei")
	e.Changes = []identity.Change{{Field: "sanctions", Old: "PENDING", New: "APPROVED"}, {Field: "requirement KYC_REFRESH", Old: "PENDING"}, {Field: "documents", New: "PASSPORT"}}
	doc = render(t, Case(b.page(access.Analyst, b.silent(), e)))
	require.Equal(t, "sanctions was PENDING is APPROVED", words(testID(doc, "changes").Find("li").First()))
	require.Equal(t, "requirement KYC refresh was Pending is no longer asked for", words(testID(doc, "changes").Find("li").Eq(1)))
	require.Equal(t, "documents Passport", words(testID(doc, "changes").Find("li").Last()))
}
