package identity

import "time"

// InForce are the controls in force, and whether the desk knows them: Paxos' answer tells them, or where its shape cannot, Paxos' list of
// controls.
func (d Details) InForce() (controls []Control, known bool) {
	return d.Controls, !d.ControlsUnsaid || !d.ControlsAsOf.IsZero()
}

// ControlsKnownAt is as of when the controls in force are known; zero where they are not.
func (i Identity) ControlsKnownAt() time.Time {
	switch {
	case i.Details.ControlsUnsaid:
		return i.Details.ControlsAsOf
	case i.CheckedAt != nil:
		return *i.CheckedAt
	}
	return time.Time{}
}

// takeControls keeps the controls that are known where the record's shape cannot tell of any, and where Paxos' list was asked for later.
func (l *learning) takeControls() {
	was, next := l.was.Details, &l.next.Details
	listed := was.ControlsUnsaid && was.ControlsAsOf.After(l.n.AskedAt)
	if !next.ControlsUnsaid && !listed {
		return
	}
	next.Controls, next.ControlsUnsaid, next.ControlsAsOf = was.Controls, true, was.ControlsAsOf
	if !was.ControlsUnsaid && len(was.Controls) > 0 { // an answer of the newer shape told of them
		next.ControlsAsOf = l.was.ControlsKnownAt()
	}
}

// LearnControls applies Paxos' list of controls to a case whose record cannot tell of them. It gives the next state and the line of
// history that tells what changed; a list that is older than what is known changes nothing.
func (i Identity) LearnControls(list ControlList) (Identity, []Entry) {
	if !i.Details.ControlsUnsaid || !list.AsOf.After(i.Details.ControlsAsOf) {
		return i, nil
	}
	next := i
	next.Details.Controls, next.Details.ControlsAsOf = list.inForce(), list.AsOf
	changes := changesBetween(i, next)
	if len(changes) == 0 {
		return next, nil
	}
	return next, []Entry{{
		IdentityID: i.ID, Kind: DetailChanged, By: ByRecheck, Changes: changes,
		OccurredAt: list.changedAt(), ReceivedAt: list.AsOf, ProcessedAt: list.AsOf,
	}}
}

// inForce are the controls of the list that have not ended.
func (l ControlList) inForce() []Control {
	var out []Control
	for _, c := range l.Controls {
		if c.DeletedAt.IsZero() {
			out = append(out, c.Control)
		}
	}
	return out
}

// changedAt is when a control of the list came or went last, at Paxos.
func (l ControlList) changedAt() time.Time {
	var at time.Time
	for _, c := range l.Controls {
		at = later(at, later(c.CreatedAt, c.DeletedAt))
	}
	if at.IsZero() || at.After(l.AsOf) {
		return l.AsOf
	}
	return at
}
