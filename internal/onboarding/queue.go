package onboarding

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Queue is one page of the queue, with the numbers of its tabs.
type Queue struct {
	Rows         []Row
	All          identity.Counts // of every case
	Mine         identity.Counts // of those that the actor holds
	Free         identity.Counts // of those that nobody holds
	Next         string
	Total        int64
	TotalAtLeast bool
	AsOf         time.Time

	Left map[string]bool // our ids of the rows that are no longer of the list, see [Desk.QueueAgain]
	New  int             // how many cases the list would show that are not among the rows
}

// Queue gives a page of a lane, or of every stuck case where f.Lane is empty, the oldest breach first unless f.Sort says
// otherwise. A lane that the queue does not have is Invalid.
func (d *Desk) Queue(ctx context.Context, a access.Actor, f identity.Filter) (Queue, error) {
	if err := permit(a, access.ReadCases); err != nil {
		return Queue{}, err
	}
	f, err := queued(f)
	if err != nil {
		return Queue{}, err
	}
	page, err := d.o.Store.List(ctx, f)
	if err != nil {
		return Queue{}, err
	}
	q := Queue{Next: page.Next, Total: page.Total, TotalAtLeast: page.TotalAtLeast, AsOf: d.o.Now()}
	if err := d.count(ctx, a, &q); err != nil {
		return Queue{}, err
	}
	q.Rows, err = d.rows(ctx, page.Items)
	return q, err
}

// count adds the numbers of the tabs.
func (d *Desk) count(ctx context.Context, a access.Actor, q *Queue) (err error) {
	if q.All, err = d.o.Store.Counts(ctx); err != nil {
		return err
	}
	if q.Free, err = d.o.Store.CountsFor(ctx, ""); err != nil {
		return err
	}
	both, err := d.o.Store.CountsFor(ctx, a.UserID)
	q.Mine = less(both, q.Free)
	return err
}

// Sum adds numbers up.
func Sum(c, other identity.Counts) identity.Counts {
	c.Lanes, c.Total = maps.Clone(c.Lanes), c.Total+other.Total
	for lane, n := range other.Lanes {
		c.Lanes[lane] += n
	}
	return c
}

// less takes numbers from numbers.
func less(c, other identity.Counts) identity.Counts {
	c.Lanes, c.Total = maps.Clone(c.Lanes), c.Total-other.Total
	for lane, n := range other.Lanes {
		c.Lanes[lane] -= n
	}
	return c
}

// QueueAgain gives a page to somebody who has one open, so that it stays in its order: the rows are those that are shown, by our
// ids; none: what the list shows now. Rows that are no longer of the list keep their place and are marked; what has come since is counted, not shown. Ids of no
// case are left out.
func (d *Desk) QueueAgain(ctx context.Context, a access.Actor, f identity.Filter, shown []string) (Queue, error) {
	q, err := d.Queue(ctx, a, f)
	if err != nil || len(shown) == 0 {
		return q, err
	}
	known := map[string]Row{}
	for _, r := range q.Rows {
		known[r.Identity.ID] = r
	}
	q.New = fresh(q.Rows, shown, cmp.Or(f.Limit, identity.DefaultLimit))
	q.Left = map[string]bool{}
	gone, err := d.gone(ctx, shown, known)
	if err != nil {
		return Queue{}, err
	}
	for _, r := range gone {
		known[r.Identity.ID] = r
		q.Left[r.Identity.ID] = !d.belongs(f, r.Identity, q.AsOf)
	}
	q.Rows = make([]Row, 0, len(shown))
	for _, id := range shown {
		if r, isCase := known[id]; isCase {
			q.Rows = append(q.Rows, r)
		}
	}
	return q, nil
}

// gone reads the rows that are shown and not known.
func (d *Desk) gone(ctx context.Context, shown []string, known map[string]Row) ([]Row, error) {
	var gone []identity.Identity
	for _, id := range shown {
		if _, here := known[id]; here {
			continue
		}
		i, err := d.o.Store.Identity(ctx, id)
		switch {
		case fault.KindOf(err) == fault.NotFound:
		case err != nil:
			return nil, err
		default:
			gone = append(gone, i)
		}
	}
	return d.rows(ctx, gone)
}

// belongs reports whether a case still is of a list, on whatever page. What only the database can tell counts as yes.
func (d *Desk) belongs(f identity.Filter, i identity.Identity, now time.Time) bool {
	asleep := i.Snoozed(now)
	switch {
	case f.Lane == identity.LaneSnoozed:
		return asleep
	case asleep, f.Lane != "" && i.Lane != f.Lane, f.Lane == "" && !i.Lane.Stuck():
		return false
	}
	return (!f.Free || i.Assignee == "") && (f.Assignee == "" || i.Assignee == f.Assignee) &&
		(f.MineOrFree == "" || i.Assignee == "" || i.Assignee == f.MineOrFree)
}

// fresh counts the cases of a page that stand before the last one that is shown of it, and are not shown themselves. Those behind it
// have only moved up from the page that follows, unless none followed the one that is shown.
func fresh(rows []Row, shown []string, limit int) int {
	before, behind := 0, 0 // the last one that is shown
	for _, r := range rows {
		if slices.Contains(shown, r.Identity.ID) {
			before, behind = before+behind, 0
		} else {
			behind++
		}
	}
	if nothingStayed := behind == len(rows); nothingStayed || len(shown) < limit {
		return before + behind
	}
	return before
}

// Next gives the first case of a queue behind f.After; ok is false behind the last.
func (d *Desk) Next(ctx context.Context, a access.Actor, f identity.Filter) (id string, ok bool, err error) {
	if err := permit(a, access.ReadCases); err != nil {
		return "", false, err
	}
	if f, err = queued(f); err != nil {
		return "", false, err
	}
	i, ok, err := d.o.Store.NextInQueue(ctx, f)
	return i.ID, ok, err
}

// Place is the place of a case in an order: what goes into f.After to go on behind it, also when it has gone from there. Empty
// where it has none.
func (d *Desk) Place(i identity.Identity, f identity.Filter) string {
	if f.Sort == "" {
		f.Sort = identity.SortDue
	}
	return d.o.Store.PlaceOf(i, f.Sort)
}
