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

// personalLabel names a field as the form for a new identity does, with its number where there are several; one that the form does not
// have, by the last words of its path.
func personalLabel(path string) string {
	var plain []string
	number := ""
	for part := range strings.SplitSeq(path, ".") {
		if strings.Trim(part, "0123456789") == "" {
			number = " " + part
			continue
		}
		plain = append(plain, part)
	}
	for _, s := range append(personForm(), institutionForm()...) {
		for _, f := range s.Fields {
			if f.Name == strings.Join(plain, ".") {
				return f.Label + number
			}
		}
	}
	if len(plain) == 0 || plain[len(plain)-1] == "" {
		return path
	}
	if path == "account.ref_id" {
		return "Account’s ref_id"
	}
	last := strings.ReplaceAll(plain[len(plain)-1], "_", " ")
	return strings.ToUpper(last[:1]) + last[1:] + number
}

// meaning is what a word of Paxos' means; empty where the value is no such word.
func meaning(value string) string {
	if text := identity.Label(value); text != value && value == strings.ToUpper(value) {
		return text
	}
	return ""
}
