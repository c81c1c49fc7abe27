package views

import (
	"encoding/json"
	"strconv"

	"identitydesk/internal/identity"
)

func (p EventsPage) filtered() bool { return p.State != "" || p.Type != "" || p.Query != "" }

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
