package views

import (
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// mostDetail is how much of a long detail the page shows; the files hold all of it.
const mostDetail = 2000

// headline is the first line of an entry's detail, which says the most in short.
func headline(detail string) string {
	first, _, _ := strings.Cut(detail, "\n")
	return first
}

// detailRest is the rest of it: the ids and hashes of a list that was looked up.
func detailRest(detail string) string {
	_, rest, _ := strings.Cut(detail, "\n")
	if len(rest) <= mostDetail {
		return rest
	}
	cut := strings.LastIndexByte(rest[:mostDetail], ' ')
	return rest[:max(cut, 0)] + " … CSV and JSON hold all of it"
}

func (p AuditPage) filtered() bool { return len(p.Filter) > 0 }

func (p AuditPage) action() audit.Action { return audit.Action(p.Filter.Get("action")) }

// moreOpen reports whether a filter is set that stands behind the others.
func (p AuditPage) moreOpen() bool {
	return p.Filter.Get("from") != "" || p.Filter.Get("to") != "" || p.Filter.Get("request_id") != "" || p.Filter.Get("role") != ""
}

func auditFirst(p AuditPage) string {
	if p.Before == 0 {
		return ""
	}
	return auditLink(p, 0)
}

func auditNext(p AuditPage) string {
	if p.Next == 0 {
		return ""
	}
	return auditLink(p, p.Next)
}

// auditSentence is what a person did and to what, to stand behind the person's name.
func auditSentence(e audit.Entry) string {
	did := e.Action.Words()
	switch e.Action {
	case audit.Exported:
		return did + " " + firstOf(map[string]string{
			"audit": "the audit log", "events": "events", "lookup": "a look-up", "queue": "the queue", "identities": "identities", "reveals": "the report of reveals",
		}[e.Object], e.Object)
	case audit.Revealed:
		return did + ": " + strings.ReplaceAll(e.Object, "_", " ")
	case audit.HandedOver:
		return did + " to " + e.Object
	}
	return did
}

// objectShown is the rest of what an act was done to, where the sentence does not tell it.
func objectShown(e audit.Entry) string {
	switch e.Action {
	case audit.Exported, audit.Revealed, audit.HandedOver:
		return ""
	}
	if e.Object == e.IdentityID {
		return ""
	}
	return e.Object
}

// decidedOn is the case that a decision on a duplicate was about, by our id, and what the decision rested on; is is false for other acts.
func decidedOn(e audit.Entry) (existingID string, basis identity.Basis, is bool) {
	if e.Action != audit.DeclinedService && e.Action != audit.ConfirmedSame {
		return "", identity.NoBasis, false
	}
	existingID, basis = identity.ParseDecided(e.Detail)
	return existingID, basis, true
}

// reasonLead tells of an act's reason: its code in words, else that there is one. The words of whoever gave it follow.
func reasonLead(e audit.Entry) string {
	switch {
	case e.ReasonCode != "":
		return "Reason: " + reasonWords(e) + "."
	case e.Reason != "":
		return "Reason:"
	}
	return "A reason was given."
}

// reasonWords is the code of an act's reason as the list names it that it was chosen from.
func reasonWords(e audit.Entry) string {
	text := e.ReasonCode
	switch e.Action {
	case audit.Revealed:
		text = identity.RevealReason(e.ReasonCode)
	case audit.Held:
		text = identity.HoldReasonText(e.ReasonCode)
	case audit.Proposed:
		text = proposalReason(proposal.Kind(e.Detail), e.ReasonCode)
	case audit.DeclinedService, audit.ConfirmedSame:
		text = identity.DuplicateReason(e.ReasonCode)
	}
	if text == e.ReasonCode {
		text = strings.ReplaceAll(text, "_", " ")
	}
	return sentence(text)
}

// wordsText says why the words of a reason do not stand here; empty where they do, or none were given.
func wordsText(w audit.Words) string {
	switch w {
	case audit.WordsHidden:
		return "words hidden: your role sees no personal data"
	case audit.WordsErased:
		return "words erased"
	case audit.WordsLost:
		return "words altered: verify the log"
	case audit.WordsMissing:
		return "words missing: verify the log"
	}
	return ""
}

// seconds tells a moment to the second, with the date where it is not today: for logs, where order matters.
func seconds(t, now time.Time, loc *time.Location) string {
	t, now = t.In(place(loc)), now.In(place(loc))
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format(time.DateTime)
}
