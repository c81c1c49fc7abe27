package views

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

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
