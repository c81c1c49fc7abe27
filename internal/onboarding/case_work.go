package onboarding

import (
	"cmp"
	"context"
	"slices"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// Casework is what people have arranged about a case, what it tells of time, and what the actor may do.
type Casework struct {
	Notes        []identity.Note // oldest first; none unless the actor may see names
	NoteCount    int
	SnoozeReason string          // empty unless the actor may see names
	SnoozeUnread identity.Unread // why SnoozeReason cannot be read
	Turns        []identity.Turn
	Times        identity.Times
	Limit        identity.Limit // of the present move; the zero Limit where none of the policy's runs
	Escalation   string         // for Paxos Support, where Paxos is late; it holds no personal data
	People       map[string]access.User
	Colleagues   []access.User // who may take the case, by name

	CanWork    bool // claim, snooze, annotate, tag
	CanClaim   bool // nobody has it, or the actor may take it from who has
	CanRelease bool
	CanAssign  bool // hand it over
}

func (d *Desk) addCasework(ctx context.Context, a access.Actor, c *Case, i identity.Identity) error {
	f, err := d.frame(ctx)
	if err != nil {
		return err
	}
	tags, err := d.o.Store.Tags(ctx, i.ID)
	if err != nil {
		return err
	}
	c.Row, c.People = d.row(f, i, tags), f.people
	if c.Turns, err = d.o.Store.Turns(ctx, i.ID); err != nil {
		return err
	}
	c.Times = identity.TimesOf(c.Turns, f.policy, f.now)
	c.Limit = identity.LimitNow(i, f.policy, f.now)
	c.Escalation = identity.Escalation(i, c.History, c.Turns, f.policy, f.now)
	if err := d.addTexts(ctx, a, c); err != nil {
		return err
	}
	c.mayWork(a, f)
	return nil
}

// addTexts adds what people wrote, for those who may see names: a note may hold one.
func (d *Desk) addTexts(ctx context.Context, a access.Actor, c *Case) error {
	n, err := d.o.Store.NoteCount(ctx, c.Identity.ID)
	c.NoteCount = int(n)
	if err != nil || !a.Can(access.ReadNames) {
		return err
	}
	if c.Notes, err = d.o.Store.Notes(ctx, c.Identity.ID); err != nil {
		return err
	}
	if c.Identity.SnoozedUntil != nil {
		c.SnoozeReason, err = d.o.Store.SnoozeReason(ctx, c.Identity.ID)
		c.SnoozeUnread, err = unread(err)
	}
	return err
}

func (c *Case) mayWork(a access.Actor, f frame) {
	holder := c.Identity.Assignee
	mine := holder != "" && holder == a.UserID
	c.CanWork = a.Can(access.WorkCases) && c.Identity.ErasedAt == nil
	c.CanClaim = c.CanWork && !mine && (holder == "" || a.Can(access.Assign))
	c.CanRelease = c.CanWork && (mine || holder != "" && a.Can(access.Assign))
	c.CanAssign = c.CanWork && (mine || a.Can(access.Assign))
	if !c.CanAssign {
		return
	}
	for _, p := range f.people {
		if p.ID != holder && p.TakesCases(f.now) {
			c.Colleagues = append(c.Colleagues, p)
		}
	}
	slices.SortFunc(c.Colleagues, func(x, y access.User) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
}
