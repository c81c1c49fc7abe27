package onboarding

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// ledger is what reading and verifying the audit log needs of the cache.
type ledger interface {
	AuditEntries(ctx context.Context, f audit.Filter) ([]audit.Entry, error)
	AuditTotal(ctx context.Context, f audit.Filter) (n int64, atLeast bool, err error)
	AuditHead(ctx context.Context) (audit.Head, error)
	AuditPins(ctx context.Context) ([]audit.Pin, error)
	LastAuditPin(ctx context.Context) (p audit.Pin, found bool, err error)
	VerifyAudit(ctx context.Context, more ...audit.Head) (audit.Verdict, error)
	AuditChecked(ctx context.Context, c audit.Check, e audit.Entry) error
	LastAuditCheck(ctx context.Context) (*audit.Check, error)
}

// mayReadReasons reports whether an actor may read the words of reasons: they may hold a name, as notes may.
func mayReadReasons(a access.Actor) bool { return a.Can(access.ReadAudit) && a.Can(access.ReadNames) }

// AuditFilter makes a filter ready whose case was given by an id of any kind: ours, Paxos', a ref_id. An id that leads to no case stays
// what it is, for the log may know of a case that the cache does not.
func (d *Desk) AuditFilter(ctx context.Context, a access.Actor, f audit.Filter) (audit.Filter, error) {
	if err := permit(a, access.ReadAudit); err != nil || f.IdentityID == "" {
		return f, err
	}
	found, err := d.o.Store.Lookup(ctx, f.IdentityID)
	for n, i := range found {
		if n == 0 {
			f.IdentityID = i.ID
		} else {
			f.More = append(f.More, i.ID)
		}
	}
	return f, err
}

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

// ExportingAudit logs an export of the log before its first entry goes out, with the filter in masked words.
func (d *Desk) ExportingAudit(ctx context.Context, a access.Actor, f audit.Filter, whole bool) error {
	words := "one page"
	if whole {
		words = "every entry that fits"
	}
	if selected := auditSelection(f); selected != "" {
		words += ": " + selected
	}
	return d.Exporting(ctx, a, ExportAudit, words)
}

// auditSelection is a filter in words. Its values are codes of ours and ids of the desk.
func auditSelection(f audit.Filter) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	add("case", strings.Join(append([]string{f.IdentityID}, f.More...), ","))
	add("person", f.ActorID)
	add("action", string(f.Action))
	add("role", f.Role)
	add("request", f.RequestID)
	add("from", day(f.From))
	add("to", day(f.To))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")
}

// LogState is how the audit log stands.
type LogState struct {
	Head  audit.Head
	Pin   *audit.Pin   // the last end that was told to others; nil before the first
	Check *audit.Check // what the last verification has found; nil before the first
}

// LogState tells how the audit log stands.
func (d *Desk) LogState(ctx context.Context, a access.Actor) (s LogState, err error) {
	if err := permit(a, access.ReadAudit); err != nil {
		return s, err
	}
	if s.Head, err = d.o.Store.AuditHead(ctx); err != nil {
		return s, err
	}
	pin, found, err := d.o.Store.LastAuditPin(ctx)
	if err != nil {
		return s, err
	}
	if found {
		s.Pin = &pin
	}
	s.Check, err = d.o.Store.LastAuditCheck(ctx)
	return s, err
}

// VerifyLog walks the audit log from its first entry to its end and keeps what it found, with an entry of who asked. Conflict while a
// walk is under way.
func (d *Desk) VerifyLog(ctx context.Context, a access.Actor) (audit.Check, error) {
	if err := permit(a, access.ReadAudit); err != nil {
		return audit.Check{}, err
	}
	if !d.verifying.TryLock() {
		return audit.Check{}, fault.New(fault.Conflict, "The audit log is being verified already. Look again in a moment.")
	}
	defer d.verifying.Unlock()
	found, err := d.o.Store.VerifyAudit(ctx)
	c := audit.Check{By: a.Name, Entries: found.Entries, End: found.Head.String()}
	if broken, is := errors.AsType[*audit.Break](err); is {
		c.Broken = broken.Error()
	} else if err != nil {
		return c, err
	}
	c.At = d.o.Now()
	e := entry(a, audit.VerifiedLog, "")
	e.Detail = fmt.Sprintf("%d entries hold", c.Entries)
	if c.Broken != "" {
		e.Detail = c.Broken
	}
	return c, d.o.Store.AuditChecked(ctx, c, e)
}
