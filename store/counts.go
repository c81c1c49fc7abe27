package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"identitydesk/internal/identity"
)

// The names of counters: one for all, one per tab, one per status, and one per tab for what each person holds and for what
// nobody does.
const (
	countTotal  = "total"
	countTab    = "tab:"
	countStatus = "status:"
	countHeld   = "held:"
)

// heldCounter names the counter of a tab's cases with one assignee; an empty one is nobody.
func heldCounter(assignee string, tab identity.Lane) string {
	return countHeld + assignee + ":" + string(tab)
}

// count notes that a row comes (by 1) or goes (by -1).
func (t *tx) count(r row, by int64) {
	t.effects.grow(countTotal, by)
	t.effects.grow(countTab+string(r.tab), by)
	t.effects.grow(countStatus+string(r.Status), by)
	t.effects.grow(heldCounter(r.Assignee, r.tab), by)
}

// flushCounters writes what a whole batch has added up.
func (t *tx) flushCounters(counters map[string]int64) error {
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		if counters[name] == 0 {
			continue
		}
		if err := t.exec(`INSERT INTO counters (name, n) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET n = counters.n + excluded.n`, name, counters[name]); err != nil {
			return err
		}
	}
	return nil
}

type counter struct {
	name string
	n    int64
}

func scanCounter(rows *sql.Rows) (c counter, err error) {
	return c, rows.Scan(&c.name, &c.n)
}

type countersKey struct{}

// counters gives every counter that is not zero. What is given is shared.
func (s *Store) counters(ctx context.Context) (map[string]int64, error) {
	return remembered(s, countersKey{}, func() (map[string]int64, error) {
		found, err := all(s.reader(ctx), scanCounter, `SELECT name, n FROM counters WHERE n <> 0`)
		counters := make(map[string]int64, len(found))
		for _, c := range found {
			counters[c.name] = c.n
		}
		return counters, err
	})
}

// Counts gives the numbers on the queue's tabs.
func (s *Store) Counts(ctx context.Context) (identity.Counts, error) {
	counters, err := s.counters(ctx)
	c := identity.Counts{Lanes: map[identity.Lane]int64{}, Statuses: map[identity.Status]int64{}}
	for name, n := range counters {
		if lane, ok := strings.CutPrefix(name, countTab); ok {
			c.Lanes[identity.Lane(lane)] = n
		} else if status, ok := strings.CutPrefix(name, countStatus); ok {
			c.Statuses[identity.Status(status)] = n
		} else if name == countTotal {
			c.Total = n
		}
	}
	return c, s.mask(err)
}

// CountsFor gives the numbers on the queue's tabs for one person: of the cases that they hold or that nobody does. By status
// nothing is counted.
func (s *Store) CountsFor(ctx context.Context, userID string) (identity.Counts, error) {
	counters, err := s.counters(ctx)
	c := identity.Counts{Lanes: map[identity.Lane]int64{}, Statuses: map[identity.Status]int64{}}
	for _, tab := range append(identity.QueueLanes(), identity.LaneDecided) {
		for _, name := range heldNames([]identity.Lane{tab}, "", userID) {
			if n := counters[name]; n != 0 {
				c.Lanes[tab] += n
				c.Total += n
			}
		}
	}
	return c, s.mask(err)
}

// heldNames names the counters of tabs by assignees, each once.
func heldNames(tabs []identity.Lane, assignees ...string) (names []string) {
	slices.Sort(assignees)
	for _, assignee := range slices.Compact(assignees) {
		for _, tab := range tabs {
			names = append(names, heldCounter(assignee, tab))
		}
	}
	return names
}

const recount = `SELECT 'total' AS name, count(*) AS n FROM identities
	UNION ALL SELECT 'tab:' || tab, count(*) FROM identities GROUP BY tab
	UNION ALL SELECT 'status:' || status, count(*) FROM identities GROUP BY status
	UNION ALL SELECT 'held:' || assignee || ':' || tab, count(*) FROM identities GROUP BY assignee, tab`

// RebuildCounters counts everything anew and puts right what had drifted; drift is how many counters that were. The desk
// does so by night; a drift is a defect.
func (s *Store) RebuildCounters(ctx context.Context) (drift int, err error) {
	err = s.write(ctx, func(t *tx) error {
		kept, err := all(t, scanCounter, `SELECT name, n FROM counters WHERE n <> 0`)
		if err != nil {
			return err
		}
		counted, err := all(t, scanCounter, recount)
		if err != nil {
			return err
		}
		difference := map[string]int64{}
		for _, c := range counted {
			difference[c.name] += c.n
		}
		for _, c := range kept {
			difference[c.name] -= c.n
		}
		for name, n := range t.batch.counters { // of the writes that share the commit: written with it
			difference[name] -= n
		}
		maps.DeleteFunc(difference, func(_ string, n int64) bool { return n == 0 })
		drift = len(difference)
		return t.flushCounters(difference)
	})
	return drift, err
}
