package identity

import "slices"

// mostInAMoment is how many changes of status at one moment are put in order; more would be a defect at Paxos, and stay.
const mostInAMoment = 7

// InSequence gives a history, which stands by time, with the changes of status of one moment in the order in which each leads
// to the next: Paxos can decide more than once within a millisecond, and the desk hear of it in any order. Changes that no order
// makes a sequence stay as they stand, as all other lines do.
func InSequence(history []Entry) []Entry {
	status := StatusNone
	for begin := 0; begin < len(history); {
		end := begin + 1
		for end < len(history) && history[end].OccurredAt.Equal(history[begin].OccurredAt) {
			end++
		}
		status = sequenceMoment(history[begin:end], status)
		begin = end
	}
	return history
}

// sequenceMoment puts the lines of one moment in order and gives the status after it, where before is that before it.
func sequenceMoment(lines []Entry, before Status) (after Status) {
	var at []int // where the changes of status stand
	for n, l := range lines {
		switch {
		case l.Kind == StatusChanged:
			at = append(at, n)
		case len(at) == 0 && (l.Kind == WasFound || l.Kind == WasAccepted):
			keep(&before, l.New)
		}
	}
	if len(at) == 0 {
		return before
	}
	if len(at) > 1 && len(at) <= mostInAMoment {
		changes := make([]Entry, len(at))
		for n, place := range at {
			changes[n] = lines[place]
		}
		if sequence := chained(changes, before); sequence != nil {
			for n, place := range at {
				lines[place] = sequence[n]
			}
		}
	}
	return lines[at[len(at)-1]].New
}

// chained orders changes so that the first begins with the status and each other with the outcome of the one before it; nil where
// that cannot be. Of several that fit the first goes first.
func chained(changes []Entry, from Status) []Entry {
	if len(changes) == 0 {
		return []Entry{}
	}
	for n, c := range changes {
		if c.Old != from && c.Old != StatusNone && from != StatusNone {
			continue
		}
		if rest := chained(slices.Delete(slices.Clone(changes), n, n+1), c.New); rest != nil {
			return append([]Entry{c}, rest...)
		}
	}
	return nil
}
