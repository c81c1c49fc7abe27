package identity

import "time"

// Filter selects identities for a list. Zero fields do not filter.
type Filter struct {
	Status      Status
	Lane        Lane   // LaneSnoozed selects sleeping cases
	Stuck       bool   // every lane that needs a human now
	Query       string // an exact id of any kind, or the beginning of a ref_id
	RefID       string
	Type        Type
	Requirement string
	Assignee    string
	MineOrFree  string // cases of this user id and those that nobody has claimed
	Free        bool   // only those that nobody has claimed
	Tag         string
	CreatedFrom time.Time // inclusive
	CreatedTo   time.Time // exclusive
	Sort        Sort
	After       string // the Next of the page before
	Limit       int    // 1 to MaxLimit; 0 means DefaultLimit
}

// The lengths of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Sort is the order of a list; a leading minus turns it round.
type Sort string

// The orders. SortDue puts the oldest breach first and leaves out what has no due time.
const (
	SortCreatedDesc Sort = "-created_at" // the default of lists
	SortCreated     Sort = "created_at"
	SortUpdatedDesc Sort = "-updated_at"
	SortUpdated     Sort = "updated_at"
	SortDue         Sort = "due_at" // the default of the queue
)

// Page is one page of a list.
type Page struct {
	Items        []Identity
	Next         string // goes back as After; empty at the end
	Total        int64
	TotalAtLeast bool // there are more than Total
}

// EventFilter selects events for a list, newest first.
type EventFilter struct {
	State      EventState
	Type       string
	IdentityID string
	Query      string    // an event id, or an id of an identity
	From, To   time.Time // when it was received: from inclusive, to exclusive
	After      string
	Limit      int
}

// EventPage is one page of the webhook inbox.
type EventPage struct {
	Items        []Event
	Next         string
	Total        int64
	TotalAtLeast bool
}

// Counts are the numbers on the queue's tabs: of all cases, or of those that a person has claimed or may claim.
type Counts struct {
	Lanes    map[Lane]int64 // cases that do not sleep, by lane; LaneSnoozed counts the sleeping
	Statuses map[Status]int64
	Total    int64
}

// Stuck is the number of cases that need a human now.
func (c Counts) Stuck() int64 {
	var n int64
	for _, l := range StuckLanes() {
		n += c.Lanes[l]
	}
	return n
}
