package config

import (
	"strconv"
	"strings"
	"time"
)

// Period is a length of time by the calendar: a number of years, months or days.
type Period struct{ Years, Months, Days int }

// maxYears bounds a period: more is a slip of the keyboard.
const maxYears = 100

// UnmarshalText takes 5y, 18mo or 400d.
func (p *Period) UnmarshalText(text []byte) error {
	for _, unit := range []struct {
		suffix string
		most   int
		of     func(int) Period
	}{
		{"y", maxYears, func(n int) Period { return Period{Years: n} }},
		{"mo", 12 * maxYears, func(n int) Period { return Period{Months: n} }},
		{"d", 366 * maxYears, func(n int) Period { return Period{Days: n} }},
	} {
		number, found := strings.CutSuffix(string(text), unit.suffix)
		if !found {
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > unit.most || number != strconv.Itoa(n) {
			return errForm
		}
		*p = unit.of(n)
		return nil
	}
	return errForm
}

// shorter compares two periods as they run from the first day of a year that is no leap year.
func (p Period) shorter(than Period) bool {
	from := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	return from.AddDate(p.Years, p.Months, p.Days).Before(from.AddDate(than.Years, than.Months, than.Days))
}
