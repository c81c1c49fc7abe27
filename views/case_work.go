package views

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// Work is what people have arranged about a case, what it tells of time, and what the reader may do about it.
type Work struct {
	Me           string                 // the reader's user id
	People       map[string]access.User // by user id
	Notes        []Note                 // oldest first; none unless the reader may see names
	NoteCount    int
	SnoozeReason string          // empty unless the reader may see names
	SnoozeUnread identity.Unread // why SnoozeReason cannot be read
	TagsInUse    []string
	Colleagues   []access.User // who may take the case

	Turns      []identity.Turn
	Times      identity.Times
	Limit      identity.Limit   // of the present move; the zero Limit where none of the policy's runs
	Ageing     *identity.Ageing // how long such cases took; nil where too few were decided
	Escalation string           // the note to Paxos Support; empty where Paxos is not late

	LongestSnooze time.Duration
	Tomorrow      string // tomorrow's morning, as a field holds it

	CanWork, CanClaim, CanRelease, CanAssign bool
}

// Refusal is an act on a case that was refused, with what was typed.
type Refusal struct {
	Act    string            // the last word of its address, such as "snooze"; empty for none
	Text   string            // why, in a line
	Errors map[string]string // by field
	Typed  map[string]string
	Again  time.Time // when it can be tried again; zero where that is not known
}

// person names somebody by user id.
func (w Work) person(id string) string {
	if p, ok := w.People[id]; ok && p.Name != "" {
		return p.Name
	}
	return id
}

// handles are the people whom a note can reach, by name.
func (p CasePage) handles() []access.User {
	var out []access.User
	for _, u := range p.People {
		if u.ID != p.Me && u.Handle != "" && access.May(u.Role, access.ReadNames) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b access.User) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out
}

// offersClaim reports whether there is anything to claim the case for.
func (p CasePage) offersClaim() bool {
	return p.CanClaim && (p.Identity.Assignee != "" || !p.Identity.Decided())
}

// offersSnooze reports whether there is anything to wait for.
func (p CasePage) offersSnooze() bool { return p.CanWork && !p.Identity.Decided() }

func (p CasePage) worksAtAll() bool {
	return p.offersClaim() || p.CanRelease || p.CanAssign || p.offersSnooze()
}

// opened reports whether the form of an act stands open, since it was refused.
func (p CasePage) opened(act string) bool { return p.Refused.Act == act }

// typed is what stands in a field: what was typed where its form was refused, else its first value.
func (p CasePage) typed(act, field, first string) string {
	if p.opened(act) {
		return p.Refused.Typed[field]
	}
	return first
}

// workField is a field of casework, which a refusal can lead to.
type workField struct{ Act, Name, ID, Label string }

func workFields() []workField {
	return []workField{
		{"assign", "to", "hand-over-to", "Colleague"},
		{"snooze", "reason", "snooze-reason", "Why"},
		{"snooze", "until", "snooze-until", "Until"},
		{"notes", "text", "note-text", "Note"},
		{"tags", "tags", "tags-text", "Tags"},
		{"erase", "reason_code", "erase-reason-code", "Why"},
		{"erase", "reason", "erase-reason", "In your words"},
		{"erase", "confirmed", "erase-confirmed", "Checked"},
		{"hold", "reason_code", "hold-reason-code", "Why"},
		{"hold", "reason", "hold-reason", "In your words"},
		{"unhold", "reason", "unhold-reason", "In your words"},
		{"controls", "type", "controls-type-0", "Control"},
		{"controls", "reason_code", "controls-reason-code", "Why"},
		{"controls", "reason", "controls-reason", "In your words"},
		{"controls", "confirmed", "controls-confirmed", "Checked"},
		{"end", "control_id", "end-control-0", "Control"},
		{"end", "reason", "end-reason", "In your words"},
		{"end", "confirmed", "end-confirmed", "Checked"},
		{"sandbox-status", "id_verification_status", "rehearse-id_verification_status", "ID verification"},
		{"sandbox-status", "document_verification_status", "rehearse-document_verification_status", "Document verification"},
		{"sandbox-status", "sanctions_verification_status", "rehearse-sanctions_verification_status", "Sanctions screening"},
		{"sandbox-status", "additional_screening_status", "rehearse-additional_screening_status", "Additional screening"},
		{"sandbox-status", "user_disabled", "rehearse-user_disabled", "Disabled by us"},
		{"sandbox-status", "admin_disabled", "rehearse-admin_disabled", "Disabled by Paxos"},
		{"reveal", "group", "reveal-group", "What"},
		{"reveal", "reason_code", "reveal-reason-code", "Why"},
		{"reveal", "reason", "reveal-reason", "In your words"},
		{"documents", "file", "upload-file", "File"},
		{"again", "name", "file-name", "Another name"},
	}
}

