package views

import (
	"net/url"

	"identitydesk/internal/audit"
)

// AuditPage is who did what, newest first.
type AuditPage struct {
	Chrome
	Filter  url.Values // as typed, see [AuditFilters]
	Entries []audit.Entry
	Before  int64 // the `before` that this page was asked with; 0 on the first
	Next    int64 // the `before` of the next page; 0 at the end

	Total        int64 // of every page
	TotalAtLeast bool  // there are more than Total

	Head   audit.Head
	Pin    *audit.Pin   // the last end that was told to others; nil before the first
	Check  *audit.Check // what the last verification has found; nil before the first
	Notice string
}

// AuditFilters are the names of the filters in the address.
func AuditFilters() []string {
	return []string{"action", "actor", "role", "identity", "from", "to", "request_id"}
}
