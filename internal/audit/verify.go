package audit

import (
	"bytes"
	"context"
	"fmt"
	"slices"
)

// Damage is what was done to a log.
type Damage string

// The kinds of damage.
const (
	Edited        Damage = "edited"
	Deleted       Damage = "deleted"
	Inserted      Damage = "inserted"
	Reordered     Damage = "reordered"
	CutOff        Damage = "cut off"
	Rewritten     Damage = "rewritten" // the chain holds in itself, and is not the one that was
	ReasonAltered Damage = "reason altered"
	ReasonTaken   Damage = "reason taken away"
	PinsAltered   Damage = "pinned ends altered"
)

// Break is the first entry of a log that does not hold. It is the error of a log that was tampered with.
type Break struct {
	Seq    int64
	Damage Damage
	Text   string // what shows it
}

// Error names the entry and what was done to it.
func (b *Break) Error() string {
	return fmt.Sprintf("the audit log is broken at entry %d (%s): %s", b.Seq, b.Damage, b.Text)
}

// Verdict is what a walk through the log has found.
type Verdict struct {
	Entries int64 // how many hold, from the first on
	Head    Head  // the last of them
	Erased  int64 // reasons among them whose words were erased
	Pins    int   // pinned heads that were found in the chain
}

// log is the log that is verified.
type log interface {
	// End is the end as it is kept beside the log, and whether the desk has put it there.
	End(ctx context.Context) (end Head, sound bool, err error)
	// After gives entries with greater numbers, in their order, with what became of the words of their reasons; as many as it
	// likes, none at the end.
	After(ctx context.Context, seq int64) ([]Entry, error)
	// Following gives some entries that say that they follow the one with a hash.
	Following(ctx context.Context, hash []byte) ([]Entry, error)
	// At gives the entry with a number; the zero value where there is none.
	At(ctx context.Context, seq int64) (Entry, error)
}

// Verify walks a log from its first entry to its end and looks for pinned heads on the way. The log may grow meanwhile. A [*Break] is
// the error of a log that does not hold.
func Verify(ctx context.Context, l log, pins []Head) (Verdict, error) {
	w := walk{log: l, pins: map[int64][]Head{}}
	for _, p := range pins {
		w.pins[p.Seq] = append(w.pins[p.Seq], p)
	}
	err := w.run(ctx)
	return w.verdict, err
}

// least stands before every number, also those that no entry should have.
const least = -1 << 63

type walk struct {
	log     log
	pins    map[int64][]Head
	begun   Head // the end when the walk began: entries go on being added
	last    *Entry
	altered *Break // the first entry with other words of its reason
	verdict Verdict
}

func (w *walk) run(ctx context.Context) (err error) {
	if w.begun, _, err = w.log.End(ctx); err != nil {
		return err
	}
	for seq := int64(least); ; seq = w.last.Seq {
		entries, err := w.log.After(ctx, seq)
		if err != nil {
			return err
		}
		for n := range entries {
			if err := w.step(ctx, entries[n]); err != nil {
				return err
			}
		}
		if len(entries) == 0 {
			return w.end(ctx)
		}
	}
}

// step takes one entry more.
func (w *walk) step(ctx context.Context, e Entry) error {
	if !e.Follows(w.last) {
		return w.diagnose(ctx, e)
	}
	for _, p := range w.pins[e.Seq] {
		if !bytes.Equal(p.Hash, e.Hash) {
			return &Break{e.Seq, Rewritten, fmt.Sprintf("the chain leads to another entry than the one that was pinned (%s): it was written anew, from here or from before", p)}
		}
		w.verdict.Pins++
	}
	if e.Seq == w.begun.Seq && !bytes.Equal(e.Hash, w.begun.Hash) {
		return &Break{e.Seq, Rewritten, "it is not the entry that was last in the log: the chain was written anew, from here or from before"}
	}
	switch e.Words {
	case WordsLost:
		w.alter(&Break{e.Seq, ReasonAltered, "the words of its reason are not those that were written"})
	case WordsMissing:
		w.alter(&Break{e.Seq, ReasonTaken, "the words of its reason are gone, and the desk has not erased them"})
	case WordsErased:
		w.verdict.Erased++
	}
	w.last = &e
	w.verdict.Entries, w.verdict.Head = e.Seq, Head{e.Seq, e.Hash}
	return nil
}

// alter notes the first entry with other words of its reason, or without them. It is told only where the chain itself holds.
func (w *walk) alter(b *Break) {
	if w.altered == nil {
		w.altered = b
	}
}

