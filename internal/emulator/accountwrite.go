package emulator

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// accountBody is what POST and PUT /identity/accounts take.
type accountBody struct {
	CreateProfile   bool          `json:"create_profile"`
	SetUserDisabled *bool         `json:"set_user_disabled"`
	Account         *accountDraft `json:"account"`
}

// accountDraft is the account within; what may not be sent is there to be refused.
type accountDraft struct {
	ID            string              `json:"id"`
	IdentityID    string              `json:"identity_id"`
	RefID         *string             `json:"ref_id"`
	Type          string              `json:"type"`
	Description   *string             `json:"description"`
	Metadata      map[string]string   `json:"metadata"`
	Members       []accountMemberBody `json:"members"`
	ProfileID     string              `json:"profile_id"`
	SummaryStatus string              `json:"summary_status"`
	UserDisabled  *bool               `json:"user_disabled"`
	AdminDisabled *bool               `json:"admin_disabled"`
	CreatedAt     *time.Time          `json:"created_at"`
	UpdatedAt     *time.Time          `json:"updated_at"`
}

type accountMemberBody struct {
	ID         string   `json:"id"`
	IdentityID string   `json:"identity_id"`
	Type       string   `json:"type"`
	Roles      []string `json:"roles"`
}

func (e *Emulator) createAccount(r *http.Request) (any, error) {
	var body accountBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if err := body.Account.checkNew(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	d := body.Account
	if err := e.mayHoldAccount(d.IdentityID); err != nil {
		return nil, err
	}
	members, err := e.accountMembers(d.Members)
	if err != nil {
		return nil, err
	}
	if err := e.accountExists(deref(d.RefID, ""), ""); err != nil {
		return nil, err
	}
	a := e.newAccount(d, members, body.CreateProfile, e.now())
	e.changed()
	return e.answerAccount(a), nil
}

func (d *accountDraft) checkNew() error {
	if d == nil {
		return badRequest("account is required")
	}
	forbidden := func(name string, sent bool) func() error {
		return func() error {
			if sent {
				return badRequest("account.%s cannot be set", name)
			}
			return nil
		}
	}
	return firstOf(
		required("account.identity_id", d.IdentityID),
		oneOf("account.type", d.Type, "account type"),
		forbidden("id", d.ID != ""), forbidden("profile_id", d.ProfileID != ""), forbidden("summary_status", d.SummaryStatus != ""),
		forbidden("user_disabled", d.UserDisabled != nil), forbidden("admin_disabled", d.AdminDisabled != nil),
		forbidden("created_at", d.CreatedAt != nil), forbidden("updated_at", d.UpdatedAt != nil),
	)
}

// mayHoldAccount lets only approved identities have one.
func (e *Emulator) mayHoldAccount(id string) error {
	rec := e.data.byID[id]
	if rec == nil {
		return notFound("identity")
	}
	if rec.Status != statusApproved {
		return badRequest("account.identity_id: the identity is not APPROVED, its status is %s", rec.Status)
	}
	return nil
}

// accountMembers checks members and gives them ids.
func (e *Emulator) accountMembers(sent []accountMemberBody) ([]accountMember, error) {
	out := make([]accountMember, 0, len(sent))
	for _, m := range sent {
		roles := m.Roles
		if len(roles) == 0 && m.Type != "" {
			roles = []string{m.Type}
		}
		if m.ID != "" {
			return nil, badRequest("account.members.id cannot be set")
		}
		if e.data.byID[m.IdentityID] == nil {
			return nil, badRequest("account.members: identity '%s' does not exist", m.IdentityID)
		}
		if len(roles) == 0 {
			return nil, badRequest("account.members.roles are required")
		}
		for _, role := range roles {
			if err := oneOf("account.members.roles", role, "account roles")(); err != nil {
				return nil, err
			}
		}
		out = append(out, accountMember{ID: e.newID(), IdentityID: m.IdentityID, Roles: roles})
	}
	return out, nil
}

// newAccount puts an account in place. The caller holds the lock.
func (e *Emulator) newAccount(d *accountDraft, members []accountMember, profile bool, now time.Time) *account {
	a := &account{
		ID: e.newID(), IdentityID: d.IdentityID, RefID: deref(d.RefID, ""), Type: orElse(d.Type, "BROKERAGE"), Members: members,
		CreatedAt: now, UpdatedAt: now,
		details: accountDetails{Description: deref(d.Description, ""), Metadata: maps.Clone(d.Metadata)},
	}
	if profile {
		a.ProfileID = e.newID()
	}
	e.data.accounts = append(e.data.accounts, a)
	return a
}

// updateAccount changes what was sent; members are replaced as a whole.
func (e *Emulator) updateAccount(r *http.Request) (any, error) {
	var body accountBody
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if body.Account == nil || body.Account.ID == "" {
		return nil, badRequest("account.id is required")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.data.accountOf(body.Account.ID)
	if a == nil {
		return nil, notFound("account")
	}
	if err := e.accountExists(deref(body.Account.RefID, ""), a.ID); err != nil {
		return nil, err
	}
	members, err := e.changedMembers(a, body.Account.Members)
	if err != nil {
		return nil, err
	}
	a.Members = members
	a.apply(body, e.now())
	e.changed()
	return e.answerAccount(a), nil
}

// changedMembers checks the members of an update: joint owners stay who they are.
func (e *Emulator) changedMembers(a *account, sent []accountMemberBody) ([]accountMember, error) {
	if sent == nil {
		return a.Members, nil
	}
	if len(sent) == 0 {
		return nil, badRequest("account.members needs at least one element")
	}
	members, err := e.accountMembers(sent)
	if err == nil && !slices.Equal(owners(a.Members), owners(members)) {
		err = badRequest("account.members: only FINANCIAL_ADVISOR and AUTHORIZED_USER can be added or removed")
	}
	return members, err
}

// owners are the members who own the account with its identity.
func owners(of []accountMember) []string {
	var out []string
	for _, m := range of {
		if slices.Contains(m.Roles, "BENEFICIAL_OWNER") {
			out = append(out, m.IdentityID)
		}
	}
	slices.Sort(out)
	return out
}

func (a *account) apply(b accountBody, now time.Time) {
	a.RefID = deref(b.Account.RefID, a.RefID)
	a.details.Description = deref(b.Account.Description, a.details.Description)
	if b.Account.Metadata != nil {
		a.details.Metadata = maps.Clone(b.Account.Metadata)
	}
	a.UserDisabled = deref(b.SetUserDisabled, a.UserDisabled)
	a.UpdatedAt = now
}
