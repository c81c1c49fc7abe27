package identity

// Can says whether somebody can do something at Paxos.
type Can int

// The answers, the narrower first: of two that apply, the narrower counts.
const (
	CanNot    Can = iota
	CanUnsaid     // Paxos does not say
	CanDo
)

// String is the answer in words.
func (c Can) String() string {
	switch c {
	case CanNot:
		return "no"
	case CanDo:
		return "yes"
	default:
		return "not said"
	}
}

// Able is what a customer can do at Paxos.
type Able struct{ Hold, Buy, Sell, Deposit, Withdraw Can }

// Ability is one thing that a customer can do, or not.
type Ability struct {
	Act string // "hold", "buy", "sell", "deposit" or "withdraw"
	Can Can
}

// Each are all abilities, in the order in which pages show them.
func (a Able) Each() []Ability {
	return []Ability{{"hold", a.Hold}, {"buy", a.Buy}, {"sell", a.Sell}, {"deposit", a.Deposit}, {"withdraw", a.Withdraw}}
}

// AbleAs is what a status lets a customer do, controls aside.
func AbleAs(s Status) Able {
	switch s {
	case Approved:
		return Able{CanDo, CanDo, CanDo, CanDo, CanDo}
	case Disabled:
		return Able{Hold: CanDo, Sell: CanDo}
	case StatusError:
		return Able{Hold: CanDo}
	case Pending, Denied, StatusNone:
		return Able{}
	}
	return Able{CanUnsaid, CanUnsaid, CanUnsaid, CanUnsaid, CanUnsaid}
}

// Under is what is left of it under a control of a type. What Paxos has published says little of DORMANT, and nothing of types that the
// desk does not know.
func (a Able) Under(control string) Able {
	switch control {
	case SellOnly:
		return a.within(Able{Hold: CanDo, Sell: CanDo})
	case Closed:
		return a.within(Able{})
	case controlFrozen:
		return a.within(Able{Hold: CanDo})
	}
	return a.within(Able{CanDo, CanUnsaid, CanUnsaid, CanUnsaid, CanUnsaid})
}

func (a Able) within(b Able) Able {
	return Able{
		Hold: min(a.Hold, b.Hold), Buy: min(a.Buy, b.Buy), Sell: min(a.Sell, b.Sell), Deposit: min(a.Deposit, b.Deposit),
		Withdraw: min(a.Withdraw, b.Withdraw),
	}
}

// Able is what the customer can do now, by the status and all controls in force. What these could take away is not said where they are not
// known.
func (i Identity) Able() Able { return i.ableWithout("") }

// ableWithout is [Identity.Able] as if one of the controls were not in force.
func (i Identity) ableWithout(controlID string) Able {
	a := AbleAs(i.Status)
	controls, known := i.Details.InForce()
	if !known {
		a = a.within(Able{CanUnsaid, CanUnsaid, CanUnsaid, CanUnsaid, CanUnsaid})
	}
	for _, c := range controls {
		if controlID == "" || c.ID != controlID {
			a = a.Under(c.Type)
		}
	}
	return a
}
