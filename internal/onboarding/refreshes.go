package onboarding

import (
	"context"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// refreshes is what the calendar of KYC refreshes needs of the cache.
type refreshes interface {
	Refreshes(ctx context.Context, f identity.RefreshFilter) (identity.RefreshPage, error)
	RefreshTold(ctx context.Context, id string) (identity.RefreshTold, error)
}

// Refreshes gives the KYC refreshes that fall due, the first due first. Lists are not logged; exports are, see [Desk.Exporting].
func (d *Desk) Refreshes(ctx context.Context, a access.Actor, f identity.RefreshFilter) (identity.RefreshPage, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return identity.RefreshPage{}, err
	}
	return d.o.Store.Refreshes(ctx, f)
}
