package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// AccountsPage are an identity's accounts at Paxos, what their owner can do there, and the form for another account.
type AccountsPage struct {
	Chrome
	Of       identity.Identity
	Accounts []identity.Account           // oldest first, without their descriptions
	Cases    map[string]identity.Identity // of their joint members, by Paxos' ids
	Unread   string                       // why Paxos did not tell of them; empty where it did
	Again    time.Time                    // when it may
	CanOpen  bool                         // have another made
	Form     AccountForm
}

// AccountForm is the form for an account.
type AccountForm struct {
	RefID, Type, Description string
	Profile                  bool
	Members                  []identity.JointMember
	Found                    []FoundMember     // whom the members' ids have led to, by their places; none where nobody was looked up
	Added                    bool              // one more line was asked for just now
	Text                     string            // why it was refused; empty where it was not
	Errors                   map[string]string // by field
}

// WithLine is the form with one more line for a member.
func (f AccountForm) WithLine() AccountForm {
	f.Added = len(f.Members) < identity.MostMembers
	return f
}

// lines are the lines for members: one at least.
func (f AccountForm) lines() []identity.JointMember {
	lines := slices.Clone(f.Members)
	if f.Added || len(lines) == 0 {
		lines = append(lines, identity.JointMember{})
	}
	return lines
}

// isNew reports whether the line at a place is the one that was asked for just now.
func (f AccountForm) isNew(n int) bool { return f.Added && n == len(f.Members) }

// found is whom the member at a place is; zero where nobody was looked up.
func (f AccountForm) found(n int) FoundMember {
	if n < len(f.Found) {
		return f.Found[n]
	}
	return FoundMember{}
}

func (f AccountForm) asked() Asked { return Asked{Errors: f.Errors} }

func memberRowID(form, name string, n int) string { return form + "-" + name + "-" + strconv.Itoa(n+1) }

// askedLabel is what the forms for an account, and those that ask for a reason, call a field.
func askedLabel(field string) string {
	rest, ofMember := strings.CutPrefix(field, "account.members.")
	place, _, _ := strings.Cut(rest, ".")
	if n, err := strconv.Atoi(place); ofMember && err == nil {
		return "Member " + strconv.Itoa(n+1)
	}
	switch field {
	case "reason_code", "reason":
		return changeLabel(field)
	case "account.members":
		return "Joint members"
	}
	return personalLabel(field)
}

// jointRoles are the roles of a member of an account, in words.
func jointRoles(roles []string) string {
	words := make([]string, len(roles))
	for n, role := range roles {
		words[n] = identity.Label(role)
	}
	return strings.Join(words, ", ")
}

// mayHold reports whether Paxos makes accounts for the identity as it stands.
func (p AccountsPage) mayHold() bool { return p.Of.Status == identity.Approved }

// ownerWord is what an identity is that owns accounts.
func ownerWord(i identity.Identity) string {
	if i.Type == identity.Institution {
		return "institution"
	}
	return "person"
}

// ableIcon says an answer by shape.
func ableIcon(c identity.Can) string {
	switch c {
	case identity.CanDo:
		return "check"
	case identity.CanNot:
		return "ban"
	}
	return "info-circle"
}

// ableRests says what the answers rest on, where that is not the status alone.
func ableRests(i identity.Identity) string {
	controls, known := i.Details.InForce()
	switch {
	case identity.AbleAs(i.Status).Hold == identity.CanUnsaid:
		return "The desk does not know the status " + string(i.Status) + "."
	case !known:
		return "Which controls are in force is not known here yet: open the case, and the desk asks Paxos."
	case len(controls) > 0:
		return "By its status, and by the controls that are set."
	}
	return ""
}
