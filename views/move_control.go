package views

import (
	"slices"
	"strings"
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// Controls are what limits the customer at Paxos, and what may be proposed about it.
type Controls struct {
	Active, Past []identity.ToldControl // past: the last ended first
	Known        bool                   // which are in force
	KnownAt      time.Time              // as of when that is known
	ListedAt     time.Time              // as of when Paxos' list is known, which tells those that have ended and why; zero for never
	Asking       bool                   // Paxos is being asked for its list
	Able         identity.Able          // what the customer can do now
	Proposed     *proposal.Proposal     // waits for a second person; nil for none
	Propose      bool
}

// anyControls reports whether a control is in force, or was, or an older word for one is.
func (p CasePage) anyControls() bool {
	d := p.Identity.Details
	return len(p.Controls.Active)+len(p.Controls.Past) > 0 || d.UserDisabled || d.AdminDisabled
}

// showsControls reports whether there is anything to tell of controls.
func (p CasePage) showsControls() bool {
	d := p.Identity.Details
	c := p.Controls
	return p.Identity.ErasedAt == nil && (c.Propose || c.Proposed != nil || c.Asking || len(c.Active)+len(c.Past) > 0) ||
		d.UserDisabled || d.AdminDisabled
}

// proposedControls reports whether a change of controls was proposed about the case.
func (p CasePage) proposedControls() bool {
	return slices.ContainsFunc(p.CaseKeeping.Proposals, func(o proposal.Proposal) bool { return o.Kind == proposal.Control })
}

// settable are the controls that we may set and that are not in force.
func (p CasePage) settable() []identity.Choice {
	return slices.DeleteFunc(identity.ControlTypes(), func(c identity.Choice) bool { return p.Identity.Controlled(c.Value) })
}

// ableNow says what the customer can do.
func (p CasePage) ableNow() string {
	if identity.AbleAs(p.Identity.Status) == (identity.Able{}) || p.Controls.Known {
		return "As it stands the customer " + ableText(p.Controls.Able) + "."
	}
	return "Which controls are in force is not known here yet, and so what the customer can do."
}

// ableBy says what decides what the customer can do.
func (p CasePage) ableBy() string {
	if !p.Controls.Known {
		return "By the status " + string(p.Identity.Status) + "; Paxos’ answer about the identity does not tell its controls."
	}
	if len(p.Controls.Active) == 0 {
		return "By the status " + string(p.Identity.Status) + "; no control is in force."
	}
	return "By the status " + string(p.Identity.Status) + " and the controls in force."
}

// askingControls says what Paxos is being asked for.
func (p CasePage) askingControls() string {
	what := "The desk is asking Paxos for the controls that have ended, and why each was set."
	if p.Identity.Details.ControlsUnsaid {
		what = "The desk is asking Paxos for its list of controls: those in force, those that have ended, and why each was set."
	}
	return what + " They appear here."
}

// overridable are the controls in force that we can end.
func (c Controls) overridable() []identity.ToldControl {
	var out []identity.ToldControl
	for _, k := range c.Active {
		if k.Overridable {
			out = append(out, k)
		}
	}
	return out
}

// ableWith is what the customer could do under one more control.
func (p CasePage) ableWith(typ string) identity.Able {
	return identity.ControlChange{Type: typ}.Able(p.Identity)
}

// ableWithout is what the customer could do without one of the controls.
func (p CasePage) ableWithout(id string) identity.Able {
	return identity.ControlChange{End: id}.Able(p.Identity)
}

// ableText says what somebody can do, in words: "can hold; cannot buy or deposit; Paxos does not say whether they can sell or withdraw".
func ableText(a identity.Able) string {
	acts := map[identity.Can][]string{}
	for _, each := range a.Each() {
		acts[each.Can] = append(acts[each.Can], each.Act)
	}
	var parts []string
	if can := acts[identity.CanDo]; len(can) > 0 {
		parts = append(parts, "can "+listed(can, "and"))
	}
	if cannot := acts[identity.CanNot]; len(cannot) > 0 {
		parts = append(parts, "cannot "+listed(cannot, "or"))
	}
	if unsaid := acts[identity.CanUnsaid]; len(unsaid) > 0 {
		parts = append(parts, "Paxos does not say whether they can "+listed(unsaid, "or"))
	}
	return strings.Join(parts, "; ")
}

// listed joins words: "hold, buy and sell".
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// controlReasons are Paxos' codes for why a control is set, in words.
func controlReasons() []proposal.Reason {
	var out []proposal.Reason
	for _, c := range identity.ControlReasons() {
		out = append(out, proposal.Reason{Code: c.Value, Text: c.Text})
	}
	return out
}

// proposalReason is why something is proposed, in plain words; empty for a kind that asks for no code.
func proposalReason(k proposal.Kind, code string) string {
	if k == proposal.Control {
		return identity.Label(code)
	}
	return k.ReasonText(code)
}

// onlyControl is the one control that we can end; empty where there are several.
func (p CasePage) onlyControl() string {
	if of := p.Controls.overridable(); len(of) == 1 {
		return of[0].ID
	}
	return ""
}
