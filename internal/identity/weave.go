package identity

import (
	"cmp"
	"slices"
	"time"
)

// Weaves reports whether [Weave] must know the case's history to place the line: it is of an event that tells of a change of
// status which the state did not take from it.
func (e Entry) Weaves() bool { return e.Kind == EventHeard && e.EventID != "" && e.New != StatusNone }

// Weave puts new lines into a case's history, so that each change of status has one line, in whatever order the desk heard of
// events and records. known is the history in its order, told is what [Identity.Learn] gave. It returns the lines to write: one
// with an ID replaces the line of this ID, the others are new. Lines of one moment stand in the order in which they are written.
//
// A change that was learned from a record alone is a gap: what happened between two looks at Paxos. An event from within fills
// it, in whole or in part; of what it leaves, each piece is a gap for the next event.
func Weave(known, told []Entry) []Entry {
	w := weaving{lines: slices.Clone(known), changed: make([]bool, len(known), len(known)+len(told))}
	for _, e := range told {
		if e.Weaves() {
			w.event(e)
		} else {
			w.add(e)
		}
	}
	var out []Entry
	for n, e := range w.lines {
		if w.changed[n] {
			out = append(out, e)
		}
	}
	return out
}

// weaving is one run of Weave: the known lines, then the new ones.
type weaving struct {
	lines   []Entry
	changed []bool
}

func (w *weaving) add(e Entry) {
	w.lines, w.changed = append(w.lines, e), append(w.changed, true)
}

func (w *weaving) event(e Entry) {
	told := slices.ContainsFunc(w.lines, func(l Entry) bool { return l.EventID == e.EventID })
	switch {
	case told:
		return
	case w.beforeFirstSight(e):
		w.add(e)
		return
	}
	e.Kind = StatusChanged
	if n := w.gapFor(e); n >= 0 {
		w.fill(n, e)
		return
	}
	w.add(e)
}

// beforeFirstSight reports whether the event is older than the state in which a list first showed the case: then it only
// completes the past, and is no change that the desk saw.
func (w *weaving) beforeFirstSight(e Entry) bool {
	return slices.ContainsFunc(w.lines, func(l Entry) bool {
		return l.Kind == WasFound && l.By != ByWebhook && l.By != ByPoll && !e.OccurredAt.After(l.OccurredAt)
	})
}

// gapFor finds the gap that the event fits best: as a whole, else at one end, else in its middle; the nearest among equals.
func (w *weaving) gapFor(e Entry) int {
	best, bestFit := -1, noFit
	for n, gap := range w.lines {
		if gap.Kind != StatusChanged || gap.EventID != "" {
			continue
		}
		fit := w.fits(n, e)
		nearer := best >= 0 && fit == bestFit && apart(gap, e) < apart(w.lines[best], e)
		if fit > bestFit || fit != noFit && nearer {
			best, bestFit = n, fit
		}
	}
	return best
}

// span is from when the last change before the gap happened to when the first one after it did: [ClockGrace] after the gap at
// most, since Paxos may date an event a little after the record's change.
func (w *weaving) span(gap int) (begin, end time.Time) {
	at := w.lines[gap].OccurredAt
	end = at.Add(ClockGrace)
	for n, l := range w.lines {
		switch {
		case l.Kind != StatusChanged || n == gap:
		case l.OccurredAt.Before(at) || n < gap && l.OccurredAt.Equal(at):
			begin = later(begin, l.OccurredAt)
		default:
			end = earlier(end, l.OccurredAt)
		}
	}
	return begin, end
}

func apart(a, b Entry) time.Duration { return a.OccurredAt.Sub(b.OccurredAt).Abs() }

// fit is how well an event fits a gap.
type fit int

const (
	noFit fit = iota
	fitsWithin
	fitsAnEnd
	fitsWhole
)

// fits compares an event with a gap, which was over when the record showed it. Only an event that leads to the gap's outcome may
// be dated after that.
func (w *weaving) fits(n int, e Entry) fit {
	gap := w.lines[n]
	begin, end := w.span(n)
	begins, ends := e.Old == gap.Old || e.Old == StatusNone, e.New == gap.New
	switch late := e.OccurredAt.After(gap.OccurredAt); {
	case e.OccurredAt.Before(begin), e.OccurredAt.After(end), late && !ends, late && !begins && w.follows(e, n):
		return noFit
	case begins && ends:
		return fitsWhole
	case begins || ends:
		return fitsAnEnd
	}
	return fitsWithin
}

// follows reports whether the event goes on from another change of the same moment than the gap.
func (w *weaving) follows(e Entry, gap int) bool {
	for n, l := range w.lines {
		if n != gap && l.Kind == StatusChanged && l.OccurredAt.Equal(e.OccurredAt) && l.New == e.Old {
			return true
		}
	}
	return false
}

// fill puts the event's line into the gap. What came before it keeps the gap's line, dated no later than the event, by when it
// had happened; where nothing did, the event takes the line. What the record showed beside the status belongs to what came last.
func (w *weaving) fill(n int, e Entry) {
	gap := w.lines[n]
	e.Old = cmp.Or(e.Old, gap.Old)
	before, after := gap, gap
	before.New, before.OccurredAt, before.Changes = e.Old, earlier(gap.OccurredAt, e.OccurredAt), nil
	after.ID, after.Old, after.OccurredAt = 0, e.New, later(gap.OccurredAt, e.OccurredAt)
	switch {
	case gap.Old == e.Old && gap.New == e.New:
		gap.EventID, gap.OccurredAt, gap.Unannounced = e.EventID, e.OccurredAt, e.Unannounced
		w.lines[n] = gap
	case gap.Old == e.Old:
		e.ID = gap.ID
		w.lines[n] = e
		w.add(after)
	case gap.New == e.New:
		e.Changes = gap.Changes
		w.lines[n] = before
		w.add(e)
	default:
		w.lines[n] = before
		w.add(e)
		w.add(after)
	}
	w.changed[n] = true
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
