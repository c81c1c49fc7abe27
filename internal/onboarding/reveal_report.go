package onboarding

import (
	"context"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// ExportReveals is the export of the report on reveals.
const ExportReveals = "reveals"

// RevealFilter selects reveals, newest first.
type RevealFilter struct {
	UserID, IdentityID string
	From, To           time.Time // To is no longer part of it; zero for no bound
	Before             int64     // those before the entry of this number; 0 for the newest
	Limit              int
}

func (f RevealFilter) audit() audit.Filter {
	return audit.Filter{
		Action: audit.Revealed, ActorID: f.UserID, IdentityID: f.IdentityID, From: f.From, To: f.To, Before: f.Before, Limit: f.Limit,
		Reasons: true,
	}
}

// Revealers tells how often each person was shown personal data, those who stand out first.
func (d *Desk) Revealers(ctx context.Context, a access.Actor) ([]identity.Revealer, error) {
	if err := permit(a, access.ReadReveals); err != nil {
		return nil, err
	}
	counts, err := d.o.Store.RevealCounts(ctx)
	return identity.Revealers(counts), err
}

// Reveals gives single reveals with their reasons, also the tries that came to nothing, and how many fit in all; atLeast says that
// there are more than that.
func (d *Desk) Reveals(ctx context.Context, a access.Actor, f RevealFilter) (entries []audit.Entry, total int64, atLeast bool, err error) {
	if err := permit(a, access.ReadReveals); err != nil {
		return nil, 0, false, err
	}
	if entries, err = d.o.Store.AuditEntries(ctx, f.audit()); err != nil {
		return nil, 0, false, err
	}
	total, atLeast, err = d.o.Store.AuditTotal(ctx, f.audit())
	return entries, total, atLeast, err
}
