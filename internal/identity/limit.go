package identity

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limit is how long something may take: a number of business days, or a plain duration that runs around the clock. The zero
// Limit is none.
type Limit struct {
	BusinessDays int           `json:"business_days,omitempty"`
	Plain        time.Duration `json:"plain,omitempty"` // used where BusinessDays is 0
}

// Zero reports whether there is no limit.
func (l Limit) Zero() bool { return l == Limit{} }

// String writes a limit as [ParseLimit] reads it, without parts that are nothing: "2bd", "36h", "1h10m"; empty for none.
func (l Limit) String() string {
	switch {
	case l.BusinessDays > 0:
		return strconv.Itoa(l.BusinessDays) + "bd"
	case l.Plain > 0:
		return shortText(l.Plain)
	}
	return ""
}

// shortText leaves out the minutes and seconds that [time.Duration.String] writes although there are none: "36h0m0s" is "36h",
// yet "10m0s" must not become "1".
func shortText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// maxBusinessDays is the longest limit in business days: a year of them.
const maxBusinessDays = 260

// ParseLimit reads "2bd" or a plain duration such as "36h". Its error says what is expected, never what was given.
func ParseLimit(s string) (Limit, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if days, ok := strings.CutSuffix(s, "bd"); ok {
		n, err := strconv.Atoi(strings.TrimSpace(days))
		if err != nil || n < 1 || n > maxBusinessDays {
			return Limit{}, fmt.Errorf("enter business days from 1bd to %dbd", maxBusinessDays)
		}
		return Limit{BusinessDays: n}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second || d > 365*24*time.Hour {
		return Limit{}, errors.New("enter business days such as 2bd, or a duration from 1s to 8760h such as 36h")
	}
	return Limit{Plain: d}, nil
}

// After gives the end of the limit from t on a calendar.
func (l Limit) After(t time.Time, c Calendar) time.Time {
	if l.BusinessDays > 0 {
		return c.AddBusinessDays(t, l.BusinessDays)
	}
	return t.Add(l.Plain)
}

// warnAfter gives the moment at which three quarters of the limit have passed from t on a calendar.
func (l Limit) warnAfter(t time.Time, c Calendar) time.Time {
	if l.BusinessDays > 0 {
		return c.AddWork(t, time.Duration(l.BusinessDays)*c.Day()*3/4)
	}
	return t.Add(l.Plain * 3 / 4)
}

// before gives the moment from which the limit runs until t: what has lain since before it is over the limit.
func (l Limit) before(t time.Time, c Calendar) time.Time {
	if l.BusinessDays > 0 {
		return c.AddBusinessDays(t, -l.BusinessDays)
	}
	return t.Add(-l.Plain)
}
