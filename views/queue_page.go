package views

import "identitydesk/internal/identity"

// QueuePage is home: what is stuck, mine and free, the oldest breach first, and beside it the case that is open.
type QueuePage struct {
	Chrome
	Spot
	Of     Whose                     // whose cases are shown, where the address does not say it, too
	Usual  Whose                     // whose are shown where the address does not say it
	Counts identity.Counts           // the numbers on the tabs
	Held   map[Whose]identity.Counts // the numbers on the filter; what is not known is left out
	Rows   Rows
	New    int       // how many cases have come that are not shown yet, see [Row.Left]
	Pane   *CasePage // the open case; nil where there is none
	Notice string    // what the last click did; empty for nothing
	Drawn  *DrawnRows
}
