package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"identitydesk/internal/identity"
)

// mostRefreshes is how many open refreshes are put in order; the team has stopped working where there are more.
const mostRefreshes = 5000

// orderOfRefreshes names the order of the list for its cursors.
const orderOfRefreshes = "refresh"

const (
	openRefreshesQuery = selectRow + `WHERE id IN (SELECT id FROM identities WHERE refresh IS NOT NULL
		UNION SELECT identity_id FROM identity_requirements WHERE type = 'KYC_REFRESH') LIMIT $1`
	// nextTerms are what Paxos has named and has told nothing newer of.
	nextTerms = `e.type = 'identity.kyc_refresh.completed' AND e.refresh_next IS NOT NULL AND e.is_test = 0
		AND e.identity_id <> '' AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.id = e.identity_id AND i.erased_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM events n WHERE n.identity_id <> '' AND n.identity_id = e.identity_id
			AND n.is_test = 0 AND n.type IN ('identity.kyc_refresh.started', 'identity.kyc_refresh.completed')
			AND (n.happened_at, n.id) > (e.happened_at, e.id))`
	lastRefreshQuery = `SELECT type, happened_at, refresh_last, refresh_next FROM events WHERE identity_id <> '' AND identity_id = $1 AND is_test = 0
		AND type IN ('identity.kyc_refresh.started', 'identity.kyc_refresh.completed', 'identity.kyc_refresh.expired')
		ORDER BY happened_at DESC, id DESC LIMIT 1`
	lastCheckedQuery = `SELECT refresh_last FROM events WHERE identity_id <> '' AND identity_id = $1 AND is_test = 0 AND refresh_last IS NOT NULL
		AND type IN ('identity.kyc_refresh.started', 'identity.kyc_refresh.completed', 'identity.kyc_refresh.expired')
		ORDER BY happened_at DESC, id DESC LIMIT 1`
)

type nextRefresh struct {
	eventID, identityID string
	due                 time.Time
	last                *time.Time
}

func scanNextRefresh(rows *sql.Rows) (n nextRefresh, err error) {
	return n, rows.Scan(&n.eventID, &n.identityID, intoTime{&n.due}, intoTimeOrNil{&n.last})
}

func scanRefreshTold(rows *sql.Rows) (t identity.RefreshTold, err error) {
	return t, rows.Scan(&t.Type, intoTime{&t.At}, intoTimeOrNil{&t.LastAt}, intoTimeOrNil{&t.NextAt})
}

// RefreshTold is the last that Paxos told of the KYC refreshes of a case, by our id of it; zero where nothing.
func (s *Store) RefreshTold(ctx context.Context, id string) (identity.RefreshTold, error) {
	told, _, err := maybe(s.reader(ctx), scanRefreshTold, lastRefreshQuery, id)
	return told, s.mask(err)
}

// dueRow is a refresh with what stands behind its time in the order of the list: open ones come first of a moment.
type dueRow struct {
	identity.RefreshDue
	key string
}

// The first letters of a key.
const (
	keyOpen = "o" // then our id of the case
	keyNext = "u" // then the id of the event that named it
)

// Refreshes gives one page of the KYC refreshes that a filter selects, the first due first. An After that cannot be read is Invalid.
func (s *Store) Refreshes(ctx context.Context, f identity.RefreshFilter) (page identity.RefreshPage, err error) {
	from, err := parseCursor(f.After, orderOfRefreshes, cursor{key: int64(math.MinInt64)}, false)
	if err != nil {
		return page, err
	}
	after, _ := from.key.(int64)
	r, limit := s.reader(ctx), lengthOf(f.Limit)
	var due []dueRow
	if f.Show != identity.RefreshesNext {
		if due, page.TotalAtLeast, err = openRefreshes(r, f); err != nil {
			return page, s.mask(err)
		}
		page.Total = int64(len(due))
	}
	if f.Show != identity.RefreshesOpen {
		next, err := nextRefreshes(r, f, after, strings.TrimPrefix(from.id, keyNext), limit+1)
		if err != nil {
			return page, s.mask(err)
		}
		n, err := countNext(r, nextOf(f))
		if err != nil {
			return page, s.mask(err)
		}
		due, page.Total, page.TotalAtLeast = append(due, next...), page.Total+n.N, page.TotalAtLeast || n.AtLeast
	}
	due = slices.DeleteFunc(due, func(d dueRow) bool {
		return cmp.Or(cmp.Compare(d.DueAt.UnixMilli(), after), cmp.Compare(d.key, from.id)) <= 0
	})
	slices.SortFunc(due, func(a, b dueRow) int {
		return cmp.Or(cmp.Compare(a.DueAt.UnixMilli(), b.DueAt.UnixMilli()), cmp.Compare(a.key, b.key))
	})
	if len(due) > limit {
		due = due[:limit]
		page.Next = cursor{key: due[limit-1].DueAt.UnixMilli(), id: due[limit-1].key}.token(orderOfRefreshes)
	}
	for _, d := range due {
		if d.Open {
			if d.LastAt, _, err = maybe(r, scanLastChecked, lastCheckedQuery, d.ID); err != nil {
				return page, s.mask(err)
			}
		}
		page.Items = append(page.Items, d.RefreshDue)
	}
	return page, nil
}

