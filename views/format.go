package views

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// span tells a length of time in its two largest units: "3d 4h", "5h 12m", "40s".
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0s"
	case d < time.Minute:
		return unit(d, time.Second, "s")
	case d < time.Hour:
		return pair(d, time.Minute, "m", time.Second, "s")
	case d < day:
		return pair(d, time.Hour, "h", time.Minute, "m")
	default:
		return pair(d, day, "d", time.Hour, "h")
	}
}

// rough tells a length of time in its largest unit, days with their hours: "5h", "2d 3h".
func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return unit(d, time.Second, "s")
	case d < time.Hour:
		return unit(d, time.Minute, "m")
	case d < day:
		return unit(d, time.Hour, "h")
	default:
		return span(d)
	}
}

func unit(d, size time.Duration, name string) string {
	return strconv.FormatInt(int64(d/size), 10) + name
}

func pair(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	s := unit(d, large, largeName)
	if rest := d % large; rest >= small {
		s += " " + unit(rest, small, smallName)
	}
	return s
}

// urgency is how near a due time is.
type urgency int

const (
	noLimit urgency = iota
	inTime
	soon // three quarters of the time are over
	late
)

// due tells how a case stands to its due time: "late 5h", "in 2h". From warn on it is soon.
func due(at, warn *time.Time, now time.Time) (string, urgency) {
	if at == nil {
		return "", noLimit
	}
	left := at.Sub(now)
	switch {
	case left <= -time.Second:
		return "late " + rough(-left), late
	case left < time.Second:
		return "due now", late
	case warn != nil && !now.Before(*warn):
		return "in " + rough(left), soon
	default:
		return "in " + rough(left), inTime
	}
}

// Clock tells a moment in a text that is written elsewhere, as pages tell it.
func Clock(t, now time.Time, loc *time.Location) string { return clock(t, now, loc) }

// clock tells a moment briefly: the time of day, with the date where it is not today.
func clock(t, now time.Time, loc *time.Location) string {
	t, now = t.In(place(loc)), now.In(place(loc))
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// brief tells a moment in a narrow column: the time of day, the date where it is not today, the year where it is another.
func brief(t, now time.Time, loc *time.Location) string {
	t, now = t.In(place(loc)), now.In(place(loc))
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("Jan 2 15:04")
	default:
		return t.Format(time.DateOnly)
	}
}

// dayOf tells a day: its time where it is today, its year where it is another.
func dayOf(t, now time.Time, loc *time.Location) string {
	t, now = t.In(place(loc)), now.In(place(loc))
	if t.Year() == now.Year() && t.YearDay() != now.YearDay() {
		return t.Format("Jan 2")
	}
	return brief(t, now, loc)
}

// onOrAt tells a moment within a sentence: "at 16:40", "on Mar 2 at 16:40".
func onOrAt(t, now time.Time, loc *time.Location) string {
	t, now = t.In(place(loc)), now.In(place(loc))
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("at 15:04")
	case t.Year() == now.Year():
		return t.Format("on Jan 2 at 15:04")
	default:
		return t.Format("on Jan 2, 2006 at 15:04")
	}
}

// dateOf is the date of a day that Paxos names, which is one of UTC.
func dateOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// exact tells a moment to the second, in UTC: for whoever compares it with Paxos' words or with a log.
func exact(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// zone names the place that times of day are told for.
func zone(loc *time.Location) string { return place(loc).String() }

// stamp is a moment for machines.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func place(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}

// grouped writes a number with its thousands apart: "12,345".
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// counted writes a number with its noun: "1 case", "1,204 cases", "more than 10,000 cases".
func counted(n int64, atLeast bool, one, many string) string {
	switch {
	case atLeast:
		return "more than " + grouped(n) + " " + many
	case n == 1:
		return "1 " + one
	default:
		return grouped(n) + " " + many
	}
}

// short is the beginning of a long id, enough to tell rows apart.
func short(id string) string {
	const keep = 8
	if len(id) <= keep+2 {
		return id
	}
	return id[:keep] + "…"
}

// sentence makes a text begin with a capital letter, as the first word of a line.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// decimal writes a number with one digit after the point where it needs one.
func decimal(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }
