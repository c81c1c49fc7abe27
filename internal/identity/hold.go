package identity

import (
	"slices"
	"time"
)

// Hold keeps a case from being erased, by whomever, for as long as it lasts. Its reason is personal data: sealed at rest.
type Hold struct {
	ByID, ByName string
	At           time.Time
	ReasonCode   string
	Reason       string
	Unread       Unread // why Reason cannot be read
}

// OnHold is the code of the Conflict that whoever wants to erase a held case meets.
const OnHold = "on_hold"

// HoldReason is why a case may be held, from a list.
type HoldReason struct{ Code, Text string }

// HoldReasons are all that there are.
func HoldReasons() []HoldReason {
	return []HoldReason{
		{"legal_order", "A court or an authority orders it"},
		{"litigation", "A lawsuit is under way or expected"},
		{"investigation", "An investigation is under way"},
		{"audit", "An audit needs it"},
		{"other", "Another reason"},
	}
}

// HoldReasonText is a reason in plain words; an unknown code is given back as it is.
func HoldReasonText(code string) string {
	reasons := HoldReasons()
	if n := slices.IndexFunc(reasons, func(r HoldReason) bool { return r.Code == code }); n >= 0 {
		return reasons[n].Text
	}
	return code
}

// HasHoldReason reports whether there is such a reason.
func HasHoldReason(code string) bool {
	return slices.ContainsFunc(HoldReasons(), func(r HoldReason) bool { return r.Code == code })
}