func scanLastChecked(rows *sql.Rows) (last *time.Time, err error) {
	return last, rows.Scan(intoTimeOrNil{&last})
}

// RefreshCounts tells how many of the refreshes that a filter selects stand in each of some spans of a calendar.
func (s *Store) RefreshCounts(
	ctx context.Context, f identity.RefreshFilter, c identity.RefreshCalendar, spans []identity.RefreshSpan,
) ([]identity.RefreshCount, error) {
	r, counts := s.reader(ctx), make([]identity.RefreshCount, len(spans))
	if f.Show != identity.RefreshesNext {
		open, more, err := openRefreshes(r, f)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, d := range open {
			if n := slices.Index(spans, c.SpanOf(d.RefreshDue)); n >= 0 {
				counts[n].N, counts[n].AtLeast = counts[n].N+1, more
			}
		}
	}
	if f.Show == identity.RefreshesOpen {
		return counts, nil
	}
	for n, span := range spans {
		of := nextOf(f)
		if !span.From.IsZero() {
			of.add(`e.refresh_next >= $?`, span.From.UnixMilli())
		}
		of.add(`e.refresh_next < $?`, span.To.UnixMilli())
		next, err := countNext(r, of)
		if err != nil {
			return nil, s.mask(err)
		}
		counts[n].N, counts[n].AtLeast = counts[n].N+next.N, counts[n].AtLeast || next.AtLeast
	}
	return counts, nil
}

// openRefreshes gives those that a filter selects, and whether there may be more than were looked at.
func openRefreshes(q querier, f identity.RefreshFilter) (due []dueRow, more bool, err error) {
	rows, err := all(q, scanRow, openRefreshesQuery, int64(mostRefreshes))
	for _, r := range rows {
		d := identity.RefreshDue{Identity: r.Identity, DueAt: r.RefreshEndsAt(), Open: true}
		if !d.DueAt.IsZero() && f.Holds(d) {
			due = append(due, dueRow{d, keyOpen + r.ID})
		}
	}
	return due, len(rows) == mostRefreshes, err
}

// nextOf turns a filter into conditions on the events that name the next refreshes.
func nextOf(f identity.RefreshFilter) (c conditions) {
	c.add(nextTerms)
	if !f.Until.IsZero() {
		c.add(`e.refresh_next < $?`, f.Until.UnixMilli())
	}
	if f.Assignee != "" {
		c.add(`e.identity_id IN (SELECT id FROM identities WHERE assignee <> '' AND assignee = $?)`, f.Assignee)
	}
	if f.Free {
		c.add(`EXISTS (SELECT 1 FROM identities h WHERE h.id = e.identity_id AND h.assignee = '')`)
	}
	return c
}

// nextQuery asks for those behind a moment and an event.
func nextQuery(f identity.RefreshFilter, after int64, eventID string, limit int) (string, []any) {
	c := nextOf(f)
	c.terms = append(c.terms, `(e.refresh_next, e.id) > (`+c.arg(after)+`, `+c.arg(eventID)+`)`)
	query := `SELECT e.id, e.identity_id, e.refresh_next, e.refresh_last FROM events e` + c.where() +
		` ORDER BY e.refresh_next, e.id LIMIT ` + c.arg(int64(limit))
	return query, c.args
}

// countNext counts, up to a number that nobody counts further.
func countNext(q querier, c conditions) (identity.RefreshCount, error) {
	query := `SELECT count(*) FROM (SELECT 1 FROM events e` + c.where() + ` LIMIT ` + c.arg(int64(maxCount+1)) + `) AS bounded`
	n, err := one(q, scanValue[int64], query, c.args...)
	return identity.RefreshCount{N: min(n, maxCount), AtLeast: n > maxCount}, err
}

// nextRefreshes gives those behind a moment and an event; an id of something else counts as none.
func nextRefreshes(q querier, f identity.RefreshFilter, after int64, eventID string, limit int) (due []dueRow, err error) {
	if strings.HasPrefix(eventID, keyOpen) {
		eventID = ""
	}
	query, args := nextQuery(f, after, eventID, limit)
	found, err := all(q, scanNextRefresh, query, args...)
	if err != nil {
		return nil, err
	}
	for _, n := range found {
		r, err := findRow(q, n.identityID)
		if err != nil {
			return nil, err
		}
		due = append(due, dueRow{identity.RefreshDue{Identity: r.Identity, DueAt: n.due, LastAt: n.last}, keyNext + n.eventID})
	}
	return due, nil
}
