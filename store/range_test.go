package store_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func TestBegin(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		asks := func(value string) bool {
			began, err := d.Begin(t.Context(), "key", value, audit.Entry{ActorID: "ana", Action: audit.AskedRange, Detail: value})
			require.NoError(t, err)
			return began
		}
		require.True(t, asks("one"))
		require.False(t, asks("two"))
		value, err := d.State(t.Context(), "key")
		require.NoError(t, err)
		require.Equal(t, "one", value)
		require.NoError(t, d.SetState(t.Context(), "key", ""))
		require.True(t, asks("three"))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.AskedRange})
		require.NoError(t, err)
		require.Len(t, entries, 2, "what did not begin is not told")
		require.Equal(t, "three", entries[0].Detail)
	})
}

// What is new is told from what has changed, and kept together with the page or not at all.
func TestCountedPage(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.submit("ref-ours")
		ours, sending := d.begin()
		require.NoError(t, d.AnswerLost(t.Context(), ours.ID, sending, d.clock.Now(), "lost"))
		same := d.recheckable("px-same")
		d.recheckable("px-changed")
		page := func(last bool, ns ...identity.News) error {
			return d.ApplyCountedPage(t.Context(), ns, "range", last, func(added, changed int) map[string]string {
				return map[string]string{"added": strconv.Itoa(added), "changed": strconv.Itoa(changed)}
			})
		}
		kept := func(key string) string {
			value, err := d.State(t.Context(), key)
			require.NoError(t, err)
			return value
		}
		require.NoError(t, page(false,
			d.news("px-same", same.RefID, same.Status), d.news("px-changed", "ref-px-changed", identity.Approved),
			d.news("px-ours", ours.RefID, identity.Pending), d.news("px-1", "ref-1", identity.Pending), d.news("px-2", "", identity.Denied)))
		require.Equal(t, "2", kept("added"))
		require.Equal(t, "2", kept("changed"), "one by its status, one by becoming Paxos'")

		broken := d.news("", "ref-3", identity.Pending)
		require.Error(t, page(false, d.news("px-3", "ref-3", identity.Pending), broken))
		require.Equal(t, "2", kept("added"))
		found, err := d.Lookup(t.Context(), "ref-3")
		require.NoError(t, err)
		require.Empty(t, found)

		require.NoError(t, page(true, d.news("px-1", "ref-1", identity.Pending)))
		require.Equal(t, "0", kept("added"))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{Action: audit.RanSync})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, "range", entries[0].Object)
	})
}
