package identity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// mostTold is how many lines of history an escalation note tells, the latest ones.
const mostTold = 40

// Escalation is the note to Paxos Support about a case that is late there, as plain text; empty while Paxos is in time or the move
// is not Paxos'. history and turns are in the order in which things happened. It is made of ids, times and Paxos' own words and
// holds no personal data: names, initials, people of ours, notes and refusal texts are no part of it.
func Escalation(i Identity, history []Entry, turns []Turn, p Policy, now time.Time) string {
	v := verdictOf(i, p, now)
	if !v.paxosIsLate(now) || i.PaxosID == "" {
		return ""
	}
	e := escalation{i: i, v: v, p: p, now: now}
	parts := []string{
		"Dear Paxos Support,",
		e.opening(),
		lines(e.facts(history)),
		lines(e.clock(turns)),
	}
	if told := e.told(history); len(told) > 0 {
		parts = append(parts, "What happened so far:\n"+lines(told))
	}
	parts = append(parts, e.question())
	return strings.Join(parts, "\n\n") + "\n"
}

// escalation is one run of Escalation.
type escalation struct {
	i   Identity
	v   Verdict
	p   Policy
	now time.Time
}

func (e escalation) opening() string {
	if e.refreshes() {
		return "the KYC refresh of this identity has been with you since " + moment(e.v.MoveSince) + ", and its end is near or past."
	}
	return "this identity has been with you since " + moment(e.v.MoveSince) + ", which is longer than we expected."
}

// refreshes reports whether it is a KYC refresh that Paxos is to finish, whose end no limit of ours sets.
func (e escalation) refreshes() bool { return e.i.refreshAwaitsPaxos() && e.v.Lane != LaneFrozen }

func lines(s []string) string { return strings.Join(s, "\n") }

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// facts are what Paxos says of the identity, in Paxos' words.
func (e escalation) facts(history []Entry) []string {
	i := e.i
	out := []string{"Paxos id: " + code(i.PaxosID)}
	switch {
	case LooksPersonal(i.RefID):
		out = append(out, "ref_id: left out, since it looks like personal data")
	case i.RefID != "":
		out = append(out, "ref_id: "+oneLine(i.RefID))
	}
	if i.Type != "" {
		out = append(out, "Type: "+code(string(i.Type)))
	}
	status := "Status: " + code(string(i.Status))
	if since := e.statusSince(history); !since.IsZero() {
		status += " since " + moment(since)
	}
	out = append(out, status)
	if i.CheckedAt != nil {
		out = append(out, "Last confirmed by your API: "+moment(*i.CheckedAt))
	}
	out = append(out, e.requirements()...)
	out = append(out, e.subStatuses()...)
	return append(out, e.controls()...)
}

// statusSince is the last change that brought the present status; where none is known, since when the case has been undecided.
func (e escalation) statusSince(history []Entry) time.Time {
	for _, l := range slices.Backward(history) {
		if l.Kind == StatusChanged && l.New == e.i.Status {
			return l.OccurredAt
		}
	}
	if e.v.PendingSince != nil {
		return *e.v.PendingSince
	}
	return time.Time{}
}

func (e escalation) requirements() []string {
	if len(e.i.Details.Requirements) == 0 {
		return []string{"Requirements: none named"}
	}
	out := []string{"Requirements:"}
	for _, r := range e.i.Details.Requirements {
		text := "- " + code(r.Type) + ": " + code(r.Status)
		if r.Awaiting != "" {
			text += ", awaiting_action_from " + code(r.Awaiting)
		}
		if codes := r.codes(); len(codes) > 0 {
			for n := range codes {
				codes[n] = code(codes[n])
			}
			text += ", errors " + join(codes)
		}
		out = append(out, text)
	}
	return out
}

func (e escalation) subStatuses() []string {
	var out []string
	for _, s := range []struct {
		name   string
		status Status
	}{
		{"id_verification_status", e.i.Details.IDVerification},
		{"sanctions_verification_status", e.i.Details.Sanctions},
		{"additional_screening_status", e.i.Details.Screening},
	} {
		if s.status != StatusNone {
			out = append(out, s.name+": "+code(string(s.status)))
		}
	}
	return out
}

func (e escalation) controls() []string {
	var out []string
	controls, _ := e.i.Details.InForce()
	for _, c := range controls {
		text := "Control: " + code(c.Type) + ", " + code(c.SetBy)
		if c.ReasonCode != "" {
			text += ", " + code(c.ReasonCode)
		}
		if !c.CreatedAt.IsZero() {
			text += ", since " + moment(c.CreatedAt)
		}
		out = append(out, text)
	}
	return out
}

