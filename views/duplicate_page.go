package views

import (
	"strconv"
	"time"

	"identitydesk/internal/identity"
)

// DuplicatePage is a failed submission of somebody whom Paxos holds already, or may: what it clashed with, both records side by side
// once they were revealed, and the ways to decide.
type DuplicatePage struct {
	Chrome
	Of            identity.Identity
	Failure       identity.Failure
	FailureUnread identity.Unread
	Existing      *identity.Identity // nil where it is not known
	MayOpen       bool
	Comparison    identity.Comparison      // the reader's: without one nothing is decided
	Onward        string                   // leads to the next case of the queue that this one was opened from; empty for the case itself
	Asked         Asked                    // the form for a reason to compare
	Declining     Asked                    // the form that declines service
	Linking       Asked                    // the form that confirms the same person
	Account       AccountForm              // within it
	Fields        []identity.ComparedField // nil while nothing is revealed
	Until         time.Time                // when they must be gone
}

func (p DuplicatePage) left() string {
	return strconv.Itoa(max(int(p.Until.Sub(p.Now)/time.Second), 1))
}

func (p DuplicatePage) attempts() string { return strconv.Itoa(p.Of.Attempts) }

func (p DuplicatePage) refID() string { return firstOf(p.Of.RefID, short(p.Of.ID)) }

// decides reports whether the reader may decide now: Existing is known where they may not.
func (p DuplicatePage) decides() bool { return p.Comparison.Basis != identity.NoBasis }

// problem is what was refused and stands above everything.
func (p DuplicatePage) problem() Asked {
	if p.decides() {
		return p.Asked
	}
	return firstRefused(p.Asked, p.Declining, p.Linking)
}

// refused is what is wrong with a decision, and stands with the forms.
func (p DuplicatePage) refused() Asked { return firstRefused(p.Declining, p.Linking) }

func firstRefused(all ...Asked) Asked {
	for _, a := range all {
		if a.Text != "" {
			return a
		}
	}
	return Asked{}
}

// differing is how many fields differ.
func (p DuplicatePage) differing() string {
	n := 0
	for _, f := range p.Fields {
		if f.Agreement == identity.Differs {
			n++
		}
	}
	switch n {
	case 0:
		return "No field differs"
	case 1:
		return "1 field differs"
	}
	return strconv.Itoa(n) + " fields differ"
}

func agreementIcon(a identity.Agreement) string {
	switch a {
	case identity.Agrees:
		return "check"
	case identity.Differs:
		return "alert-triangle"
	}
	return "minus"
}

func agreementText(a identity.Agreement) string {
	switch a {
	case identity.Agrees:
		return "same"
	case identity.Differs:
		return "differs"
	case identity.OnlyOurs:
		return "in our draft alone"
	case identity.OnlyTheirs:
		return "at Paxos alone"
	case identity.OfItsOwn:
		return "of each check"
	}
	return string(a)
}
