package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/store/sample"
	"identitydesk/store/storetest"
)

// What pages ask for again and again is remembered until something is committed, here or by another process.
func TestRememberedUntilACommit(t *testing.T) {
	t.Parallel()
	url := storetest.Dialects()[0].URL(t)
	s := storetest.New(t, storetest.WithURL(url))
	other := storetest.New(t, storetest.WithURL(url))
	require.NoError(t, (&sample.Data{Store: s, URL: url, Now: storetest.Start()}).Grow(t.Context(), 500))
	stuck := identity.Filter{Stuck: true, Free: true, Sort: identity.SortDue}
	first, err := s.List(t.Context(), stuck)
	require.NoError(t, err)
	require.NotEmpty(t, first.Items)
	again, err := s.List(t.Context(), stuck)
	require.NoError(t, err)
	require.Same(t, &first.Items[0], &again.Items[0], "read a second time")

	mine := first.Items[0].ID
	_, err = s.Claim(t.Context(), mine, "ana", "", audit.Entry{ActorID: "ana", Action: audit.Claimed})
	require.NoError(t, err)
	after, err := s.List(t.Context(), stuck)
	require.NoError(t, err)
	require.NotEqual(t, mine, after.Items[0].ID, "our own commit is not seen")
	require.Equal(t, first.Total-1, after.Total)

	_, err = other.Claim(t.Context(), after.Items[0].ID, "ben", "", audit.Entry{ActorID: "ben", Action: audit.Claimed})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		last, err := s.List(t.Context(), stuck)
		return err == nil && last.Total == after.Total-1 && last.Items[0].ID != after.Items[0].ID
	}, time.Minute, time.Millisecond, "the commit of another is not seen")
}
