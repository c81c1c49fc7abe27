package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// What the form calls optional must be what the checks let pass, and the other way round.
func TestFormAgreesWithTheChecks(t *testing.T) {
	t.Parallel()
	blank := identity.Draft{}.Check(storyNow())
	for _, s := range personForm() {
		for _, f := range s.Fields {
			require.Equal(t, !f.Optional, blank[f.Name] != "", "%s: %s", f.Name, blank[f.Name])
		}
	}
}
