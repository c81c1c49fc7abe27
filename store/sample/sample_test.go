package sample_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
	"identitydesk/store/sample"
	"identitydesk/store/storetest"
)

// What is copied is like what the desk has written itself: every counter agrees, and to judge all cases anew changes none.
func TestGrow(t *testing.T) {
	t.Parallel()
	url := storetest.Dialects()[0].URL(t)
	s := storetest.New(t, storetest.WithURL(url))
	d := sample.Data{Store: s, URL: url, Now: storetest.Start()}
	require.NoError(t, d.Grow(t.Context(), 2000))
	require.NoError(t, d.Grow(t.Context(), 5000))
	counts, err := s.Counts(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5000, counts.Total)
	require.EqualValues(t, 90, counts.Stuck())
	require.EqualValues(t, 10, counts.Lanes[identity.LaneSnoozed])
	for _, n := range []int{0, 5, 1999, 2005, 4999} {
		found, err := s.Lookup(t.Context(), sample.PaxosID(n))
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, sample.RefID(n), found[0].RefID)
	}

	var changed []string
	s.OnChange(func(ids []string) { changed = append(changed, ids...) })
	_, err = s.Reassess(t.Context(), "", 1000)
	require.NoError(t, err)
	require.Empty(t, changed)
	drift, err := s.RebuildCounters(t.Context())
	require.NoError(t, err)
	require.Zero(t, drift)
}
