package views

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// liveness says when the page renews itself: also without news while something may happen by itself, else upon news alone.
func (p CasePage) liveness() string {
	if p.Identity.Decided() && !p.cooling() {
		return "still"
	}
	return "cases"
}

// here is the address that shows the case as it is shown now.
func (p CasePage) here() string {
	if p.Back != "" {
		return p.Back
	}
	return p.Then.in(caseLink(p.Identity.ID))
}

// cooling reports whether the last re-check is too young for another.
func (p CasePage) cooling() bool { return p.RecheckAllowedAt.After(p.Now) }

// coolFor is how long the cool-down still runs, in milliseconds for the script that ends it.
func (p CasePage) coolFor() string {
	return strconv.FormatInt(p.RecheckAllowedAt.Sub(p.Now).Milliseconds(), 10)
}

// title names the case: the ref_id, else what else there is.
func (p CasePage) title() string {
	switch i := p.Identity; {
	case i.RefID != "":
		return i.RefID
	case i.PaxosID != "":
		return short(i.PaxosID)
	default:
		return short(i.ID)
	}
}

// fullName is the name where the person may see it.
func (p CasePage) fullName() string {
	return strings.Join(strings.Fields(p.Name.First+" "+p.Name.Middle+" "+p.Name.Last), " ")
}

// announcement is what a screen reader hears when the case has moved.
func (p CasePage) announcement() string {
	status := string(p.Identity.Status)
	if p.Identity.Status == identity.StatusNone {
		status = string(p.Identity.Submission)
	}
	return p.title() + ": " + status + ", " + laneName(p.Identity.Lane) + ". " + p.Advice.Sentence
}

// heldUntil is when a call to Paxos for this case can be made at the earliest: a time only while Paxos throttles the desk.
func (p CasePage) heldUntil() (time.Time, bool) {
	t := p.Banners.ThrottledUntil
	if t == nil || !t.After(p.Now) {
		return time.Time{}, false
	}
	return *t, true
}

// waitsUntil is the same for a submission on its way.
func (p CasePage) waitsUntil() (time.Time, bool) {
	t, held := p.heldUntil()
	return t, held && p.Identity.Submission.Waiting()
}

// acts reports whether there is anything to do about the case, beside what people arrange.
func (p CasePage) acts() bool {
	return p.offersUpload() || p.leads(identity.ActAccount) || p.Escalation != "" || p.CanRecheck || p.CanRefresh || p.CanCorrect || p.CanResubmit || p.CanWithdraw
}

// offersUpload reports whether documents are what the case waits for.
func (p CasePage) offersUpload() bool { return p.leads(identity.ActUpload) && p.Documents.CanUpload }

// leads reports whether a button is the recommended next action.
func (p CasePage) leads(a identity.Action) bool { return p.Advice.Next == a }

// offersCompare reports whether it is to be decided whether Paxos holds the person already.
func (p CasePage) offersCompare() bool {
	return p.CanResubmit && p.Identity.Mends() && p.Identity.Duplicates()
}

// sameHelps reports whether the same details can succeed when they are sent again: nothing was wrong with them.
func (p CasePage) sameHelps() bool { return p.Identity.FailureCode == identity.ScopeMissing }

// attempts is how often a submission had been tried when the page was drawn.
func (p CasePage) attempts() string { return strconv.Itoa(p.Identity.Attempts) }

// backLane is the tab that the case is found under.
func (p CasePage) backLane() identity.Lane {
	switch {
	case p.Identity.Snoozed(p.Now):
		return identity.LaneSnoozed
	case p.Identity.Lane.Stuck(), p.Identity.Decided():
		return ""
	default:
		return p.Identity.Lane
	}
}

// showsRequirements reports whether there is something to say of requirements: open ones, or that Paxos names none.
func (p CasePage) showsRequirements() bool {
	return len(p.Advice.Blocking) > 0 || p.Identity.PaxosID != "" && !p.Identity.Decided()
}

// subStatus is one of the checks behind the status.
type subStatus struct {
	Name   string
	Status identity.Status
}

func subStatuses(d identity.Details) []subStatus {
	var out []subStatus
	for _, s := range []subStatus{
		{"Identity verification", d.IDVerification}, {"Sanctions", d.Sanctions}, {"Additional screening", d.Screening},
	} {
		if s.Status != "" {
			out = append(out, s)
		}
	}
	return out
}

// The types of what blocks that are no requirement of Paxos'.
const (
	submissionBlock = "SUBMISSION"
	documentsBlock  = "DOCUMENTS"
	sanctionsBlock  = "SANCTIONS"
	statusBlock     = "STATUS"
)

// blockingName names the thing that blocks.
func blockingName(kind string) string {
	switch kind {
	case submissionBlock:
		return "Submission"
	case documentsBlock:
		return "Documents"
	case sanctionsBlock:
		return "Sanctions"
	case statusBlock:
		return "Freeze"
	default:
		return identity.Label(kind)
	}
}

// atMost says of a move of ours of which nobody knows since when, that it cannot be longer than told.
func (p CasePage) atMost() string {
	if p.Identity.SinceUnknown() {
		return "at most "
	}
	return ""
}

// openFor is how long a move has been with its owner.
func openFor(i identity.Identity, now time.Time) string {
	if i.MoveSince.IsZero() {
		return ""
	}
	return span(now.Sub(i.MoveSince))
}

// actionIcon goes with the recommended next action.
func actionIcon(a identity.Action) string {
	switch a {
	case identity.ActWait:
		return "hourglass"
	case identity.ActEscalate:
		return "flag"
	case identity.ActRecheck, identity.ActRefreshKYC:
		return "refresh"
	case identity.ActResubmit:
		return "rotate-clockwise"
	case identity.ActWithdraw:
		return "trash"
	case identity.ActCompare:
		return "users"
	case identity.ActUpload:
		return "upload"
	case identity.ActCorrect:
		return "pencil"
	case identity.ActAccount:
		return "building-bank"
	case identity.ActNone:
		return "circle-check"
	default:
		return "search"
	}
}

// verdictTone is the colour of the box that explains the case.
func verdictTone(i identity.Identity) string {
	switch i.Lane {
	case identity.LaneFailed, identity.LaneOverdue:
		return "verdict verdict-red"
	case identity.LaneAction:
		return "verdict verdict-orange"
	case identity.LaneFrozen:
		return "verdict verdict-cyan"
	case identity.LaneRefresh:
		return "verdict verdict-purple"
	default:
		return "verdict"
	}
}

func setBy(word string) string {
	switch word {
	case "SET_BY_PAXOS":
		return "Paxos"
	case "SET_BY_CLIENT":
		return "us"
	default:
		return word
	}
}

// failureFields are Paxos' complaints about single fields, in a steady order.
func failureFields(f identity.Failure) []fieldError {
	out := make([]fieldError, 0, len(f.Fields))
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		out = append(out, fieldError{Name: name, Text: f.Fields[name]})
	}
	return out
}
