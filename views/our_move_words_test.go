package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// No code of ours stands on a page where words are meant.
func TestMovesInWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"": "", "lost cut": "The line was cut before Paxos had answered.", "unavailable token_unreachable": "Paxos was not to be reached.",
		"throttled": "Paxos throttles the desk.", "something_new": "",
	} {
		require.Equal(t, want, stepWhy(identity.MoveStep{Step: identity.StepLost, Code: code}), code)
	}
	require.Equal(t, "Details checked on", OurMove{OurMove: identity.OurMove{About: []string{identity.FieldRefreshedAt}}}.about())
}
