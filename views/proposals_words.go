package views

import (
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// foureyesIcon goes with what a person did about proposals, holds and what is erased; empty for what is none of these.
func foureyesIcon(a audit.Action) string {
	switch a {
	case audit.Proposed:
		return "users"
	case audit.Approved:
		return "circle-check"
	case audit.Declined, audit.TookBack:
		return "circle-x"
	case audit.Erased:
		return "trash"
	case audit.Held, audit.LetGo, audit.ChangedControl:
		return "lock"
	default:
		return ""
	}
}

// foureyesText is what such an act was, beyond its name.
func foureyesText(a audit.Entry) string {
	switch a.Action {
	case audit.Proposed:
		k := proposal.Kind(a.Detail)
		if a.ReasonCode == "" {
			return kindName(k) + "."
		}
		return kindName(k) + ": " + proposalReason(k, a.ReasonCode) + "."
	case audit.Approved, audit.Declined, audit.TookBack:
		return kindName(proposal.Kind(a.Detail)) + "."
	case audit.Held:
		if a.ReasonCode == "" {
			return ""
		}
		return identity.HoldReasonText(a.ReasonCode) + "."
	default:
		return ""
	}
}

// kindName is what is proposed, in a few words.
func kindName(k proposal.Kind) string {
	switch k {
	case proposal.Erase:
		return "Erase the case"
	case proposal.Control:
		return "Change a control"
	}
	return sentence(string(k))
}

// proposalName is what one proposes: what its kind is, or which control it sets or ends.
func proposalName(o proposal.Proposal) string {
	if len(o.About) == 2 {
		return strings.TrimSuffix(identity.Label(o.About[0]), " control") + " " + o.About[1]
	}
	return kindName(o.Kind)
}

// proposalText is what approving a proposal means.
func proposalText(o proposal.Proposal) string {
	if o.Kind != proposal.Control {
		return kindText(o.Kind)
	}
	act := "set or end the control"
	if len(o.About) == 2 && o.About[0] == identity.ControlSet {
		act = "set the control"
	} else if len(o.About) == 2 {
		act = "end the control"
	}
	return "Paxos is asked to " + act + ", in the words of who proposed it. The case shows how far that has come."
}

// kindText is what a kind means that has one meaning.
func kindText(k proposal.Kind) string {
	switch k {
	case proposal.Erase:
		return "Everything personal about the case is erased here for good, before its retention ends. Paxos is not told, and keeps what it has."
	}
	return ""
}

func stateName(s proposal.State) string {
	switch s {
	case proposal.Open:
		return "waits for a second person"
	case proposal.Approved:
		return "approved"
	case proposal.Declined:
		return "declined"
	case proposal.Withdrawn:
		return "taken back"
	case proposal.Void:
		return "void: the case has changed"
	case proposal.Expired:
		return "expired"
	case proposal.Done:
		return "approved and done"
	case proposal.Undone:
		return "approved, not done"
	default:
		return string(s)
	}
}

// stateWord is stateName in a narrow column.
func stateWord(s proposal.State) string {
	switch s {
	case proposal.Withdrawn:
		return "taken back"
	case proposal.Undone:
		return "not done"
	default:
		return string(s)
	}
}

// because is why something is proposed, before the words of who proposed it, if there are any.
func because(p proposal.Proposal) string {
	text := "."
	if why := proposalReason(p.Kind, p.ReasonCode); why != "" {
		text += " " + why
	}
	if p.Reason == "" {
		return strings.TrimSuffix(text, ".") + "."
	}
	return strings.TrimSuffix(text, ".") + ": "
}

func stateClass(s proposal.State) string {
	switch s {
	case proposal.Open:
		return "chip chip-amber"
	case proposal.Approved, proposal.Done:
		return "chip chip-green"
	case proposal.Declined, proposal.Undone:
		return "chip chip-red"
	default:
		return "chip chip-gray"
	}
}

func showName(s proposal.Show) string {
	switch s {
	case proposal.ShowOpen:
		return "Open"
	case proposal.ShowMine:
		return "Yours"
	case proposal.ShowEnded:
		return "Decided"
	default:
		return "All"
	}
}

// erasedBy says why a case was erased.
func erasedBy(history []identity.Entry) string {
	for _, e := range history {
		if e.Kind == identity.WasErased && e.Code == identity.ErasedByRetention {
			return "It had been kept for as long as the desk keeps cases."
		}
	}
	return "Two people agreed that no duty to keep it applied any more."
}

// keepingLine gives what is erased or ended by itself its words.
func keepingLine(e identity.Entry) line {
	switch {
	case e.Kind == identity.WasErased && e.Code == identity.ErasedByRetention:
		return line{Icon: "trash", Title: "Erased", Text: "Its retention had ended. Statuses, times and acts stay."}
	case e.Kind == identity.WasErased:
		return line{Icon: "trash", Title: "Erased", Text: "Two people agreed. Statuses, times and acts stay."}
	case e.Code == string(proposal.Expired):
		return line{Icon: "clock", Tone: warn, Title: "Proposal expired", Text: "Nobody decided in time. Nothing was done."}
	default:
		return line{Icon: "ban", Tone: warn, Title: "Proposal void", Text: "The case had changed since it was proposed. Nothing was done."}
	}
}

// left is the time that is left, in words; empty where it is over.
func left(until, now time.Time) string {
	if !until.After(now) {
		return "now"
	}
	return "in " + span(until.Sub(now))
}
