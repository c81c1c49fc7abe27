package onboarding_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func (c *cache) LookupMany(ctx context.Context, ids []string, about func([][]identity.Identity) audit.Entry) ([][]identity.Identity, error) {
	found := make([][]identity.Identity, len(ids))
	for n, id := range ids {
		found[n], _ = c.Lookup(ctx, id)
	}
	return found, c.write("look up many", about(found))
}

// A list leaves one entry: the numbers, the cases, and what was not found by its hash alone.
func TestLookupMany(t *testing.T) {
	t.Parallel()
	twin := pending
	twin.ID, twin.RefID = "c9", "user-2"
	c := cacheOf(pending, failed, twin)
	d := deskOf(c)
	found, asOf, err := d.LookupMany(t.Context(), as(access.Viewer), []string{"user-1", "nobody-1", "user-2", "775300EF-4edb-47b9-8ec4-f45fe3cbf41f"})
	require.NoError(t, err)
	require.Equal(t, now, asOf)
	var rows []int
	for _, f := range found {
		rows = append(rows, len(f.Rows))
	}
	require.Equal(t, []int{1, 0, 2, 0}, rows)
	require.Equal(t, "nobody-1", found[1].Asked)
	require.Len(t, c.entries, 1)
	e := c.entries[0]
	require.Equal(t, audit.LookedUp, e.Action)
	require.Empty(t, e.IdentityID, "several were found")
	require.Regexp(t, `^4 asked, 2 found\nfound: c1 c[29] c[29]\nnot found: text [0-9a-f]{32}, uuid [0-9a-f]{32}$`, e.Detail)
	require.NotContains(t, e.Detail, "nobody-1")

	_, _, err = d.LookupMany(t.Context(), as(access.Viewer), []string{"nobody-1"})
	require.NoError(t, err)
	missed := c.entries[1].Detail
	require.Contains(t, e.Detail, strings.TrimPrefix(missed, "1 asked, 0 found\nnot found: "), "the same id has the same hash")
	_, _, err = d.LookupMany(t.Context(), as(access.Viewer), []string{"user-1", "nobody-1"})
	require.NoError(t, err)
	require.Equal(t, "c1", c.entries[2].IdentityID)
}

func TestLookupManyRefuses(t *testing.T) {
	t.Parallel()
	c := cacheOf(pending)
	_, _, err := deskOf(c).LookupMany(t.Context(), as(access.Lead), []string{"user-1", "anna@example.org"})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.From(err).Fields["ref_ids"], "Entry 2: ")
	require.NotContains(t, fault.From(err).Fields["ref_ids"], "anna")
	require.False(t, c.touched, "nothing is looked up")
}
