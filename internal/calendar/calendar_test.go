package calendar_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones under test must not depend on the machine

	"github.com/stretchr/testify/require"

	"identitydesk/internal/calendar"
)

var office = calendar.Hours{From: 9 * time.Hour, To: 17 * time.Hour}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func at(t *testing.T, loc *time.Location, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04:05", text, loc)
	require.NoError(t, err)
	return moment
}

func TestAddBusinessDays(t *testing.T) {
	t.Parallel()
	calendarUS := calendar.US()
	newYork := zone(t, "America/New_York")
	for _, row := range []struct {
		name, from string
		days       int
		want       string
	}{
		{"over a weekend", "2026-03-13 14:00:00", 1, "2026-03-16 14:00:00"},
		{"within a week", "2026-03-10 10:30:15", 1, "2026-03-11 10:30:15"},
		{"from opening to closing", "2026-03-10 09:00:00", 1, "2026-03-10 17:00:00"},
		{"from closing", "2026-03-10 17:00:00", 1, "2026-03-11 17:00:00"},
		{"before opening", "2026-03-10 03:00:00", 1, "2026-03-10 17:00:00"},
		{"a second after closing", "2026-03-10 17:00:01", 1, "2026-03-11 17:00:00"},
		{"in the evening", "2026-03-10 23:59:59", 1, "2026-03-11 17:00:00"},
		{"on a Saturday", "2026-03-14 12:00:00", 1, "2026-03-16 17:00:00"},
		{"on a Sunday", "2026-03-15 12:00:00", 1, "2026-03-16 17:00:00"},
		{"a second before closing on Friday", "2026-03-13 16:59:59", 1, "2026-03-16 16:59:59"},
		{"five days are a week", "2026-03-11 11:00:00", 5, "2026-03-18 11:00:00"},
		{"ten days are two weeks", "2026-04-08 11:00:00", 10, "2026-04-22 11:00:00"},
		{"no days", "2026-03-14 12:00:00", 0, "2026-03-14 12:00:00"},
		{"clocks go forward on the weekend", "2026-03-06 14:00:00", 1, "2026-03-09 14:00:00"},
		{"clocks go back on the weekend", "2026-10-30 14:00:00", 1, "2026-11-02 14:00:00"},
		{"late on the Saturday before clocks go forward", "2026-03-07 23:30:00", 1, "2026-03-09 17:00:00"},
		{"early on the Sunday when clocks go back", "2026-11-01 00:30:00", 1, "2026-11-02 17:00:00"},
		{"Monday holiday", "2026-01-16 14:00:00", 1, "2026-01-20 14:00:00"},
		{"Independence Day on a Saturday is kept on Friday", "2026-07-02 14:00:00", 1, "2026-07-06 14:00:00"},
		{"Juneteenth on a Sunday is kept on Monday", "2022-06-17 14:00:00", 1, "2022-06-21 14:00:00"},
		{"New Year on a Saturday is kept in the old year", "2021-12-30 14:00:00", 1, "2022-01-03 14:00:00"},
		{"New Year on a Sunday is kept on Monday", "2022-12-30 14:00:00", 1, "2023-01-03 14:00:00"},
		{"Thanksgiving, not the day after", "2026-11-25 14:00:00", 1, "2026-11-27 14:00:00"},
		{"Christmas on a Friday", "2026-12-24 14:00:00", 1, "2026-12-28 14:00:00"},
		{"from within a holiday", "2026-09-07 12:00:00", 1, "2026-09-08 17:00:00"},
		{"over the turn of the year", "2026-12-31 14:00:00", 1, "2027-01-04 14:00:00"},
		{"leap day", "2028-02-28 14:00:00", 1, "2028-02-29 14:00:00"},

		{"back over a weekend", "2026-03-16 14:00:00", -1, "2026-03-13 14:00:00"},
		{"back from opening", "2026-03-16 09:00:00", -1, "2026-03-13 09:00:00"},
		{"back from closing", "2026-03-16 17:00:00", -1, "2026-03-16 09:00:00"},
		{"back from the evening", "2026-03-10 22:00:00", -1, "2026-03-10 09:00:00"},
		{"back from a Sunday", "2026-03-15 12:00:00", -1, "2026-03-13 09:00:00"},
		{"back over a holiday", "2026-01-20 14:00:00", -1, "2026-01-16 14:00:00"},
		{"back five days", "2026-03-18 11:00:00", -5, "2026-03-11 11:00:00"},
		{"back over a clock change", "2026-11-02 14:00:00", -1, "2026-10-30 14:00:00"},
		{"back over New Year", "2022-01-03 14:00:00", -1, "2021-12-30 14:00:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := calendarUS.AddBusinessDays(at(t, newYork, row.from), row.days)
			require.Equal(t, row.want, got.Format("2006-01-02 15:04:05"))
		})
	}
}

