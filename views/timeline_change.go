package views

import (
	"strings"

	"identitydesk/internal/identity"
)

// changeField says in plain words what has changed. A word of Paxos' that the desk does not know stays as it is written.
func changeField(c identity.Change) string {
	if kind, code, of := strings.Cut(c.Field, " "); of && ofCodes(c.Field) {
		return kind + " " + identity.Label(code)
	}
	return c.Field
}

// changeValue says in plain words what it was, or is.
func changeValue(field, text string) string {
	switch {
	case field == "event":
		return eventWords(text)
	case !ofCodes(field):
		return text
	}
	things := strings.Split(text, "; ")
	for n, thing := range things {
		words := strings.Split(thing, ", ")
		for i, word := range words {
			words[i] = codeWords(word)
		}
		things[n] = strings.Join(words, ", ")
	}
	return strings.Join(things, "; ")
}

// changeEnded says what became of something that is not there any more.
func changeEnded(field string) string {
	switch {
	case strings.HasPrefix(field, "requirement "):
		return "no longer asked for"
	case strings.HasPrefix(field, "control "):
		return "ended"
	}
	return "nothing"
}

// ofCodes reports whether the values of a field are lists of Paxos' codes. Statuses stay as Paxos writes them, here as everywhere.
func ofCodes(field string) bool {
	return strings.HasPrefix(field, "requirement ") || strings.HasPrefix(field, "control ") || field == "documents"
}

func codeWords(word string) string {
	party, awaited := strings.CutPrefix(word, "awaits ")
	switch {
	case !awaited:
		return identity.Label(word)
	case party == identity.AwaitingClient:
		return "awaits us"
	}
	return "awaits " + identity.Label(party)
}

func eventWords(kind string) string {
	switch kind {
	case identity.EventControlCreated:
		return "a control was set"
	case identity.EventControlDeleted:
		return "a control was ended"
	}
	return kind
}
