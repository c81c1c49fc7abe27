package views

import (
	"time"

	"identitydesk/internal/identity"
)

// openSince is when the age of a case began: with PENDING, with its submission, or, where Paxos has decided and something is open
// all the same, with the present move. Zero for what is decided.
func openSince(i identity.Identity) time.Time {
	switch {
	case i.Decided():
		return time.Time{}
	case i.PendingSince != nil:
		return *i.PendingSince
	case i.Status != identity.StatusNone && !i.Status.Undecided() && !i.MoveSince.IsZero():
		return i.MoveSince
	case i.SubmittedAt != nil:
		return *i.SubmittedAt
	default:
		return i.CreatedAt
	}
}

// confidentialHere reports whether what a row shows of a case's reasons must not be disclosed; what it hides behind "more" does not
// count.
func confidentialHere(a identity.Advice) bool {
	if len(a.Blocking) == 0 {
		return a.Confidential
	}
	return a.Blocking[0].Confidential
}

// firstPage is a link to the first page, empty when this is it.
func firstPage(after, link string) string {
	if after == "" {
		return ""
	}
	return link
}

// nextPage is a link to the next page, empty when there is none.
func nextPage(next string, link func(after string) string) string {
	if next == "" {
		return ""
	}
	return link(next)
}
