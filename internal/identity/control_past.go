package identity

import (
	"slices"
	"strings"
	"time"
)

// ToldControl is a control of a case with all that the desk knows of how it came and went.
type ToldControl struct {
	Control           // of one that has ended by the history alone: type, who set it and the reason code
	Reason  string    // why, in Paxos' words or in ours; personal data
	Since   time.Time // zero where that is not known
	Until   time.Time // zero while it is in force
	SetMove *OurMove  // our move that set it; nil where it was none of ours
	EndMove *OurMove  // our move that ended it
}

// ControlResult is the name of the control's id in the result of a move.
const ControlResult = "control_id"

// ToldControls are the controls of a case that are in force, and those that were, the last ended first. History and moves are the
// case's; the history is oldest first. What the history does not tell, the list may.
func (i Identity) ToldControls(history []Entry, moves []OurMove, list ControlList) (active, past []ToldControl) {
	controls, _ := i.Details.InForce()
	for _, c := range controls {
		active = append(active, ToldControl{Control: c, Reason: list.reasonOf(c.ID), Since: c.CreatedAt, SetMove: moveOfControl(c.ID, moves)})
	}
	past = list.ended(pastControls(history))
	for n := range past {
		past[n].SetMove = moveOfControl(past[n].ID, moves)
		if past[n].SetMove == nil {
			past[n].SetMove = moveAround(ControlSet, past[n].Type, past[n].Since, moves)
		}
		past[n].EndMove = moveAround(ControlEnd, past[n].Type, past[n].Until, moves)
	}
	return active, past
}

// moveOfControl is the move that set a control.
func moveOfControl(id string, moves []OurMove) *OurMove {
	for n := range moves {
		if m := &moves[n]; id != "" && m.Kind == MoveControl && m.Result[ControlResult] == id && slices.Contains(m.About, ControlSet) {
			return m
		}
	}
	return nil
}

// moveAround is the move that brought a change about, by its kind and time: of past controls the desk keeps no ids.
func moveAround(what, typ string, at time.Time, moves []OurMove) *OurMove {
	if at.IsZero() {
		return nil
	}
	for n := range moves {
		m := &moves[n]
		if m.Kind != MoveControl || m.State != MoveDone || m.EndedAt == nil || !slices.Equal(m.About, []string{what, typ}) {
			continue
		}
		if apart := m.EndedAt.Sub(at).Abs(); apart <= ClockGrace {
			return m
		}
	}
	return nil
}

// pastControls are the controls that a history has seen end.
func pastControls(history []Entry) []ToldControl {
	since := map[string]time.Time{} // by type and text
	told := map[string]string{}     // the last that was told of a type: two lines may tell one change
	var past []ToldControl
	for _, e := range history {
		for _, change := range e.Changes {
			typ, is := strings.CutPrefix(change.Field, controlField)
			if last, known := told[typ]; !is || known && last == change.New {
				continue
			}
			told[typ] = change.New
			before, after := controlParts(change.Old), controlParts(change.New)
			for _, text := range without(after, before) {
				since[typ+" "+text] = e.OccurredAt
			}
			for _, text := range without(before, after) {
				past = append(past, ToldControl{Control: readControl(typ, text), Since: since[typ+" "+text], Until: e.OccurredAt})
			}
		}
	}
	slices.Reverse(past)
	return past
}

func controlParts(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "; ")
}

// without are the words of a that b has not, as often as it has them more.
func without(a, b []string) []string {
	left := slices.Clone(b)
	var out []string
	for _, word := range a {
		if n := slices.Index(left, word); n >= 0 {
			left = slices.Delete(left, n, n+1)
			continue
		}
		out = append(out, word)
	}
	return out
}

// readControl reads back what [controlText] wrote.
func readControl(typ, text string) Control {
	setBy, rest, _ := strings.Cut(text, ", ")
	c := Control{Type: typ, SetBy: setBy}
	rest, c.Overridable = strings.CutSuffix(rest, controlOverridable)
	c.ReasonCode = strings.TrimSuffix(rest, ", ")
	return c
}
