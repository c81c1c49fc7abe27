package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Minute, "0s"},
		{900 * time.Millisecond, "0s"},
		{40 * time.Second, "40s"},
		{time.Minute, "1m"},
		{61 * time.Second, "1m 1s"},
		{5*time.Hour + 12*time.Minute + 59*time.Second, "5h 12m"},
		{24 * time.Hour, "1d"},
		{76 * time.Hour, "3d 4h"},
		{76*time.Hour + 59*time.Minute, "3d 4h"},
		{400 * 24 * time.Hour, "400d"},
	} {
		require.Equal(t, c.want, span(c.d), c.d)
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	past, ahead := now.Add(-time.Minute), now.Add(time.Minute)
	for _, c := range []struct {
		name    string
		at      time.Duration
		warn    *time.Time
		want    string
		urgency urgency
	}{
		{"hours late", -5*time.Hour - 20*time.Minute, &past, "late 5h", late},
		{"days late", -51 * time.Hour, &past, "late 2d 3h", late},
		{"a second late", -time.Second, &past, "late 1s", late},
		{"this moment", 0, &past, "due now", late},
		{"before the warning", 24 * time.Hour, &ahead, "in 1d", inTime},
		{"behind the warning", 2 * time.Hour, &past, "in 2h", soon},
		{"at the warning", 50 * time.Hour, &now, "in 2d 2h", soon},
		{"without a warning nothing is soon", 2 * time.Hour, nil, "in 2h", inTime},
	} {
		at := now.Add(c.at)
		text, u := due(&at, c.warn, now)
		require.Equal(t, c.want, text, c.name)
		require.Equal(t, c.urgency, u, c.name)
	}
	text, u := due(nil, &past, now)
	require.Empty(t, text)
	require.Equal(t, noLimit, u)
}

func TestClock(t *testing.T) {
	t.Parallel()
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	now := time.Date(2026, 3, 3, 2, 30, 0, 0, time.UTC) // still the second in New York
	require.Equal(t, "12:03", clock(time.Date(2026, 3, 2, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "2026-03-02 17:03", clock(time.Date(2026, 3, 2, 17, 3, 9, 0, time.UTC), now, nil))
	require.Equal(t, "12:03", brief(time.Date(2026, 3, 2, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "Mar 1 12:03", brief(time.Date(2026, 3, 1, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "12:03", dayOf(time.Date(2026, 3, 2, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "Mar 1", dayOf(time.Date(2026, 3, 1, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "2025-03-02", dayOf(time.Date(2025, 3, 2, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "2025-12-31", brief(time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC), now, york))
	require.Equal(t, "at 12:03", onOrAt(time.Date(2026, 3, 2, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "on Mar 1 at 12:03", onOrAt(time.Date(2026, 3, 1, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "on Mar 2, 2025 at 12:03", onOrAt(time.Date(2025, 3, 2, 17, 3, 9, 0, time.UTC), now, york))
	require.Equal(t, "2026-03-02 17:03:09 UTC", exact(time.Date(2026, 3, 2, 12, 3, 9, 0, york)))
	require.Equal(t, "America/New_York", zone(york))
	require.Equal(t, "UTC", zone(nil))
	require.Equal(t, "2026-03-02T17:03:09Z", stamp(time.Date(2026, 3, 2, 12, 3, 9, 0, york)))
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		require.Equal(t, want, grouped(n))
	}
	require.Equal(t, "1 case", counted(1, false, "case", "cases"))
	require.Equal(t, "0 cases", counted(0, false, "case", "cases"))
	require.Equal(t, "more than 10,000 cases", counted(10000, true, "case", "cases"))
}

func TestShort(t *testing.T) {
	t.Parallel()
	require.Equal(t, "0c9a7d52…", short("0c9a7d52-5b1c-4a9e-8f3f-6f8f2b1c9a7d"))
	require.Equal(t, "evt-12", short("evt-12"))
}
