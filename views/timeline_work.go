package views

import (
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// ofCasework reports whether a piece of history is about who works the case, or what came of their files; its line says all that there is.
func ofCasework(k identity.EntryKind) bool {
	return k == identity.WasWoken || k == identity.WasReleased || k == identity.MoveStepped || k == identity.DocumentEnded
}

// releasedText says why a claim ended by itself.
func (p CasePage) releasedText(e identity.Entry) string {
	who := "Who had it"
	if len(e.Changes) > 0 && e.Changes[0].Old != "" {
		who = p.person(e.Changes[0].Old)
	}
	switch e.Code {
	case "idle":
		return who + " had done nothing about it for as long as the rules allow."
	case "away":
		return who + " is away."
	case "disabled":
		return who + " is not at the desk any more."
	default:
		return who + ": " + e.Code
	}
}

// actText is what an act was, beyond its name: until when, to whom, how many tags.
func (p CasePage) actText(a audit.Entry) string {
	switch a.Action {
	case audit.Snoozed:
		return p.inZone(a.Detail)
	case audit.HandedOver:
		return strings.TrimSpace("To " + p.person(a.Object) + p.fromText(a.Detail) + ".")
	case audit.Released:
		return strings.TrimSpace(sentence(strings.TrimSpace(p.fromText(a.Detail))))
	case audit.Noted:
		return p.mentionedText(a.Detail)
	case audit.Tagged:
		return tagsText(a)
	case audit.Uploaded, audit.UploadedAgain, audit.TookUploadBack:
		return documentAct(a.Detail)
	case audit.Revealed:
		return sentence(revealText(a.Detail))
	case audit.ConfirmedSame:
		_, basis, _ := decidedOn(a)
		return basis.Text() // its line names the case, and why
	case audit.Proposed, audit.Approved, audit.Declined, audit.TookBack, audit.Held:
		return foureyesText(a)
	default:
		return headline(a.Detail)
	}
}

// otherCase is a case that a line leads to, and what it is called.
type otherCase struct{ ID, Name string }

// sameAs is the case that a decision on a duplicate was about: by the entry, else the one that is known of the submission.
func (p CasePage) sameAs(a audit.Entry) otherCase {
	id, _, _ := decidedOn(a)
	known := p.Existing
	switch {
	case known != nil && (id == "" || known.ID == id):
		return otherCase{known.ID, firstOf(known.RefID, short(firstOf(known.PaxosID, known.ID)))}
	case id != "":
		return otherCase{id, short(id)}
	}
	return otherCase{}
}

// declinedLine says why service was declined, and whom Paxos knows already.
func (p CasePage) declinedLine(e identity.Entry) line {
	given := audit.Entry{Action: audit.DeclinedService, ReasonCode: e.Code}
	for _, a := range p.Acts {
		if a.Action == audit.DeclinedService {
			given = a
		}
	}
	_, basis, _ := decidedOn(given)
	return line{
		Icon: "ban", Title: "Service declined", Given: &given, Other: p.sameAs(given),
		Text: strings.TrimSpace("Paxos knows the person already. The details are erased here. " + basis.Text()),
	}
}

// tagsText is how many tags there were and are; entries of before name them.
func tagsText(a audit.Entry) string {
	switch {
	case a.Detail != "":
		return a.Detail
	case a.After == "" || a.After == "0 tags":
		return "No tags any more."
	}
	return sentence(a.After) + " instead of " + a.Before + "."
}

// fromText names whom a lead took the case from: the entry holds the user id.
func (p CasePage) fromText(detail string) string {
	if id, ok := strings.CutPrefix(detail, "from "); ok {
		return " from " + p.person(id)
	}
	return ""
}

func (p CasePage) mentionedText(detail string) string {
	ids, ok := strings.CutPrefix(detail, "mentions ")
	if !ok {
		return detail
	}
	names := strings.Split(ids, ", ")
	for n, id := range names {
		names[n] = p.person(id)
	}
	return "Mentions " + strings.Join(names, ", ") + "."
}

// untilForm is how an entry of the audit log holds until when a case sleeps.
const untilForm = "until 2006-01-02 15:04 UTC"

// inZone tells "until …" in the reader's zone and in UTC; what is written otherwise stays as it is.
func (p CasePage) inZone(detail string) string {
	if len(detail) < len(untilForm) {
		return sentence(detail)
	}
	at, err := time.Parse(untilForm, detail[:len(untilForm)])
	if err != nil {
		return sentence(detail)
	}
	return "Until " + clock(at, p.Now, p.Location) + detail[len(untilForm):] + " (" + utc(at) + ")."
}
