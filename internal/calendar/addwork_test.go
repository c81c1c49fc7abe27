package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/calendar"
)

func TestAddWork(t *testing.T) {
	t.Parallel()
	newYork := zone(t, "America/New_York")
	cairo := zone(t, "Africa/Cairo")
	us, egypt := calendar.US(), calendar.New(cairo, office, calendar.HolidaysNone)
	wholeDays := calendar.New(newYork, calendar.Hours{To: 24 * time.Hour}, calendar.HolidaysNone)
	for _, row := range []struct {
		name string
		c    *calendar.Calendar
		loc  *time.Location
		from string
		work time.Duration
		want string
	}{
		{"none", us, newYork, "2026-03-14 12:00:00", 0, "2026-03-14 12:00:00"},
		{"less than none", us, newYork, "2026-03-14 12:00:00", -time.Hour, "2026-03-14 12:00:00"},
		{"a second on a Sunday", us, newYork, "2026-03-15 12:00:00", time.Second, "2026-03-16 09:00:01"},
		{"within a day", us, newYork, "2026-03-10 10:30:00", 6 * time.Hour, "2026-03-10 16:30:00"},
		{"until closing", us, newYork, "2026-03-10 11:00:00", 6 * time.Hour, "2026-03-10 17:00:00"},
		{"a second past closing", us, newYork, "2026-03-10 11:00:00", 6*time.Hour + time.Second, "2026-03-11 09:00:01"},
		{"before opening", us, newYork, "2026-03-10 03:00:00", 6 * time.Hour, "2026-03-10 15:00:00"},
		{"from closing", us, newYork, "2026-03-10 17:00:00", time.Hour, "2026-03-11 10:00:00"},
		{"over a weekend", us, newYork, "2026-03-13 14:00:00", 6 * time.Hour, "2026-03-16 12:00:00"},
		{"three quarters of five days", us, newYork, "2026-03-11 11:00:00", 30 * time.Hour, "2026-03-16 17:00:00"},
		{"over a holiday", us, newYork, "2026-01-16 14:00:00", 6 * time.Hour, "2026-01-20 12:00:00"},
		{"within a holiday", us, newYork, "2026-09-07 12:00:00", time.Hour, "2026-09-08 10:00:00"},
		{"over Christmas and a weekend", us, newYork, "2026-12-24 16:00:00", 2 * time.Hour, "2026-12-28 10:00:00"},
		{"over New Year, kept in the old year", us, newYork, "2021-12-30 16:00:00", 2 * time.Hour, "2022-01-03 10:00:00"},
		{"clocks go forward on the weekend", us, newYork, "2026-03-06 14:00:00", 6 * time.Hour, "2026-03-09 12:00:00"},
		{"clocks go back on the weekend", us, newYork, "2026-10-30 14:00:00", 6 * time.Hour, "2026-11-02 12:00:00"},
		{"clocks go forward on a working day", egypt, cairo, "2026-04-23 16:00:00", 2 * time.Hour, "2026-04-24 10:00:00"},
		{"a year's working days", us, newYork, "2026-01-01 00:00:00", 250 * 8 * time.Hour, "2026-12-31 17:00:00"},
		{"whole days, over a weekend with a change of clocks", wholeDays, newYork, "2026-03-06 12:00:00", 24 * time.Hour, "2026-03-09 12:00:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			from := at(t, row.loc, row.from)
			got := row.c.AddWork(from, row.work)
			require.Equal(t, row.want, got.Format("2006-01-02 15:04:05"))
			require.Equal(t, max(row.work, 0), row.c.WorkingBetween(from, got))
		})
	}
}

// A day of Egypt's on which the clocks go forward at midnight is 23 hours long; where all of it is working time, it has 23.
func TestAddWorkOverAShortDay(t *testing.T) {
	t.Parallel()
	cairo := zone(t, "Africa/Cairo")
	c := calendar.New(cairo, calendar.Hours{To: 24 * time.Hour}, calendar.HolidaysNone)
	from := at(t, cairo, "2026-04-23 23:00:00")
	require.Equal(t, "2026-04-25 00:00:00", c.AddWork(from, 24*time.Hour).Format("2006-01-02 15:04:05"))
	require.Equal(t, "2026-04-24 12:00:00", c.AddWork(from, 12*time.Hour).Format("2006-01-02 15:04:05"))
}

func TestBusinessDaysAreWork(t *testing.T) {
	t.Parallel()
	c := calendar.US()
	require.Equal(t, 8*time.Hour, c.Day())
	from := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	for at := from; at.Before(from.AddDate(1, 0, 0)); at = at.Add(31*time.Hour + 13*time.Minute) {
		require.Equal(t, c.AddBusinessDays(at, 3), c.AddWork(at, 3*c.Day()), "from %s", at)
		require.Equal(t, time.UTC, c.AddWork(at, time.Hour).Location())
	}
}
