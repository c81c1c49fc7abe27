package paxos

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"identitydesk/internal/identity"
)

// wireAccount is what is read of an account. Its metadata is dropped.
type wireAccount struct {
	ID            string       `json:"id"`
	PaxosID       string       `json:"identity_id"`
	RefID         string       `json:"ref_id"`
	Type          string       `json:"type"`
	Description   string       `json:"description"`
	Members       []wireMember `json:"members"`
	Status        string       `json:"summary_status"`
	UserDisabled  bool         `json:"user_disabled"`
	AdminDisabled bool         `json:"admin_disabled"`
	ProfileID     string       `json:"profile_id"`
	CreatedAt     moment       `json:"created_at"`
	UpdatedAt     moment       `json:"updated_at"`
}

// wireMember is a member of an account or of an institution; older accounts say the one role as type.
type wireMember struct {
	PaxosID string   `json:"identity_id"`
	Type    string   `json:"type"`
	Roles   []string `json:"roles"`
	Status  string   `json:"summary_status"`
}

func (w wireMember) roles() []string {
	if len(w.Roles) == 0 && w.Type != "" {
		return []string{w.Type}
	}
	return w.Roles
}

func (w wireAccount) account() identity.Account {
	a := identity.Account{
		ID: w.ID, PaxosID: w.PaxosID, RefID: w.RefID, Type: w.Type, Description: w.Description, Status: identity.Status(w.Status),
		UserDisabled: w.UserDisabled, AdminDisabled: w.AdminDisabled, ProfileID: w.ProfileID,
		CreatedAt: w.CreatedAt.Time, UpdatedAt: w.UpdatedAt.Time,
	}
	for _, m := range w.Members {
		a.Members = append(a.Members, identity.AccountMember{PaxosID: m.PaxosID, Roles: m.roles()})
	}
	return a
}

// Accounts asks for the accounts of an identity, oldest first. It changes nothing.
func (c *Client) Accounts(ctx context.Context, paxosID string) ([]identity.Account, error) {
	if err := checkID(paxosID); err != nil {
		return nil, err
	}
	list, err := pages[wireAccount](ctx, c, request{
		method: http.MethodGet, route: accountsRoute, path: accountsRoute, limit: listLimit, scope: readAccountScope,
		query: url.Values{
			"identity_id": {paxosID}, "order": {"ASC"}, "order_by": {"CREATED_AT"}, "limit": {strconv.Itoa(pageSize)},
		},
	}, mostPages)
	if err != nil {
		return nil, err
	}
	all := make([]identity.Account, 0, len(list))
	for _, w := range list {
		all = append(all, w.account())
	}
	return all, nil
}

// CreateAccount makes an account for an identity, which has to be approved: any other gives a Conflict of code
// [identity.WrongStatus]. Its ref_id keeps a repeat from making a second one: that gives a Conflict of code
// [identity.AccountRefIDTaken] with *[identity.AccountExists] as its cause. After a Lost answer call again, and see with
// [identity.AccountDraft.IsOurs] among the identity's Accounts whose it is.
func (c *Client) CreateAccount(ctx context.Context, d identity.AccountDraft) (identity.Account, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return identity.Account{}, unwritten()
	}
	a, err := c.move(ctx, request{
		method: http.MethodPost, route: accountsRoute, path: accountsRoute, body: body, limit: bodyLimit, scope: writeAccountScope,
	}, submission{sent: []string{d.Account.Description, d.Account.RefID}, form: formOf[identity.AccountDraft]()})
	if a.status == http.StatusConflict {
		return identity.Account{}, taken(identity.AccountRefIDTaken, "Paxos already holds an account with this ref_id.", accountInTheWay(a.body))
	}
	if err != nil {
		return identity.Account{}, err
	}
	var w wireAccount
	if json.Unmarshal(a.body, &w) != nil {
		return identity.Account{}, unreadable(errForm)
	}
	if w.ID == "" {
		return identity.Account{}, unreadable(errNoID)
	}
	return w.account(), nil
}

// accountInTheWay is what Paxos tells of the account that holds the ref_id.
func accountInTheWay(body []byte) *identity.AccountExists {
	var w wireAccount
	_ = json.Unmarshal(readProblem(body).Meta.existing, &w) // may be partial or missing: what is there is used
	return &identity.AccountExists{Account: w.account()}
}
