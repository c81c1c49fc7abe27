package identity

import (
	"fmt"
	"time"
)

// RefreshEnteredWithin is how long after a check its day is entered without a question.
const RefreshEnteredWithin = 7 * 24 * time.Hour

// The shortest and the longest time, in years, that Paxos leaves between two KYC refreshes. Which it is for a customer it does not say.
const (
	refreshYearsLeast = 1
	refreshYearsMost  = 3
)

// CheckRefreshedAt says what is wrong with the day of a KYC refresh; empty where nothing is. Days are those of UTC, at their start. Last is
// the refresh before, zero where none is known.
func (i Identity) CheckRefreshedAt(done, last, now time.Time) string {
	switch {
	case done.IsZero():
		return "Enter the day on which the details were checked."
	case done.After(now.Add(ClockGrace)):
		return "This is in the future: enter the day on which the details were checked, today at the latest."
	case !i.CreatedAt.IsZero() && done.Before(i.CreatedAt) && !sameDay(done, i.CreatedAt):
		return "This is before the identity was created at Paxos, on " + onDay(i.CreatedAt) + ": enter that day or a later one."
	case !last.IsZero() && done.Before(last) && sameDay(done, last):
		return "Paxos holds a refresh of this day already: if the details were checked once more, enter the day of that."
	case !last.IsZero() && done.Before(last):
		return "This is before the last refresh, on " + onDay(last) + ": enter that day or a later one."
	}
	return ""
}

// DoubtRefreshedAt says why somebody must confirm the day of a KYC refresh, and what it would come to; empty where nobody must.
func (i Identity) DoubtRefreshedAt(done, last, now time.Time) string {
	const confirm = " Confirm that it is meant."
	switch {
	case i.Refresh != nil && i.Refresh.Backdated(done):
		return "This day lies before Paxos asked for the refresh. " + nextRefreshFrom(done, now) + confirm
	case now.Sub(done) > RefreshEnteredWithin+24*time.Hour:
		return fmt.Sprintf("This day lies %d days back. ", int(now.Sub(done)/(24*time.Hour))) + nextRefreshFrom(done, now) + confirm
	case !last.IsZero() && sameDay(done, last) && !i.AwaitsRefresh():
		return "Paxos has taken a refresh of this day already, and asks for none: the next one would not move." + confirm
	}
	return ""
}

// nextRefreshFrom says what a day means for the next refresh.
func nextRefreshFrom(done, now time.Time) string {
	const counts = "Paxos counts the time to the next one from it"
	switch {
	case !done.AddDate(refreshYearsMost, 0, 0).After(now):
		return counts + ", and that time is over: the next one is due at once."
	case !done.AddDate(refreshYearsLeast, 0, 0).After(now):
		return fmt.Sprintf("%s, %d to %d years: the next one may be due at once.", counts, refreshYearsLeast, refreshYearsMost)
	}
	return fmt.Sprintf("%s, %d to %d years: the next one may be due from %s on.", counts, refreshYearsLeast, refreshYearsMost, onDay(done.AddDate(refreshYearsLeast, 0, 0)))
}

// Backdated reports whether a refresh is dated before the day on which Paxos asked for it.
func (r Refresh) Backdated(done time.Time) bool {
	return !r.StartedAt.IsZero() && done.Before(r.StartedAt) && !sameDay(done, r.StartedAt)
}

// sameDay reports whether two moments are on one day of UTC, by which days of refreshes are counted.
func sameDay(a, b time.Time) bool { return onDay(a) == onDay(b) }

func onDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }
