package calendar

import "time"

// maxYearDays leaves index 0 unused, so that time.Time.YearDay is the index.
const maxYearDays = 367

// date is a day on the wall calendar. Stepping it is free of clock changes, which
// adding 24 hours is not.
type date struct {
	year  int
	month time.Month
	day   int
}

func (c *Calendar) dayOf(t time.Time) date {
	year, month, day := t.In(c.loc).Date()
	return date{year, month, day}
}

func (d date) next(days int) date {
	year, month, day := time.Date(d.year, d.month, d.day+days, 0, 0, 0, 0, time.UTC).Date()
	return date{year, month, day}
}

func (d date) midnight(loc *time.Location) time.Time { return d.at(0, loc) }

// at is the moment when the clock on the wall shows clock (time since midnight).
func (d date) at(clock time.Duration, loc *time.Location) time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, int(clock), loc)
}

// window gives the opening and closing of a day; false where nobody works.
func (c *Calendar) window(d date) (open, closing time.Time, works bool) {
	yearDay := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).YearDay()
	if !c.year(d.year)[yearDay] {
		return time.Time{}, time.Time{}, false
	}
	return d.at(c.hours.From, c.loc), d.at(c.hours.To, c.loc), true
}

// year gives the working days of a year. They are kept, because working out the
// holidays afresh for each day costs more than all else here; the library's own
// cache is not safe for concurrent use.
func (c *Calendar) year(year int) *[maxYearDays]bool {
	if kept, ok := c.years.Load(year); ok {
		if days, ok := kept.(*[maxYearDays]bool); ok {
			return days
		}
	}
	days := new([maxYearDays]bool)
	for day := time.Date(year, time.January, 1, 12, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
		days[day.YearDay()] = c.days.IsWorkday(day)
	}
	c.years.Store(year, days)
	return days
}
