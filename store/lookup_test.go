package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func TestLookupMany(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		one, two := d.recheckable("px-1"), d.recheckable("7d31b0f4-2c6e-4d55-9a77-00000000000a")
		ids := []string{"ref-px-1", "nobody", "7D31B0F4-2C6E-4D55-9A77-00000000000A", "REF-PX-1", ""}
		found, err := d.LookupMany(t.Context(), ids, func(found [][]identity.Identity) []audit.Entry {
			e := ana(audit.LookedUp)
			e.Detail = fmt.Sprint(len(found[0]), len(found[1]))
			return []audit.Entry{e, ana(audit.LookedUp)}
		})
		require.NoError(t, err)
		var led []string
		for _, cases := range found {
			led = append(led, strings.Join(idsOf(cases), " "))
		}
		require.Equal(t, []string{one.ID, "", two.ID, "", ""}, led, "large and small letters count, but for a UUID")
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.LookedUp})
		require.NoError(t, err)
		require.Len(t, entries, 2)
		require.Equal(t, "1 0", entries[1].Detail)
	})
}

func TestFormerRefIDs(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		one, two := d.recheckable("px-1"), d.recheckable("px-2")
		for _, refID := range []string{"ref-b", "ref-c"} {
			n := d.news("px-1", refID, identity.Pending)
			_, err := d.ApplyIdentity(t.Context(), n, nil)
			require.NoError(t, err)
		}
		former, err := d.FormerRefIDs(t.Context(), []string{one.ID, two.ID})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"ref-px-1", "ref-b"}, former[one.ID])
		require.NotContains(t, former, two.ID)
	})
}
