package views

import (
	"time"

	"identitydesk/internal/access"
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
		{Path: "person_details.address.address1", Value: "123 Main St"}, {Path: "person_details.address.city", Value: "New York"},
		{Path: "person_details.address.province", Value: "NY"}, {Path: "person_details.address.country", Value: "USA"},
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
