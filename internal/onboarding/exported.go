package onboarding

import (
	"context"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
)

// The exports beside those of [Desk.Export].
const (
	ExportLookup = "lookup"
	ExportEvents = "events"
	ExportAudit  = "audit"

	ExportProposals = "proposals"
	ExportRefreshes = "refreshes"

	ExportImport       = "import"        // what became of its rows
	ExportImportErrors = "import errors" // rows to mend: personal data
)

// Exporting logs an export that [Desk.Export] does not make: one page of a list, a table of look-ups, events, the audit log.
// It must come before the first row goes out. The detail says what was chosen, in our own words.
func (d *Desk) Exporting(ctx context.Context, a access.Actor, what, detail string) error {
	needed := access.ReadCases
	switch what {
	case ExportEvents:
		needed = access.ReadEvents
	case ExportAudit:
		needed = access.ReadAudit
	case ExportReveals:
		needed = access.ReadReveals
	case ExportProposals:
		needed = access.ReadProposals
	case ExportImport:
		needed = access.ReadImports
	case ExportImportErrors:
		needed = access.Import
	}
	if err := permit(a, needed); err != nil {
		return err
	}
	e := entry(a, audit.Exported, "")
	e.Object, e.Detail = what, detail
	return d.o.Store.Record(ctx, e)
}
