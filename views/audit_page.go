package views

import "identitydesk/internal/audit"

// AuditPage is who did what, newest first.
type AuditPage struct {
	Chrome
	IdentityID string // the filters, as in [audit.Filter]
	ActorID    string
	Action     audit.Action
	Entries    []audit.Entry
	Before     int64 // the `before` that this page was asked with; 0 on the first
	Next       int64 // the `before` of the next page; 0 at the end

	Total        int64 // of every page
	TotalAtLeast bool  // there are more than Total
}
