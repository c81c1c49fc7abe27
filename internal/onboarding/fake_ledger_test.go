package onboarding_test

import (
	"context"
	"strings"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

func (c *cache) AuditHead(context.Context) (audit.Head, error) { return audit.Head{}, c.refuse }

func (c *cache) AuditPins(context.Context) ([]audit.Pin, error) { return nil, c.refuse }

func (c *cache) LastAuditPin(context.Context) (audit.Pin, bool, error) {
	return audit.Pin{}, false, c.refuse
}

func (c *cache) VerifyAudit(context.Context, ...audit.Head) (audit.Verdict, error) {
	c.touched = true
	return audit.Verdict{Entries: 7}, c.broken
}

func (c *cache) AuditChecked(_ context.Context, check audit.Check, e audit.Entry) error {
	c.check = &check
	return c.write("checked", e)
}

func (c *cache) LastAuditCheck(context.Context) (*audit.Check, error) { return c.check, c.refuse }

func (c *cache) AuditOf(context.Context, []string, int64, int) ([]audit.Entry, error) {
	return nil, c.refuse
}

func (c *cache) AuditSpan(context.Context, int64, int64) ([]audit.Entry, error) { return nil, c.refuse }

func (c *cache) FormerIDs(context.Context, []string) (map[string][]string, error) {
	return nil, c.refuse
}

func (c *cache) Events(_ context.Context, f identity.EventFilter) (identity.EventPage, error) {
	c.touched = true
	return identity.EventPage{Items: []identity.Event{{ID: "ev-" + strings.TrimPrefix(f.IdentityID, "ev-"), IdentityID: f.IdentityID}}}, c.refuse
}
