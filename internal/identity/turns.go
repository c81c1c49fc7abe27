package identity

import "time"

// Turn is a stretch of time in which one party had the move.
type Turn struct {
	Move Move
	From time.Time
	To   *time.Time // nil while it lasts
}

// Times are how long each party has had the move in all.
type Times struct {
	Ours  time.Duration // working time on our calendar
	Paxos time.Duration // working time on Paxos' calendar
	Line  time.Duration // around the clock
}

// TimesOf adds turns up.
func TimesOf(turns []Turn, p Policy, now time.Time) Times {
	var sum Times
	for _, t := range turns {
		to := now
		if t.To != nil {
			to = *t.To
		}
		if !t.From.Before(to) {
			continue
		}
		switch t.Move {
		case Ours:
			sum.Ours += p.Ours.WorkingBetween(t.From, to)
		case Paxos:
			sum.Paxos += p.Paxos.WorkingBetween(t.From, to)
		case TheLine:
			sum.Line += to.Sub(t.From)
		}
	}
	return sum
}
