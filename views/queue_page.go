package views

import "identitydesk/internal/identity"

// QueuePage is home: what is stuck, oldest breach first.
type QueuePage struct {
	Chrome
	Lane   identity.Lane // the tab; empty shows every stuck case
	Counts identity.Counts
	Rows   Rows
}
