package store

import (
	"context"

	"identitydesk/internal/identity"
)

// maxCount is how far rows are counted where no counter holds their number.
const maxCount = 10_000

// total counts what a filter selects: exactly where counters hold it, else up to maxCount.
func (s *Store) total(ctx context.Context, f identity.Filter, c conditions) (n int64, atLeast bool, err error) {
	if names := countersOf(f); names != nil {
		counters, err := s.counters(ctx)
		for _, name := range names {
			n += counters[name]
		}
		return n, false, err
	}
	if f.MineOrFree != "" {
		c = c.clone()
		c.add(`(assignee = '' OR assignee = $?)`, f.MineOrFree)
	}
	return countUpTo(s.reader(ctx), "identities", c)
}

// countUpTo counts rows of a table up to maxCount; atLeast says that there are more.
func countUpTo(q querier, table string, c conditions) (n int64, atLeast bool, err error) {
	c = c.clone()
	n, err = one(q, scanValue[int64],
		`SELECT count(*) FROM (SELECT 1 FROM `+table+c.where()+` LIMIT `+c.arg(int64(maxCount+1))+`) AS bounded`, c.args...)
	return min(n, maxCount), n > maxCount, err
}

// countersOf names the counters that add up to a filter's total; none where it must be counted.
func countersOf(f identity.Filter) []string {
	if f.Sort == identity.SortDue && !f.Stuck && (f.Lane == "" || f.Lane == identity.LaneDecided || f.Lane == identity.LaneSnoozed) {
		return nil // what has no due time is left out, which no counter knows; in the other lanes everything has one
	}
	rest := f
	rest.Status, rest.Lane, rest.Stuck, rest.Sort, rest.After, rest.Limit = "", "", false, "", "", 0
	rest.Assignee, rest.MineOrFree, rest.Free = "", "", false
	if rest != (identity.Filter{}) || f.Stuck && f.Lane != "" {
		return nil
	}
	holders, held := holdersOf(f)
	switch whole := f.Lane == "" && !f.Stuck; {
	case held && f.Status == "":
		return heldNames(tabsOf(f), holders...)
	case held, f.Status != "" && !whole:
		return nil
	case f.Status != "":
		return []string{countStatus + string(f.Status)}
	case whole:
		return []string{countTotal}
	}
	var names []string
	for _, tab := range tabsOf(f) {
		names = append(names, countTab+string(tab))
	}
	return names
}

// tabsOf are the tabs that a filter by lane is about.
func tabsOf(f identity.Filter) []identity.Lane {
	switch {
	case f.Stuck:
		return identity.StuckLanes()
	case f.Lane != "":
		return []identity.Lane{f.Lane}
	}
	return append(identity.QueueLanes(), identity.LaneDecided)
}

// holdersOf are those whose cases a filter is about, empty for nobody's; held is false where it does not ask.
func holdersOf(f identity.Filter) (holders []string, held bool) {
	switch (identity.Filter{Assignee: f.Assignee, MineOrFree: f.MineOrFree, Free: f.Free}) {
	case identity.Filter{Assignee: f.Assignee}:
		return []string{f.Assignee}, f.Assignee != ""
	case identity.Filter{MineOrFree: f.MineOrFree}:
		return []string{"", f.MineOrFree}, true
	case identity.Filter{Free: f.Free}:
		return []string{""}, true
	}
	return nil, true // of two kinds at once no counter knows
}
