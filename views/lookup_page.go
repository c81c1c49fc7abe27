package views

import "time"

// LookupPage answers a look-up that did not lead straight to one case: several matches, none, or a refused query.
type LookupPage struct {
	Chrome
	Query string // as typed; empty where it must not be shown again
	Error string // why the query was refused; empty where it was not
	Rows  []Row
	AsOf  time.Time
}
