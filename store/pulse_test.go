package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

func TestPulse(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		p, err := d.Pulse(t.Context(), time.Hour)
		require.NoError(t, err)
		require.Equal(t, store.Pulse{}, p)
		for n, minute := range []int{0, 100, 110, 140, 141} { // the first lies before the span
			one := delivery(fmt.Sprintf("ev-%d", n), identity.EventApproved)
			one.ReceivedAt = storetest.Start().Add(time.Duration(minute) * time.Minute)
			require.NoError(t, d.Receive(t.Context(), one))
		}
		repeat := delivery("ev-4", identity.EventApproved)
		repeat.ReceivedAt = storetest.Start().Add(150 * time.Minute)
		require.NoError(t, d.Receive(t.Context(), repeat))
		p, err = d.Pulse(t.Context(), time.Hour)
		require.NoError(t, err)
		require.Equal(t, store.Pulse{
			Events: 4, Last: storetest.Start().Add(141 * time.Minute).UTC(), LongestPause: 30 * time.Minute,
			LastDelivery: storetest.Start().Add(150 * time.Minute).UTC(),
		}, p)
	})
}
