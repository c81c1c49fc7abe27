package identity

// WakesOn says whether news ends the case's snooze, and what it is that does. was is the case before the news; entries are the lines
// of history that the news wrote, without those of events which were told before. A decision always wakes, anything else that is new
// only where the snooze lasts until the next event. That Paxos confirmed what was known, at whatever time, is nothing new.
func (i Identity) WakesOn(was Identity, entries []Entry) (Waking, bool) {
	switch {
	case i.SnoozedUntil == nil:
		return "", false
	case i.decidedSince(was):
		return WokeByDecision, true
	case i.UntilEvent && i.newSince(was, entries):
		return WokeByNews, true
	}
	return "", false
}

// decidedSince reports whether Paxos has decided, or whether nobody has a move left.
func (i Identity) decidedSince(was Identity) bool {
	return i.Status.final() && i.Status != was.Status || i.Decided() && !was.Decided()
}

// newSince reports whether the news changed anything that is known of the case, or told of an event.
func (i Identity) newSince(was Identity, entries []Entry) bool {
	if i.Submission.Waiting() != was.Submission.Waiting() || i.asked() != was.asked() || len(changesBetween(was, i)) > 0 {
		return true
	}
	for _, e := range entries {
		if e.Kind == EventHeard || e.Kind == StatusChanged || e.Kind == DetailChanged {
			return true
		}
	}
	return false
}

// asks is what only events ask of us.
type asks struct{ documents, refresh bool }

func (i Identity) asked() asks { return asks{i.Documents != nil, i.Refresh != nil} }
