package evidence

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
)

// Line is a line of audit.jsonl: an entry about one of the cases, or what is needed of the others to follow the chain from there to an
// anchor, which is an end of the log that was told to others, or its end when the pack was made.
type Line struct {
	Kind   Kind
	Seq    int64
	Entry  *audit.Entry // of KindEntry
	Prev   []byte       // of KindFrom: the hash of the entry before
	Fields []byte       // of KindLink: the hash of the fields of an entry that is not in the pack
	Hash   []byte       // of KindVouched and KindTo
	Anchor Anchor       // of KindTo
	At     *time.Time   // of KindTo: when that end was pinned
}

// Kind is what a line is.
type Kind string

// The kinds of line. A stretch of the chain begins with KindFrom and ends with KindTo.
const (
	KindFrom  Kind = "from"
	KindEntry Kind = "entry"
	KindLink  Kind = "link"
	// KindVouched is an entry from before entries were hashed in a form that can be followed without reading them: that it belongs
	// there is known from the signature alone.
	KindVouched Kind = "vouched"
	KindTo      Kind = "to"
)

// Anchor is what a stretch of the chain leads to.
type Anchor string

// The anchors.
const (
	AnchorPin  Anchor = "pin"
	AnchorHead Anchor = "head"
	AnchorNone Anchor = "none" // none is within reach: the signature alone vouches for the entry
)

// How long a proof may be, in entries.
const (
	mostReach = 20_000  // from an entry to its anchor
	mostGap   = 1_000   // between two stretches that are joined
	mostLines = 200_000 // in all; beyond, entries have no anchor
)

// chain is the log in its order: entries with numbers behind one, up to another, some at a time.
type chain interface {
	AuditSpan(ctx context.Context, after, to int64) ([]audit.Entry, error)
}

// Prove follows the chain from each of the entries to the nearest anchor behind it. The entries are those of the cases, by their
// numbers; pins are in the order of theirs. It fails where the log does not hold.
func Prove(ctx context.Context, c chain, entries map[int64]bool, head audit.Head, pins []audit.Pin) ([]Line, error) {
	var lines []Line
	for _, s := range stretches(entries, head, pins) {
		var err error
		if lines, err = s.follow(ctx, c, entries, lines); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// stretch is a part of the chain.
type stretch struct {
	from, to int64
	anchor   Anchor
	pin      audit.Pin
}

func stretches(entries map[int64]bool, head audit.Head, pins []audit.Pin) (all []stretch) {
	seqs := make([]int64, 0, len(entries))
	for seq := range entries {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	left := int64(mostLines)
	for _, seq := range seqs {
		if n := len(all); n > 0 && seq <= all[n-1].to {
			continue
		}
		next := anchorOf(seq, head, pins, left)
		if n := len(all); n > 0 && seq-all[n-1].to <= min(mostGap, left) {
			left -= next.to - all[n-1].to
			all[n-1].to, all[n-1].anchor, all[n-1].pin = next.to, next.anchor, next.pin
			continue
		}
		left -= next.to - next.from
		all = append(all, next)
	}
	return all
}

func anchorOf(seq int64, head audit.Head, pins []audit.Pin, left int64) stretch {
	reach := min(mostReach, left)
	if head.Seq-seq <= min(mostGap, left) {
		return stretch{from: seq, to: head.Seq, anchor: AnchorHead}
	}
	for _, p := range pins {
		if p.Seq >= seq && p.Seq <= head.Seq && p.Seq-seq <= reach {
			return stretch{from: seq, to: p.Seq, anchor: AnchorPin, pin: p}
		}
	}
	if head.Seq-seq <= reach {
		return stretch{from: seq, to: head.Seq, anchor: AnchorHead}
	}
	return stretch{from: seq, to: seq, anchor: AnchorNone}
}

func (s stretch) follow(ctx context.Context, c chain, entries map[int64]bool, lines []Line) ([]Line, error) {
	var last *audit.Entry
	for at := s.from - 1; at < s.to; {
		page, err := c.AuditSpan(ctx, at, s.to)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return nil, broken(at + 1)
		}
		for n := range page {
			e := page[n]
			if last == nil {
				last = &audit.Entry{Seq: s.from - 1, Hash: e.Prev}
				lines = append(lines, Line{Kind: KindFrom, Seq: s.from, Prev: e.Prev})
			}
			if !e.Follows(last) {
				return nil, broken(e.Seq)
			}
			lines = append(lines, lineOf(e, entries[e.Seq]))
			last, at = &e, e.Seq
		}
	}
	end := Line{Kind: KindTo, Seq: last.Seq, Hash: last.Hash, Anchor: s.anchor}
	if s.anchor == AnchorPin {
		end.At = utc(&s.pin.At)
		if hex.EncodeToString(s.pin.Hash) != hex.EncodeToString(last.Hash) {
			return nil, broken(last.Seq)
		}
	}
	return append(lines, end), nil
}

func broken(seq int64) error {
	return fault.New(fault.Conflict, fmt.Sprintf("The audit log does not hold at entry %d, so no pack can be made. Verify the log on the audit page, and look into it.", seq))
}

// lineOf gives an entry whole where it is about one of the cases. The words of its reason are left out.
func lineOf(e audit.Entry, ours bool) Line {
	e.Reason = ""
	switch {
	case ours:
		return Line{Kind: KindEntry, Seq: e.Seq, Entry: &e}
	case e.Form == audit.FormFields:
		return Line{Kind: KindLink, Seq: e.Seq, Fields: e.FieldsSum()}
	}
	return Line{Kind: KindVouched, Seq: e.Seq, Hash: e.Hash}
}
