package onboarding

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// settings is what the rules of casework need of the cache.
type settings interface {
	Settings(ctx context.Context) (identity.Settings, error)
	SetSettings(ctx context.Context, z identity.Settings, e audit.Entry) error
}

// The bounds of a snooze's longest time.
const (
	leastSnooze = time.Hour
	mostSnooze  = 90 * 24 * time.Hour
)

// The bounds of how long a proposal waits for a second person.
const (
	leastTerm = time.Hour
	mostTerm  = 30 * 24 * time.Hour
)

// Settings gives the rules of casework that people may change.
func (d *Desk) Settings(ctx context.Context, a access.Actor) (identity.Settings, error) {
	if err := permit(a, access.ReadSettings); err != nil {
		return identity.Settings{}, err
	}
	return d.o.Store.Settings(ctx)
}

// SetSettings changes the rules of casework; every undecided case is judged by them at once. Invalid with fields
// "longest_snooze" and "limit.KIND".
func (d *Desk) SetSettings(ctx context.Context, a access.Actor, z identity.Settings) error {
	if err := permit(a, access.SetPolicy); err != nil {
		return err
	}
	wrong := map[string]string{}
	if z.LongestSnooze < leastSnooze || z.LongestSnooze > mostSnooze {
		wrong["longest_snooze"] = "Enter a duration from 1h to 2160h (90 days)."
	}
	if z.ProposalTerm != 0 && (z.ProposalTerm < leastTerm || z.ProposalTerm > mostTerm) {
		wrong["proposal_term"] = "Enter a duration from 1h to 720h (30 days), or nothing for 72h."
	}
	for kind, l := range z.Limits {
		if !slices.Contains(identity.LimitKinds(), kind) {
			wrong["limit."+kind] = "The desk knows nothing that blocks by this name."
		} else if l.Zero() {
			delete(z.Limits, kind)
		}
	}
	if len(wrong) > 0 {
		return fault.Fields("The rules stay as they were.", wrong)
	}
	was, err := d.o.Store.Settings(ctx)
	if err != nil {
		return err
	}
	e := entry(a, audit.ChangedPolicy, "")
	if e.Detail = changes(was, z); e.Detail == "" {
		return nil
	}
	return d.o.Store.SetSettings(ctx, z, e)
}

// changes says what differs, before and after; empty where nothing does.
func changes(was, will identity.Settings) string {
	var parts []string
	add := func(name, before, after string) {
		if before != after {
			parts = append(parts, name+": "+either(before)+" → "+either(after))
		}
	}
	for _, kind := range identity.LimitKinds() {
		add("limit "+kind, was.Limits[kind].String(), will.Limits[kind].String())
	}
	add("idle release", was.IdleRelease.String(), will.IdleRelease.String())
	add("longest snooze", was.LongestSnooze.String(), will.LongestSnooze.String())
	add("proposal term", term(was), term(will))
	return strings.Join(parts, "; ")
}

func term(z identity.Settings) string { return cmp.Or(z.ProposalTerm, proposal.DefaultTerm).String() }

func either(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
