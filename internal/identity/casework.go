package identity

import "time"

// Casework is what people of the desk have arranged about a case: who works it, and until when it sleeps.
type Casework struct {
	Assignee   string     // user id of who has claimed it; empty where nobody has
	AssignedAt *time.Time // since when
	ActiveAt   *time.Time // when the assignee last did something about it; nil where nobody has it

	SnoozedUntil *time.Time
	SnoozedBy    string // user id
	UntilEvent   bool   // the next news from Paxos ends the snooze too

	WokeAt *time.Time // when the last snooze ended; nil where there was none, or somebody has acted since
	Woke   Waking     // what ended it
}

// Waking is what ended a snooze.
type Waking string

// What can end a snooze.
const (
	WokeByTime     Waking = "time"     // its time was over
	WokeByNews     Waking = "news"     // something changed at Paxos
	WokeByDecision Waking = "decision" // Paxos decided
	WokeByPerson   Waking = "person"   // somebody ended it
)

// Snoozed reports whether the case sleeps at a moment.
func (c Casework) Snoozed(now time.Time) bool {
	return c.SnoozedUntil != nil && now.Before(*c.SnoozedUntil)
}

// Claim gives the case to a person; one who has it already keeps it since when they claimed it. It says nothing of who had it:
// who calls it has checked that.
func (c Casework) Claim(by string, now time.Time) Casework {
	if c.Assignee != by {
		c.Assignee, c.AssignedAt = by, &now
	}
	return c.Touch(by, now)
}

// Release frees the case.
func (c Casework) Release() Casework {
	c.Assignee, c.AssignedAt, c.ActiveAt = "", nil, nil
	return c
}

// Touch notes that a person did something about the case: what is claimed by them does not lie idle.
func (c Casework) Touch(by string, now time.Time) Casework {
	if c.Assignee == by && by != "" {
		c.ActiveAt = &now
	}
	return c.acted()
}

// acted takes the mark of the last waking away, since somebody has seen it.
func (c Casework) acted() Casework {
	c.WokeAt, c.Woke = nil, ""
	return c
}

// Snooze is a wish to put a case to sleep.
type Snooze struct {
	Until      time.Time
	UntilEvent bool
	Reason     string // free text: sealed at rest
}

// Sleep puts the case to sleep.
func (c Casework) Sleep(s Snooze, by string, now time.Time) Casework {
	c = c.Touch(by, now)
	c.SnoozedUntil, c.SnoozedBy, c.UntilEvent = &s.Until, by, s.UntilEvent
	return c
}

// Wake ends the snooze, if there is one.
func (c Casework) Wake(why Waking, now time.Time) Casework {
	if c.SnoozedUntil == nil {
		return c
	}
	c.SnoozedUntil, c.SnoozedBy, c.UntilEvent = nil, "", false
	c.WokeAt, c.Woke = &now, why
	if c.Assignee != "" {
		c.ActiveAt = &now // it lay still on purpose
	}
	return c
}

// IdleBefore is the moment before which the assignee's last act makes a claim idle; zero where claims last for ever.
func (p Policy) IdleBefore(now time.Time) time.Time {
	if p.IdleRelease.Zero() {
		return time.Time{}
	}
	return p.IdleRelease.before(now, p.Ours)
}
