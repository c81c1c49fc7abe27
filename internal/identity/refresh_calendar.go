package identity

import (
	"cmp"
	"slices"
	"time"
)

// RefreshSpanKind says what part of the calendar a span is.
type RefreshSpanKind string

// The parts, in the order of time.
const (
	SpanPast        RefreshSpanKind = "past"
	SpanThisWeek    RefreshSpanKind = "this week"
	SpanNextWeek    RefreshSpanKind = "next week"
	SpanRestOfMonth RefreshSpanKind = "rest of a month" // one that those weeks reach into
	SpanMonth       RefreshSpanKind = "month"
)

// RefreshSpan is a part of the calendar of KYC refreshes: the days from From on and before To, each at its start in UTC. What is past due
// has no From.
type RefreshSpan struct {
	Kind     RefreshSpanKind
	From, To time.Time
}

// RefreshGroup is what stands on one page of a span, with how many there are on all pages.
type RefreshGroup struct {
	RefreshSpan
	Items        []RefreshDue
	Total        int64
	TotalAtLeast bool
}

// RefreshCalendar sorts refreshes into spans, as the days are where somebody reads it.
type RefreshCalendar struct {
	Now      time.Time
	Location *time.Location
}

const daysOfWeek = 7

// Day is the day on which a refresh falls due, at its start in UTC: an open one ends at a moment, whose day depends on where one is; the
// next is a day that no time zone shifts.
func (c RefreshCalendar) Day(d RefreshDue) time.Time {
	if d.Open {
		return dayIn(d.DueAt, c.Location)
	}
	return dayIn(d.DueAt, time.UTC)
}

// SpanOf is where a refresh stands. Weeks begin on Monday.
func (c RefreshCalendar) SpanOf(d RefreshDue) RefreshSpan {
	day, today := c.Day(d), dayIn(c.Now, c.Location)
	monday := today.AddDate(0, 0, daysOfWeek-(int(today.Weekday())+daysOfWeek-1)%daysOfWeek)
	later := monday.AddDate(0, 0, daysOfWeek)
	month := day.AddDate(0, 0, 1-day.Day())
	switch {
	case day.Before(today) || d.Open && !d.DueAt.After(c.Now):
		return RefreshSpan{Kind: SpanPast, To: today}
	case day.Before(monday):
		return RefreshSpan{SpanThisWeek, today, monday}
	case day.Before(later):
		return RefreshSpan{SpanNextWeek, monday, later}
	case month.Before(later):
		return RefreshSpan{SpanRestOfMonth, later, month.AddDate(0, 1, 0)}
	}
	return RefreshSpan{SpanMonth, month, month.AddDate(0, 1, 0)}
}

// Group sorts a page into its spans, the first first, without totals.
func (c RefreshCalendar) Group(items []RefreshDue) (groups []RefreshGroup) {
	at := map[RefreshSpan]int{}
	for _, d := range items {
		span := c.SpanOf(d)
		n, known := at[span]
		if !known {
			n, groups = len(groups), append(groups, RefreshGroup{RefreshSpan: span})
			at[span] = n
		}
		groups[n].Items = append(groups[n].Items, d)
	}
	slices.SortStableFunc(groups, func(a, b RefreshGroup) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To))
	})
	return groups
}

func dayIn(t time.Time, loc *time.Location) time.Time {
	year, month, day := t.In(loc).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
