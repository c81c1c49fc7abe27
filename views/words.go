package views

import (
	"identitydesk/internal/identity"
)

// laneName is a lane as tabs and badges name it. The empty lane is every stuck case.
func laneName(l identity.Lane) string {
	switch l {
	case "":
		return "Stuck"
	case identity.LaneFailed:
		return "Failed"
	case identity.LaneAction:
		return "Action"
	case identity.LaneOverdue:
		return "Overdue"
	case identity.LaneFrozen:
		return "Frozen"
	case identity.LaneRefresh:
		return "KYC refresh"
	case identity.LaneWaiting:
		return "Waiting"
	case identity.LaneDecided:
		return "Decided"
	case identity.LaneSnoozed:
		return "Snoozed"
	default:
		return string(l)
	}
}

// laneText says what lies in a lane.
func laneText(l identity.Lane) string {
	switch l {
	case identity.LaneFailed:
		return "Submissions that Paxos refused. Each says what to do."
	case identity.LaneAction:
		return "Paxos waits for us: something to upload, correct or refresh."
	case identity.LaneOverdue:
		return "Past the time that a decision may take. Re-check, then escalate."
	case identity.LaneFrozen:
		return "Frozen by Paxos. Only Paxos can release them."
	case identity.LaneRefresh:
		return "An open KYC refresh that is still in time."
	case identity.LaneWaiting:
		return "Within the time that a decision may take."
	case identity.LaneSnoozed:
		return "Put aside until a date. They come back by themselves."
	default:
		return "Every case that needs a person now, oldest breach first."
	}
}

// laneEmpty says what an empty lane means and where to look next.
func laneEmpty(l identity.Lane) string {
	switch l {
	case identity.LaneFailed:
		return "No submission is refused. What people submit shows under Waiting until Paxos has decided."
	case identity.LaneAction:
		return "Paxos asks nothing of us at the moment."
	case identity.LaneOverdue:
		return "Every open case is within its time."
	case identity.LaneFrozen:
		return "Paxos has frozen no identity."
	case identity.LaneRefresh:
		return "No KYC refresh is open."
	case identity.LaneWaiting:
		return "Paxos has decided everything. A new identity would wait here."
	case identity.LaneSnoozed:
		return "No case is put aside."
	default:
		return "Every case is decided or within its time. Waiting shows what Paxos is deciding."
	}
}

func moveName(m identity.Move) string {
	switch m {
	case identity.Ours:
		return "Ours"
	case identity.Paxos:
		return "Paxos"
	case identity.TheLine:
		return "The line"
	case identity.NobodyIs:
		return "Nobody"
	default:
		return string(m)
	}
}

// moveText says what a move means, for the case page.
func moveText(m identity.Move) string {
	switch m {
	case identity.Ours:
		return "Our move"
	case identity.Paxos:
		return "Paxos’ move"
	case identity.TheLine:
		return "On the line"
	case identity.NobodyIs:
		return "Nobody’s move"
	default:
		return string(m)
	}
}

// sourceName is how the desk learned something.
func sourceName(s identity.Source) string {
	switch s {
	case identity.BySubmit:
		return "submit"
	case identity.ByWebhook:
		return "webhook"
	case identity.ByPoll:
		return "poll"
	case identity.ByRecheck:
		return "re-check"
	case identity.BySync:
		return "sync"
	case "":
		return "—"
	default:
		return string(s)
	}
}

func submissionText(s identity.Submission) string {
	switch s {
	case identity.NotOurs:
		return "Not submitted here"
	case identity.Queued:
		return "Queued: stored here, not sent yet"
	case identity.Sent:
		return "Sent: no answer understood yet"
	case identity.Failed:
		return "Failed: Paxos refused it"
	case identity.Accepted:
		return "Accepted by Paxos"
	case identity.Withdrawn:
		return "Withdrawn: the details are erased"
	case identity.Declined:
		return "Declined: a duplicate"
	case identity.Linked:
		return "Linked to the existing identity"
	default:
		return string(s)
	}
}

// labels are enumeration values in plain words.
func labels(words []string) []string {
	out := make([]string, len(words))
	for n, w := range words {
		out[n] = identity.Label(w)
	}
	return out
}

// budgetName says for whom calls of a priority are made.
func budgetName(priority string) string {
	switch priority {
	case "click":
		return "for people who wait"
	case "submission":
		return "for submissions"
	case "event":
		return "for events"
	case "background":
		return "in the background"
	case "token":
		return "for tokens"
	default:
		return priority
	}
}
