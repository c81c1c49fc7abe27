package views

import (
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// Revealed is one group of a person's data, which may stay on the page until a moment.
type Revealed struct {
	Group     identity.Group
	Fields    []identity.PersonalField
	FromDraft bool // of what we want to send; else live from Paxos
	Until     time.Time
}

// Reveal is what the reader may ask to see of a case.
type Reveal struct {
	May       bool // their role may ask at all
	FromPaxos bool // it would be asked live
	FromDraft bool // it would be read from our draft; where neither is set, nothing is left to show
}

// possible reports whether there is anything to ask for.
func (r Reveal) possible() bool { return r.May && (r.FromPaxos || r.FromDraft) }

// left is how many seconds revealed data may stay, for the script that counts them down.
func (r Revealed) left(now time.Time) string {
	return strconv.Itoa(max(int(r.Until.Sub(now)/time.Second), 1))
}

// personalLabel names a field as the form for a new identity does; one that the form does not have, by the last words of its path.
func personalLabel(path string) string {
	for _, s := range append(personForm(), institutionForm()...) {
		for _, f := range s.Fields {
			if f.Name == path {
				return f.Label
			}
		}
	}
	parts := strings.Split(path, ".")
	last := strings.ReplaceAll(parts[len(parts)-1], "_", " ")
	if len(parts) > 2 && strings.Trim(parts[len(parts)-2], "0123456789") == "" {
		last += " " + parts[len(parts)-2]
	}
	if last == "" {
		return path
	}
	return strings.ToUpper(last[:1]) + last[1:]
}

// meaning is what a word of Paxos' means; empty where the value is no such word.
func meaning(f identity.PersonalField) string {
	if text := identity.Label(f.Value); text != f.Value && f.Value == strings.ToUpper(f.Value) {
		return text
	}
	return ""
}
