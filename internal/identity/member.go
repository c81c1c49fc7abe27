package identity

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Member is who belongs to an institution, as the desk keeps it.
type Member struct {
	PaxosID string
	Roles   []string
	Status  Status    // of its case where the desk has one, else as it came with the institution
	AsOf    time.Time // when Paxos, or our draft, said that it belongs to the institution
	Case    *Identity // nil where the desk has none yet
}

// Blocks reports whether the institution waits for this member.
func (m Member) Blocks() bool { return m.Status != Approved }

// Name is what the member is called where everybody may read: the ref_id of its case, else its Paxos id.
func (m Member) Name() string {
	if m.Case != nil && m.Case.RefID != "" {
		return m.Case.RefID
	}
	return m.PaxosID
}

// RoleWords are the member's roles in words.
func (m Member) RoleWords() string {
	words := make([]string, len(m.Roles))
	for n, r := range m.Roles {
		words[n] = Label(r)
		if n > 0 {
			words[n] = lower(words[n])
		}
	}
	return strings.Join(words, ", ")
}

// Traced is a member with the advice about its case; zero where the desk has none of it.
type Traced struct {
	Member
	Advice Advice
}

// TraceMembers turns the advice about an institution to the member that it waits for: what Paxos asks of its members, and what leads
// to a decision, is told of the case of the one who can be moved first. It gives our id of that case; empty where the institution
// waits for nobody, or for somebody of whom the desk has no case.
func TraceMembers(a Advice, members []Traced) (Advice, string) {
	at := slices.IndexFunc(a.Blocking, func(b Blocking) bool { return b.Type == Members })
	first, found := firstToMove(members)
	if at < 0 || !found {
		return a, ""
	}
	b := a.Blocking[at]
	leads := a.Next == b.Next && a.NextText == b.NextText
	b.Sentence, b.NextText = first.sentence(), first.next()
	b.Next = ActLookInto
	if first.Advice.Confidential {
		b.Confidential, b.Tell = true, ""
	}
	a.Blocking = slices.Clone(a.Blocking)
	a.Blocking[at] = b
	a.Confidential = a.Confidential || b.Confidential
	if leads {
		a.Sentence, a.Next, a.NextText = b.Sentence, b.Next, b.NextText
	}
	if at == 0 {
		a.Tell = b.Tell
	}
	if first.Case == nil {
		return a, ""
	}
	return a, first.Case.ID
}

// firstToMove is the member that blocks and whose case can be moved first: ours to move before the line's, that before Paxos', and
// last the ones whom nothing moves any more.
func firstToMove(members []Traced) (Traced, bool) {
	var blocking []Traced
	for _, m := range members {
		if m.Blocks() {
			blocking = append(blocking, m)
		}
	}
	if len(blocking) == 0 {
		return Traced{}, false
	}
	return slices.MinFunc(blocking, func(a, b Traced) int { return cmp.Compare(a.order(), b.order()) }), true
}

func (m Traced) order() int {
	switch {
	case m.Case == nil:
		return 3
	case m.Status.final():
		return 4
	case m.Advice.Move == Ours:
		return 0
	case m.Advice.Move == TheLine:
		return 1
	}
	return 2
}

// sentence says why the institution waits for the member.
func (m Traced) sentence() string {
	who := m.Name()
	switch {
	case m.Case == nil:
		return "The institution waits for its member " + who + ", of whom the desk has no case yet."
	case m.Status == Denied:
		return "The institution waits for its member " + who + ", whom Paxos has denied."
	case m.Status == Disabled:
		return "The institution waits for its member " + who + ", who is disabled at Paxos."
	}
	return "The institution waits for its member " + who + ". " + m.Advice.Sentence
}

// next says what moves the member, and with it the institution.
func (m Traced) next() string {
	switch {
	case m.Case == nil:
		return "Wait: the desk asks Paxos for this member by itself."
	case m.Status.final():
		return "Look at the member’s case. Paxos decides whether the institution can do without; ask Paxos Support, with both Paxos ids."
	case m.Advice.Move == Ours:
		return "Open the member’s case, where it is our move: " + m.Advice.NextText
	case m.Advice.Move == TheLine:
		return "Open the member’s case: " + m.Advice.NextText
	}
	return "Open the member’s case, where it is Paxos’ move: " + m.Advice.NextText
}
