// Package retention erases what the desk has kept for long enough: cases whose retention has ended, and drafts of failed submissions
// that nobody has cared for. When that is follows from the calendar; what erasing means is the store's concern.
package retention

import (
	"fmt"
	"strings"
	"time"
)

// Period is a length of time by the calendar.
type Period struct{ Years, Months, Days int }

// After is the end of a period that begins at a moment.
func (p Period) After(t time.Time) time.Time { return t.AddDate(p.Years, p.Months, p.Days) }

// Before is the latest beginning of a period that has ended at a moment. Where months differ in length it is on the careful side: what
// began then has been kept for the whole period.
func (p Period) Before(t time.Time) time.Time {
	began := t.AddDate(-p.Years, -p.Months, -p.Days)
	for p.After(began).After(t) {
		began = began.AddDate(0, 0, -1)
	}
	return began
}

// String is the period as it is written in the environment: "5y", "18mo", "400d".
func (p Period) String() string {
	var b strings.Builder
	for _, part := range []struct {
		n    int
		unit string
	}{{p.Years, "y"}, {p.Months, "mo"}, {p.Days, "d"}} {
		if part.n != 0 {
			fmt.Fprintf(&b, "%d%s", part.n, part.unit)
		}
	}
	return b.String()
}
