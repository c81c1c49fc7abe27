package views

import (
	"net/url"

	"identitydesk/internal/identity"
)

// EventsPage is the webhook inbox, newest first.
type EventsPage struct {
	Chrome
	Filter       url.Values // state, type, q, identity_id, from, to as they were given
	Events       []identity.Event
	Next         string // goes back as `after`; empty at the end
	After        string
	Total        int64
	TotalAtLeast bool
	CanReprocess bool
	Notice       string // what the last click did; empty for none
}
