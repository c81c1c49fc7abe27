package identity

import "time"

// Calendar counts business time: Monday to Friday, opening hours, less holidays.
type Calendar interface {
	// AddBusinessDays gives the moment at which n business days of working time have passed since t; a negative n goes back.
	AddBusinessDays(t time.Time, n int) time.Time
	// WorkingBetween is the working time from a to b, zero or less where b is not after a.
	WorkingBetween(a, b time.Time) time.Duration
	// AddWork gives the moment at which so much working time has passed since t; d is not negative.
	AddWork(t time.Time, d time.Duration) time.Time
	// Day is the working time of one business day.
	Day() time.Duration
}

// Policy is what the stuck rule and the rules of casework need to know beside the case.
type Policy struct {
	Limit  Limit            // how long a move may take where no limit of its own is set
	Limits map[string]Limit // by the type of what blocks: a requirement's, SUBMISSION, DOCUMENTS, SANCTIONS, STATUS
	Ours   Calendar         // while it is our turn
	Paxos  Calendar         // while it is Paxos' turn: always the US calendar

	// IdleRelease is how long a case may lie untouched with the person who claimed it before it is free again, on our calendar.
	// The zero Limit: for ever.
	IdleRelease Limit
	// LongestSnooze is how far ahead a snooze may end.
	LongestSnooze time.Duration
	// ProposalTerm is how long a proposal waits for a second person; zero for the usual time.
	ProposalTerm time.Duration
}

// Settings are the part of the policy that people change while the desk runs.
type Settings struct {
	Limits        map[string]Limit `json:"limits,omitempty"`
	IdleRelease   Limit            `json:"idle_release"`
	LongestSnooze time.Duration    `json:"longest_snooze"`
	ProposalTerm  time.Duration    `json:"proposal_term,omitempty"`
}

// DefaultSettings hold until somebody changes them.
func DefaultSettings() Settings {
	return Settings{IdleRelease: Limit{BusinessDays: 1}, LongestSnooze: 14 * 24 * time.Hour}
}

// With is the policy under settings.
func (p Policy) With(s Settings) Policy {
	p.Limits, p.IdleRelease, p.LongestSnooze, p.ProposalTerm = s.Limits, s.IdleRelease, s.LongestSnooze, s.ProposalTerm
	return p
}

// limitFor is the limit of one thing that blocks; none of its own is the general one.
func (p Policy) limitFor(kind string) Limit {
	if l := p.Limits[kind]; !l.Zero() {
		return l
	}
	return p.Limit
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
