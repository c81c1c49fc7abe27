package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
)

// Who is signed in and mistypes an address finds the way on from there; a stranger learns nothing.
func TestAnAddressWithNothing(t *testing.T) {
	t.Parallel()
	d := boot(t)
	doc := d.as(access.Analyst).get("/nowhere").page(http.StatusNotFound)
	require.Equal(t, 1, doc.Find(`nav a[href="/queue"]`).Length())
	require.Equal(t, 1, doc.Find(`form[action="/lookup"]`).Length())

	doc = d.browser().get("/nowhere").page(http.StatusNotFound)
	require.Zero(t, doc.Find(`nav a[href="/queue"], form[action="/lookup"]`).Length())
}
