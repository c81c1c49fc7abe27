package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// The clock of a case that was first seen frozen starts when it was frozen.
func TestFirstSeenFrozen(t *testing.T) {
	t.Parallel()
	control := func(n *identity.News) {
		n.Record.Details.Controls = []identity.Control{{Type: "SELL_ONLY", CreatedAt: at(created)}, {Type: "FROZEN", CreatedAt: at("2026-03-03 09:30")}}
	}
	for want, n := range map[string]identity.News{
		changed:            news("ERROR", changed, identity.BySync),
		"2026-03-03 09:30": news("ERROR", changed, identity.BySync, control),
		created:            {Record: identity.Record{PaxosID: "p1", Status: "ERROR", CreatedAt: at(created)}, HeardAt: at(changed)},
	} {
		i, _ := learnt(identity.Identity{}, n)
		require.Equal(t, identity.LaneFrozen, i.Lane)
		require.Equal(t, ptr(want), i.PendingSince)
		require.Equal(t, at(want), i.MoveSince)
	}
}
