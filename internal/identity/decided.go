package identity

import "time"

// decidedAt is when a new status that decides the case came about: known where an event tells of it, or where another status was
// known before. A case that was first seen decided may have been so for years.
func (l *learning) decidedAt(s Status) *time.Time {
	if !s.final() || l.was.Status == StatusNone && !l.announced() {
		return nil
	}
	at := l.occurred
	return &at
}

// DecidedAt tells from a case's history, in the order in which things happened, when the present decision fell at Paxos: nil where
// there is none or its moment is not known. [Identity.Learn] knows it of what it sees; once an event was woven in that tells of the
// past, see [Weave], the history knows better.
func DecidedAt(history []Entry, status Status) *time.Time {
	if !status.final() {
		return nil
	}
	var at *time.Time
	held := StatusNone
	for _, e := range history {
		switch {
		case !e.tellsStatus():
			continue
		case e.New != status:
			at = nil
		case e.decides() && (held != status || at == nil || e.Old != StatusNone && e.Old != status):
			at = new(e.OccurredAt)
		case held != status:
			at = nil // seen so, since when is not known
		}
		held = e.New
	}
	return at
}

// tellsStatus reports whether a line says what Paxos' status was at its moment, also before the desk first saw the case.
func (e Entry) tellsStatus() bool {
	return e.New != StatusNone && (e.tellsStanding() || e.Kind == EventHeard)
}

// decides reports whether a line is of a change of status, so that its moment is when that came about.
func (e Entry) decides() bool { return e.Kind == StatusChanged || e.Kind == EventHeard }
