package onboarding

import (
	"cmp"
	"context"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// refreshes is what the calendar of KYC refreshes needs of the cache.
type refreshes interface {
	Refreshes(ctx context.Context, f identity.RefreshFilter) (identity.RefreshPage, error)
	RefreshCounts(ctx context.Context, f identity.RefreshFilter, c identity.RefreshCalendar, spans []identity.RefreshSpan) ([]identity.RefreshCount, error)
	RefreshTold(ctx context.Context, id string) (identity.RefreshTold, error)
}

// Refreshes gives the KYC refreshes that fall due, the first due first. Lists are not logged; exports are, see [Desk.Exporting].
func (d *Desk) Refreshes(ctx context.Context, a access.Actor, f identity.RefreshFilter) (identity.RefreshPage, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return identity.RefreshPage{}, err
	}
	return d.o.Store.Refreshes(ctx, f)
}

// RefreshCalendar is a page of the KYC refreshes that fall due, span by span.
type RefreshCalendar struct {
	identity.RefreshPage
	Groups  []identity.RefreshGroup
	Holders map[string]string // the names of those who work cases, and of who has claimed one, by user id
	Workers []string          // the user ids of those who work cases, in the order of their names
}

// RefreshCalendar gives what [Desk.Refreshes] gives, sorted by the days of a place.
func (d *Desk) RefreshCalendar(ctx context.Context, a access.Actor, f identity.RefreshFilter, loc *time.Location) (c RefreshCalendar, err error) {
	if c.RefreshPage, err = d.Refreshes(ctx, a, f); err != nil {
		return c, err
	}
	days := identity.RefreshCalendar{Now: d.o.Now(), Location: loc}
	c.Groups = days.Group(c.Items)
	spans := make([]identity.RefreshSpan, len(c.Groups))
	for n, g := range c.Groups {
		spans[n] = g.RefreshSpan
	}
	counts, err := d.o.Store.RefreshCounts(ctx, f, days, spans)
	if err != nil {
		return c, err
	}
	for n, count := range counts {
		c.Groups[n].Total, c.Groups[n].TotalAtLeast = count.N, count.AtLeast
	}
	return c, d.nameHolders(ctx, &c, f.Assignee)
}

// nameHolders names those who work cases and those who have claimed one that is shown or asked for.
func (d *Desk) nameHolders(ctx context.Context, c *RefreshCalendar, asked string) error {
	people, err := d.people(ctx)
	if err != nil {
		return err
	}
	c.Holders = map[string]string{}
	for id, p := range people {
		if access.May(p.Role, access.WorkCases) && p.DisabledAt == nil {
			c.Holders[id], c.Workers = nameOf(people, id), append(c.Workers, id)
		}
	}
	slices.SortFunc(c.Workers, func(a, b string) int { return cmp.Or(cmp.Compare(c.Holders[a], c.Holders[b]), cmp.Compare(a, b)) })
	for _, i := range c.Items {
		c.Holders[i.Assignee] = nameOf(people, i.Assignee)
	}
	c.Holders[asked] = nameOf(people, asked)
	delete(c.Holders, "")
	return nil
}
