package views

import (
	"time"

	"identitydesk/internal/fault"
)

// ErrorPage tells what went wrong and what to do about it.
type ErrorPage struct {
	Chrome
	Status    int // the HTTP status
	Kind      fault.Kind
	Text      string
	RequestID string
	RetryAt   time.Time // zero where unknown
}
