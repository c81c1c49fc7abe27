package views

import (
	"time"

	"identitydesk/internal/markdown"
)

// Note is what a person has written about a case.
type Note struct {
	ID     int64
	Author string
	At     time.Time
	Body   []markdown.Node
	Names  map[string]string // of people, by their handles
}
