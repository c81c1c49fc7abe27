package views

import (
	"strconv"
	"time"

	"identitydesk/internal/identity"
)

// ResubmitPage is a failed submission on its way to be sent again: why it failed, and the ways on. Its details stand in the form once
// they were opened, with what Paxos says beside the fields.
type ResubmitPage struct {
	NewIdentityPage // the form; Values is nil while the details are closed
	Of              identity.Identity
	Failure         identity.Failure
	FailureUnread   identity.Unread
	Existing        *identity.Identity
	Free            bool      // the reader may open the details without a reason
	FreeUntil       time.Time // until when
	MayOpen         bool
	Asked           Asked     // the form for a reason
	Until           time.Time // when opened details must be gone; zero where none were opened
	NewRefID        string    // what was typed as another ref_id
}

func (p ResubmitPage) opened() bool { return p.Values != nil }

// left is how many seconds opened details may stay.
func (p ResubmitPage) left() string {
	return strconv.Itoa(max(int(p.Until.Sub(p.Now)/time.Second), 1))
}

// openedAt is when the details were opened, as the form carries it.
func (p ResubmitPage) openedAt() string {
	return p.Until.Add(-identity.DraftShownFor).UTC().Format(time.RFC3339)
}

func (p ResubmitPage) attempts() string { return strconv.Itoa(p.Of.Attempts) }

func (p ResubmitPage) refID() string { return firstOf(p.Of.RefID, short(p.Of.ID)) }

// newRefIDError is what is wrong with another ref_id that was typed alone.
func (p ResubmitPage) newRefIDError() string {
	if p.opened() {
		return ""
	}
	return p.Errors["ref_id"]
}
