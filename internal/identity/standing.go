package identity

import "time"

// Standing is what the desk knows of a case's status at a moment.
type Standing struct {
	At     time.Time
	Known  bool
	Status Status    // Paxos' word then; empty where Paxos had not answered yet
	Since  time.Time // since when it had been so, as far as is known
	// KnownFrom is the first moment of which something is known; zero where nothing ever was.
	KnownFrom time.Time
}

// StandingAt tells from a case's history, in the order in which things happened, what its status was at a moment. Before the
// first line that tells a status nothing is known, whatever came later.
func StandingAt(history []Entry, at time.Time) Standing {
	s := Standing{At: at}
	for _, e := range history {
		if !e.tellsStanding() {
			continue
		}
		from := e.knownFrom()
		if s.KnownFrom.IsZero() {
			s.KnownFrom = from
		}
		if from.After(at) {
			break
		}
		s.Known, s.Status, s.Since = true, e.New, from
	}
	return s
}

// tellsStanding reports whether a line says which status held from its moment on.
func (e Entry) tellsStanding() bool {
	switch e.Kind {
	case WasSubmitted, WasFound, WasAccepted, StatusChanged:
		return true
	}
	return false
}

// knownFrom is the moment from which a line's status is known to have held: what was found in the state that it was in is known
// from when it was found.
func (e Entry) knownFrom() time.Time {
	if e.Kind == WasFound && !e.ReceivedAt.IsZero() {
		return e.ReceivedAt
	}
	return e.OccurredAt
}
