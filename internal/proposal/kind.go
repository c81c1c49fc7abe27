package proposal

import "slices"

// Kind is what is proposed. The set is closed: whoever adds one says here what it asks of people.
type Kind string

// The kinds.
const (
	Erase   Kind = "erase"   // a case, before its retention ends
	Control Kind = "control" // set one at Paxos, or end one; its reasons are Paxos' codes
)

// Reason is why something is proposed, from the list of its kind.
type Reason struct{ Code, Text string }

// asks is what a kind asks of the people who propose and approve it.
type asks struct {
	confirm string
	reasons []Reason
}

func (k Kind) asks() (asks, bool) {
	switch k {
	case Erase:
		return asks{
			confirm: "I have checked that no duty to keep this person’s data applies any more.",
			reasons: []Reason{
				{"person_asked", "The person asked for it"},
				{"mistake", "It should never have been submitted"},
				{"duplicate", "It is a duplicate of another case"},
				{"authority", "A court or an authority orders it"},
				{"other", "Another reason"},
			},
		}, true
	case Control:
		return asks{confirm: "I have checked what the customer can do then, and that the reason holds."}, true
	}
	return asks{}, false
}

// Known reports whether the desk has such a kind.
func (k Kind) Known() bool {
	_, known := k.asks()
	return known
}

// Confirm is what both people confirm; empty for nothing.
func (k Kind) Confirm() string {
	a, _ := k.asks()
	return a.confirm
}

// Reasons are those that may be given.
func (k Kind) Reasons() []Reason {
	a, _ := k.asks()
	return a.reasons
}

// ReasonCodes are the codes of [Kind.Reasons].
func (k Kind) ReasonCodes() []string {
	var codes []string
	for _, r := range k.Reasons() {
		codes = append(codes, r.Code)
	}
	return codes
}

// ReasonText is a reason in plain words; a code that the kind does not have is given back as it is.
func (k Kind) ReasonText(code string) string {
	reasons := k.Reasons()
	if n := slices.IndexFunc(reasons, func(r Reason) bool { return r.Code == code }); n >= 0 {
		return reasons[n].Text
	}
	return code
}

// HasReason reports whether the kind has a reason.
func (k Kind) HasReason(code string) bool {
	return slices.ContainsFunc(k.Reasons(), func(r Reason) bool { return r.Code == code })
}

// Change is what an approval would bring about and what it rests on, as whoever approves it sees it. It is masked: no names,
// no numbers, no free text.
type Change struct {
	Lines    []Line `json:"lines,omitempty"`    // what would be different
	Evidence []Line `json:"evidence,omitempty"` // how the case stood when it was proposed
}

// Line is one thing, before and after. Evidence has no After.
type Line struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after,omitempty"`
}
