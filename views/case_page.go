package views

import (
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// CasePage is one identity: where it stands, why, what to do, and everything that happened.
type CasePage struct {
	Chrome
	Row
	Work
	CaseKeeping
	Membership
	Refused   Refusal // an act on the case that was refused just now; zero for none
	Documents Documents
	Reveal    Reveal
	Revealed  *Revealed     // what the last click has revealed; nil for nothing
	Name      identity.Name // zero unless the person may see names
	Failure   identity.Failure
	// NameUnread and FailureUnread say why the two, but for a failure's code, cannot be read.
	NameUnread, FailureUnread identity.Unread
	History                   []identity.Entry // oldest first
	Moves                     []OurMove        // what was asked of Paxos, newest first
	Controls                  Controls
	CanRehearse               bool          // set statuses by hand; never in production
	Parked                    []ParkedJob   // what the desk has given up trying for this case
	Acts                      []audit.Entry // what people did to it; empty where the person may not see it
	Existing                  *identity.Identity

	CanRecheck, CanResubmit, CanWithdraw    bool
	CanCorrect, CanRefresh, CanReadAccounts bool
	RefreshTold                             identity.RefreshTold // the last that Paxos told of KYC refreshes; zero for nothing
	RecheckAllowedAt                        time.Time            // after Now: the cool-down still runs
	// RefreshWithoutScript is after how long a browser without JavaScript is to load the page again, since something is about to
	// happen (a submission on its way, a decision minutes old); zero where nothing is.
	RefreshWithoutScript time.Duration
	// Back is the address of the queue that the case is open in, Onward leads to the next case of it. Both are empty on the case's
	// own page.
	Back, Onward string
	// Then is the moment that a person asks the status of, Stood what is known of it.
	Then   Then
	Stood  identity.Standing
	Notice string // what the last click did, such as "Asked Paxos again."; empty for none
}

// paced is the page's frame, with how often it is loaded again without scripts.
func (p CasePage) paced() Chrome {
	c := p.Chrome
	c.Pace = p.RefreshWithoutScript
	return c
}
