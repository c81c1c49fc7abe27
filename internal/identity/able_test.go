package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestAble(t *testing.T) {
	t.Parallel()
	const no, unsaid, yes = identity.CanNot, identity.CanUnsaid, identity.CanDo
	for name, tc := range map[string]struct {
		status   identity.Status
		controls []string
		want     identity.Able
	}{
		"approved":                  {"APPROVED", nil, identity.Able{Hold: yes, Buy: yes, Sell: yes, Deposit: yes, Withdraw: yes}},
		"disabled":                  {"DISABLED", nil, identity.Able{Hold: yes, Sell: yes}},
		"frozen":                    {"ERROR", []string{"FROZEN"}, identity.Able{Hold: yes}},
		"pending":                   {"PENDING", nil, identity.Able{}},
		"denied":                    {"DENIED", nil, identity.Able{}},
		"an unknown word":           {"PAUSED", nil, identity.Able{Hold: unsaid, Buy: unsaid, Sell: unsaid, Deposit: unsaid, Withdraw: unsaid}},
		"only sells":                {"APPROVED", []string{"SELL_ONLY"}, identity.Able{Hold: yes, Sell: yes}},
		"closed":                    {"APPROVED", []string{"CLOSED"}, identity.Able{}},
		"dormant":                   {"APPROVED", []string{"DORMANT"}, identity.Able{Hold: yes, Buy: unsaid, Sell: unsaid, Deposit: unsaid, Withdraw: unsaid}},
		"an unknown control":        {"APPROVED", []string{"HALF_OPEN"}, identity.Able{Hold: yes, Buy: unsaid, Sell: unsaid, Deposit: unsaid, Withdraw: unsaid}},
		"the narrowest counts":      {"APPROVED", []string{"DORMANT", "SELL_ONLY"}, identity.Able{Hold: yes, Buy: no, Sell: unsaid, Deposit: no, Withdraw: no}},
		"a control of nobody's use": {"PENDING", []string{"SELL_ONLY"}, identity.Able{}},
	} {
		i := identity.Identity{Status: tc.status}
		for _, typ := range tc.controls {
			i.Details.Controls = append(i.Details.Controls, identity.Control{ID: typ, Type: typ})
		}
		require.Equal(t, tc.want, i.Able(), name)
	}
	require.Len(t, identity.Able{}.Each(), 5)
	require.Equal(t, []string{"no", "not said", "yes"}, []string{no.String(), unsaid.String(), yes.String()})
}
