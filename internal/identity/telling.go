package identity

import (
	"slices"
	"strings"
	"time"
)

// eventField names an event that tells nothing but its type.
const eventField = "event"

// tell writes the lines of history in the order in which things happened.
func (l *learning) tell() {
	changes := changesBetween(l.was, l.next)
	statusChanged := !l.first && l.next.Status != l.was.Status
	if l.first && l.fresh {
		l.addFound()
	}
	if statusChanged {
		l.addStatus(changes)
	}
	l.addEvent(statusChanged)
	if !statusChanged && len(changes) > 0 && !l.first && l.n.ActorID == "" {
		e := l.entry(DetailChanged, l.n.Record.UpdatedAt)
		e.Changes, e.Unannounced = changes, l.n.Unannounced
		l.entries = append(l.entries, e)
	}
	if l.n.ActorID != "" {
		e := l.entry(WasRechecked, l.n.HeardAt)
		e.ActorID, e.Changes = l.n.ActorID, changes
		l.entries = append(l.entries, e)
	}
}

func (l *learning) entry(kind EntryKind, occurred time.Time) Entry {
	return Entry{
		IdentityID: l.was.ID, Kind: kind, By: l.n.By,
		OccurredAt: occurred, ReceivedAt: l.n.HeardAt, ProcessedAt: l.now,
	}
}

// addFound tells of the first sight of a case, dated as of the state that was seen.
func (l *learning) addFound() {
	seen := l.next.UpdatedAt
	if seen.IsZero() {
		seen = l.next.CreatedAt
	}
	e := l.entry(WasFound, seen)
	e.New, e.Unannounced = l.next.Status, l.n.Unannounced
	l.entries = append(l.entries, e)
}

// addStatus tells of the change of status. Where the event tells of it, the event's words and time count; else it is known from
// the record alone, and events that tell of it later find it there, see [Weave].
func (l *learning) addStatus(changes []Change) {
	e := l.entry(StatusChanged, l.occurred)
	e.Old, e.New = l.was.Status, l.next.Status
	e.Unannounced = l.n.Unannounced
	e.Changes = slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Field == "status" })
	if l.announced() {
		e.EventID = l.n.Event.ID
		keep(&e.Old, l.n.Event.OldStatus)
	}
	l.entries = append(l.entries, e)
}

// announced reports whether the event tells how the record's status came about from the one that was known. One that tells the
// same outcome from another status is an earlier or a later change.
func (l *learning) announced() bool {
	e := l.n.Event
	if e == nil || !e.tellsStatus() || e.NewStatus != l.n.Record.Status {
		return false
	}
	return e.OldStatus == StatusNone || l.was.Status == StatusNone || e.OldStatus == l.was.Status
}

func (e *Event) tellsStatus() bool { return e.NewStatus != StatusNone && !e.IsTest }

// outdated reports whether Paxos' state has moved on since the event, as far as it is known to the millisecond. Within one it is
// taken for so: an event whose record is behind it is not learned before [News.Behind] says no, which compares exactly.
func (l *learning) outdated(e *Event) bool {
	return !milliseconds(e.OccurredAt).After(l.next.UpdatedAt)
}

// addEvent tells of an event whose news is not the change of status itself: a change that was over when we asked, one
// that we knew already, or a fact that only events tell. Each line with an event id tells that event, so a store that holds
// one for the event leaves the new one out.
func (l *learning) addEvent(statusChanged bool) {
	e := l.n.Event
	if e == nil || e.IsTest {
		return
	}
	if e.tellsStatus() {
		l.addStatusEvent(e, statusChanged)
		return
	}
	line := l.eventEntry(EventHeard, e)
	line.Changes = l.facts
	if len(line.Changes) == 0 && e.Type != "" {
		line.Changes = []Change{{Field: eventField, New: e.Type}}
	}
	l.entries = append(l.entries, line)
}

// addStatusEvent tells of a change of status that the state did not take from the event. Whether that change has a line already
// the history knows, see [Weave].
func (l *learning) addStatusEvent(e *Event, statusChanged bool) {
	switch {
	case statusChanged && l.announced():
		return // told as the change itself
	case e.NewStatus != l.next.Status && l.n.Behind() && !l.outdated(e) && !l.n.CaughtUp:
		return // Paxos' answer is behind its own event: the next answer will tell
	}
	line := l.eventEntry(EventHeard, e)
	line.Old, line.New = e.OldStatus, e.NewStatus
	l.entries = append(l.entries, line)
}

func (l *learning) eventEntry(kind EntryKind, e *Event) Entry {
	occurred := e.OccurredAt
	if occurred.IsZero() {
		occurred = l.n.HeardAt
	}
	line := l.entry(kind, milliseconds(occurred))
	line.EventID, line.Unannounced = e.ID, l.n.Unannounced
	return line
}

func join(words []string) string { return strings.Join(words, ", ") }

// changed reports whether anything that the row shows is new, leaving out when we asked and checked.
func (l *learning) changed() bool {
	a, b := l.was, l.next
	return l.first ||
		a.RefID != b.RefID || a.Type != b.Type || a.Status != b.Status || a.Initials != b.Initials || a.LearnedBy != b.LearnedBy ||
		!a.CreatedAt.Equal(b.CreatedAt) || !a.UpdatedAt.Equal(b.UpdatedAt) ||
		a.Documents != b.Documents || a.Refresh != b.Refresh || len(changesBetween(a, b)) > 0
}
