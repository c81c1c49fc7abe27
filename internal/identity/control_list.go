package identity

import (
	"slices"
	"strings"
	"time"
)

// ControlList is what Paxos said of a case's controls, with those that have ended. The words in it count as personal data.
type ControlList struct {
	AsOf     time.Time       `json:"as_of"` // when it was asked for; zero for never
	Controls []ControlRecord `json:"controls"`
}

// ControlsOf is the list in an answer of Paxos, in milliseconds, as times are kept.
func ControlsOf(all []ControlRecord, asked time.Time) ControlList {
	for n := range all {
		all[n].CreatedAt, all[n].DeletedAt = milliseconds(all[n].CreatedAt), milliseconds(all[n].DeletedAt)
	}
	return ControlList{AsOf: milliseconds(asked), Controls: all}
}

// OutdatesControls reports whether there is something to ask of the controls of an identity that Paxos holds: it has some, its history
// tells of one, or Paxos' answer cannot tell; and nothing was asked since the last news of them.
func (i Identity) OutdatesControls(list ControlList, history []Entry) bool {
	if i.PaxosID == "" || i.ErasedAt != nil {
		return false
	}
	controls, sure := i.Details.InForce()
	if !sure {
		return true
	}
	known, heard := len(controls) > 0 || i.Details.ControlsUnsaid, time.Time{}
	for _, e := range history {
		if e.ofControls() {
			known = true
			heard = later(heard, later(e.ReceivedAt, e.ProcessedAt))
		}
	}
	return known && (list.AsOf.IsZero() || list.AsOf.Before(heard))
}

// ofControls reports whether a line tells that a control came or went.
func (e Entry) ofControls() bool {
	if e.Kind == MoveStepped && e.Code == MoveTold(MoveControl, StepDone) {
		return true
	}
	return slices.ContainsFunc(e.Changes, func(c Change) bool {
		return strings.HasPrefix(c.Field, controlField) || c.Field == eventField && OfControls(c.New)
	})
}

// OfControls reports whether an event of a type tells that a control came or went.
func OfControls(eventType string) bool {
	return eventType == EventControlCreated || eventType == EventControlDeleted
}

// reasonOf are Paxos' words for why a control that is in force was set; empty where they are not known.
func (l ControlList) reasonOf(id string) string {
	for _, c := range l.Controls {
		if id != "" && c.ID == id {
			return c.Reason
		}
	}
	return ""
}

// ended are the controls of the list that are not in force any more, as they are told, and those of others that the list does not have.
func (l ControlList) ended(others []ToldControl) []ToldControl {
	var out []ToldControl
	for _, c := range l.Controls {
		if c.DeletedAt.IsZero() {
			continue
		}
		out = append(out, ToldControl{Control: c.Control, Reason: c.Reason, Since: c.CreatedAt, Until: c.DeletedAt})
		same := func(o ToldControl) bool {
			return o.Type == c.Type && o.SetBy == c.SetBy && o.Until.Sub(c.DeletedAt).Abs() <= ClockGrace
		}
		if n := slices.IndexFunc(others, same); n >= 0 {
			others = slices.Delete(slices.Clone(others), n, n+1)
		}
	}
	out = append(out, others...)
	slices.SortStableFunc(out, func(a, b ToldControl) int { return b.Until.Compare(a.Until) })
	return out
}
