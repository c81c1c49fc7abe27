package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// What the log tells of a decision is read as it was written; entries of before have no basis, and nothing is made of it.
func TestParseDecided(t *testing.T) {
	t.Parallel()
	for detail, want := range map[string]struct {
		id    string
		basis identity.Basis
		text  string
	}{
		identity.DecidedDetail("c-1", identity.BasisCompared): {"c-1", identity.BasisCompared, "Decided after a comparison of both records."},
		identity.DecidedDetail("c-1", identity.BasisUnread):   {"c-1", identity.BasisUnread, "Decided without a comparison: the records could not be read."},
		identity.DecidedDetail("", identity.BasisUnknown):     {"", identity.BasisUnknown, "Decided without a comparison: the existing identity was not known."},
		"existing case c-1": {"c-1", identity.NoBasis, ""},
		"":                  {"", identity.NoBasis, ""},
	} {
		id, basis := identity.ParseDecided(detail)
		require.Equal(t, want.id, id, detail)
		require.Equal(t, want.basis, basis, detail)
		require.Equal(t, want.text, basis.Text(), detail)
	}
}
