package views

import (
	"net/url"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// reveals are cases with personal data on the page, or with a reveal that was refused.
func (b book) reveals() []Story {
	shown := func(r access.Role, i identity.Identity, revealed Revealed) CasePage {
		p := b.page(r, i, b.submitted(41*time.Hour)...)
		revealed.Until = b.now.Add(5 * time.Minute)
		p.Revealed, p.Leave = &revealed, Leave{To: caseLink(p.Identity.ID), After: 5 * time.Minute}
		return p
	}
	address := Revealed{Group: identity.GroupAddress, Fields: []identity.PersonalField{
		{Path: "person_details.address.address1", Value: "123 Main St"},
		{Path: "person_details.address.city", Value: "New York"},
		{Path: "person_details.address.province", Value: "NY"},
		{Path: "person_details.address.country", Value: "USA"},
		{Path: "person_details.address.geocode_accuracy", Value: "ROOFTOP"},
	}}
	nothing := Revealed{Group: identity.GroupContact, FromDraft: true}
	refused := b.page(access.Lead, b.screening(), b.submitted(41*time.Hour)...)
	refused.Refused = Refusal{
		Act: "reveal", Text: "Nothing was shown.",
		Errors: map[string]string{"group": "Choose what to show.", "reason": "Say why in at least 10 characters."},
		Typed:  map[string]string{"reason_code": "other", "reason": "asked"},
	}
	throttled := refused
	throttled.Refused = Refusal{
		Act: "reveal", Text: "Nothing was shown: Paxos throttles the desk.", Again: b.now.Add(5 * time.Minute),
		Typed: map[string]string{"group": "tax", "reason_code": "paxos_asked", "reason": "They want the number of the W-8 form"},
	}
	open := shown(access.Analyst, b.screening(), address)
	open.Back, open.Onward = "/queue?case="+open.Identity.ID, "/queue?next=1"
	queue := QueuePage{
		Chrome: b.chrome(access.Analyst, SectionQueue), Spot: Spot{Case: open.Identity.ID}, Of: WhoseAll, Usual: WhoseAll, Counts: b.counts(),
		Rows: Rows{Items: b.rows(b.screening(), b.frozen()), Total: 2, AsOf: b.now}, Pane: &open,
	}
	return []Story{
		{"case/revealed", access.Analyst, Case(shown(access.Analyst, b.screening(), address))},
		{"case/revealed-nothing", access.Analyst, Case(shown(access.Analyst, b.queued(), nothing))},
		{"case/reveal-refused", access.Lead, Case(refused)},
		{"case/reveal-throttled", access.Lead, Case(throttled)},
		{"queue/revealed", access.Analyst, Queue(queue)},
	}
}

// revealReports are the report's states.
func (b book) revealReports() []Story {
	page := RevealsPage{Chrome: b.chrome(access.Lead, SectionReveals), People: identity.Revealers([]identity.RevealCount{
		{UserID: "ana", Name: "Ana Lyst", Group: identity.GroupAddress, Day: 2, Week: 8, Month: 31},
		{UserID: "dana", Name: "Dana Maximiliane Featherstonehaugh", Group: identity.GroupGovernmentID, Day: 11, Week: 12, Month: 19},
		{UserID: "dana", Name: "Dana Maximiliane Featherstonehaugh", Group: identity.GroupBirth, Day: 1, Week: 2, Month: 2},
		{UserID: "kim", Name: "Kim Osei", Group: identity.GroupTax, Week: 3, Month: 12},
	})}
	entry := func(seq int64, age time.Duration, who string, g identity.Group, code, words string) RevealEntry {
		return RevealEntry{Shown: true, Entry: audit.Entry{
			Seq: seq, At: b.ago(age), ActorID: who, ActorName: who, Action: audit.Revealed, IdentityID: b.screening().ID, Object: string(g),
			Detail: "shown live from Paxos", ReasonCode: code, Reason: words, Words: audit.WordsKept,
		}}
	}
	refused := entry(1203, 3*time.Hour, "Dana Maximiliane Featherstonehaugh", identity.GroupGovernmentID, "other", "Compare with the scan that came by mail")
	refused.Shown, refused.Detail = false, "not shown: over the limit"
	erased := entry(1101, 40*day, "Kim Osei", identity.GroupTax, "audit_question", "")
	erased.Words = audit.WordsErased
	page.Entries = []RevealEntry{
		entry(1204, time.Minute, "Ana Lyst", identity.GroupAddress, "paxos_asked", "Paxos wants to know the street"), refused,
		entry(1202, 5*time.Hour, "Kim Osei", identity.GroupVerification, "suspected_duplicate", "Two people with one number?"), erased,
	}
	page.Total, page.Next = 212, 1101
	nothing := RevealsPage{Chrome: b.chrome(access.Auditor, SectionReveals)}
	filtered, end := nothing, nothing
	filtered.Filter, filtered.People = url.Values{"actor": {"kim"}, "from": {"2026-03-01"}}, page.People
	end.After = 3
	return []Story{
		{"reveals/list", access.Lead, Reveals(page)},
		{"reveals/none", access.Auditor, Reveals(nothing)},
		{"reveals/filtered", access.Auditor, Reveals(filtered)},
		{"reveals/end", access.Auditor, Reveals(end)},
	}
}
