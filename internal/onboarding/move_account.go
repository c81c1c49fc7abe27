package onboarding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// AccountAsk is an account as somebody asks for it.
type AccountAsk struct {
	RefID       string
	Type        string // [identity.Brokerage] where empty
	Description string // personal data
	Profile     bool
	Members     []identity.JointMember
}

// Accounts are an identity's accounts, as Paxos has just told.
type Accounts struct {
	Identity identity.Identity
	Accounts []identity.Account           // without their descriptions
	Cases    map[string]identity.Identity // of their joint members, by Paxos' ids; who has no case here is not in it
	Unread   *fault.Error                 // why Paxos did not tell; nil where it did
	CanOpen  bool                         // have another made
}

// AccountsOf reads the accounts of an identity live, oldest first. What they are described as stays away: it is a person's free text.
// Conflict where Paxos does not hold the identity. It is logged as [Desk.Open] is.
func (d *Desk) AccountsOf(ctx context.Context, a access.Actor, id string) (Accounts, error) {
	i, err := d.accountHolder(ctx, a, access.ReadAccounts, id)
	if err != nil {
		return Accounts{}, err
	}
	if err := d.o.Store.RecordOnce(ctx, entry(a, audit.OpenedCase, i.ID), openedOnce); err != nil {
		return Accounts{}, err
	}
	out := Accounts{Identity: i, CanOpen: a.Can(access.OpenAccounts)}
	ctx, cancel := context.WithTimeout(ctx, revealWithin)
	defer cancel()
	list, err := d.o.Details.Accounts(ctx, i.PaxosID)
	if err != nil {
		if out.Unread = fault.From(err); out.Unread.Kind == fault.Internal {
			return out, err
		}
		return out, nil
	}
	for n := range list {
		list[n].Description = ""
	}
	out.Accounts = list
	out.Cases, err = d.casesOfJoint(ctx, list)
	return out, err
}

// casesOfJoint gives the cases of the joint members of accounts, by Paxos' ids.
func (d *Desk) casesOfJoint(ctx context.Context, accounts []identity.Account) (map[string]identity.Identity, error) {
	var ids []string
	for _, x := range accounts {
		for _, m := range x.Members {
			ids = append(ids, m.PaxosID)
		}
	}
	return d.o.Store.CasesOf(ctx, ids)
}

