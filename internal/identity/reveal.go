package identity

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// RevealAsk is what somebody asks to see of a person, and why.
type RevealAsk struct {
	Group      Group
	ReasonCode string // one of [RevealReasons]
	Reason     string // in the asker's words
}

// otherReason asks for more words than the others: its code says nothing.
const otherReason = "other"

// RevealReasons are why personal data may be revealed, in the order in which pages offer them.
func RevealReasons() []Choice {
	return []Choice{
		{"customer_request", "The customer asked"},
		{"paxos_asked", "Paxos asked"},
		{"audit_question", "An audit question"},
		{"correction", "Correcting data"},
		{"suspected_duplicate", "A suspected duplicate"},
		{otherReason, "Other"},
	}
}

// RevealReason is a reason's code in plain words; one that is not known, as it is written.
func RevealReason(code string) string { return choiceText(RevealReasons(), code) }

// choiceText is the text of a choice; of one that is not among them, the value as it is written.
func choiceText(choices []Choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Text
		}
	}
	return value
}

// How many characters the words of a reason have.
const (
	shortestReason      = 5
	shortestOtherReason = 10
	LongestReason       = 500
)

// Check says what is wrong with what is asked, by field; empty where nothing is.
func (a RevealAsk) Check() map[string]string {
	wrong := a.CheckReason()
	if !slices.Contains(Groups(), a.Group) {
		wrong["group"] = "Choose what to show."
	}
	return wrong
}

// CheckReason says what is wrong with the reason, by field; empty where nothing is.
func (a RevealAsk) CheckReason() map[string]string {
	wrong := map[string]string{}
	if !slices.ContainsFunc(RevealReasons(), func(c Choice) bool { return c.Value == a.ReasonCode }) {
		wrong["reason_code"] = chooseWhy(RevealReasons())
	}
	least := shortestReason
	if a.ReasonCode == otherReason {
		least = shortestOtherReason
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(a.Reason)); {
	case n < least:
		wrong["reason"] = fmt.Sprintf("Say why in at least %d characters.", least)
	case n > LongestReason:
		wrong["reason"] = fmt.Sprintf("Say why in at most %d characters.", LongestReason)
	}
	return wrong
}

// RevealQuota is how often one person may reveal within a stretch of time.
type RevealQuota struct {
	Within time.Duration
	Most   int
}

// RevealQuotas are those in force.
func RevealQuotas() []RevealQuota { return []RevealQuota{{10 * time.Minute, 20}, {day, 100}} }

// RevealAgain is when a person may reveal so many more at once, by when something was shown to them, oldest first; zero where they may
// now. Quota is the one that stands in the way.
func RevealAgain(shown []time.Time, more int, now time.Time) (again time.Time, quota RevealQuota) {
	for _, q := range RevealQuotas() {
		over := len(shown) + more - q.Most // so many must be old enough
		if over <= 0 {
			continue
		}
		if free := shown[over-1].Add(q.Within); free.After(now) && free.After(again) {
			again, quota = free, q
		}
	}
	return again, quota
}
