package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// An account is what comes next of whom Paxos has approved, until the desk has had one made, or while it is.
func TestFirstAccount(t *testing.T) {
	t.Parallel()
	approved := func(change func(*identity.Identity)) identity.Identity {
		i := identity.Identity{ID: "c1", PaxosID: "px-1", Status: identity.Approved, Lane: identity.LaneDecided}
		change(&i)
		return i
	}
	asItIs := func(*identity.Identity) {}
	account := func(id string, s identity.MoveState) []identity.OurMove {
		return []identity.OurMove{{IdentityID: id, Kind: identity.MoveAccount, State: s}}
	}
	for name, c := range map[string]struct {
		i     identity.Identity
		moves []identity.OurMove
		want  identity.Action
	}{
		"none is known":           {approved(asItIs), nil, identity.ActAccount},
		"one failed":              {approved(asItIs), account("c1", identity.MoveFailed), identity.ActAccount},
		"one was withdrawn":       {approved(asItIs), account("c1", identity.MoveWithdrawn), identity.ActAccount},
		"something else was done": {approved(asItIs), []identity.OurMove{{IdentityID: "c1", Kind: identity.MoveCorrect, State: identity.MoveDone}}, identity.ActAccount},
		"one of another case":     {approved(asItIs), account("c2", identity.MoveDone), identity.ActAccount},
		"one is on its way":       {approved(asItIs), account("c1", identity.MoveSent), identity.ActWait},
		"one was made":            {approved(asItIs), account("c1", identity.MoveDone), identity.ActNone},
		"denied":                  {approved(func(i *identity.Identity) { i.Status = identity.Denied }), nil, identity.ActNone},
		"disabled":                {approved(func(i *identity.Identity) { i.Status = identity.Disabled }), nil, identity.ActNone},
		"erased":                  {approved(func(i *identity.Identity) { i.ErasedAt = ptr("2026-03-02 10:00") }), nil, identity.ActNone},
		"limited": {approved(func(i *identity.Identity) {
			i.Details.Controls = []identity.Control{{ID: "k1", Type: identity.SellOnly}}
		}), nil, identity.ActNone},
	} {
		a := identity.Explain(c.i, policy(), at("2026-03-02 11:00"), 0).FirstAccount(c.i, c.moves).OnItsWay(c.moves)
		require.Equal(t, c.want, a.Next, name)
		require.NotEmpty(t, a.NextText, name)
	}
}