func (d *Desk) accountHolder(ctx context.Context, a access.Actor, p access.Permission, id string) (identity.Identity, error) {
	if err := permit(a, p); err != nil {
		return identity.Identity{}, err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err == nil {
		err = atPaxos(i)
	}
	return i, err
}

// OpenAccount queues an account for an identity; a worker has it made. Invalid with Fields where it breaks a rule; Conflict where Paxos
// does not hold the identity as APPROVED, and while another account of it is on its way.
func (d *Desk) OpenAccount(ctx context.Context, a access.Actor, id string, ask AccountAsk) error {
	i, err := d.accountHolder(ctx, a, access.OpenAccounts, id)
	if err != nil {
		return err
	}
	draft, wrong, err := d.accountDraft(ctx, a, i, ask)
	switch {
	case err != nil:
		return err
	case len(wrong) > 0:
		return fault.Fields("The account was not asked for.", wrong)
	}
	if err := holdsAccounts(i); err != nil {
		return err
	}
	payload, err := json.Marshal(draft)
	if err != nil {
		return errors.New("encode an account")
	}
	e := entry(a, audit.AskedAccount, i.ID)
	e.Detail = draft.Account.Type
	_, err = d.o.Store.QueueMove(ctx, accountMove(a, i.ID, draft), payload, e)
	return err
}

// holdsAccounts is the Conflict where Paxos makes no account for an identity as it stands.
func holdsAccounts(i identity.Identity) error {
	if i.Status == identity.Approved {
		return nil
	}
	return fault.New(fault.Conflict, "Paxos makes accounts for APPROVED identities alone, and this one is "+string(i.Status)+". Re-check it, or wait for the decision.")
}

// accountMove tells of an account by its ref_id and type, never by what it is described as.
func accountMove(a access.Actor, id string, draft identity.AccountDraft) identity.OurMove {
	about := []string{"ref_id " + draft.Account.RefID, draft.Account.Type}
	if draft.CreateProfile {
		about = append(about, "profile")
	}
	if n := len(draft.Account.Members); n > 0 {
		about = append(about, fmt.Sprintf("members %d", n))
	}
	return identity.OurMove{
		IdentityID: id, Kind: identity.MoveAccount, About: about, Members: draft.Account.Members, AskedBy: a.UserID, AskedByName: a.Name,
	}
}

// telling says what of an account would tell everybody whose it is, by the name and the draft of a case. What cannot be read tells of
// nothing, and keeps nobody from the account.
func (d *Desk) telling(ctx context.Context, i identity.Identity, draft identity.AccountDraft) (map[string]string, error) {
	name, err := d.o.Store.Name(ctx, i.ID)
	if _, err = unread(err); err != nil {
		return nil, err
	}
	known, _, err := d.o.Store.Draft(ctx, i.ID)
	if _, err = unread(err); err != nil {
		return nil, err
	}
	return draft.CheckTelling(i, name, known), nil
}

// accountDraft finds the members and checks the whole; wrong is what breaks a rule, by field.
func (d *Desk) accountDraft(
	ctx context.Context, a access.Actor, i identity.Identity, ask AccountAsk,
) (draft identity.AccountDraft, wrong map[string]string, err error) {
	draft = identity.AccountDraft{CreateProfile: ask.Profile, Account: identity.AccountFields{
		PaxosID: i.PaxosID, RefID: strings.TrimSpace(ask.RefID), Type: ask.Type, Description: strings.TrimSpace(ask.Description),
	}}
	if draft.Account.Type == "" {
		draft.Account.Type = identity.Brokerage
	}
	found, err := d.FindJoint(ctx, a, ask.Members)
	if err != nil {
		return draft, nil, err
	}
	lines := map[string]string{}
	for n, f := range found {
		switch m := ask.Members[n]; {
		case f.Wrong != "":
			lines[identity.AccountMemberField(n, "identity_id")] = f.Wrong
		case f.Identity == nil:
		default:
			draft.Account.Members = append(draft.Account.Members, identity.AccountMember{PaxosID: f.Identity.PaxosID, Roles: m.Roles})
			if m.MustConfirm(*f.Identity) {
				lines[identity.AccountMemberField(n, "confirmed")] = "This member is " + string(f.Identity.Status) + " at Paxos. Confirm that they are meant, or take them out."
			}
		}
	}
	wrong = draft.Check()
	maps.Copy(wrong, lines)
	told, err := d.telling(ctx, i, draft)
	if err != nil {
		return draft, nil, err
	}
	maps.Copy(wrong, told)
	return draft, wrong, nil
}

// FindJoint says of each joint member, by their places, whom the id leads to, or why it leads to nobody; an empty line is neither. The log
// is told whom it found.
func (d *Desk) FindJoint(ctx context.Context, a access.Actor, members []identity.JointMember) ([]FoundMember, error) {
	if err := permit(a, access.OpenAccounts); err != nil {
		return nil, err
	}
	ids := make([]string, len(members))
	for n, m := range members {
		ids[n] = strings.TrimSpace(m.ID)
	}
	by, err := d.membersBy(ctx, a, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" }))
	if err != nil {
		return nil, err
	}
	found := make([]FoundMember, len(members))
	for n, id := range ids {
		switch {
		case id == "" && len(members[n].Roles) > 0:
			found[n].Wrong = "Say who it is, or choose no role."
		case id != "":
			if found[n].Wrong = misfit(id, by[id], true); found[n].Wrong == "" {
				found[n].Identity = &by[id][0]
			}
		}
	}
	return found, nil
}
