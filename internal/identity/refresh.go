package identity

import "time"

// RefreshDue is a KYC refresh that falls due: one that Paxos waits for, or the next that it has named.
type RefreshDue struct {
	Identity
	DueAt  time.Time  // the end of an open one; the day of the next
	Open   bool       // Paxos waits for it now
	LastAt *time.Time // when the details were last checked; nil where that is not known
}

// RefreshShow says which refreshes are listed.
type RefreshShow string

// What can be listed.
const (
	RefreshesAll  RefreshShow = ""
	RefreshesOpen RefreshShow = "open" // those that Paxos waits for
	RefreshesNext RefreshShow = "next" // those that it will ask for
)

// RefreshShows are all, in the order in which pages offer them.
func RefreshShows() []RefreshShow { return []RefreshShow{RefreshesAll, RefreshesOpen, RefreshesNext} }

// RefreshFilter selects refreshes, the first due first.
type RefreshFilter struct {
	Show     RefreshShow
	Until    time.Time // those that fall due before it; zero for all
	Assignee string    // user id of who has claimed the case; empty for anybody
	Free     bool      // those of cases that nobody has claimed
	After    string    // the Next of the page before
	Limit    int
}

// Holds reports whether a refresh is selected by when it falls due and by who has claimed its case.
func (f RefreshFilter) Holds(d RefreshDue) bool {
	return (f.Until.IsZero() || d.DueAt.Before(f.Until)) && (!f.Free || d.Assignee == "") && (f.Assignee == "" || d.Assignee == f.Assignee)
}

// RefreshPage is one page of them.
type RefreshPage struct {
	Items        []RefreshDue
	Next         string // empty at the end
	Total        int64
	TotalAtLeast bool
}

// RefreshCount is how many refreshes there are of a span.
type RefreshCount struct {
	N       int64
	AtLeast bool
}

// RefreshTold is the last that Paxos told of the KYC refreshes of a case.
type RefreshTold struct {
	Type   string     // of the event, see [EventRefreshStarted]
	At     time.Time  // when it happened at Paxos
	LastAt *time.Time // when the details were last checked
	NextAt *time.Time // when Paxos wants them to be checked again
}

// Outcome is what became of the refresh that the event is about: "started", "completed", "expired"; empty for none.
func (t RefreshTold) Outcome() string {
	switch t.Type {
	case EventRefreshStarted:
		return "started"
	case EventRefreshCompleted:
		return "completed"
	case EventRefreshExpired:
		return "expired"
	}
	return ""
}

// RefreshHeld is what Paxos' record says of KYC refreshes.
type RefreshHeld struct {
	LastAt    time.Time // when the details were last checked; zero where the record does not say
	Asked     bool      // Paxos waits for one
	UpdatedAt time.Time
}

// Shows reports whether the record tells that a refresh of a day has come by a call that began at since. One of that day that Paxos waits
// for again may be an earlier one, unless the record has changed since.
func (h RefreshHeld) Shows(done, since time.Time) bool {
	return sameDay(h.LastAt, done) && (!h.Asked || !h.UpdatedAt.Before(since.Add(-ClockGrace)))
}

// Shows reports whether Paxos has told, since a call began, of a refresh of a day; one without a day is of any.
func (t RefreshTold) Shows(done, since time.Time) bool {
	if t.At.Before(since.Add(-ClockGrace)) {
		return false
	}
	if t.LastAt == nil {
		return t.Type == EventRefreshCompleted && !t.At.Before(since)
	}
	return sameDay(*t.LastAt, done)
}

// RefreshExpired reports whether Paxos has said that the open refresh was not done in time.
func (i Identity) RefreshExpired() bool {
	r := i.refreshRequirement()
	return i.Refresh != nil && i.Refresh.Expired || r != nil && r.overdue()
}

// RefreshEndsAt is when the open refresh must be answered; zero where none is open. One that no event told of has the usual term from
// the start of the move.
func (i Identity) RefreshEndsAt() time.Time {
	if !i.refreshOpen() || i.ErasedAt != nil {
		return time.Time{}
	}
	return i.refreshEnd(i.MoveSince)
}
