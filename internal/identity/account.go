package identity

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Account is one account of an identity at Paxos. Its description is free text and counts as personal data.
type Account struct {
	ID            string
	PaxosID       string // of the identity that owns it first of all
	RefID         string
	Type          string
	Description   string
	Members       []AccountMember
	Status        Status
	UserDisabled  bool
	AdminDisabled bool
	ProfileID     string // empty where it has no profile
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// AccountMember is another identity with access to an account.
type AccountMember struct {
	PaxosID string   `json:"identity_id"`
	Roles   []string `json:"roles"`
}

// Joint is a member of an account, with the case that the desk has of them.
type Joint struct {
	AccountMember
	Case *Identity // nil where the desk has none
}

// JointOf puts the cases of an account's members to them, by their Paxos ids.
func JointOf(members []AccountMember, cases map[string]Identity) []Joint {
	out := make([]Joint, len(members))
	for n, m := range members {
		out[n].AccountMember = m
		if i, have := cases[m.PaxosID]; have {
			out[n].Case = &i
		}
	}
	return out
}

// AccountDraft is an account that is to be made. Its JSON form is the API's request body. Its description is personal data.
type AccountDraft struct {
	Account       AccountFields `json:"account"`
	CreateProfile bool          `json:"create_profile,omitempty"`
}

// AccountFields are the fields of a new account.
type AccountFields struct {
	PaxosID     string          `json:"identity_id"`
	RefID       string          `json:"ref_id"`
	Type        string          `json:"type"`
	Description string          `json:"description,omitempty"`
	Members     []AccountMember `json:"members,omitempty"`
}

// Brokerage is the type of account that the desk offers first.
const Brokerage = "BROKERAGE"

// AccountTypes are the types of accounts.
func AccountTypes() []Choice {
	return labelled(Brokerage, "TRADITIONAL_IRA", "ROTH_IRA", "SEP_IRA", "FINANCIAL_ADVISOR")
}

// AccountRoles are what a member of an account can be.
func AccountRoles() []Choice {
	return labelled("BENEFICIAL_OWNER", "AUTHORIZED_USER", "FINANCIAL_ADVISOR")
}

// The fields of an account, as forms name them.
const (
	fieldAccountRefID   = "account.ref_id"
	fieldAccountType    = "account.type"
	fieldAccountText    = "account.description"
	fieldAccountMembers = "account.members"

	longDescription = 500 // ours: Paxos states no limit
)

// AccountMemberField is the name of a field of the joint member at a place of an account's form, from 0.
func AccountMemberField(n int, field string) string {
	return fieldAccountMembers + "." + strconv.Itoa(n) + "." + field
}

// JointMember is a line of an account's form: a member by any id that a look-up takes, with what they are.
type JointMember struct {
	ID        string
	Roles     []string
	Confirmed string // see [JointMember.MustConfirm]
}

// ConfirmsMember is what somebody sends who means a member whom Paxos does not hold as APPROVED: that identity, in that status. It goes
// stale once the line leads to somebody else, or the status changes.
func ConfirmsMember(i Identity) string { return i.PaxosID + " " + string(i.Status) }

// MustConfirm reports whether somebody has still to say that this identity is meant.
func (m JointMember) MustConfirm(i Identity) bool {
	return i.Status != Approved && m.Confirmed != ConfirmsMember(i)
}

// JointMembers reads the lines of an account's form in the order of their places, empty ones left out.
func JointMembers(form url.Values) (out []JointMember) {
	for _, n := range placesIn(form, fieldAccountMembers) {
		m := JointMember{
			ID: trimmed(form.Get(AccountMemberField(n, "identity_id"))), Roles: listOf(form[AccountMemberField(n, "roles")]),
			Confirmed: form.Get(AccountMemberField(n, "confirmed")),
		}
		if (m.ID != "" || len(m.Roles) > 0) && len(out) < MostMembers {
			out = append(out, m)
		}
	}
	return out
}

// Check finds everything that Paxos would refuse about a new account, by the field's JSON path.
func (d AccountDraft) Check() map[string]string {
	c := checks{errs: map[string]string{}}
	a := d.Account
	c.accountRefID(a.RefID)
	if !offered(AccountTypes(), a.Type) {
		c.fail(fieldAccountType, "Choose the type of the account.")
	}
	c.length(fieldAccountText, a.Description, longDescription)
	if LooksPersonal(a.Description) {
		c.fail(fieldAccountText, "Take the e-mail address or government ID out: Paxos knows whose account it is.")
	}
	for n, m := range a.Members {
		switch {
		case m.PaxosID == "":
			c.fail(fieldAccountMembers, "Find each member's case, or take the empty line out.")
		case m.PaxosID == a.PaxosID:
			c.fail(fieldAccountMembers, "Take the owner out of the members: the account is theirs already.")
		case slices.ContainsFunc(a.Members[:n], func(o AccountMember) bool { return o.PaxosID == m.PaxosID }):
			c.fail(fieldAccountMembers, "Name each member once, with all of their roles.")
		case len(m.Roles) == 0 || slices.ContainsFunc(m.Roles, func(r string) bool { return !offered(AccountRoles(), r) }):
			c.fail(fieldAccountMembers, "Choose what each member is.")
		}
	}
	return c.errs
}

// accountRefID keeps a second account from being made by a repeated call, so that there must be one.
func (c *checks) accountRefID(id string) {
	switch {
	case id == "":
		c.fail(fieldAccountRefID, "Enter a ref_id: your own number for this account.")
	case strings.TrimSpace(id) != id || !isPrintable(id):
		c.fail(fieldAccountRefID, "Use only letters from A to Z, digits and common signs, without spaces at its ends.")
	case LooksPersonal(id):
		c.fail(fieldAccountRefID, "Use a number of your own: this looks like an e-mail address or a government ID.")
	default:
		c.length(fieldAccountRefID, id, longRefID)
	}
}

// CheckTelling refuses a ref_id by which everybody who sees it would learn whose account it is; n and known are what the desk
// holds of a case of theirs. Its result is as that of [AccountDraft.Check].
func (d AccountDraft) CheckTelling(i Identity, n Name, known Draft) map[string]string {
	if i.Type == Institution {
		n = Name{First: ownWords(n.First), Middle: ownWords(n.Middle), Last: ownWords(n.Last)}
	}
	c := checks{errs: map[string]string{}}
	if TelltaleOf(n, known).InRefID(d.Account.RefID) {
		c.fail(fieldAccountRefID, "Use a number of your own: this holds a part of the customer's name, or of what else is known of them, and a ref_id must "+
			"not be personal data.")
	}
	return c.errs
}

// AccountExists is the cause of a Conflict about an account: the one that holds the ref_id, as far as Paxos tells.
type AccountExists struct{ Account Account }

// Error names the clash.
func (*AccountExists) Error() string { return "an account holds this ref_id" }

// IsOurs reports whether the account in the way is what an earlier call of this draft made whose answer was lost: it is of the same
// identity, and Paxos made it no earlier than that call, clocks differing by [ClockGrace] at most. Where Paxos tells no time, ask
// for the identity's accounts.
func (d AccountDraft) IsOurs(a Account, since time.Time) bool {
	return a.RefID == d.Account.RefID && a.PaxosID == d.Account.PaxosID && !a.CreatedAt.Before(since.Add(-ClockGrace))
}
