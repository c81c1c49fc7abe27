package views

import "identitydesk/internal/identity"

// EventsPage is the webhook inbox, newest first.
type EventsPage struct {
	Chrome
	State        identity.EventState // the filter; empty shows all
	Type         string
	Query        string
	Events       []identity.Event
	Next         string // goes back as `after`; empty at the end
	After        string
	Total        int64
	TotalAtLeast bool
}
