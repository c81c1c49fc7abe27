package views

import (
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/markdown"
)

// Note is what a person has written about a case.
type Note struct {
	ID     int64
	Author string
	At     time.Time
	Body   []markdown.Node
	Unread identity.Unread   // why Body cannot be read
	Names  map[string]string // of people, by their handles
}
