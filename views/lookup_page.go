package views

import "time"

// LookupPage answers a look-up that did not lead straight to one case: several matches, none, or a refused query.
type LookupPage struct {
	Chrome
	Query string // as typed; empty where it must not be shown again
	Error string // why the query was refused; empty where it was not
	Rows  []Row
	AsOf  time.Time

	// Many is set where a list of ref_ids was posted (POST /lookup, field `ref_ids`, one per line, at most MaxMany; with
	// format=csv the answer is a file).
	Many    bool
	RefIDs  string   // the list as typed, to be shown again
	Missing []string // the lines of it that are not in the cache
	MaxMany int
}
