package handlers

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := newLimiter(func() time.Time { return now }, 0.5, 2)
	require.NoError(t, l.allow("192.0.2.1"))
	require.NoError(t, l.allow("192.0.2.1"))
	err := l.allow("192.0.2.1")
	require.Equal(t, fault.Throttled, fault.KindOf(err))
	require.Equal(t, now.Add(2*time.Second), fault.From(err).RetryAt)
	require.NoError(t, l.allow("192.0.2.2"), "another address has a measure of its own")
	now = now.Add(2 * time.Second)
	require.NoError(t, l.allow("192.0.2.1"))
	require.Error(t, l.allow("192.0.2.1"))
}

func TestLimiterCountsALineAsOne(t *testing.T) {
	t.Parallel()
	require.Equal(t, network("2001:db8::1"), network("2001:db8::ffff"))
	require.NotEqual(t, network("2001:db8::1"), network("2001:db8:0:1::1"))
	require.NotEqual(t, network("192.0.2.1"), network("192.0.2.2"))
	require.Equal(t, network("192.0.2.1"), network("::ffff:192.0.2.1"))
	require.Equal(t, network("nonsense"), network(""))
}

func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := newLimiter(func() time.Time { return now }, 1, 1)
	for i := range maxSeen {
		require.NoError(t, l.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String()))
	}
	require.Len(t, l.seen, maxSeen)
	now = now.Add(time.Minute)
	require.NoError(t, l.allow("192.0.2.1"))
	require.Len(t, l.seen, 1)
}
