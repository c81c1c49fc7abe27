package views

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// What a list that was looked up has led to stands behind its numbers, and is cut where it would swamp the page.
func TestAListInTheAuditLogStaysShort(t *testing.T) {
	t.Parallel()
	b := testBook()
	draw := func(detail string) *goquery.Document {
		e := audit.Entry{Seq: 1, At: b.now, ActorID: "robin", ActorName: "Robin Vance", Role: string(access.Viewer), Action: audit.LookedUp, Detail: detail}
		return render(t, Audit(AuditPage{Chrome: b.chrome(access.Auditor, SectionAudit), Entries: []audit.Entry{e}}))
	}
	require.Zero(t, testID(draw("2 found"), "detail").Length())
	doc := draw("2 asked, 1 found\nfound: c1\nnot found: text ab12")
	require.Equal(t, "2 asked, 1 found", words(testID(doc, "detail").Find("summary")))
	require.Equal(t, "2 asked, 1 found found: c1 not found: text ab12", words(testID(doc, "detail")))
	long := words(testID(draw("500 asked, 500 found\nfound:"+strings.Repeat(" 01a2075f-4310-7ef3-83fe-99066f07d3a4", 500)), "detail"))
	require.Less(t, len(long), 2100)
	require.True(t, strings.HasSuffix(long, "99066f07d3a4 … CSV and JSON hold all of it"), long)
}

func TestAuditPaging(t *testing.T) {
	t.Parallel()
	b := testBook()
	p := AuditPage{Chrome: b.chrome(access.Auditor, SectionAudit), Filter: url.Values{"actor": {"kim"}}, Entries: []audit.Entry{{Seq: 7, At: b.now, Action: audit.Exported}}, Before: 90, Next: 7}
	doc := render(t, Audit(p))
	require.Equal(t, "/audit?actor=kim&before=7", testID(doc, "next").AttrOr("href", ""))
	require.Equal(t, "/audit?actor=kim", doc.Find("a[rel=first]").AttrOr("href", ""))
}
