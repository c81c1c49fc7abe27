package onboarding

import (
	"context"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// Keeping says how long the desk keeps things; a nil one is for ever.
type Keeping struct {
	Case  func(closed time.Time) time.Time // until when a case is kept that was decided or closed at a moment
	Draft func(failed time.Time) time.Time // until when the details of a submission wait that failed at a moment
}

// DraftWarning is how long before its end a waiting draft is warned of.
const DraftWarning = 7 * 24 * time.Hour

// ProposeErase asks for a case to be erased before its retention ends: a colleague must agree. Invalid with fields "reason_code",
// "reason" and "confirmed"; Conflict, saying why, where the case must be kept, is on hold, or this is proposed already.
func (d *Desk) ProposeErase(ctx context.Context, a access.Actor, id string, w Wish) (proposal.Proposal, error) {
	return d.propose(ctx, a, proposal.Erase, id, w, erasure)
}

// erasure is what erasing a case changes, and on what it rests.
func erasure(i identity.Identity) proposal.Change {
	c := proposal.Change{Lines: []proposal.Line{
		{Name: "ref_id, also former ones", Before: "in clear", After: "a keyed hash, by which it can be looked up"},
		{Name: "Name, initials, drafts, Paxos’ words", Before: "kept, sealed", After: "gone"},
		{Name: "Notes, mentions, reasons, tags", Before: "kept", After: "gone"},
		{Name: "What came with webhooks", Before: "kept, sealed", After: "gone"},
		{Name: "Paxos id, statuses, times, acts", Before: "kept", After: "kept"},
	}}
	if i.Submission == identity.Failed {
		c.Lines = append(c.Lines, proposal.Line{Name: "Submission", Before: string(identity.Failed), After: string(identity.Withdrawn)})
	}
	c.Evidence = evidenceOf(i)
	return c
}

// evidenceOf is how a case stands that something is proposed about.
func evidenceOf(i identity.Identity) (lines []proposal.Line) {
	for _, f := range i.Facts() {
		lines = append(lines, proposal.Line{Name: f.Field, Before: f.New})
	}
	return lines
}

// draftEnds is when the details of a failed submission go, and whether that is soon enough to warn of; nil for any other case.
func (d *Desk) draftEnds(i identity.Identity, now time.Time) (at *time.Time, soon bool) {
	if d.o.Keeps.Draft == nil || i.Submission != identity.Failed {
		return nil, false
	}
	ends := d.o.Keeps.Draft(i.UpdatedAt)
	return &ends, !now.Before(ends.Add(-DraftWarning))
}

// keptUntil is when the retention of a case ends; nil where it has not begun.
func (d *Desk) keptUntil(i identity.Identity) *time.Time {
	closed := i.ClosedAt()
	if closed == nil || d.o.Keeps.Case == nil {
		return nil
	}
	return new(d.o.Keeps.Case(*closed))
}

// ErasedRefID gives when the case was erased that had a ref_id; nil where there was none. It tells nothing else about the case.
func (d *Desk) ErasedRefID(ctx context.Context, a access.Actor, refID string) (*time.Time, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return nil, err
	}
	return d.o.Store.ErasedRefID(ctx, refID)
}
