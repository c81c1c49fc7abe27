package onboarding

import (
	"context"
	"errors"
	"fmt"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// imports is what bringing in files of persons needs of the cache.
type imports interface {
	CreateImport(ctx context.Context, file []byte, rows []identity.ImportRow, e audit.Entry) (identity.Import, error)
	TurnImport(ctx context.Context, id string, a identity.ImportAct, e audit.Entry) (identity.Import, error)
	Imports(ctx context.Context, f identity.ImportFilter) (identity.ImportPage, error)
	Import(ctx context.Context, id string) (identity.Import, error)
	ImportLines(ctx context.Context, id string, f identity.ImportLines) ([]identity.ImportLine, error)
	WrongRows(ctx context.Context, id string) ([]identity.ImportRow, error)
}

// UploadImport reads a file of persons, CSV or JSON Lines, and keeps it to be looked through; nothing is submitted. Invalid with the
// field "file" where it cannot be read at all. Single rows may still be wrong.
func (d *Desk) UploadImport(ctx context.Context, a access.Actor, file []byte) (identity.Import, error) {
	if err := permit(a, access.Import); err != nil {
		return identity.Import{}, err
	}
	rows, err := identity.ReadImport(file, d.o.Now())
	if why, unread := errors.AsType[*identity.ImportError](err); unread {
		return identity.Import{}, fault.Fields("Nothing was read from this file.", map[string]string{"file": why.Text})
	} else if err != nil {
		return identity.Import{}, err
	}
	return d.o.Store.CreateImport(ctx, file, rows, entry(a, audit.UploadedImport, ""))
}

// TurnImport starts an import, or lets it go on, pause or stop. Conflict where that does not fit any more.
func (d *Desk) TurnImport(ctx context.Context, a access.Actor, id string, act identity.ImportAct) (identity.Import, error) {
	if err := permit(a, access.Import); err != nil {
		return identity.Import{}, err
	}
	what := audit.StartedImport
	switch act {
	case identity.PauseImport:
		what = audit.PausedImport
	case identity.StopImport:
		what = audit.StoppedImport
	case identity.StartImport:
	}
	return d.o.Store.TurnImport(ctx, id, act, entry(a, what, ""))
}

// Imports gives a page of imports, the newest first.
func (d *Desk) Imports(ctx context.Context, a access.Actor, f identity.ImportFilter) (identity.ImportPage, error) {
	if err := permit(a, access.ReadImports); err != nil {
		return identity.ImportPage{}, err
	}
	return d.o.Store.Imports(ctx, f)
}

// OpenImport gives an import and some of its rows. What is wrong with a row is told in words only to whoever has uploaded it, since the
// words may offer another writing of a name; others see which fields are meant.
func (d *Desk) OpenImport(ctx context.Context, a access.Actor, id string, f identity.ImportLines) (identity.Import, []identity.ImportLine, error) {
	if err := permit(a, access.ReadImports); err != nil {
		return identity.Import{}, nil, err
	}
	i, err := d.o.Store.Import(ctx, id)
	if err != nil {
		return i, nil, err
	}
	f.Errors = f.Errors && i.ByID == a.UserID
	lines, err := d.o.Store.ImportLines(ctx, id, f)
	return i, lines, err
}

// MendImport gives the rows of an import that are wrong, as a table to mend: personal data, so that only who uploaded the file gets it;
// Forbidden for others. It is logged before it is given. NotFound once the rows are erased.
func (d *Desk) MendImport(ctx context.Context, a access.Actor, id string) ([][]string, error) {
	if err := permit(a, access.Import); err != nil {
		return nil, err
	}
	i, err := d.o.Store.Import(ctx, id)
	if err != nil {
		return nil, err
	}
	if i.ByID != a.UserID {
		return nil, fault.New(fault.Forbidden, "Only who uploaded the file may download rows with personal data; ask them, or upload it anew.")
	}
	rows, err := d.o.Store.WrongRows(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, "This import holds no rows with errors: there were none, or they were erased 24 hours after its end.")
	}
	return identity.MendingTable(rows), d.Exporting(ctx, a, ExportImportErrors, fmt.Sprintf("%d rows of import %s", len(rows), id))
}
