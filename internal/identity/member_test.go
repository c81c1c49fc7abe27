package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// traced is a member whose case is in a state, explained as the desk would.
func traced(paxosID, refID string, i identity.Identity) identity.Traced {
	i.ID, i.PaxosID, i.RefID, i.Type = "case-"+refID, paxosID, refID, identity.Person
	i.CreatedAt, i.UpdatedAt = at("2026-03-02 09:00"), at("2026-03-02 09:00")
	i = i.Assessed(policy(), at(typedAt))
	return identity.Traced{
		Member: identity.Member{PaxosID: paxosID, Roles: []string{"BENEFICIAL_OWNER", "ACCOUNT_OPENER"}, Status: i.Status, Case: &i},
		Advice: identity.Explain(i, policy(), at(typedAt), 0),
	}
}

func pendingWith(r ...identity.Requirement) identity.Identity {
	return identity.Identity{Status: identity.Pending, Details: identity.Details{Requirements: r}}
}

func TestTraceMembers(t *testing.T) {
	t.Parallel()
	i := pendingWith(identity.Requirement{Type: identity.Members, Status: identity.RequirementFailed})
	i.Type, i.CreatedAt, i.PaxosID = identity.Institution, at("2026-03-02 09:00"), "px-1"
	waits := identity.Explain(i.Assessed(policy(), at(typedAt)), policy(), at(typedAt), 0)

	fine := traced("px-2", "user-2", identity.Identity{Status: identity.Approved})
	denied := traced("px-3", "user-3", identity.Identity{Status: identity.Denied})
	stranger := identity.Traced{Member: identity.Member{PaxosID: "px-4", Status: identity.Pending}}
	theirs := traced("px-5", "user-5", pendingWith(identity.Requirement{Type: identity.RiskAwarenessAssessment, Status: "PENDING", Awaiting: "PAXOS"}))
	ours := traced("px-6", "user-6", pendingWith(identity.Requirement{Type: identity.TaxDetailsVerification, Status: "FAILED", Awaiting: "CLIENT"}))
	discreet := traced("px-7", "user-7", pendingWith(identity.Requirement{Type: identity.ScreeningCheck, Status: "PENDING", Awaiting: "PAXOS"}))
	for name, c := range map[string]struct {
		members  []identity.Traced
		leads    string
		says     string
		next     string
		discreet bool
	}{
		"nobody is known":          {nil, "", waits.Sentence, waits.NextText, false},
		"nobody blocks":            {[]identity.Traced{fine}, "", waits.Sentence, waits.NextText, false},
		"ours first":               {[]identity.Traced{denied, stranger, theirs, ours, fine}, "case-user-6", "its member user-6. Paxos could not verify the tax number", "our move: Check the tax number", false},
		"then Paxos'":              {[]identity.Traced{denied, stranger, theirs}, "case-user-5", "its member user-5.", "Paxos’ move: Wait", false},
		"then one to learn":        {[]identity.Traced{denied, stranger}, "", "its member px-4, of whom the desk has no case yet", "by itself", false},
		"last what is final":       {[]identity.Traced{denied, fine}, "case-user-3", "user-3, whom Paxos has denied", "Paxos Support", true},
		"screening is told nobody": {[]identity.Traced{discreet}, "case-user-7", "its member user-7.", "Paxos’ move", true},
	} {
		a, leads := identity.TraceMembers(waits, c.members)
		require.Equal(t, c.leads, leads, name)
		require.Contains(t, a.Sentence, c.says, name)
		require.Contains(t, a.NextText, c.next, name)
		require.Equal(t, a.Sentence, a.Blocking[0].Sentence, name)
		require.Equal(t, c.discreet, a.Confidential, name)
		if c.discreet {
			require.Empty(t, a.Tell, name)
		}
	}
	other := identity.Advice{Sentence: "x", Blocking: []identity.Blocking{{Type: identity.ScreeningCheck}}}
	a, leads := identity.TraceMembers(other, []identity.Traced{ours})
	require.Equal(t, other, a, "what does not wait for its members is left alone")
	require.Empty(t, leads)
	require.Equal(t, "Beneficial owner, account opener", ours.RoleWords())
	require.Equal(t, "px-4", stranger.Name())
}
