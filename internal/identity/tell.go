package identity

import (
	"slices"
	"strings"
)

// tellNothing is what a customer may always be told: it gives no reason.
const tellNothing = "We are still processing your details."

// discreet reports whether a reason is not to be disclosed to the customer, by the word that Paxos has for it: what looks into the
// person rather than at what they sent. It also takes words that the desk does not know.
func discreet(word string) bool {
	word = strings.ToUpper(word)
	return slices.ContainsFunc([]string{"SCREENING", "SANCTION", "COMPLIANCE", "FROZEN", "FREEZE", "CONTROL"}, func(part string) bool {
		return strings.Contains(word, part)
	})
}

// discreet reports whether the requirement or a reason of its is not to be disclosed.
func (r Requirement) discreet() bool {
	return discreet(r.Type) || slices.ContainsFunc(r.Errors, func(e RequirementError) bool { return discreet(e.Code) })
}

// tell is what the customer may be told of a requirement: what we ask of them, or which of the things that they sent is looked at.
// What failed without something being asked for is Paxos' to judge; of members, one may be held for a reason that is not to be
// disclosed.
func (r Requirement) tell(ours bool) string {
	if ours && r.Awaiting == AwaitingClient {
		return r.tellAsked()
	}
	if r.Status == RequirementPending && r.Awaiting == AwaitingPaxos {
		return r.tellReviewed()
	}
	return tellNothing
}

func (r Requirement) tellAsked() string {
	switch r.Type {
	case IDVerification:
		if r.idStillNeeded() {
			return "We need to verify your ID."
		}
		return "We need to verify your ID again."
	case TaxDetailsVerification:
		return "Please check your tax number and its country."
	case RiskAwarenessAssessment:
		return "Please take the risk awareness assessment."
	}
	return tellNothing
}

func (r Requirement) tellReviewed() string {
	switch r.Type {
	case IDVerification:
		return "Your ID is being checked."
	case DocumentVerification, EnhancedDueDiligence:
		return "Your documents are being reviewed."
	case RiskAwarenessAssessment:
		return "Your risk awareness assessment is being reviewed."
	case TaxDetailsVerification:
		return "Your tax number is being checked."
	case KYCRefresh:
		return "Your details are being reviewed."
	}
	return tellNothing
}
