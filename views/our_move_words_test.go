package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// No code of ours stands on a page where words are meant.
func TestMovesInWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"": "", "lost cut": "The line was cut before Paxos had answered.",
		"lost http_503": "Paxos answered with status 503, which does not tell whether it worked.", "unavailable token_unreachable": "Paxos was not to be reached.",
		"throttled": "Paxos throttles the desk.", "something_new": "",
	} {
		require.Equal(t, want, stepWhy(identity.MoveStep{Step: identity.StepLost, Code: code}), code)
	}
	require.Equal(t, "Paxos answered with status 400.", stepWhy(identity.MoveStep{Step: identity.StepFailed, Code: "http_400"}))
	require.Equal(t, "Details checked on 2026-10-25, backdated on purpose",
		OurMove{OurMove: identity.OurMove{About: []string{identity.FieldRefreshedAt + " 2026-10-25", identity.AboutBackdated}}}.about())
	require.Equal(t, "ref_id acc.4711, Brokerage, Profile, Members 2", OurMove{OurMove: identity.OurMove{About: []string{"ref_id acc.4711", "BROKERAGE", "profile", "members 2"}}}.about())
	require.Equal(t, "ref_id, City", OurMove{OurMove: identity.OurMove{About: []string{"ref_id", "person_details.address.city"}}}.about())
	require.Equal(t, []string{"ref_id", "Account’s ref_id", "Members"}, []string{personalLabel("ref_id"), personalLabel("account.ref_id"), personalLabel("account.members")})
	lost := func(k identity.MoveKind) string {
		return OurMove{OurMove: identity.OurMove{Kind: k, State: identity.MoveSent, LostSince: new(time.Now())}}.outcome()
	}
	require.Contains(t, lost(identity.MoveRefresh), "it is told once more: that does no harm")
	require.NotContains(t, lost(identity.MoveCorrect), "once more")
}
