package views

import "identitydesk/internal/identity"

// EventPage is one event with every delivery of it.
type EventPage struct {
	Chrome
	Event        identity.Event
	Deliveries   []identity.Delivery // oldest first
	Attempts     []identity.Attempt  // the last ones, oldest first
	Case         *identity.Identity  // the linked case; nil where none is
	CanReprocess bool
	Notice       string // what the last click did; empty for none
}
