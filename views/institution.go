package views

import (
	"strconv"

	"identitydesk/internal/identity"
)

// Membership is what a case tells of institutions.
type Membership struct {
	Members   []identity.Traced   // of an institution; none where they are not known
	Leads     string              // our id of the member's case that the next action is in
	BelongsTo []identity.Identity // the institutions that a person belongs to
}

// wordFact is one of Paxos' words with its name.
type wordFact struct{ Name, Word string }

// institutionFacts are what is known of what the institution is.
func institutionFacts(d identity.Details) []wordFact {
	if d.Institution == nil {
		return nil
	}
	var out []wordFact
	for _, f := range []wordFact{
		{"Legal form", d.Institution.LegalForm},
		{"Business", d.Institution.Business},
		{"Regulation", d.Institution.Regulation},
		{"Trading", d.Institution.Trading},
	} {
		if f.Word != "" {
			out = append(out, f)
		}
	}
	return out
}

// memberTitle names a member: the ref_id of its case, else the beginning of an id.
func memberTitle(m identity.Traced) string {
	if m.Case != nil {
		return caseName(*m.Case)
	}
	return short(m.PaxosID)
}

// blocking counts the members that the institution waits for.
func blocking(members []identity.Traced) (n int) {
	for _, m := range members {
		if m.Blocks() {
			n++
		}
	}
	return n
}

// memberCount says how the members stand.
func memberCount(members []identity.Traced) string {
	return strconv.Itoa(len(members)-blocking(members)) + " of " + strconv.Itoa(len(members)) + " approved"
}

// leading is the member that the next action is about; nil where it is about none.
func leading(members []identity.Traced, leads string) *identity.Traced {
	for n, m := range members {
		if leads != "" && m.Case != nil && m.Case.ID == leads {
			return &members[n]
		}
	}
	return nil
}
