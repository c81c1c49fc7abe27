package handlers

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// showAccounts lists an identity's accounts, as Paxos tells just now, and asks for another.
func (s *server) showAccounts(c echo.Context) error {
	a, err := s.Desk.AccountsOf(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return ledToCase(c, err)
	}
	if wantsJSON(c) {
		return writeJSON(c, http.StatusOK, toAccounts(a))
	}
	return html(c, http.StatusOK, views.Accounts(s.accountsPage(c, a, views.AccountForm{Profile: true})))
}

func (s *server) accountsPage(c echo.Context, a onboarding.Accounts, form views.AccountForm) views.AccountsPage {
	p := views.AccountsPage{Chrome: s.formPage(c), Of: a.Identity, Accounts: a.Accounts, Cases: a.Cases, CanOpen: a.CanOpen, Form: form}
	if a.Unread != nil {
		p.Unread, p.Again = a.Unread.Text, a.Unread.RetryAt
	}
	return p
}

// openAccount has an account made.
func (s *server) openAccount(c echo.Context) error {
	ask := accountAskOf(c.Request().PostForm)
	if addsMember(c) {
		return s.showAccountForm(c, http.StatusOK, ask, accountForm(ask, &fault.Error{}).WithLine())
	}
	err := s.Desk.OpenAccount(c.Request().Context(), actor(c), c.Param("id"), ask)
	f := fault.From(err)
	if err == nil {
		return s.acted(c, c.Param("id"), accountAsked)
	}
	if wantsJSON(c) || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	form := accountForm(ask, f)
	form.Text = s.told(c, f).Text
	return s.showAccountForm(c, statusOf(f.Kind), ask, form)
}

// addsMember reports whether the button was pressed that asks for one more line for a member.
func addsMember(c echo.Context) bool { return posted(c, "act") == actAdd }

// showAccountForm shows the page with what was typed, and whom the members' ids lead to.
func (s *server) showAccountForm(c echo.Context, status int, ask onboarding.AccountAsk, form views.AccountForm) error {
	a, err := s.Desk.AccountsOf(c.Request().Context(), actor(c), c.Param("id"))
	if err != nil {
		return s.sentBack(c, err, fault.Conflict)
	}
	if form.Found, err = s.foundJoint(c, ask); err != nil {
		return err
	}
	return html(c, status, views.Accounts(s.accountsPage(c, a, form)))
}

// foundJoint is whom the ids of joint members lead to, by their places.
func (s *server) foundJoint(c echo.Context, ask onboarding.AccountAsk) ([]views.FoundMember, error) {
	found, err := s.Desk.FindJoint(c.Request().Context(), actor(c), ask.Members)
	return memberViews(found), err
}

// accountAskOf reads an account from a form: its fields are named by the API's JSON paths.
func accountAskOf(form url.Values) onboarding.AccountAsk {
	ask := onboarding.AccountAsk{
		RefID: form.Get("account.ref_id"), Type: form.Get("account.type"), Description: form.Get("account.description"),
		Profile: form.Get("create_profile") == "true",
	}
	ask.Members = identity.JointMembers(form)
	return ask
}

// accountForm is the form with what was typed and what is wrong with it.
func accountForm(ask onboarding.AccountAsk, f *fault.Error) views.AccountForm {
	return views.AccountForm{
		RefID: ask.RefID, Type: ask.Type, Description: ask.Description, Profile: ask.Profile, Members: ask.Members, Errors: f.Fields,
	}
}

// accountsJSON are an identity's accounts. What they are described as stays away.
type accountsJSON struct {
	IdentityID string        `json:"identity_id"`
	Accounts   []accountJSON `json:"accounts"` // null where Paxos did not tell
	Unread     *string       `json:"unread"`   // why it did not
}

type accountJSON struct {
	ID        string      `json:"id"`
	RefID     *string     `json:"ref_id"`
	Type      string      `json:"type"`
	Status    *string     `json:"status"`
	ProfileID *string     `json:"profile_id"`
	Members   []jointJSON `json:"members"` // empty where the owner is alone
	CreatedAt *time.Time  `json:"created_at"`
}

// jointJSON is a joint member of an account.
type jointJSON struct {
	ID      *string  `json:"id"` // our id of the member's case; null where the desk has none, as are ref_id and status
	PaxosID string   `json:"paxos_id"`
	RefID   *string  `json:"ref_id"`
	Status  *string  `json:"status"`
	Roles   []string `json:"roles"`
}

func toAccounts(a onboarding.Accounts) accountsJSON {
	j := accountsJSON{IdentityID: a.Identity.ID}
	if a.Unread != nil {
		j.Unread = orNull(a.Unread.Text)
		return j
	}
	j.Accounts = each(a.Accounts, func(x identity.Account) accountJSON {
		return accountJSON{
			ID: x.ID, RefID: orNull(x.RefID), Type: x.Type, Status: orNull(string(x.Status)), ProfileID: orNull(x.ProfileID),
			CreatedAt: utc(&x.CreatedAt),
			Members:   each(identity.JointOf(x.Members, a.Cases), toJoint),
		}
	})
	return j
}

func toJoint(m identity.Joint) jointJSON {
	j := jointJSON{PaxosID: m.PaxosID, Roles: append([]string{}, m.Roles...)}
	if i := m.Case; i != nil {
		j.ID, j.RefID, j.Status = orNull(i.ID), orNull(i.RefID), orNull(string(i.Status))
	}
	return j
}
