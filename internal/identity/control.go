package identity

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ControlRecord is a control with all that Paxos tells of it. Its reason is free text and counts as personal data: sealed at rest,
// never logged.
type ControlRecord struct {
	Control
	Reason    string
	DeletedAt time.Time // zero while it is in force
}

// The types of controls that the desk can set.
const (
	SellOnly = "SELL_ONLY"
	Closed   = "CLOSED"
	Dormant  = "DORMANT"
)

// ControlTypes are the controls that we may set. FROZEN is Paxos' own.
func ControlTypes() []Choice { return labelled(SellOnly, Closed, Dormant) }

// ControlReasons are Paxos' codes for why a control is set.
func ControlReasons() []Choice {
	return labelled(
		"END_USER_REQUEST", "INACTIVITY", "COMPLIANCE_KYC", "COMPLIANCE_EDD", "COMPLIANCE_SCREENING", "COMPLIANCE_INVESTIGATION",
		"ONBOARDING_INCOMPLETE", "RISK_FRAUD", "LEGAL_ORDER", "ADMINISTRATIVE", "OTHER",
	)
}

// ControlEffect says what a control does to the customer; empty for one that the desk does not know.
func ControlEffect(typ string) string {
	switch typ {
	case SellOnly:
		return "The customer can hold what they have, and sell it. The status stays as it is."
	case Closed:
		return "The customer can do nothing any more. The status stays as it is."
	case Dormant:
		return "The customer has been inactive for long. The status stays as it is."
	case controlFrozen:
		return "Paxos has frozen the customer: nothing moves, and the status is ERROR. Only Paxos can end it."
	}
	return ""
}

// ControlAsk is a control that is to be set.
type ControlAsk struct {
	PaxosID    string
	Type       string // one of [ControlTypes]
	ReasonCode string // one of [ControlReasons]
	Reason     string // in the asker's words; Paxos reads it
}

// longestControlReason is ours: Paxos states no limit.
const longestControlReason = 500

// Check says what is wrong with the ask, by field; empty where nothing is.
func (a ControlAsk) Check() map[string]string {
	wrong := map[string]string{}
	if !offered(ControlTypes(), a.Type) {
		wrong["type"] = "Choose a control."
	}
	if !offered(ControlReasons(), a.ReasonCode) {
		wrong["reason_code"] = chooseWhy(ControlReasons())
	}
	if text := CheckControlReason(a.Reason); text != "" {
		wrong["reason"] = text
	}
	return wrong
}

// CheckControlReason says what is wrong with the words for why a control is set or removed; empty where nothing is.
func CheckControlReason(reason string) string {
	switch n := utf8.RuneCountInString(strings.TrimSpace(reason)); {
	case n < shortestReason:
		return fmt.Sprintf("Say why in at least %d characters: Paxos reads it.", shortestReason)
	case n > longestControlReason:
		return fmt.Sprintf("Say why in at most %d characters.", longestControlReason)
	case LooksPersonal(reason):
		return "Take the e-mail address or government ID out: Paxos knows who it is about."
	}
	return ""
}

func offered(choices []Choice, value string) bool {
	return slices.ContainsFunc(choices, func(c Choice) bool { return c.Value == value })
}

// Found finds the control that an ask would have made, among those in force: the way to tell whether a call whose answer was lost
// had its effect. Only one that was set no earlier than the call counts, clocks differing by [ClockGrace] at most.
func (a ControlAsk) Found(among []ControlRecord, since time.Time) (ControlRecord, bool) {
	for _, c := range among {
		same := c.Type == a.Type && c.ReasonCode == a.ReasonCode && c.Reason == a.Reason && c.DeletedAt.IsZero()
		if same && c.SetBy == setByClient && !c.CreatedAt.Before(since.Add(-ClockGrace)) {
			return c, true
		}
	}
	return ControlRecord{}, false
}

const setByClient = "SET_BY_CLIENT"
