package identity

import "time"

// Calendar counts business time: Monday to Friday, opening hours, less holidays.
type Calendar interface {
	// AddBusinessDays gives the moment at which n business days of working time have passed since t; a negative n goes back.
	AddBusinessDays(t time.Time, n int) time.Time
	// WorkingBetween is the working time from a to b, zero or less where b is not after a.
	WorkingBetween(a, b time.Time) time.Duration
}

// Limit is how long a move may take: a number of business days, or a plain duration that runs around the clock.
type Limit struct {
	BusinessDays int
	Plain        time.Duration // used where BusinessDays is 0
}

// After gives the end of the limit from t on a calendar.
func (l Limit) After(t time.Time, c Calendar) time.Time {
	if l.BusinessDays > 0 {
		return c.AddBusinessDays(t, l.BusinessDays)
	}
	return t.Add(l.Plain)
}

// Policy is what the stuck rule needs to know beside the case: the limit of a move and whose calendar runs.
type Policy struct {
	Limit Limit
	Ours  Calendar // while it is our turn
	Paxos Calendar // while it is Paxos' turn: always the US calendar
}

// How long things may take that no setting changes.
const (
	// SubmissionLimit is how long a submission may be on its way before it counts as overdue.
	SubmissionLimit = 10 * time.Minute
	// RefreshTerm is how long a KYC refresh may take where Paxos names no end.
	RefreshTerm = 30 * 24 * time.Hour
	// RefreshWarningDays is how many business days before its end a KYC refresh becomes ours to act on.
	RefreshWarningDays = 5
	// ClockGrace is how far Paxos' clock and ours may differ.
	ClockGrace = 5 * time.Minute
	// RecheckCoolDown is how long after one re-check that a person asked for the next may be.
	RecheckCoolDown = 10 * time.Second
)
