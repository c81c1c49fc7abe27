package onboarding

import (
	"context"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// How often an opened case is logged.
const (
	openedOnce = 15 * time.Minute // per person and case
	peekedOnce = 8 * time.Hour    // for a page that stays open and refreshes itself: as long as a session can last
)

// How many of a case's audit entries are read: pages of this size, so many at most.
const (
	actsPage  = 200
	actsPages = 5
)

// Case is a case as its own page shows it.
type Case struct {
	Row
	Name             identity.Name      // zero unless the actor may see names
	NameUnread       identity.Unread    // why Name cannot be read
	Failure          identity.Failure   // zero unless the submission failed; only the code unless the actor may see names
	FailureUnread    identity.Unread    // why all but the code of Failure cannot be read
	History          []identity.Entry   // oldest first
	Acts             []audit.Entry      // what people did to the case, oldest first, see [Desk.Open]
	Existing         *identity.Identity // what a failed submission clashed with, where the desk holds it
	RecheckAllowedAt time.Time          // until then a re-check is refused; zero or past: it may be asked now
	Casework
	CaseKeeping
	Membership
	RefreshTold identity.RefreshTold // the last that Paxos told of KYC refreshes; zero for nothing
	Moves       []MoveView           // what was asked of Paxos, newest first
	Documents   CaseDocuments
	Controls    CaseControls // what limits the customer at Paxos
	RevealFrom  RevealSource // where a reveal would read its personal data
	CanReveal   bool
	CanRehearse bool // where rehearsals take place
	CanCorrect  bool // send changed fields
	CanRefresh  bool // answer a KYC refresh that Paxos waits for
	CanRecheck  bool
	CanResubmit bool
	CanWithdraw bool
	CanAccount  bool // see the accounts
}

// Open gives a case, also by a former id of it, and logs that the actor saw it, once per person, case and quarter hour. Every reader sees who submitted,
// re-checked, resubmitted or withdrew it; who opened it, looked it up or exported it, and from where, only those who may
// read the audit log.
func (d *Desk) Open(ctx context.Context, a access.Actor, id string) (Case, error) {
	c, err := d.read(ctx, a, id)
	if err != nil {
		return Case{}, err
	}
	if err := d.o.Store.RecordOnce(ctx, entry(a, audit.OpenedCase, c.Identity.ID), openedOnce); err != nil {
		return Case{}, err
	}
	return c, nil
}

// Peek gives a case to a page that shows it already and refreshes itself. It is logged as opened only where the actor has
// not opened it in the last hours, so that nobody reads a case unseen by this way.
func (d *Desk) Peek(ctx context.Context, a access.Actor, id string) (Case, error) {
	c, err := d.read(ctx, a, id)
	if err != nil {
		return Case{}, err
	}
	id = c.Identity.ID
	last, err := d.o.Store.AuditEntries(ctx, audit.Filter{IdentityID: id, ActorID: a.UserID, Action: audit.OpenedCase, Limit: 1})
	if err != nil {
		return Case{}, err
	}
	if len(last) > 0 && d.o.Now().Before(last[0].At.Add(peekedOnce)) {
		return c, nil
	}
	if err := d.o.Store.RecordOnce(ctx, entry(a, audit.OpenedCase, id), peekedOnce); err != nil {
		return Case{}, err
	}
	return c, nil
}

func (d *Desk) read(ctx context.Context, a access.Actor, id string) (Case, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return Case{}, err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return Case{}, err
	}
	failed := i.Submission == identity.Failed
	c := Case{
		RevealFrom:  revealSource(i),
		CanReveal:   i.ErasedAt == nil && a.Can(access.Reveal),
		CanRecheck:  i.NotAtPaxos() == "" && a.Can(access.WorkCases),
		CanCorrect:  CannotCorrect(i) == "" && a.Can(access.Correct),
		CanRefresh:  CannotCorrect(i) == "" && a.Can(access.Refresh) && i.AwaitsRefresh(),
		CanResubmit: failed && a.Can(access.Submit),
		CanWithdraw: failed && a.Can(access.Withdraw),
		CanAccount:  i.NotAtPaxos() == "" && a.Can(access.ReadAccounts),
	}
	for _, add := range []func() error{
		func() (err error) { c.History, err = d.o.Store.History(ctx, i.ID); return err },
		func() error { return d.addCasework(ctx, a, &c, i) },
		func() error { return d.addMembership(ctx, &c) },
		func() error { return d.addKeeping(ctx, a, &c) },
		func() error { return d.addDocuments(ctx, a, &c) },
		func() (err error) { c.RefreshTold, err = d.o.Store.RefreshTold(ctx, i.ID); return err },
		func() (err error) { c.Moves, err = d.moves(ctx, a, i); return err },
		func() error { return d.addControls(ctx, a, &c) },
		func() error { return d.addActs(ctx, a, &c) },
		func() error { return d.addPersonal(ctx, a, &c) },
		func() error { return d.addExisting(ctx, &c) },
	} {
		if err := add(); err != nil {
			return Case{}, err
		}
	}
	c.addLinking()
	c.addFirstAccount(a)
	c.addOnItsWay()
	c.CanRehearse = canRehearse(a, c)
	return c, nil
}

