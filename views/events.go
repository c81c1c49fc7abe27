package views

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func (p EventsPage) filtered() bool { return len(p.Filter) > 0 }

func (p EventsPage) page(after string) string { return link("/events", with(p.Filter, "after", after)) }

// filterText says in words which events are chosen.
func filterText(filter url.Values) string {
	var parts []string
	for _, part := range []struct{ name, text string }{
		{"state", "state "}, {"type", "type "}, {"q", "id "}, {"identity_id", "case "}, {"from", "received from "}, {"to", "received up to "},
	} {
		if v := filter.Get(part.name); v != "" {
			parts = append(parts, part.text+v)
		}
	}
	return strings.Join(parts, ", ")
}

// dateInput is the type of an input for a day, unless a time was given that such an input could not show.
func dateInput(value string) string {
	if _, err := time.Parse(time.DateOnly, value); err == nil || value == "" {
		return "date"
	}
	return "text"
}

// momentInput is the same for a time of the desk's zone.
func momentInput(value string) string {
	if _, err := time.Parse("2006-01-02T15:04", value); err == nil || value == "" {
		return "datetime-local"
	}
	return "text"
}

// headerLines are the headers of a delivery, one a line, by name.
func headerLines(headers map[string][]string) string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			lines.WriteString(name + ": " + value + "\n")
		}
	}
	return strings.TrimSuffix(lines.String(), "\n")
}

func attemptText(a identity.Attempt) string {
	switch a.Outcome {
	case identity.EventQueued:
		return "failed, and comes again"
	case identity.EventParked:
		return "failed, and was put aside"
	default:
		return string(a.Outcome)
	}
}

func eventStateChoices() []identity.Choice {
	return []identity.Choice{
		{Value: "", Text: "Any"},
		{Value: string(identity.EventQueued), Text: "queued"},
		{Value: string(identity.EventDone), Text: "done"},
		{Value: string(identity.EventParked), Text: "parked"},
		{Value: string(identity.EventIgnored), Text: "ignored"},
		{Value: string(identity.EventTest), Text: "test"},
	}
}

func eventTypeChoices() []identity.Choice {
	out := []identity.Choice{{Value: "", Text: "Any"}}
	for _, t := range []string{
		identity.EventApproved, identity.EventDenied, identity.EventDisabled, identity.EventDocumentsRequired,
		identity.EventRefreshStarted, identity.EventRefreshCompleted, identity.EventRefreshExpired,
	} {
		out = append(out, identity.Choice{Value: t, Text: t})
	}
	return out
}

// eventStateText says what a state means and what to do about it.
func eventStateText(s identity.EventState) string {
	switch s {
	case identity.EventQueued:
		return "Stored and waiting for its turn. The desk asks Paxos for the identity next."
	case identity.EventDone:
		return "Processed: the desk has asked Paxos and the case is up to date."
	case identity.EventParked:
		return "Trying again by itself did not help. Look at the last error, then re-process it."
	case identity.EventIgnored:
		return "Not about an identity. It is kept and changes nothing."
	case identity.EventTest:
		return "A test of the line. It changes nothing."
	default:
		return ""
	}
}

// payload is a notice as it came, laid out where it is JSON.
func payload(body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	pretty, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return string(body)
	}
	return string(pretty)
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// deliveryTitle names a delivery by its place in the order of arrival.
func deliveryTitle(n, of int) string {
	if of == 1 {
		return "The delivery"
	}
	return "Delivery " + strconv.Itoa(n+1) + " of " + strconv.Itoa(of)
}

// shownMissing is how many ids of missing events are listed.
const shownMissing = 50

func firstOnes(ids []string) []string { return ids[:min(len(ids), shownMissing)] }

// heardText says how the desk heard of an event.
func heardText(e identity.Event) string {
	webhooks := "no webhook"
	switch {
	case e.Deliveries == 1:
		webhooks = "1 webhook"
	case e.Deliveries > 1:
		webhooks = strconv.Itoa(e.Deliveries) + " webhooks"
	}
	switch {
	case e.HeardBy == identity.ByWebhook:
		return webhooks
	case e.Deliveries > 0:
		return sourceName(e.HeardBy) + ", then " + webhooks
	default:
		return sourceName(e.HeardBy) + ", " + webhooks
	}
}

// errorText says in words what an error's kind means; the code beside it is for whoever looks into the log.
func errorText(code string) string {
	kind, _, _ := strings.Cut(code, " ")
	switch fault.Kind(kind) {
	case fault.NotFound:
		return "Paxos does not know it"
	case fault.Throttled:
		return "Paxos throttled us"
	case fault.Unavailable:
		return "Paxos was out of order"
	case fault.Lost:
		return "the answer was lost"
	case fault.Forbidden:
		return "a scope is missing"
	case fault.Unauthenticated:
		return "Paxos refused our token"
	case fault.Invalid, fault.Malformed:
		return "Paxos refused the request"
	default:
		return "an error on our side"
	}
}
