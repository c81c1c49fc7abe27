package views

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// DrawnRows keep the rows of the queue as they were drawn within the present second. When a case changes, every open page asks for
// its list at once, and nearly all of their rows are the same. The zero value is ready; it may be shared by all requests.
type DrawnRows struct {
	mu     sync.Mutex
	second int64
	rows   map[drawnKey][]byte
}

// mostDrawn is how many rows are kept: those of some dozens of different pages.
const mostDrawn = 4000

// drawnKey is all that a row shows, but for what follows from the second that it is drawn in.
type drawnKey struct {
	begin, zone, id, holder, tags, reason, move string
	rev, checkedAt                              int64
	blocking                                    int
	mine, left, open                            bool
	confidential, unusual                       bool
}

func (f rowFrame) key(r Row) drawnKey {
	i := r.Identity
	k := drawnKey{
		begin: f.begin, zone: place(f.loc).String(), id: i.ID, rev: i.Rev, holder: r.Holder, tags: strings.Join(r.Tags, " "),
		reason: rowReason(r.Advice), confidential: confidentialHere(r.Advice), blocking: len(r.Advice.Blocking), move: string(r.Advice.Move),
		mine: r.Mine, left: r.Left, open: i.ID == f.open, unusual: r.Ageing != nil,
	}
	if i.CheckedAt != nil {
		k.checkedAt = i.CheckedAt.UnixMilli()
	}
	return k
}

// drawnRow is a queueRow that is drawn once in a second.
func drawnRow(f rowFrame, r Row) templ.Component {
	if f.drawn == nil {
		return queueRow(f, r)
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		key, second := f.key(r), f.now.Unix()
		row, ok := f.drawn.find(key, second)
		if !ok {
			var drawing bytes.Buffer
			if err := queueRow(f, r).Render(ctx, &drawing); err != nil {
				return err
			}
			row = drawing.Bytes()
			f.drawn.keep(key, second, row)
		}
		_, err := w.Write(row)
		return err
	})
}

func (d *DrawnRows) find(k drawnKey, second int64) ([]byte, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.second != second {
		return nil, false
	}
	row, ok := d.rows[k]
	return row, ok
}

func (d *DrawnRows) keep(k drawnKey, second int64, row []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.second != second || d.rows == nil {
		d.second, d.rows = second, map[drawnKey][]byte{}
	}
	if len(d.rows) < mostDrawn {
		d.rows[k] = row
	}
}