func TestWorkingBetween(t *testing.T) {
	t.Parallel()
	calendarUS := calendar.US()
	newYork := zone(t, "America/New_York")
	for _, row := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"same moment", "2026-03-10 10:00:00", "2026-03-10 10:00:00", 0},
		{"within a day", "2026-03-10 10:00:00", "2026-03-10 12:30:00", 2*time.Hour + 30*time.Minute},
		{"a whole day", "2026-03-10 00:00:00", "2026-03-11 00:00:00", 8 * time.Hour},
		{"over a weekend", "2026-03-13 14:00:00", "2026-03-16 14:00:00", 8 * time.Hour},
		{"a weekend", "2026-03-13 17:00:00", "2026-03-16 09:00:00", 0},
		{"after closing", "2026-03-10 17:00:01", "2026-03-10 17:00:30", 0},
		{"closing second", "2026-03-10 16:59:59", "2026-03-10 17:00:01", time.Second},
		{"before opening", "2026-03-10 08:00:00", "2026-03-10 09:00:00", 0},
		{"night", "2026-03-10 20:00:00", "2026-03-11 06:00:00", 0},
		{"a holiday", "2026-09-07 00:00:00", "2026-09-08 00:00:00", 0},
		{"a week with a holiday", "2026-09-07 00:00:00", "2026-09-14 00:00:00", 32 * time.Hour},
		{"over clocks going forward", "2026-03-06 09:00:00", "2026-03-09 17:00:00", 16 * time.Hour},
		{"over clocks going back", "2026-10-30 09:00:00", "2026-11-02 17:00:00", 16 * time.Hour},
		{"the working days of 2026", "2026-01-01 00:00:00", "2027-01-01 00:00:00", 250 * 8 * time.Hour},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			from, to := at(t, newYork, row.from), at(t, newYork, row.to)
			require.Equal(t, row.want, calendarUS.WorkingBetween(from, to))
			require.Equal(t, -row.want, calendarUS.WorkingBetween(to, from))
		})
	}
}

// Both methods must agree with each other from any start, whatever the weekday, the
// hour and the clock changes between.
func TestAddingAndMeasuringAgree(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*calendar.Calendar{
		"US":                   calendar.US(),
		"Egypt, Friday change": calendar.New(zone(t, "Africa/Cairo"), office, calendar.HolidaysNone),
		"whole days in Beirut": calendar.New(zone(t, "Asia/Beirut"), calendar.Hours{To: 24 * time.Hour}, calendar.HolidaysNone),
		"Kathmandu, part hour": calendar.New(zone(t, "Asia/Kathmandu"), calendar.Hours{From: 9*time.Hour + 15*time.Minute, To: 9*time.Hour + 45*time.Minute}, calendar.HolidaysUS),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
			perDay := c.WorkingBetween(start.AddDate(0, 0, 2), start.AddDate(0, 0, 9)) / 5
			for at := start; at.Before(start.AddDate(1, 0, 0)); at = at.Add(7*time.Hour + 13*time.Minute + time.Second) {
				for _, days := range []int{1, 3, 5} {
					due := c.AddBusinessDays(at, days)
					require.Equal(t, time.Duration(days)*perDay, c.WorkingBetween(at, due), "from %s", at)
					back := c.AddBusinessDays(at, -days)
					require.Equal(t, time.Duration(days)*perDay, c.WorkingBetween(back, at), "back from %s", at)
				}
			}
		})
	}
}

// Cairo's clocks change at midnight before a Friday: stepping by 24 hours would
// skip that day.
func TestClockChangeOnAWorkingDay(t *testing.T) {
	t.Parallel()
	cairo := zone(t, "Africa/Cairo")
	c := calendar.New(cairo, office, calendar.HolidaysNone)
	due := c.AddBusinessDays(at(t, cairo, "2026-04-23 23:30:00"), 1)
	require.Equal(t, "2026-04-24 17:00:00", due.Format("2006-01-02 15:04:05"))
}

func TestResultKeepsTheZoneOfTheQuestion(t *testing.T) {
	t.Parallel()
	due := calendar.US().AddBusinessDays(time.Date(2026, time.March, 13, 18, 0, 0, 0, time.UTC), 1)
	require.Equal(t, time.UTC, due.Location())
	require.Equal(t, "2026-03-16T18:00:00Z", due.Format(time.RFC3339))
}

func TestConfiguredHoursZoneAndHolidays(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	early := calendar.New(berlin, calendar.Hours{From: 7*time.Hour + 30*time.Minute, To: 15 * time.Hour}, calendar.HolidaysNone)
	due := early.AddBusinessDays(at(t, berlin, "2026-07-03 14:00:00"), 1)
	require.Equal(t, "2026-07-06 14:00:00", due.Format("2006-01-02 15:04:05"), "3 July is no holiday there")
	require.Equal(t, 7*time.Hour+30*time.Minute, early.WorkingBetween(at(t, berlin, "2026-07-06 00:00:00"), at(t, berlin, "2026-07-07 00:00:00")))
}

func TestNewRefusesWhatNoCallerMayPass(t *testing.T) {
	t.Parallel()
	for name, hours := range map[string]calendar.Hours{
		"ends before it begins": {From: 17 * time.Hour, To: 9 * time.Hour},
		"empty":                 {From: 9 * time.Hour, To: 9 * time.Hour},
		"over midnight":         {From: 9 * time.Hour, To: 25 * time.Hour},
		"negative":              {From: -time.Hour, To: 9 * time.Hour},
	} {
		require.Panics(t, func() { calendar.New(time.UTC, hours, calendar.HolidaysNone) }, name)
	}
	require.Panics(t, func() { calendar.New(time.UTC, office, "mars") })
}
