package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestChangesAreToldInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change          identity.Change
		field, old, now string
	}{
		"status":          {identity.Change{Field: "status", Old: "PENDING", New: "APPROVED"}, "status", "PENDING", "APPROVED"},
		"requirement":     {identity.Change{Field: "requirement KYC_REFRESH", New: "PENDING, awaits CLIENT"}, "requirement KYC refresh", "nothing", "Pending, awaits us"},
		"with a code":     {identity.Change{Field: "requirement SCREENING_CHECK", Old: "PENDING, awaits PAXOS", New: "FAILED, new_code"}, "requirement Screening", "Pending, awaits Paxos", "Failed, new_code"},
		"with known ones": {identity.Change{Field: "requirement ENHANCED_DUE_DILIGENCE", Old: "PENDING, screening_in_progress", New: "FAILED, edd_documentation_required"}, "requirement Enhanced due diligence", "Pending, Screening is under way", "Failed, Documents are needed for enhanced due diligence"},
		"cleared":         {identity.Change{Field: "requirement NEW_CHECK", Old: "PENDING, awaits NOBODY"}, "requirement NEW_CHECK", "Pending, awaits NOBODY", "no longer asked for"},
		"control":         {identity.Change{Field: "control SELL_ONLY", Old: "SET_BY_CLIENT, RISK_FRAUD, overridable; SET_BY_PAXOS"}, "control Sell only", "Set by us, Risk or fraud, overridable; Set by Paxos", "ended"},
		"documents":       {identity.Change{Field: "documents", New: "BANK_STATEMENT, NEW_KIND"}, "documents", "nothing", "Bank statement, NEW_KIND"},
		"a control came":  {identity.Change{Field: "event", New: "identity.control.created"}, "event", "nothing", "a control was set"},
		"another event":   {identity.Change{Field: "event", New: "identity.new_kind"}, "event", "nothing", "identity.new_kind"},
	} {
		shown := func(text string) string {
			return firstOf(changeValue(c.change.Field, text), changeEnded(c.change.Field))
		}
		require.Equal(t, c.field, changeField(c.change), name)
		require.Equal(t, c.now, shown(c.change.New), name)
		if c.change.Old != "" {
			require.Equal(t, c.old, shown(c.change.Old), name)
		}
	}
}