// clock says for how long Paxos has had the move, and how long it should have.
func (e escalation) clock(turns []Turn) []string {
	worked := e.p.Paxos.WorkingBetween(e.v.MoveSince, e.now)
	out := []string{"With you for: " + inMinutes(worked) + " of business hours (US), " + inMinutes(e.now.Sub(e.v.MoveSince)) + " in all"}
	if all := TimesOf(turns, e.p, e.now).Paxos; all > worked {
		out = append(out, "With you before, too: "+inMinutes(all)+" of business hours together")
	}
	return append(out, e.expected())
}

func (e escalation) expected() string {
	if e.refreshes() {
		return "The KYC refresh ends: " + moment(*e.v.DueAt)
	}
	limit, _ := (&rule{i: e.i, p: e.p, now: e.now, v: e.v}).limit()
	text := inMinutes(limit.Plain) + " around the clock"
	switch {
	case limit.BusinessDays == 1:
		text = "1 business day (" + inMinutes(e.p.Paxos.Day()) + ")"
	case limit.BusinessDays > 1:
		text = fmt.Sprintf("%d business days (%s)", limit.BusinessDays, inMinutes(time.Duration(limit.BusinessDays)*e.p.Paxos.Day()))
	}
	return "Expected within: " + text + ", until " + moment(*e.v.DueAt)
}

// inMinutes rounds down to minutes, so that no more is claimed than was.
func inMinutes(d time.Duration) string {
	if d < 2*time.Minute {
		return down(d, time.Second).String()
	}
	hours, minutes := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %d min", hours, minutes)
}

// told is the history that concerns Paxos, one line each.
func (e escalation) told(history []Entry) []string {
	var out []string
	for _, l := range history {
		if text := l.forPaxos(); text != "" {
			out = append(out, "- "+moment(l.OccurredAt)+": "+text+l.source())
		}
	}
	if left := len(out) - mostTold; left > 0 {
		out = append([]string{fmt.Sprintf("- %d earlier lines are left out", left)}, out[left:]...)
	}
	return out
}

// forPaxos is a line of history as Paxos Support may read it; empty for what is the desk's own affair.
func (e Entry) forPaxos() string {
	switch e.Kind {
	case WasAttempted:
		return "we called Create Identity"
	case AnswerWasLost:
		return "the answer to our call was lost"
	case HasFailed:
		return "our call was refused (" + code(e.Code) + ")"
	case WasAccepted:
		return "created, status " + code(string(e.New))
	case WasFound:
		return "we first saw it, status " + code(string(e.New))
	case StatusChanged:
		return "status changed from " + code(string(e.Old)) + " to " + code(string(e.New))
	case DetailChanged:
		return "changed: " + fieldsOf(e.Changes)
	case WasRechecked:
		if len(e.Changes) == 0 {
			return "we asked again: nothing new"
		}
		return "we asked again: new was " + fieldsOf(e.Changes)
	case EventHeard:
		return e.eventForPaxos()
	}
	return ""
}

func (e Entry) eventForPaxos() string {
	if e.New != StatusNone {
		return "status changed from " + code(string(e.Old)) + " to " + code(string(e.New))
	}
	var facts []string
	for _, c := range e.Changes {
		fact := words(c.New)
		if c.Field != "event" {
			fact = words(c.Field) + " " + fact
		}
		facts = append(facts, fact)
	}
	return "you told us of " + join(facts)
}

// source names the event that told of a line, and when we received it.
func (e Entry) source() string {
	if e.EventID == "" {
		return ""
	}
	return " (event " + code(e.EventID) + ", received " + moment(e.ReceivedAt) + ")"
}

// fieldsOf names what changed, without its values.
func fieldsOf(changes []Change) string {
	var fields []string
	for _, c := range changes {
		fields = append(fields, words(c.Field))
	}
	return join(fields)
}

func (e escalation) question() string {
	if e.i.Status == StatusError {
		return "Could you please tell us how the review stands, and when we can expect it to end?"
	}
	return "Could you please tell us what this identity is waiting for, and when we can expect a decision?"
}

var (
	codeForm  = regexp.MustCompile(`^[\w.-]{1,80}$`)
	wordsForm = regexp.MustCompile(`^[\w .,:;-]{1,400}$`)
)

// code lets ids and words of an enumeration pass, words also lists of them with words of the desk's. What is no such thing does not
// belong into a note that leaves the house.
func code(s string) string  { return passed(codeForm, s) }
func words(s string) string { return passed(wordsForm, s) }

func passed(form *regexp.Regexp, s string) string {
	switch {
	case s == "":
		return "none"
	case !form.MatchString(s):
		return "(left out)"
	}
	return s
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