// wrong are the refused fields, in the order of their form; those of no form of ours come last, with their own names.
func (p CasePage) wrong() []workField {
	var out []workField
	known := map[string]bool{}
	for _, f := range workFields() {
		if p.opened(f.Act) && p.Refused.Errors[f.Name] != "" {
			out, known[f.Name] = append(out, f), true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Refused.Errors)) {
		if !known[name] {
			out = append(out, workField{Act: p.Refused.Act, Name: name, Label: name})
		}
	}
	return out
}

// state marks a refused field, joins it to the texts beside it, and leads to the first one.
func (p CasePage) state(act, field string, hints ...string) templ.Attributes {
	a := templ.Attributes{}
	for n, f := range p.wrong() {
		if f.Act == act && f.Name == field && f.ID != "" {
			a["aria-invalid"] = "true"
			hints = append([]string{f.ID + "-error"}, hints...)
			if n == 0 {
				a["data-focus"] = true
			}
		}
	}
	if len(hints) > 0 {
		a["aria-describedby"] = strings.Join(hints, " ")
	}
	return a
}

// error is what is wrong with a field; empty for nothing.
func (p CasePage) error(act, field string) string {
	if !p.opened(act) {
		return ""
	}
	return identity.OnAList(p.Refused.Errors[field])
}

// leadsToField reports whether the focus goes to a field rather than to the words above.
func (p CasePage) leadsToField() bool {
	wrong := p.wrong()
	return len(wrong) > 0 && wrong[0].ID != ""
}

// snoozeWords say who lets the case sleep, and lead on to why.
func (p CasePage) snoozeWords() string {
	words := ""
	if p.Identity.UntilEvent {
		words += " or the next news"
	}
	if p.Identity.SnoozedBy != "" {
		words += " by " + p.person(p.Identity.SnoozedBy)
	}
	switch {
	case p.SnoozeReason != "":
		words += ", because: "
	case p.SnoozeUnread != "":
		words += "; "
	}
	return words
}

// snoozeSpan is a length of sleep that one click chooses.
type snoozeSpan struct {
	Value, Text string
	atMost      time.Duration
}

// snoozeSpans are those that the policy allows.
func (p CasePage) snoozeSpans() []snoozeSpan {
	all := []snoozeSpan{
		{"1h", "1 h", time.Hour},
		{"4h", "4 h", 4 * time.Hour},
		{"tomorrow", "Tomorrow 9:00", 33 * time.Hour},
		{"monday", "Monday 9:00", 7*day + 9*time.Hour},
		{"1w", "A week", 7*day + 9*time.Hour},
	}
	return slices.DeleteFunc(all, func(s snoozeSpan) bool { return s.atMost > p.LongestSnooze })
}

// longestText says how long a case may sleep.
func longestText(d time.Duration) string {
	if d < 2*day {
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	}
	return strconv.Itoa(int(d/day)) + " days"
}

// wokeText says why a case is awake again.
func wokeText(w identity.Waking) string {
	switch w {
	case identity.WokeByTime:
		return "its time was over"
	case identity.WokeByNews:
		return "there was news from Paxos"
	case identity.WokeByDecision:
		return "Paxos decided"
	case identity.WokeByPerson:
		return "somebody woke it"
	default:
		return string(w)
	}
}

// limitText says how long something may take.
func limitText(l identity.Limit) string {
	switch {
	case l.BusinessDays == 1:
		return "1 business day"
	case l.BusinessDays > 1:
		return strconv.Itoa(l.BusinessDays) + " business days"
	case l.Plain > 0:
		return span(l.Plain)
	}
	return ""
}

// breachText says when the limit ends, or has ended.
func (p CasePage) breachText() string {
	at := p.Identity.DueAt
	if at == nil {
		return ""
	}
	word := "breaches "
	switch over := !p.Now.Before(*at); {
	case p.Limit.Zero() && over:
		word = "was due "
	case p.Limit.Zero():
		word = "due "
	case over:
		word = "breached "
	}
	return word + onOrAt(*at, p.Now, p.Location)
}

// ageing compares the case's age with how long its like took; empty where too few were decided.
func (p CasePage) ageing() string {
	if p.Work.Ageing == nil {
		return ""
	}
	return identity.AgeingText(*p.Work.Ageing, p.Identity, p.Now)
}

// worked tells a length of working time in hours and minutes: a day of it is no day of 24 hours.
func worked(d time.Duration) string {
	if d < time.Hour {
		return span(d)
	}
	return pair(d, time.Hour, "h", time.Minute, "m")
}

// lasted is how long a turn took, or has taken, around the clock.
func lasted(t identity.Turn, now time.Time) string {
	if t.To != nil {
		now = *t.To
	}
	return span(now.Sub(t.From))
}

// reasonNow is why the case sleeps, for who lengthens its sleep.
func (p CasePage) reasonNow() string {
	if p.Identity.Snoozed(p.Now) {
		return p.SnoozeReason
	}
	return ""
}

func joinTags(tags []string) string { return strings.Join(tags, " ") }
