package onboarding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

func TestSearchNameIsLoggedWithoutTheName(t *testing.T) {
	t.Parallel()
	d, c, _ := revealing(pending, failed)
	c.named = map[string][]string{"billy duncan": {"c1"}, "anna example": {"c1", "c2"}}
	for typed, tc := range map[string]struct {
		found      int
		id, detail string
	}{
		" BILLY  Duncan": {1, "c1", "1 found"},
		"Anna Example":   {2, "", "2 found\nfound: c1 c2"},
		"Quillon Nobody": {0, "", "0 found"},
	} {
		c.entries = nil
		got, err := d.SearchName(t.Context(), as(access.Auditor), typed)
		require.NoError(t, err, typed)
		require.Len(t, got.Rows, tc.found, typed)
		require.Equal(t, now, got.AsOf)
		require.Len(t, c.entries, 1)
		e := c.entries[0]
		require.Equal(t, audit.SearchedName, e.Action)
		require.Equal(t, tc.id, e.IdentityID, typed)
		require.Equal(t, tc.detail, e.Detail, typed)
		require.Regexp(t, `^name [0-9a-f]{32}$`, e.Object)
		for word := range strings.FieldsSeq(typed) {
			require.NotContains(t, strings.ToLower(e.Object+e.Detail), strings.ToLower(word))
		}
	}
	c.unindexed = true
	got, err := d.SearchName(t.Context(), as(access.Lead), "Quillon Nobody")
	require.NoError(t, err)
	require.True(t, got.Partial)
}

func TestSearchNameRefuses(t *testing.T) {
	t.Parallel()
	d, c, _ := revealing(pending)
	for _, role := range []access.Role{access.Viewer, access.Admin} {
		_, err := d.SearchName(t.Context(), as(role), "Billy Duncan")
		require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
	}
	for _, typed := range []string{"", "  ", " , ", strings.Repeat("x", 601)} {
		_, err := d.SearchName(t.Context(), as(access.Analyst), typed)
		require.Equal(t, fault.Invalid, fault.KindOf(err), typed)
		require.NotEmpty(t, fault.From(err).Fields["name"])
	}
	require.False(t, c.touched)
}
