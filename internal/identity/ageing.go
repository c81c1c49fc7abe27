package identity

import "time"

// Ageing is how long cases of one kind took to be decided, from our own history.
type Ageing struct {
	Kind   string        // see [Identity.AgeingKind]
	Of     int           // how many decided cases it was learned from
	Median time.Duration // half of them were decided within
	Within time.Duration // 95 of 100 were decided within
}

// EnoughDecided is how many decided cases of a kind it takes for something to be said of them.
const EnoughDecided = 40

// AgeingNothing is the kind of a case that nothing known blocks.
const AgeingNothing = "NONE"

// AgeingKind is what a case's age is compared by: the type of what blocks it first. Empty where Paxos has nothing to decide.
func (i Identity) AgeingKind() string { return i.ageingKind(i.blocks(Verdict{Lane: i.Lane})) }

func (i Identity) ageingKind(blocks []block) string {
	switch {
	case i.PaxosID == "" || !i.Status.Undecided():
		return ""
	case len(blocks) > 0:
		return blocks[0].Type
	}
	return AgeingNothing
}

// Enough reports whether there are enough decided cases to say something.
func (a Ageing) Enough() bool { return a.Of >= EnoughDecided }

// Unusual reports whether a case has been undecided for longer than 95 of 100 of its kind took.
func (a Ageing) Unusual(i Identity, now time.Time) bool {
	return a.Enough() && i.PendingSince != nil && now.Sub(*i.PendingSince) > a.Within
}
