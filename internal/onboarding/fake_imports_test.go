package onboarding_test

import (
	"context"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// bulk is what the cache holds of imports.
type bulk struct {
	rows  []identity.ImportRow
	by    string // who has uploaded the one import
	asked identity.ImportLines
	act   identity.ImportAct
}

func (c *cache) CreateImport(_ context.Context, _ []byte, rows []identity.ImportRow, e audit.Entry) (identity.Import, error) {
	c.bulk.rows = rows
	return identity.Import{ID: "im", Rows: len(rows)}, c.write("import", e)
}

func (c *cache) TurnImport(_ context.Context, id string, a identity.ImportAct, e audit.Entry) (identity.Import, error) {
	c.bulk.act = a
	return identity.Import{ID: id}, c.write("turn", e)
}

func (c *cache) Imports(context.Context, identity.ImportFilter) (identity.ImportPage, error) {
	c.touched = true
	return identity.ImportPage{Items: []identity.Import{{ID: "im"}}}, c.refuse
}

func (c *cache) Import(_ context.Context, id string) (identity.Import, error) {
	c.touched = true
	return identity.Import{ID: id, ByID: c.bulk.by}, c.refuse
}

func (c *cache) ImportLines(_ context.Context, _ string, f identity.ImportLines) ([]identity.ImportLine, error) {
	c.bulk.asked = f
	return []identity.ImportLine{{Line: 2}}, c.refuse
}

func (c *cache) WrongRows(context.Context, string) ([]identity.ImportRow, error) {
	c.touched = true
	return c.bulk.rows, c.refuse
}
