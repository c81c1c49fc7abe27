package views

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

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
