package onboarding

import (
	"context"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// mayReadReasons reports whether an actor may read the words of reasons: they may hold a name, as notes may.
func mayReadReasons(a access.Actor) bool { return a.Can(access.ReadAudit) && a.Can(access.ReadNames) }

// Audit gives entries of the audit log, newest first. The words of reasons are for those who may see names.
func (d *Desk) Audit(ctx context.Context, a access.Actor, f audit.Filter) ([]audit.Entry, error) {
	if err := permit(a, access.ReadAudit); err != nil {
		return nil, err
	}
	f.Reasons = f.Reasons && mayReadReasons(a)
	return d.o.Store.AuditEntries(ctx, f)
}

// AuditTotal counts the entries that a filter selects; atLeast says that there are more than n.
func (d *Desk) AuditTotal(ctx context.Context, a access.Actor, f audit.Filter) (n int64, atLeast bool, err error) {
	if err := permit(a, access.ReadAudit); err != nil {
		return 0, false, err
	}
	return d.o.Store.AuditTotal(ctx, f)
}
