package emulator

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// account is one account of an identity as the emulator holds it. What a client
// wrote about it goes into the state file sealed.
type account struct {
	ID           string          `json:"id"`
	IdentityID   string          `json:"identity_id"`
	RefID        string          `json:"ref_id,omitempty"`
	Type         string          `json:"type,omitempty"`
	ProfileID    string          `json:"profile_id,omitempty"`
	Members      []accountMember `json:"members,omitempty"`
	UserDisabled bool            `json:"user_disabled,omitempty"`
	CreatedAt    time.Time       `json:"created_at"`
	UpdatedAt    time.Time       `json:"updated_at"`

	details accountDetails
}

type accountDetails struct {
	Description string            `json:"description,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
}

type accountMember struct {
	ID         string   `json:"id"`
	IdentityID string   `json:"identity_id"`
	Roles      []string `json:"roles"`
}

func (a *account) position() position { return position{a.CreatedAt, a.ID} }

// accountAnswer is an account as the API answers it.
type accountAnswer struct {
	ID            string            `json:"id"`
	IdentityID    string            `json:"identity_id"`
	RefID         string            `json:"ref_id,omitempty"`
	Type          string            `json:"type,omitempty"`
	ProfileID     string            `json:"profile_id,omitempty"`
	Description   string            `json:"description,omitempty"`
	Metadata      map[string]string `json:"metadata,omitempty"`
	Members       []accountMember   `json:"members,omitempty"`
	SummaryStatus string            `json:"summary_status"`
	UserDisabled  bool              `json:"user_disabled"`
	AdminDisabled bool              `json:"admin_disabled"`
	CreatedAt     time.Time         `json:"created_at"`
	UpdatedAt     time.Time         `json:"updated_at"`
}

// answerAccount renders an account. The caller holds the lock.
func (e *Emulator) answerAccount(a *account) accountAnswer {
	out := accountAnswer{
		ID: a.ID, IdentityID: a.IdentityID, RefID: a.RefID, Type: a.Type, ProfileID: a.ProfileID,
		Description: a.details.Description, Metadata: maps.Clone(a.details.Metadata), Members: slices.Clone(a.Members),
		UserDisabled: a.UserDisabled, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, SummaryStatus: statusPending,
	}
	if rec := e.data.byID[a.IdentityID]; rec != nil {
		out.SummaryStatus, out.AdminDisabled = rec.Status, rec.AdminDisabled
	}
	if a.UserDisabled {
		out.SummaryStatus = statusDisabled
	}
	return out
}

func (e *Emulator) getAccount(r *http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.data.accountOf(r.PathValue("id"))
	if a == nil {
		return nil, notFound("account")
	}
	return e.answerAccount(a), nil
}

// accountQuery is a parsed List Accounts request.
type accountQuery struct {
	identityID       string
	created, updated span
	ascending        bool
	limit            int
	after            *position
}

func parseAccountQuery(q url.Values) (accountQuery, error) {
	l := accountQuery{identityID: q.Get("identity_id")}
	if by := q.Get("order_by"); by != "" && by != "CREATED_AT" {
		return l, badRequest("invalid order_by '%s'", by)
	}
	var err error
	if l.ascending, err = ascending(q.Get("order")); err != nil {
		return l, err
	}
	if l.created, err = parseSpan(q, "created_at"); err != nil {
		return l, err
	}
	if l.updated, err = parseSpan(q, "updated_at"); err != nil {
		return l, err
	}
	if l.limit, err = parseLimit(q, defaultPage, largestPage); err != nil {
		return l, err
	}
	l.after, err = parseCursor(q.Get("page_cursor"))
	return l, err
}

// takes says that an account belongs to the answer, and comes after the last page.
func (l accountQuery) takes(a *account) bool {
	if l.identityID != "" && a.IdentityID != l.identityID || !l.created.has(a.CreatedAt) || !l.updated.has(a.UpdatedAt) {
		return false
	}
	if l.after == nil {
		return true
	}
	compared := comparePosition(a.position(), *l.after)
	return l.ascending && compared > 0 || !l.ascending && compared < 0
}

type accountsAnswer struct {
	Items []accountAnswer `json:"items"`
	Next  string          `json:"next_page_cursor,omitempty"`
}

func (e *Emulator) listAccounts(r *http.Request) (any, error) {
	l, err := parseAccountQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	all := slices.Clone(e.data.accounts) // in the order in which they were made
	if !l.ascending {
		slices.Reverse(all)
	}
	out := accountsAnswer{Items: []accountAnswer{}}
	var last *account
	for _, a := range all {
		if !l.takes(a) {
			continue
		}
		if len(out.Items) == l.limit {
			out.Next, err = last.position().encode()
			break
		}
		out.Items, last = append(out.Items, e.answerAccount(a)), a
	}
	return out, err
}

func (d *dataset) accountOf(id string) *account {
	i := slices.IndexFunc(d.accounts, func(a *account) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return d.accounts[i]
}

// accountExists refuses a ref_id that another account has.
func (e *Emulator) accountExists(refID, self string) error {
	for _, other := range e.data.accounts {
		if refID != "" && other.RefID == refID && other.ID != self {
			return &problem{
				Type: alreadyExistsType, Title: "Already Exists", Status: http.StatusConflict, Detail: "duplicate ref_id provided",
				Meta: map[string]any{"existing": map[string]string{"id": other.ID, "identity_id": other.IdentityID, "ref_id": other.RefID}},
			}
		}
	}
	return nil
}
