package identity

import (
	"slices"
	"strings"
)

// ControlChange is a control that is to be set, or one in force that is to be ended: what is proposed, and what is sent once a second
// person agrees. Its reason is free text and counts as personal data: sealed at rest, never logged.
type ControlChange struct {
	End        string `json:"end,omitempty"` // Paxos' id of the control to end; empty where one is to be set
	Type       string `json:"type"`
	ReasonCode string `json:"reason_code,omitempty"` // of one to be set; to end one Paxos takes words alone
	Reason     string `json:"reason"`
}

// The words for what a change does, as the codes of what a move is about.
const (
	ControlSet = "set_control"
	ControlEnd = "end_control"
)

// Tidy is the change with the type of the control that it ends, and without what does not belong to it.
func (c ControlChange) Tidy(i Identity) ControlChange {
	c.Reason = strings.TrimSpace(c.Reason)
	if c.End == "" {
		return c
	}
	c.Type, c.ReasonCode = "", ""
	if of, found := i.control(c.End); found {
		c.Type = of.Type
	}
	return c
}

// Check says by field what is wrong with the change of an identity as it is now; empty where nothing is.
func (c ControlChange) Check(i Identity) map[string]string {
	if c.End == "" {
		wrong := c.Ask(i.PaxosID).Check()
		if i.Controlled(c.Type) {
			wrong["type"] = "This control is in force already."
		}
		return wrong
	}
	wrong := map[string]string{}
	switch of, found := i.control(c.End); {
	case !found:
		wrong["control_id"] = "Choose a control that is in force."
	case !of.Overridable:
		wrong["control_id"] = "Only Paxos can end this control."
	}
	if text := CheckControlReason(c.Reason); text != "" {
		wrong["reason"] = text
	}
	return wrong
}

// Ask is the control to set, as Paxos takes it.
func (c ControlChange) Ask(paxosID string) ControlAsk {
	return ControlAsk{PaxosID: paxosID, Type: c.Type, ReasonCode: c.ReasonCode, Reason: c.Reason}
}

// About are the codes of what the change does.
func (c ControlChange) About() []string {
	if c.End != "" {
		return []string{ControlEnd, c.Type}
	}
	return []string{ControlSet, c.Type}
}

// Able is what the customer can do once the change is made.
func (c ControlChange) Able(i Identity) Able {
	if c.End != "" {
		return i.ableWithout(c.End)
	}
	return i.Able().Under(c.Type)
}

func (i Identity) control(id string) (Control, bool) {
	controls, _ := i.Details.InForce()
	n := slices.IndexFunc(controls, func(c Control) bool { return c.ID == id })
	if n < 0 {
		return Control{}, false
	}
	return controls[n], true
}

// Controlled reports whether a control of a type is in force, whoever has set it.
func (i Identity) Controlled(typ string) bool {
	controls, _ := i.Details.InForce()
	return slices.ContainsFunc(controls, func(c Control) bool { return c.Type == typ })
}
