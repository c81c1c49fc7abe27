package onboarding

import (
	"context"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// mover is what moves need of the cache.
type mover interface {
	QueueMove(ctx context.Context, m identity.OurMove, payload []byte, e audit.Entry) (identity.OurMove, error)
	SameMove(ctx context.Context, m identity.OurMove, payload []byte) (identity.OurMove, bool, error)
	Moves(ctx context.Context, id string) ([]identity.OurMove, error)
	Move(ctx context.Context, id string) (identity.OurMove, error)
	MoveFailures(ctx context.Context, id string) (map[string]identity.MoveRefusal, error)
	MoveReasons(ctx context.Context, id string) (map[string]identity.MoveReason, error)
	TryMoveAgain(ctx context.Context, id string, e audit.Entry) error
	WithdrawMove(ctx context.Context, id string, e audit.Entry) error
}

// MoveView is a move as a case shows it.
type MoveView struct {
	identity.OurMove
	Reason      identity.MoveReason  // why it was proposed; zero unless it was, and the actor may see names
	Refusal     identity.MoveRefusal // only the code unless the actor may see names; zero unless it failed
	Joint       []identity.Joint     // who shares the account; none unless the actor may see accounts
	CanTryAgain bool
	CanWithdraw bool
}

// permissionOf is what a move of a kind needs: to be asked for, to be tried again, to be withdrawn.
func permissionOf(k identity.MoveKind) access.Permission {
	switch k {
	case identity.MoveCorrect:
		return access.Correct
	case identity.MoveRefresh:
		return access.Refresh
	case identity.MoveRehearse:
		return access.Rehearse
	case identity.MoveControl:
		return access.Approve
	case identity.MoveAccount:
		return access.OpenAccounts
	}
	return access.WorkCases
}

// moves gives what was asked of Paxos about a case, and what the actor may do about each.
func (d *Desk) moves(ctx context.Context, a access.Actor, i identity.Identity) ([]MoveView, error) {
	found, err := d.o.Store.Moves(ctx, i.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var texts map[string]identity.MoveRefusal
	var reasons map[string]identity.MoveReason
	if a.Can(access.ReadNames) {
		if reasons, err = d.o.Store.MoveReasons(ctx, i.ID); err != nil {
			return nil, err
		}
		if texts, err = d.o.Store.MoveFailures(ctx, i.ID); err != nil {
			return nil, err
		}
	}
	cases, err := d.casesOfMoves(ctx, a, found)
	if err != nil {
		return nil, err
	}
	views := make([]MoveView, len(found))
	for n, m := range found {
		may := a.Can(permissionOf(m.Kind)) && i.ErasedAt == nil
		undecided := m.Submission() != i.ID || i.Submission == identity.Failed
		views[n] = MoveView{
			OurMove: m, Reason: reasons[m.ID], CanTryAgain: may && undecided && m.State == identity.MoveFailed && m.Again, CanWithdraw: may && m.MayWithdraw(),
		}
		if a.Can(access.ReadAccounts) {
			views[n].Joint = identity.JointOf(m.Members, cases)
		} else {
			views[n].Members = nil
		}
		if m.State == identity.MoveFailed {
			views[n].Refusal = texts[m.ID]
			views[n].Refusal.Code = m.Code
		}
	}
	return views, nil
}

// casesOfMoves gives the cases of those who share an account that was asked for, by Paxos' ids, where the actor may see accounts.
func (d *Desk) casesOfMoves(ctx context.Context, a access.Actor, moves []identity.OurMove) (map[string]identity.Identity, error) {
	var ids []string
	for _, m := range moves {
		for _, x := range m.Members {
			ids = append(ids, x.PaxosID)
		}
	}
	if len(ids) == 0 || !a.Can(access.ReadAccounts) {
		return nil, nil
	}
	return d.o.Store.CasesOf(ctx, ids)
}

// ours are the moves themselves.
func ours(views []MoveView) []identity.OurMove {
	out := make([]identity.OurMove, len(views))
	for n, v := range views {
		out[n] = v.OurMove
	}
	return out
}

// addLinking takes away what cannot be done about a submission while the account is on its way that joins it to another case.
func (c *Case) addLinking() {
	m, found := identity.Linking(ours(c.Moves), c.Identity.ID)
	if !found {
		return
	}
	c.Advice = identity.LinkingAdvice(c.Advice, m)
	c.CanResubmit, c.CanWithdraw = false, false
}

// addFirstAccount advises the first account to whoever may have it made.
func (c *Case) addFirstAccount(a access.Actor) {
	if a.Can(access.OpenAccounts) {
		c.Advice = c.Advice.FirstAccount(c.Identity, ours(c.Moves))
	}
}

// addOnItsWay takes away the changes of the person's record that are on their way already: a second one of a kind is refused.
func (c *Case) addOnItsWay() {
	moves := ours(c.Moves)
	_, corrected := identity.OnItsWay(moves, identity.MoveCorrect)
	_, refreshed := identity.OnItsWay(moves, identity.MoveRefresh)
	c.CanCorrect, c.CanRefresh = c.CanCorrect && !corrected, c.CanRefresh && !refreshed
	c.Advice = c.Advice.OnItsWay(moves)
}

// TryMoveAgain has a failed move sent again, as it was; caseID and moveID are ours. NotFound where the case has no such move; Conflict where it cannot
// be tried again.
func (d *Desk) TryMoveAgain(ctx context.Context, a access.Actor, caseID, moveID string) error {
	m, err := d.moveOf(ctx, a, caseID, moveID)
	if err != nil {
		return err
	}
	e := entry(a, audit.TriedMove, m.IdentityID)
	e.Detail = string(m.Kind)
	return d.o.Store.TryMoveAgain(ctx, m.ID, e)
}

// WithdrawMove gives a move up that cannot have had an effect yet. NotFound where the case has no such move; Conflict where it is too late.
func (d *Desk) WithdrawMove(ctx context.Context, a access.Actor, caseID, moveID string) error {
	m, err := d.moveOf(ctx, a, caseID, moveID)
	if err != nil {
		return err
	}
	e := entry(a, audit.WithdrewMove, m.IdentityID)
	e.Detail = string(m.Kind)
	return d.o.Store.WithdrawMove(ctx, m.ID, e)
}

// moveOf finds a move of a case for an actor who may act on it.
func (d *Desk) moveOf(ctx context.Context, a access.Actor, caseID, moveID string) (identity.OurMove, error) {
	if err := permit(a, access.WorkCases); err != nil {
		return identity.OurMove{}, err
	}
	i, err := d.o.Store.Identity(ctx, caseID)
	if err != nil {
		return identity.OurMove{}, err
	}
	m, err := d.o.Store.Move(ctx, moveID)
	if err != nil {
		return m, err
	}
	if m.IdentityID != i.ID && m.Submission() != i.ID {
		return m, fault.New(fault.NotFound, "This case has no such move.")
	}
	return m, permit(a, permissionOf(m.Kind))
}
