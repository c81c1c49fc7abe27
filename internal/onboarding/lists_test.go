package onboarding_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

func TestQueueFilter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give, want identity.Filter
		wrong      string
	}{
		"every stuck case":   {want: identity.Filter{Stuck: true, Sort: identity.SortDue}},
		"a lane":             {give: identity.Filter{Lane: identity.LaneFrozen}, want: identity.Filter{Lane: identity.LaneFrozen, Sort: identity.SortDue}},
		"the sleeping":       {give: identity.Filter{Lane: identity.LaneSnoozed}, want: identity.Filter{Lane: identity.LaneSnoozed, Sort: identity.SortDue}},
		"another order":      {give: identity.Filter{Sort: identity.SortUpdated}, want: identity.Filter{Stuck: true, Sort: identity.SortUpdated}},
		"no such lane":       {give: identity.Filter{Lane: "nowhere"}, wrong: "lane"},
		"decided is none":    {give: identity.Filter{Lane: identity.LaneDecided}, wrong: "lane"},
		"a query with an at": {give: identity.Filter{Query: "anna@example.org"}, wrong: "q"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cacheOf()
			c.pages = []identity.Page{{Items: []identity.Identity{pending}, Next: "n", Total: 1, TotalAtLeast: true}}
			got, err := deskOf(c).Queue(t.Context(), as(access.Viewer), tt.give)
			if tt.wrong != "" {
				require.Equal(t, fault.Invalid, fault.KindOf(err))
				require.Contains(t, fault.From(err).Fields, tt.wrong)
				require.Empty(t, c.filters)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []identity.Filter{tt.want}, c.filters)
			require.Equal(t, "n", got.Next)
			require.True(t, got.TotalAtLeast)
			require.Equal(t, int64(7), got.All.Total)
			require.Equal(t, int64(2), got.Mine.Total)
			require.Equal(t, int64(2), got.Mine.Lanes[identity.LaneAction])
			require.Equal(t, int64(4), got.Free.Total)
			require.Equal(t, now, got.AsOf)
			require.Equal(t, "c1", got.Rows[0].Identity.ID)
			require.NotEmpty(t, got.Rows[0].Advice.Sentence)
		})
	}
}

func TestListRefusesPersonalQueries(t *testing.T) {
	t.Parallel()
	for field, f := range map[string]identity.Filter{"q": {Query: "anna@example.org"}, "ref_id": {RefID: "anna@example.org"}} {
		c := cacheOf()
		_, err := deskOf(c).List(t.Context(), as(access.Lead), f)
		require.Equal(t, fault.Invalid, fault.KindOf(err))
		require.Contains(t, fault.From(err).Fields, field)
		require.False(t, c.touched)
		require.NotContains(t, err.Error(), "anna")
	}
}

func TestExportReadsEveryPage(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	c.pages = []identity.Page{{Items: []identity.Identity{pending, failed}, Next: "2"}, {Items: []identity.Identity{pending}, Next: "3"}, {}}
	var ids []string
	logged := -1
	err := deskOf(c).Export(t.Context(), as(access.Viewer), identity.Filter{Query: "user-", After: "x", Limit: 3}, onboarding.ExportQueue, func(r onboarding.Row) error {
		if logged < 0 {
			logged = len(c.entries)
		}
		ids = append(ids, r.Identity.ID)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"c1", "c2", "c1"}, ids)
	require.Equal(t, 1, logged, "the entry is there before the first row")
	require.Len(t, c.entries, 1)
	require.Len(t, c.filters, 3)
	for n, after := range []string{"", "2", "3"} {
		want := identity.Filter{Query: "user-", Stuck: true, Sort: identity.SortDue, After: after, Limit: identity.MaxLimit}
		require.Equal(t, want, c.filters[n])
	}
	require.Equal(t, onboarding.ExportQueue, c.entries[0].Object)
	require.Contains(t, c.entries[0].Detail, "lane=stuck q=")
	require.NotContains(t, c.entries[0].Detail, "user-")
}

func TestExportStopsWhereTheReaderDoes(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	c.pages = []identity.Page{{Items: []identity.Identity{pending, failed}, Next: "2"}}
	gone := errors.New("the reader has gone")
	err := deskOf(c).Export(t.Context(), as(access.Viewer), identity.Filter{}, onboarding.ExportIdentities, func(onboarding.Row) error { return gone })
	require.ErrorIs(t, err, gone)
	require.Len(t, c.filters, 1)
}

func TestLookup(t *testing.T) {
	t.Parallel()
	twin := pending
	twin.ID, twin.RefID = "c9", "user-2"
	tests := map[string]struct {
		q      string
		found  int
		id     string
		object string // what it begins with
		detail string
	}{
		"one":          {q: "  user-1 ", found: 1, id: "c1"},
		"two":          {q: "user-2", found: 2, object: "text ", detail: "2 found"},
		"none":         {q: "user-9", object: "text ", detail: "0 found"},
		"no such uuid": {q: "775300EF-4edb-47b9-8ec4-f45fe3cbf41f", object: "uuid ", detail: "0 found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cacheOf(pending, failed, twin)
			rows, asOf, err := deskOf(c).Lookup(t.Context(), as(access.Viewer), tt.q)
			require.NoError(t, err)
			require.Len(t, rows, tt.found)
			require.Equal(t, now, asOf)
			require.Len(t, c.entries, 1)
			e := c.entries[0]
			require.Equal(t, audit.LookedUp, e.Action)
			require.Equal(t, tt.id, e.IdentityID)
			require.Equal(t, tt.detail, e.Detail)
			require.True(t, strings.HasPrefix(e.Object, tt.object))
			require.NotContains(t, e.Object, strings.TrimSpace(tt.q))
			if tt.object != "" {
				require.Len(t, e.Object, len(tt.object)+32)
			}
		})
	}
}

func TestLookupRefuses(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]string{"nothing": "  ", "too much": strings.Repeat("x", 257), "an e-mail": "anna@example.org"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cacheOf(pending)
			_, _, err := deskOf(c).Lookup(t.Context(), as(access.Lead), q)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			require.NotEmpty(t, fault.From(err).Fields["q"])
			require.False(t, c.touched)
		})
	}
}
