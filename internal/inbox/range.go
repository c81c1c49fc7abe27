package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// LongestRange is the most days of which people can ask for the identities that were created on them.
const LongestRange = 93

// rangeRun is the name of such a reading, under which the audit log tells what it has changed.
const rangeRun = "range of creation"

// The keys of the range that is being read, of the last one that was, and of the trouble with it.
const (
	rangeNow     = "inbox_range"
	rangeLast    = "inbox_range_last"
	rangeTrouble = "inbox_range_error"
)

// Range is a reading of the identities that were created in a span of time, which somebody has asked for. From, To and Reached are
// Paxos' times, the others ours.
type Range struct {
	From, To time.Time // created at or after From and before To
	AskedAt  time.Time
	AskedBy  string // a person's name
	Read     int64  // identities read so far
	New      int64  // of them: those that were not in the cache
	Changed  int64  // of them: those that were in it and had changed
	Reached  time.Time
	EndedAt  time.Time // zero while it is read
	Error    string    // kind and code of the failure that ended it, or that it is being tried again after; empty when all is well

	// AtReached is how many of Read were created at Reached: a reading that goes on from there reads them once more.
	AtReached int64
}

// Zero reports whether there is none.
func (r Range) Zero() bool { return r.AskedAt.IsZero() }

// Running reports whether it is being read.
func (r Range) Running() bool { return !r.Zero() && r.EndedAt.IsZero() }

// AskRange has every identity that was created at or after from and before to read from Paxos, in the background, whatever may
// happen to this process meanwhile. One range is read at a time: Conflict while another is. The entry names who asks; its detail
// is filled in.
func (b *Inbox) AskRange(ctx context.Context, from, to time.Time, e audit.Entry) (Range, error) {
	now := b.o.Now()
	switch {
	case !from.Before(to):
		return Range{}, rangeWrong("to", "Must not be before the beginning.")
	case from.After(now):
		return Range{}, rangeWrong("from", "Must not be in the future.")
	case to.Sub(from) > LongestRange*24*time.Hour+time.Hour: // a day of a range can have 25 hours
		return Range{}, rangeWrong("to", fmt.Sprintf("Must be at most %d days after the beginning.", LongestRange))
	}
	r := Range{From: from, To: to, AskedAt: now, AskedBy: e.ActorName}
	e.Detail = fmt.Sprintf("identities created from %s to %s", written(from), written(to))
	began, err := b.o.Store.Begin(ctx, rangeNow, r.written(), e)
	if err == nil && !began {
		err = fault.New(fault.Conflict, "Another range of dates is being read. Ask again when it is done.")
	}
	return r, err
}

func rangeWrong(field, text string) error {
	return fault.Fields("Paxos cannot be asked for these dates.", map[string]string{field: text})
}

// Range is the range that is being read; else the last one that was, zero where there was none.
func (b *Inbox) Range(ctx context.Context) (Range, error) {
	r, err := b.rangeIn(ctx, rangeNow)
	if err != nil || r.Zero() {
		if err == nil {
			r, err = b.rangeIn(ctx, rangeLast)
		}
		return r, err
	}
	r.Error, err = b.o.Store.State(ctx, rangeTrouble)
	return r, err
}

func (b *Inbox) rangeIn(ctx context.Context, key string) (r Range, err error) {
	text, err := b.o.Store.State(ctx, key)
	if err != nil || text == "" {
		return r, err
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, &fault.Error{Kind: fault.Internal, Code: "state " + key, Text: "A stored range cannot be read.", Cause: err}
	}
	return r, nil
}

func (r Range) written() string {
	text, _ := json.Marshal(r) // times and numbers always marshal
	return string(text)
}

// readRange reads the range that was asked for, if any. It goes on where an earlier reading was interrupted: each page is stored
// together with how far it came. What Paxos refuses ends it, what may pass is tried again.
func (b *Inbox) readRange(ctx context.Context) error {
	r, err := b.rangeIn(ctx, rangeNow)
	if err != nil || r.Zero() {
		return err
	}
	if !r.Reached.IsZero() { // those of this moment are read and counted once more
		r.Read, r.AtReached = r.Read-r.AtReached, 0
	}
	q := identity.ListQuery{CreatedFrom: later(r.From, r.Reached), CreatedTo: r.To, Limit: pageSize}
	err = b.pages(ctx, q, func(page identity.ListPage) error {
		r.count(page.Records)
		last := page.Cursor == ""
		if last {
			r.EndedAt = b.o.Now()
		}
		next := r
		err := b.o.Store.ApplyCountedPage(ctx, b.news(page, identity.BySync), rangeRun, last, func(added, changed int) map[string]string {
			next.New, next.Changed = r.New+int64(added), r.Changed+int64(changed)
			return next.state()
		})
		r = next
		return err
	})
	if err != nil && hopeless(err) {
		return b.giveUp(ctx, err)
	}
	return err
}

// count adds a page to what was read.
func (r *Range) count(page []identity.Record) {
	r.Read += int64(len(page))
	for _, record := range page {
		switch at := record.CreatedAt; {
		case at.After(r.Reached):
			r.Reached, r.AtReached = at, 1
		case at.Equal(r.Reached):
			r.AtReached++
		}
	}
}

// state is the range as it is kept: under way, or as the last one.
func (r Range) state() map[string]string {
	if r.EndedAt.IsZero() {
		return map[string]string{rangeNow: r.written()}
	}
	return map[string]string{rangeNow: "", rangeLast: r.written()}
}

// hopeless reports whether asking Paxos the same once more would be refused once more.
func hopeless(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Malformed, fault.Forbidden, fault.NotFound:
		return true
	}
	return false
}

// giveUp ends the range as far as it came, with why.
func (b *Inbox) giveUp(ctx context.Context, cause error) error {
	r, err := b.rangeIn(ctx, rangeNow)
	if err != nil {
		return err
	}
	r.EndedAt, r.Error = b.o.Now(), fault.Describe(cause)
	err = b.o.Store.ApplyCountedPage(ctx, nil, rangeRun, true, func(int, int) map[string]string { return r.state() })
	if err == nil {
		b.o.Log.Warn("a range of dates could not be read", "error", r.Error)
	}
	return err
}