// addPersonal adds what only those who may see names get: the name, and what Paxos wrote about a refused submission.
func (d *Desk) addPersonal(ctx context.Context, a access.Actor, c *Case) (err error) {
	id, failed := c.Identity.ID, c.Identity.Submission == identity.Failed
	if !a.Can(access.ReadNames) {
		if failed {
			c.Failure.Code = c.Identity.FailureCode
		}
		return nil
	}
	c.Name, err = d.o.Store.Name(ctx, id)
	if c.NameUnread, err = unread(err); err != nil || !failed {
		return err
	}
	c.Failure, err = d.o.Store.Failure(ctx, id)
	if c.FailureUnread, err = unread(err); c.FailureUnread != "" {
		c.Failure = identity.Failure{Code: c.Identity.FailureCode}
	}
	return err
}

// unread takes out of an error that a sealed value cannot be read: everything else of its case stands without it.
func unread(err error) (identity.Unread, error) {
	if f := fault.From(err); f != nil {
		if why := identity.UnreadOf(f.Code); why != "" {
			return why, nil
		}
	}
	return "", err
}

func (d *Desk) addExisting(ctx context.Context, c *Case) error {
	if c.Identity.ExistingID == "" {
		return nil
	}
	existing, err := d.o.Store.Identity(ctx, c.Identity.ExistingID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil
	case err != nil:
		return err
	}
	c.Existing = &existing
	return nil
}

// addActs adds what people did to the case, and until when that forbids another re-check.
func (d *Desk) addActs(ctx context.Context, a access.Actor, c *Case) error {
	f := audit.Filter{IdentityID: c.Identity.ID, Limit: actsPage, Reasons: mayReadReasons(a)}
	for range actsPages {
		page, err := d.o.Store.AuditEntries(ctx, f)
		if err != nil {
			return err
		}
		for _, e := range page { // newest first
			if e.Action == audit.AskedRecheck && c.RecheckAllowedAt.IsZero() {
				c.RecheckAllowedAt = e.At.Add(identity.RecheckCoolDown)
			}
			if e, ok := shown(a, e); ok {
				c.Acts = append(c.Acts, e)
			}
		}
		if len(page) < actsPage {
			break
		}
		f.Before = page[len(page)-1].Seq
	}
	slices.Reverse(c.Acts)
	return nil
}

// shown is what an actor may see of an entry: readers of the audit log all of it, others who changed the case and when.
func shown(a access.Actor, e audit.Entry) (audit.Entry, bool) {
	if a.Can(access.ReadAudit) {
		return e, true
	}
	if !e.Action.Changes() {
		return audit.Entry{}, false
	}
	e.Reason, e.Words, e.ReasonSum = "", "", nil
	e.Address, e.RequestID, e.Prev, e.Hash = "", "", nil, nil
	return e, true
}
