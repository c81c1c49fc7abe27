package moves

import (
	"context"
	"errors"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

type accounts interface {
	Accounts(ctx context.Context, paxosID string) ([]identity.Account, error)
	CreateAccount(ctx context.Context, d identity.AccountDraft) (identity.Account, error)
}

// Account makes an account. Its ref_id keeps Paxos from making two of one draft: where an earlier attempt may have worked, the
// identity's accounts tell whether it did before another is asked for.
func Account(paxos accounts) Handler {
	return func(ctx context.Context, a *Attempt) (Result, error) {
		var draft identity.AccountDraft
		if err := a.Decode(&draft); err != nil {
			return nil, err
		}
		draft.Account.PaxosID = a.PaxosID
		if since := a.Move.LostSince; since != nil {
			made, found, err := madeBefore(ctx, paxos, draft, *since)
			if err != nil || found {
				return made, err
			}
		}
		made, err := paxos.CreateAccount(ctx, draft)
		if err == nil {
			return resultOf(made), nil
		}
		return inTheWay(ctx, paxos, draft, a.Move.LostSince, err)
	}
}

// madeBefore finds the account that an earlier attempt made whose answer was lost.
func madeBefore(ctx context.Context, paxos accounts, d identity.AccountDraft, since time.Time) (r Result, found bool, err error) {
	there, err := paxos.Accounts(ctx, d.Account.PaxosID)
	if err != nil {
		return nil, false, Harmless(err)
	}
	for _, account := range there {
		if d.IsOurs(account, since) {
			return resultOf(account), true, nil
		}
	}
	return nil, false, nil
}

// inTheWay looks once more where an account holds the ref_id that may be ours: Paxos' list can be behind.
func inTheWay(ctx context.Context, paxos accounts, d identity.AccountDraft, since *time.Time, err error) (Result, error) {
	exists, clash := errors.AsType[*identity.AccountExists](err)
	if !clash || since == nil {
		return nil, err
	}
	if d.IsOurs(exists.Account, *since) {
		return resultOf(exists.Account), nil
	}
	made, found, unread := madeBefore(ctx, paxos, d, *since)
	switch {
	case unread != nil:
		return nil, unread
	case found:
		return made, nil
	case exists.Account.CreatedAt.IsZero() && fault.KindOf(err) == fault.Conflict:
		return nil, TryLater(err)
	}
	return nil, err
}

// resultOf are Paxos' ids. They stay when a case is erased, so that the ref_id is not among them: what the move is about tells it.
func resultOf(a identity.Account) Result {
	r := Result{"account_id": a.ID}
	if a.ProfileID != "" {
		r["profile_id"] = a.ProfileID
	}
	return r
}
