package onboarding

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Match is by which of its ids a case was found.
type Match string

// The matches. ByOther is an event's id, or one that the case had before two became one.
const (
	ByRefID          Match = "ref_id"
	ByFormerRefID    Match = "former_ref_id"
	ByOurID          Match = "id"
	ByPaxosID        Match = "paxos_id"
	ByVerificationID Match = "verification_id"
	ByOther          Match = "other"
)

// Found is what one id of a list has led to; no cases are a miss.
type Found struct {
	Asked    string
	Cases    []FoundCase
	ErasedAt *time.Time // when the case was erased that had this ref_id; nil where there was none, or a case is found
}

// FoundCase is a case of such a list.
type FoundCase struct {
	Row
	By Match
	// DecidedBefore is when a decided case was first seen decided, where it is not known when that came about.
	DecidedBefore *time.Time
	// Then is what is known of its status at the moment that was asked about; zero where none was.
	Then identity.Standing
}

// LookupMany looks a whole list of ids up as [Desk.Lookup] does one, and gives what each has led to, in their order, with the
// status of each case at a moment where that is not zero. An id that is unfit makes the list Invalid, and nothing is looked up. The
// audit log tells of the list, with how many were asked for and found and a keyed hash of each id that was not found, and at each
// case that somebody looked it up.
func (d *Desk) LookupMany(ctx context.Context, a access.Actor, asked []string, at time.Time) ([]Found, time.Time, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return nil, time.Time{}, err
	}
	for n, q := range asked {
		if wrong := unfit(q); wrong != "" {
			text := fmt.Sprintf("Entry %d: %s", n+1, wrong)
			return nil, time.Time{}, fault.Fields("The list cannot be looked up.", map[string]string{"ref_ids": text})
		}
	}
	cases, err := d.o.Store.LookupMany(ctx, asked, func(cases [][]identity.Identity) []audit.Entry {
		return d.lookedUpMany(a, asked, cases, at)
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	rows, err := d.rows(ctx, slices.Concat(cases...))
	if err != nil {
		return nil, time.Time{}, err
	}
	found := make([]Found, len(asked))
	for n, q := range asked {
		found[n].Asked = q
		for _, r := range rows[:len(cases[n])] {
			found[n].Cases = append(found[n].Cases, FoundCase{Row: r, By: matchOf(q, r.Identity)})
		}
		rows = rows[len(cases[n]):]
	}
	if err := d.addFormer(ctx, found); err != nil {
		return nil, time.Time{}, err
	}
	if err := d.addErased(ctx, found); err != nil {
		return nil, time.Time{}, err
	}
	return found, d.o.Now(), d.addPast(ctx, found, at)
}

// matchOf tells by which of its present ids a case was found. People copy ids of Paxos in capitals.
func matchOf(asked string, i identity.Identity) Match {
	switch {
	case asked == i.RefID:
		return ByRefID
	case strings.EqualFold(asked, i.ID):
		return ByOurID
	case strings.EqualFold(asked, i.PaxosID):
		return ByPaxosID
	case strings.EqualFold(asked, i.VerificationID):
		return ByVerificationID
	}
	return ByOther
}

// chosen are the found cases that fit, and their ids.
func chosen(found []Found, fits func(FoundCase) bool) (ids []string) {
	for _, f := range found {
		for _, c := range f.Cases {
			if fits(c) {
				ids = append(ids, c.Identity.ID)
			}
		}
	}
	return ids
}

// addFormer tells former ref_ids from the other ids that a case has no longer.
func (d *Desk) addFormer(ctx context.Context, found []Found) error {
	ids := chosen(found, func(c FoundCase) bool { return c.By == ByOther })
	if len(ids) == 0 {
		return nil
	}
	former, err := d.o.Store.FormerRefIDs(ctx, ids)
	if err != nil {
		return err
	}
	for _, f := range found {
		for n := range f.Cases {
			if c := &f.Cases[n]; c.By == ByOther && slices.Contains(former[c.Identity.ID], f.Asked) {
				c.By = ByFormerRefID
			}
		}
	}
	return nil
}

// addErased tells of what led to nothing whether its case was erased.
func (d *Desk) addErased(ctx context.Context, found []Found) error {
	var missing []string
	for _, f := range found {
		if len(f.Cases) == 0 {
			missing = append(missing, f.Asked)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	erased, err := d.o.Store.ErasedRefIDs(ctx, missing)
	if err != nil {
		return err
	}
	for n := range found {
		if at, ok := erased[found[n].Asked]; ok && len(found[n].Cases) == 0 {
			found[n].ErasedAt = &at
		}
	}
	return nil
}

// addPast adds what the history alone tells: since when a case is known to be decided, and its status at a moment.
func (d *Desk) addPast(ctx context.Context, found []Found, at time.Time) error {
	ids := chosen(found, func(c FoundCase) bool { return !at.IsZero() || c.decidedSometime() })
	if len(ids) == 0 {
		return nil
	}
	histories, err := d.o.Store.Histories(ctx, ids)
	if err != nil {
		return err
	}
	now := d.o.Now()
	for _, f := range found {
		for n := range f.Cases {
			c := &f.Cases[n]
			history := histories[c.Identity.ID]
			if seen := identity.StandingAt(history, now); c.decidedSometime() && seen.Known && seen.Status == c.Identity.Status {
				c.DecidedBefore = &seen.Since
			}
			if !at.IsZero() {
				c.Then = identity.StandingAt(history, at)
			}
		}
	}
	return nil
}

// decidedSometime reports whether a case is decided, and it is not known when that came about.
func (c FoundCase) decidedSometime() bool {
	s := c.Identity.Status
	return s != identity.StatusNone && !s.Undecided() && c.Identity.DecidedAt == nil
}

// lookedUpMany is one entry for each case found, so that who looked at it is known at the case, and then one for the list: the numbers
// in its first line, behind it what was not found. Where a single case was found, the list's entry is its own.
func (d *Desk) lookedUpMany(a access.Actor, asked []string, cases [][]identity.Identity, at time.Time) []audit.Entry {
	entries, list := d.lookedUpEach(a, asked, cases, at)
	if len(entries) == 1 {
		list.IdentityID, entries = entries[0].IdentityID, nil
	}
	return append(entries, list)
}

// lookedUpEach is an entry for each case found, and one for the list.
func (d *Desk) lookedUpEach(a access.Actor, asked []string, cases [][]identity.Identity, at time.Time) (entries []audit.Entry, list audit.Entry) {
	var missing []string
	seen := map[string]bool{}
	for n, q := range asked {
		if len(cases[n]) == 0 {
			missing = append(missing, queryKind(q)+" "+d.keyed(q))
		}
		for _, i := range cases[n] {
			if !seen[i.ID] {
				seen[i.ID] = true
				e := entry(a, audit.LookedUp, i.ID)
				e.Detail = fmt.Sprintf("in a list of %d", len(asked))
				entries = append(entries, e)
			}
		}
	}
	list = entry(a, audit.LookedUp, "")
	list.Detail = fmt.Sprintf("%d asked, %d found", len(asked), len(asked)-len(missing))
	if !at.IsZero() {
		list.Detail += ", status at " + at.UTC().Format(time.RFC3339)
	}
	if len(missing) > 0 {
		list.Detail += "\nnot found: " + strings.Join(missing, ", ")
	}
	return entries, list
}
