package views

import (
	"net/url"

	"identitydesk/internal/identity"
)

// RefreshesPage is the calendar of the KYC refreshes that fall due.
type RefreshesPage struct {
	Chrome
	Show         identity.RefreshShow
	Items        []identity.RefreshDue
	After, Next  string
	Total        int64
	TotalAtLeast bool
}

// address shows some of the refreshes, from a place on.
func (p RefreshesPage) address(show identity.RefreshShow, after string) string {
	return link("/refreshes", url.Values{"show": {string(show)}, "after": {after}})
}

func (p RefreshesPage) csv() string {
	return link("/refreshes", url.Values{"show": {string(p.Show)}, "format": {"csv"}})
}

func refreshShowName(s identity.RefreshShow) string {
	switch s {
	case identity.RefreshesOpen:
		return "Open"
	case identity.RefreshesNext:
		return "Later"
	default:
		return "All"
	}
}

func refreshesEmpty(s identity.RefreshShow) string {
	if s == identity.RefreshesNext {
		return "Paxos names the next date when a refresh is completed."
	}
	return "Paxos asks by an event; what is open then stands here, by the day on which it ends."
}