// end compares what was walked with where the log should end.
func (w *walk) end(ctx context.Context) error {
	end, sound, err := w.log.End(ctx)
	if err != nil {
		return err
	}
	n := w.verdict.Entries
	for seq, pins := range w.pins {
		if seq > n {
			return &Break{n + 1, CutOff, fmt.Sprintf("the log ends with entry %d, and entry %d was pinned (%s)", n, seq, pins[0])}
		}
	}
	switch {
	case n < w.begun.Seq:
		return &Break{n + 1, CutOff, fmt.Sprintf("the log ends with entry %d, and entry %d was its last", n, w.begun.Seq)}
	case n > end.Seq:
		return &Break{end.Seq + 1, Inserted, fmt.Sprintf("entry %d was the last of the log", end.Seq)}
	case !sound:
		return &Break{n, CutOff, "the end of the log was changed by somebody else than the desk: entries may have been cut off behind it, or all of it written anew"}
	case w.altered != nil:
		return w.altered
	}
	return nil
}

// diagnose tells what was done where an entry does not follow the one before it.
func (w *walk) diagnose(ctx context.Context, e Entry) error {
	want, hash := int64(1), none()
	if w.last != nil {
		want, hash = w.last.Seq+1, w.last.Hash
	}
	right, err := w.belongs(ctx, hash, want)
	if err != nil {
		return err
	}
	was, err := w.numberOf(ctx, e)
	if err != nil {
		return err
	}
	copied, err := w.copied(ctx, e, was)
	if err != nil {
		return err
	}
	end, _, err := w.log.End(ctx)
	if err != nil {
		return err
	}
	switch {
	case copied && (right == 0 || e.Seq == want):
		return &Break{e.Seq, Inserted, fmt.Sprintf("it is a copy of entry %d", was)}
	case e.Seq < want && was > 0:
		return &Break{was, Reordered, fmt.Sprintf("it stands as number %d", e.Seq)}
	case e.Seq < want:
		return &Break{e.Seq, Inserted, "no entry has such a number"}
	case right != 0 && (was > want || e.Seq > want):
		return &Break{want, Reordered, fmt.Sprintf("it stands as number %d", right)}
	case right != 0:
		return &Break{want, Inserted, fmt.Sprintf("what belongs in its place stands as number %d", right)}
	case want > end.Seq:
		return &Break{e.Seq, Inserted, fmt.Sprintf("entry %d was the last of the log", end.Seq)}
	case e.Seq > want:
		return &Break{want, Deleted, missing(want, e.Seq-1)}
	case was > want:
		return &Break{want, Deleted, missing(want, was-1) + ", and those behind were given other numbers"}
	case was > 0:
		return w.putIn(ctx, e, was)
	case e.holds() && w.last != nil:
		return &Break{w.last.Seq, Edited, fmt.Sprintf("its hash was made anew, and entry %d holds the one that it had", want)}
	}
	return &Break{want, Edited, "its fields do not give its hash"}
}

func missing(from, to int64) string {
	if from == to {
		return "it is missing"
	}
	return fmt.Sprintf("the entries from it to %d are missing", to)
}

// copied reports whether an entry that once had another number stands in the log a second time.
func (w *walk) copied(ctx context.Context, e Entry, was int64) (bool, error) {
	if was == 0 {
		return false, nil
	}
	siblings, err := w.log.Following(ctx, e.Prev)
	return slices.ContainsFunc(siblings, func(s Entry) bool { return s.Seq != e.Seq && bytes.Equal(s.Hash, e.Hash) }), err
}

// putIn is the break before an entry that once had a smaller number.
func (w *walk) putIn(ctx context.Context, e Entry, was int64) error {
	before := Entry{Hash: none()}
	if was > 1 {
		var err error
		if before, err = w.log.At(ctx, was-1); err != nil {
			return err
		}
	}
	if bytes.Equal(before.Hash, e.Prev) {
		return &Break{was, Inserted, fmt.Sprintf("what belongs in its place stands as number %d", e.Seq)}
	}
	return &Break{e.Seq, Reordered, fmt.Sprintf("what stands here was number %d", was)}
}

// belongs gives the number under which the entry stands that belongs behind a hash, where that is another than it should be; 0 where
// there is none.
func (w *walk) belongs(ctx context.Context, hash []byte, want int64) (int64, error) {
	candidates, err := w.log.Following(ctx, hash)
	for _, c := range candidates {
		stands := c.Seq
		c.Seq = want
		if stands != want && c.holds() {
			return stands, nil
		}
	}
	return 0, err
}

// mostNumbers is how many numbers are tried to find the one that an entry had.
const mostNumbers = 5_000_000

// numberOf finds the number with which an entry's fields give its hash, where that is another than it has; 0 where there is none.
func (w *walk) numberOf(ctx context.Context, e Entry) (int64, error) {
	if e.holds() {
		return 0, nil
	}
	most := min(max(w.begun.Seq, e.Seq)+1, mostNumbers)
	for n := int64(1); n <= most; n++ {
		if e.Seq = n; e.holds() {
			return n, nil
		}
		if n%10_000 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	return 0, nil
}
