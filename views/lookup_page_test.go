package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

func TestLookupMiss(t *testing.T) {
	t.Parallel()
	b := testBook()
	doc := render(t, Lookup(LookupPage{Chrome: b.chrome(access.Viewer, ""), Query: "user-9", AsOf: b.now, MaxMany: 500}))
	require.Contains(t, words(testID(doc, "empty")), "Not in the cache as of 17:03")
	refused := render(t, Lookup(LookupPage{Chrome: b.chrome(access.Viewer, ""), Error: "This looks like personal data.", AsOf: b.now}))
	require.Zero(t, testID(refused, "empty").Length())
	require.Contains(t, words(testID(refused, "refused")), "This looks like personal data.")
}
