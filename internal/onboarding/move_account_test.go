package onboarding_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// Whoever asks for an account learns whom its members' ids lead to, so that it counts as a look-up. Whom Paxos must not be told of is none.
func TestMembersOfAnAccountAreLookedUp(t *testing.T) {
	t.Parallel()
	desk := func() (*onboarding.Desk, *cache) {
		c := cacheOf(
			identity.Identity{ID: "c1", RefID: "user-1", PaxosID: "px-1", Type: identity.Person, Status: identity.Approved},
			identity.Identity{ID: "c2", RefID: "user-2", PaxosID: "px-2", Type: identity.Person, Status: identity.Approved},
			identity.Identity{ID: "c3", RefID: "client-3", PaxosID: "px-3", Type: identity.Institution, Status: identity.Approved},
			identity.Identity{ID: "c4", RefID: "user-4", PaxosID: "px-4", Type: identity.Person, ErasedAt: new(now)},
			identity.Identity{ID: "c5", RefID: "user-5", Type: identity.Person, Submission: identity.Queued},
		)
		return deskOf(c), c
	}
	ask := func(ids ...string) onboarding.AccountAsk {
		a := onboarding.AccountAsk{RefID: "acc-1"}
		for _, id := range ids {
			m := identity.JointMember{ID: id}
			if id != "" {
				m.Roles = []string{"AUTHORIZED_USER"}
			}
			a.Members = append(a.Members, m)
		}
		return a
	}
	for id, says := range map[string]string{
		"user-9": "knows nobody", "user-5": "has not accepted", "user-4": "was erased", "a@b.example": "personal data",
	} {
		d, c := desk()
		err := d.OpenAccount(t.Context(), as(access.Analyst), "c1", ask("user-2", "", id))
		require.Equal(t, fault.Invalid, fault.KindOf(err), id)
		wrong := fault.From(err).Fields["account.members.2.identity_id"]
		require.Contains(t, wrong, says)
		require.NotContains(t, wrong, id)
		require.Contains(t, lookedUp(c), "c2", "%s: the log tells whom it found", id)
	}
	d, c := desk()
	require.NoError(t, d.OpenAccount(t.Context(), as(access.Analyst), "c1", ask("user-2", "client-3")))
	require.Contains(t, c.asked.payloads[0], "px-2")
	require.Contains(t, c.asked.payloads[0], "px-3", "an institution may have access to an account")
	require.Equal(t, []string{"", "c2", "c3"}, lookedUp(c), "the list, and each whom it found")
	require.Equal(t, []time.Duration{15 * time.Minute, 15 * time.Minute}, c.recorded, "once in a quarter of an hour")

	d, c = desk()
	require.NoError(t, d.OpenAccount(t.Context(), as(access.Analyst), "c1", ask("")))
	require.Empty(t, lookedUp(c), "nothing was looked up")
}

// lookedUp are the cases that the log says were looked up.
func lookedUp(c *cache) (ids []string) {
	for _, e := range c.entries {
		if e.Action == audit.LookedUp {
			ids = append(ids, e.IdentityID)
		}
	}
	return ids
}
