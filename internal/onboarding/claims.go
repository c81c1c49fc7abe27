package onboarding

import (
	"context"
	"fmt"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// taken is the code of the Conflict where somebody else holds a case.
const taken = "taken"

// claims is what claiming needs of the cache. Each method compares who holds the case with whom the person saw there, and is a
// Conflict that names nobody where they differ; the case as it is comes with it.
type claims interface {
	Claim(ctx context.Context, id, by, expected string, e audit.Entry) (identity.Identity, error)
	Release(ctx context.Context, id, expected string, e audit.Entry) (identity.Identity, error)
	Reassign(ctx context.Context, from, to string, limit int, e audit.Entry) (moved int, err error)
}

// Claim gives the actor a case. expected is who held it on the page that was clicked on, empty for nobody. Conflict, naming who
// has it and since when, where that is no longer so; who may assign takes a case over by naming its holder, others cannot.
func (d *Desk) Claim(ctx context.Context, a access.Actor, id, expected string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	if err := d.here(ctx, a.UserID); err != nil {
		return err
	}
	if expected != "" && expected != a.UserID {
		if err := permit(a, access.Assign); err != nil {
			return d.taken(ctx, a, id, err)
		}
	}
	return d.hand(ctx, a, id, a.UserID, expected, entry(a, audit.Claimed, id))
}

// HandOver gives a case to a colleague: a free one, one's own, or anybody's where the actor may assign.
func (d *Desk) HandOver(ctx context.Context, a access.Actor, id, to, expected string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	if expected != "" && expected != a.UserID {
		if err := permit(a, access.Assign); err != nil {
			return err
		}
	}
	colleague, err := d.colleague(ctx, to)
	if err != nil {
		return err
	}
	e := entry(a, audit.HandedOver, id)
	e.Object = colleague.ID
	return d.hand(ctx, a, id, to, expected, e)
}

func (d *Desk) hand(ctx context.Context, a access.Actor, id, to, expected string, e audit.Entry) error {
	i, err := d.o.Store.Claim(ctx, id, to, expected, e)
	if wasTaken(err) {
		return d.explainTaken(ctx, a, i, err)
	}
	return err
}

// wasTaken reports whether a case was held by somebody else than was expected; other conflicts speak for themselves.
func wasTaken(err error) bool { return err != nil && fault.From(err).Code == taken }

// Release frees a case: one's own, or anybody's where the actor may assign. To free what is free does nothing.
func (d *Desk) Release(ctx context.Context, a access.Actor, id, expected string) error {
	if err := permit(a, access.WorkCases); err != nil {
		return err
	}
	if expected != "" && expected != a.UserID {
		if err := permit(a, access.Assign); err != nil {
			return d.taken(ctx, a, id, err)
		}
	}
	i, err := d.o.Store.Release(ctx, id, expected, entry(a, audit.Released, id))
	if wasTaken(err) {
		return d.explainTaken(ctx, a, i, err)
	}
	return err
}

// taken is what somebody hears who wanted a colleague's case: who has it, unless that cannot be told.
func (d *Desk) taken(ctx context.Context, a access.Actor, id string, otherwise error) error {
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil || i.Assignee == "" || i.Assignee == a.UserID {
		return otherwise
	}
	return d.explainTaken(ctx, a, i, otherwise)
}

// explainTaken says who has a case and since when.
func (d *Desk) explainTaken(ctx context.Context, a access.Actor, i identity.Identity, cause error) error {
	text := "Somebody released this case meanwhile. Nothing was changed; look at it again."
	switch {
	case i.Assignee == a.UserID:
		text = "This case is yours already."
	case i.Assignee != "":
		people, err := d.people(ctx)
		if err != nil {
			return err
		}
		text = "Taken by " + nameOf(people, i.Assignee)
		if i.AssignedAt != nil {
			text += " " + ago(d.o.Now().Sub(*i.AssignedAt))
		}
		text += ". Nothing was changed."
	}
	return &fault.Error{Kind: fault.Conflict, Code: taken, Text: text, Cause: cause}
}

// ago says how long ago something was, in the largest unit that fits.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Second:
		return "just now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// here refuses cases to who is away.
func (d *Desk) here(ctx context.Context, userID string) error {
	people, err := d.people(ctx)
	if err != nil {
		return err
	}
	if p, ok := people[userID]; ok && p.Away(d.o.Now()) {
		return fault.New(fault.Conflict, "You are marked as away. Come back on the team page first, then claim cases.")
	}
	return nil
}

// colleague finds somebody who may take a case.
func (d *Desk) colleague(ctx context.Context, id string) (access.User, error) {
	people, err := d.people(ctx)
	if err != nil {
		return access.User{}, err
	}
	p, ok := people[id]
	switch {
	case !ok:
		return p, fault.Fields("The case stays where it is.", map[string]string{"to": "Choose a colleague from the list."})
	case !access.May(p.Role, access.WorkCases):
		return p, fault.Fields("The case stays where it is.", map[string]string{"to": p.Name + " does not work cases. Choose somebody else."})
	case p.DisabledAt != nil:
		return p, fault.Fields("The case stays where it is.", map[string]string{"to": p.Name + " is not at the desk any more. Choose somebody else."})
	case p.Away(d.o.Now()):
		return p, fault.Fields("The case stays where it is.", map[string]string{"to": p.Name + " is away. Choose somebody else."})
	}
	return p, nil
}

func nameOf(people map[string]access.User, id string) string {
	if p, ok := people[id]; ok && p.Name != "" {
		return p.Name
	}
	return id
}
