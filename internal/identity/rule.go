package identity

import "time"

// Verdict is what the stuck rule says of a case at a moment.
type Verdict struct {
	Lane         Lane
	Move         Move
	MoveSince    time.Time
	PendingSince *time.Time
	DueAt        *time.Time
	TurnAt       *time.Time
}

// Assess is the stuck rule.
func Assess(i Identity, p Policy, now time.Time) Verdict {
	v := Verdict{Lane: LaneWaiting, Move: Paxos, MoveSince: i.CreatedAt}
	switch {
	case i.Submission == Failed:
		v.Lane, v.Move = LaneFailed, Ours
	case i.Submission.Waiting():
		v.Move = TheLine
	case i.Status == StatusError:
		v.Lane = LaneFrozen
	case i.Status == Approved, i.Status == Denied, i.Status == Disabled:
		v.Lane, v.Move = LaneDecided, NobodyIs
	}
	if v.Lane != LaneDecided {
		since := i.CreatedAt
		v.PendingSince = &since
		due := p.Limit.After(since, p.Paxos)
		v.DueAt = &due
		if v.Lane == LaneWaiting {
			if now.Before(due) {
				v.TurnAt = &due
			} else {
				v.Lane = LaneOverdue
			}
		}
	}
	return v
}

// Assessed is i with the verdict's fields set.
func (i Identity) Assessed(p Policy, now time.Time) Identity {
	v := Assess(i, p, now)
	i.Lane, i.Move, i.MoveSince, i.PendingSince, i.DueAt, i.TurnAt = v.Lane, v.Move, v.MoveSince, v.PendingSince, v.DueAt, v.TurnAt
	return i
}
