package views

import (
	"cmp"
	"slices"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// tone is the colour of a line's mark; the words say the same.
type tone int

const (
	calm tone = iota
	good
	bad
	warn
	cold
)

// line is one line of a case's timeline: a piece of history, or a person's act.
type line struct {
	At    time.Time // when the desk knew; orders the lines
	Icon  string
	Tone  tone
	Title string
	Who   string          // the person, empty where the desk or Paxos acted
	Role  string          // the person's role
	Text  string          // what it means, empty where the title says it all
	Entry *identity.Entry // nil for a person's act
	Given *audit.Entry    // the act whose reason stands here; nil for none
	Other otherCase       // the case of the same person; zero for none
}

// lines joins history and acts, newest first. An act that has its own piece of history is not told twice.
func lines(p CasePage) []line {
	names := map[string]audit.Entry{}
	for _, a := range p.Acts {
		names[a.ActorID] = a
	}
	out := make([]line, 0, len(p.History)+len(p.Acts))
	for n := range p.History {
		e := &p.History[n]
		l := p.historyLine(*e)
		l.At = toldAt(*e)
		if !ofCasework(e.Kind) {
			l.Entry = e
		}
		if e.ActorID != "" {
			l.Who, l.Role = firstOf(names[e.ActorID].ActorName, p.person(e.ActorID)), names[e.ActorID].Role
		}
		out = append(out, l)
	}
	for _, a := range p.Acts {
		if inHistory(a.Action) || p.tellsMove(a) || p.tellsApproval(a) {
			continue
		}
		out = append(out, line{At: a.At, Icon: actIcon(a.Action), Title: sentence(a.Action.Words()), Who: firstOf(a.ActorName, a.ActorID), Role: a.Role, Text: p.actText(a)})
		if a.Action == audit.ConfirmedSame {
			l := &out[len(out)-1]
			l.Given, l.Other = &a, p.sameAs(a)
		}
	}
	slices.Reverse(out) // so that of two at the same moment the later entry stands first
	slices.SortStableFunc(out, func(a, b line) int { return cmp.Compare(b.At.UnixMilli(), a.At.UnixMilli()) })
	return out
}

// toldAt is when the desk knew: lines stand in the order in which a person could have read them.
func toldAt(e identity.Entry) time.Time {
	for _, t := range []time.Time{e.ProcessedAt, e.ReceivedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return e.OccurredAt
}

// inHistory reports whether the history tells of such an act itself, with its actor.
func inHistory(a audit.Action) bool {
	return a == audit.Submitted || a == audit.Resubmitted || a == audit.Withdrew || a == audit.DeclinedService || a == audit.Erased
}

// tellsMove reports whether an act was asking for a move, or acting on one: the history has a line for it.
func (p CasePage) tellsMove(a audit.Entry) bool {
	return slices.ContainsFunc(p.Moves, func(m OurMove) bool { return m.ID == a.Object && m.IdentityID == p.Identity.ID })
}

// tellsApproval reports whether an act was agreeing to a move: the history has a line for it.
func (p CasePage) tellsApproval(a audit.Entry) bool {
	return a.Action == audit.Approved && slices.ContainsFunc(p.Moves, func(m OurMove) bool {
		s, approved := m.Approval()
		return approved && s.By == a.ActorID && s.At.Equal(a.At) && proposal.Kind(a.Detail) == proposal.Control && m.Kind == identity.MoveControl
	})
}

func actIcon(a audit.Action) string {
	switch a {
	case audit.AskedRecheck:
		return "refresh"
	case audit.OpenedCase:
		return "eye"
	case audit.LookedUp:
		return "search"
	case audit.Exported:
		return "download"
	case audit.Claimed:
		return "user-check"
	case audit.Released:
		return "user-minus"
	case audit.HandedOver:
		return "user-share"
	case audit.Snoozed:
		return "zzz"
	case audit.Woke:
		return "bell"
	case audit.Noted:
		return "writing"
	case audit.Tagged:
		return "tag"
	case audit.Uploaded, audit.UploadedAgain:
		return "upload"
	case audit.TookUploadBack:
		return "trash"
	default:
		return firstOf(foureyesIcon(a), "user")
	}
}

// historyLine gives a piece of history its words.
func (p CasePage) historyLine(e identity.Entry) line {
	switch e.Kind {
	case identity.WasSubmitted:
		return line{Icon: "writing", Title: "Submitted", Text: "Stored at the desk, queued for Paxos."}
	case identity.WasAttempted:
		return line{Icon: "send", Title: "Create call started"}
	case identity.AnswerWasLost:
		return line{Icon: "plug-connected-x", Tone: warn, Title: "Answer lost", Text: "The call may have worked. The desk tries again with the same ref_id and recognises its own record."}
	case identity.WasAccepted:
		return line{Icon: "check", Tone: good, Title: "Accepted by Paxos", Text: "The details that were typed are erased here."}
	case identity.HasFailed:
		return line{Icon: "circle-x", Tone: bad, Title: "Refused by Paxos", Text: failureTitle(e.Code)}
	case identity.WasResubmitted:
		if len(e.Changes) > 0 {
			return line{Icon: "rotate-clockwise", Title: "Resubmitted", Text: "Queued again under another ref_id."}
		}
		return line{Icon: "rotate-clockwise", Title: "Resubmitted", Text: "Queued again under the same ref_id."}
	case identity.WasWithdrawn:
		if e.Code == identity.DraftExpired {
			return line{Icon: "trash", Tone: warn, Title: "Withdrawn by itself", Text: "The details had waited here for too long and are erased. The ref_id is free again."}
		}
		return line{Icon: "trash", Title: "Withdrawn", Text: "Given up; the details are erased."}
	case identity.WasDeclined:
		return p.declinedLine(e)
	case identity.WasLinked:
		return line{Icon: "user-check", Tone: good, Title: "Linked to the existing identity", Other: p.sameAs(audit.Entry{}), Text: "It is the same person: an account was made for the existing identity. The details are erased here."}
	case identity.HasLinked:
		return line{Icon: "user-check", Tone: good, Title: "A submission of the same person was linked", Text: "An account was made for it. Its ref_id finds this case from now on."}
	case identity.WasErased, identity.ProposalEnded:
		return keepingLine(e)
	case identity.MoveStepped:
		return moveLine(e)
	case identity.DocumentEnded:
		return documentText(e)
	case identity.WasFound:
		return line{Icon: "flag", Title: "First seen at the desk"}
	case identity.StatusChanged:
		return statusLine(e)
	case identity.DetailChanged:
		return line{Icon: "list-details", Title: "Details changed"}
	case identity.WasRechecked:
		return recheckLine(e)
	case identity.EventHeard:
		return line{Icon: "webhook", Title: "Event heard"}
	case identity.WasWoken:
		return line{Icon: "bell", Title: "Woke by itself", Text: sentence(wokeText(identity.Waking(e.Code))) + "."}
	case identity.WasReleased:
		return line{Icon: "user-minus", Title: "Released by itself", Text: p.releasedText(e)}
	default:
		return line{Icon: "info-circle", Title: sentence(string(e.Kind))}
	}
}

func statusLine(e identity.Entry) line {
	l := line{Icon: "arrow-right", Title: "Status changed"}
	switch e.New {
	case identity.Approved:
		l.Icon, l.Tone = "circle-check", good
	case identity.Denied:
		l.Icon, l.Tone = "ban", bad
	case identity.StatusError:
		l.Icon, l.Tone = "snowflake", cold
	case identity.Pending:
		l.Icon, l.Tone = "hourglass", warn
	}
	return l
}

func recheckLine(e identity.Entry) line {
	if len(e.Changes) == 0 {
		return line{Icon: "refresh", Title: "Re-checked: nothing has changed"}
	}
	return line{Icon: "refresh", Tone: good, Title: "Re-checked: this has changed"}
}

// failureTitle says why a submission failed, in a line.
func failureTitle(code string) string {
	switch code {
	case identity.RefIDTaken:
		return "Another record at Paxos holds this ref_id."
	case identity.CIPIDTaken:
		return "Another identity at Paxos holds this government id."
	case identity.AlreadyExists:
		return "Paxos says that it exists already, without saying which part."
	case identity.Refused:
		return "Paxos refused the details."
	case identity.ScopeMissing:
		return "The desk lacks the scope to create identities."
	case identity.DraftUnread:
		return "The stored details cannot be opened with the present keys."
	case "":
		return ""
	default:
		return code
	}
}

// fromPaxos reports whether a piece of history is news from Paxos, with times of its own, rather than a step of ours.
func fromPaxos(e identity.Entry) bool {
	switch e.Kind {
	case identity.WasSubmitted, identity.WasAttempted, identity.AnswerWasLost, identity.WasResubmitted, identity.WasWithdrawn, identity.WasDeclined, identity.WasLinked, identity.HasLinked,
		identity.WasErased, identity.ProposalEnded, identity.DocumentEnded, identity.MoveStepped:
		return false
	default:
		return true
	}
}
