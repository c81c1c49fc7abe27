package identity

import (
	"strconv"
	"strings"
	"time"
)

// AgeingText compares a case's age with how long its like took, where there are enough of them; empty otherwise. What they took is
// rounded up and the age down, so that neither is made out to be better or worse than it was measured.
func AgeingText(a Ageing, i Identity, now time.Time) string {
	if !a.Enough() || i.PendingSince == nil {
		return ""
	}
	age := max(now.Sub(*i.PendingSince), 0)
	if a.Unusual(i, now) {
		within, at := toldApart(a.Within, age)
		return "95 of 100 such cases were decided within " + within + "; this one is at " + at + "."
	}
	half, most := atMost(a.Median).String(), atMost(a.Within).String()
	at := "; this one is at " + atLeast(age).String() + "."
	if half == most {
		return "95 of 100 such cases were decided within " + most + at
	}
	return "Half of such cases were decided within " + half + ", 95 of 100 within " + most + at
}

// toldApart writes two lengths of time, of which the second is longer, so finely that it reads so.
func toldApart(within, age time.Duration) (string, string) {
	short, long := atMost(within), atLeast(age)
	for short.d >= long.d && min(short.unit, long.unit) > time.Second {
		unit := finer(min(short.unit, long.unit))
		short, long = up(within, unit), down(age, unit)
	}
	return short.String(), long.String()
}

// span is a length of time as people say it: a whole number of units.
type span struct {
	d    time.Duration
	unit time.Duration
}

const day = 24 * time.Hour

// atMost rounds a length of time up in the unit that fits it, atLeast down.
func atMost(d time.Duration) span  { return up(d, unitOf(d)) }
func atLeast(d time.Duration) span { return down(d, unitOf(d)) }

func up(d, unit time.Duration) span   { return span{max((d+unit-1)/unit, 1) * unit, unit} }
func down(d, unit time.Duration) span { return span{d / unit * unit, unit} }

// unitOf is the unit in which people say a length of time: "90 min", "31 h", "4 days".
func unitOf(d time.Duration) time.Duration {
	switch {
	case d < 2*time.Minute:
		return time.Second
	case d < 2*time.Hour:
		return time.Minute
	case d < 3*day:
		return time.Hour
	}
	return day
}

func finer(unit time.Duration) time.Duration {
	switch unit {
	case day:
		return time.Hour
	case time.Hour:
		return time.Minute
	}
	return time.Second
}

// String writes the parts that there are, from the unit that fits down to the span's own: "6 h", "6 h 10 min".
func (s span) String() string {
	var parts []string
	left := s.d
	for unit := max(unitOf(s.d), s.unit); ; unit = finer(unit) {
		if n := left / unit; n > 0 {
			parts = append(parts, strconv.Itoa(int(n))+unitName(unit))
			left -= n * unit
		}
		if unit <= s.unit {
			break
		}
	}
	if len(parts) == 0 {
		return "0" + unitName(s.unit)
	}
	return strings.Join(parts, " ")
}

func unitName(unit time.Duration) string {
	switch unit {
	case day:
		return " days"
	case time.Hour:
		return " h"
	case time.Minute:
		return " min"
	}
	return " s"
}
