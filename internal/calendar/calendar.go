// Package calendar counts business time: Monday to Friday, between opening and
// closing, less holidays.
//
// Which day is a working day is rickar/cal's business. The walk through the hours
// is ours, because that library steps by 24 hours (and so misses days around a
// clock change), counts the second after closing as work, and does not go back.
package calendar

import (
	"fmt"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"
)

// Names of the holiday lists that New knows.
const (
	HolidaysUS   = "us"
	HolidaysNone = "none"
)

// Hours are the daily working hours, each as the time since midnight on the clock
// on the wall: 9h and 17h for 09:00-17:00. To may be 24h.
type Hours struct {
	From, To time.Duration
}

// Length is the working time of one business day.
func (h Hours) Length() time.Duration { return h.To - h.From }

func (h Hours) valid() bool { return 0 <= h.From && h.From < h.To && h.To <= 24*time.Hour }

// Calendar counts business time in one time zone. It is safe for concurrent use.
type Calendar struct {
	loc   *time.Location
	hours Hours
	days  *cal.BusinessCalendar
	years sync.Map // int → *[maxYearDays]bool, the working days of a year
}

// New makes a calendar; holidays is HolidaysUS or HolidaysNone. It panics on hours
// that do not end after they begin and on an unknown list, as callers check both
// where they are read.
func New(loc *time.Location, hours Hours, holidays string) *Calendar {
	if !hours.valid() {
		panic(fmt.Sprintf("calendar: hours from %v to %v", hours.From, hours.To))
	}
	days := cal.NewBusinessCalendar()
	switch holidays {
	case HolidaysUS:
		days.AddHoliday(us.Holidays...)
	case HolidaysNone:
	default:
		panic(fmt.Sprintf("calendar: unknown holidays %q", holidays))
	}
	return &Calendar{loc: loc, hours: hours, days: days}
}

// US is the calendar of Paxos' own staff: 09:00-17:00 in New York, less the federal
// holidays. It needs time zone data, linked in with time/tzdata or on the machine.
func US() *Calendar {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(fmt.Sprintf("calendar: no time zone data is linked in: %v", err))
	}
	return New(newYork, Hours{From: 9 * time.Hour, To: 17 * time.Hour}, HolidaysUS)
}

// AddBusinessDays gives the earliest moment at which n business days of working
// time have passed since t: from Friday 14:00, one day ends on Monday 14:00. Outside
// hours the clock starts at the next opening. A negative n goes back: the latest
// moment from which -n days of working time pass until t. The result is in t's zone.
func (c *Calendar) AddBusinessDays(t time.Time, n int) time.Time {
	work := time.Duration(n) * c.hours.Length()
	switch {
	case work > 0:
		return c.forward(t, work)
	case work < 0:
		return c.back(t, -work)
	default:
		return t
	}
}

// AddWork gives the earliest moment at which so much working time has passed since t; d is not negative. The result is in t's
// zone.
func (c *Calendar) AddWork(t time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return t
	}
	return c.forward(t, d)
}

// Day is the working time of one business day.
func (c *Calendar) Day() time.Duration { return c.hours.Length() }

func (c *Calendar) forward(t time.Time, work time.Duration) time.Time {
	for day := c.dayOf(t); ; day = day.next(1) {
		open, closing, ok := c.window(day)
		if !ok || !t.Before(closing) {
			continue
		}
		start := later(open, t)
		if left := closing.Sub(start); work > left {
			work -= left
			continue
		}
		return start.Add(work).In(t.Location())
	}
}

func (c *Calendar) back(t time.Time, work time.Duration) time.Time {
	for day := c.dayOf(t); ; day = day.next(-1) {
		open, closing, ok := c.window(day)
		if !ok || !t.After(open) {
			continue
		}
		end := earlier(closing, t)
		if left := end.Sub(open); work > left {
			work -= left
			continue
		}
		return end.Add(-work).In(t.Location())
	}
}

// WorkingBetween is the working time from a to b; negative where b is before a.
func (c *Calendar) WorkingBetween(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.WorkingBetween(b, a)
	}
	var total time.Duration
	for day := c.dayOf(a); ; day = day.next(1) {
		if !day.midnight(c.loc).Before(b) {
			return total
		}
		open, closing, ok := c.window(day)
		if !ok {
			continue
		}
		if worked := earlier(closing, b).Sub(later(open, a)); worked > 0 {
			total += worked
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
