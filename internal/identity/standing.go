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
// first moment of which a line tells a status nothing is known, whatever came later.
func StandingAt(history []Entry, at time.Time) Standing {
	s := Standing{At: at}
	for _, e := range history {
		if !e.tellsStanding() {
			continue
		}
		from := e.knownFrom()
		if s.KnownFrom.IsZero() || from.Before(s.KnownFrom) {
			s.KnownFrom = from
		}
		// A line that is known only from later on does not end the walk: a change that happened after it may be known from before.
		if from.After(at) {
			continue
		}
		if !s.Known || s.Status != e.New || e.Kind == StatusChanged {
			s.Since = from
		}
		s.Known, s.Status = true, e.New
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
// from when it was found. So is a submission of ours that was decided by the time that we learned of it, since Paxos creates it
// undecided; its line stands at its creation.
func (e Entry) knownFrom() time.Time {
	late := e.Kind == WasFound || e.Kind == WasAccepted && e.New.final()
	if late && !e.ReceivedAt.IsZero() {
		return e.ReceivedAt
	}
	return e.OccurredAt
}
