package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// told lets an event about the KYC refresh of an identity be received and applied.
func (d desk) told(paxosID, eventID, kind string, last, next time.Time) identity.Identity {
	d.t.Helper()
	require.NoError(d.t, d.Receive(d.t.Context(), delivery(eventID, kind)))
	job := d.claim("event")
	n := d.news(paxosID, "ref-"+paxosID, identity.Approved)
	n.By = identity.ByWebhook
	n.Event = &identity.Event{
		ID: eventID, Type: kind, PaxosID: paxosID, RefreshLast: last, RefreshNext: next, OccurredAt: d.clock.Now(), ReceivedAt: d.clock.Now(),
	}
	i, err := d.ApplyIdentity(d.t.Context(), n, &job)
	require.NoError(d.t, err)
	return i
}

func TestRefreshesByDueDate(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		start := d.clock.Now()
		year := start.AddDate(1, 0, 0)
		later := d.told("px-1", "ev-1", identity.EventRefreshCompleted, start, year)
		open := d.told("px-2", "ev-2", identity.EventRefreshStarted, time.Time{}, time.Time{})
		var same []string
		for n := range 3 {
			same = append(same, d.told(fmt.Sprintf("px-same-%d", n), fmt.Sprintf("ev-same-%d", n), identity.EventRefreshCompleted, start, year.AddDate(0, 1, 0)).ID)
		}
		d.told("px-3", "ev-3", identity.EventRefreshCompleted, start, year)
		d.clock.Advance(time.Hour)
		again := d.told("px-3", "ev-4", identity.EventRefreshStarted, start, time.Time{})

		var ids []string
		f := identity.RefreshFilter{Limit: 2}
		for {
			page, err := d.Refreshes(t.Context(), f)
			require.NoError(t, err)
			require.EqualValues(t, 6, page.Total)
			for _, r := range page.Items {
				ids = append(ids, r.ID)
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		require.Equal(t, append([]string{open.ID, again.ID, later.ID}, same...), ids, "each once, the first due first")

		page, err := d.Refreshes(t.Context(), identity.RefreshFilter{Show: identity.RefreshesOpen})
		require.NoError(t, err)
		require.Len(t, page.Items, 2)
		require.True(t, page.Items[0].Open)
		require.Equal(t, start.Add(identity.RefreshTerm), page.Items[0].DueAt)
		page, err = d.Refreshes(t.Context(), identity.RefreshFilter{Show: identity.RefreshesNext})
		require.NoError(t, err)
		require.Len(t, page.Items, 4)
		require.Equal(t, year, page.Items[0].DueAt)
		require.Equal(t, start, *page.Items[0].LastAt)
		_, err = d.Refreshes(t.Context(), identity.RefreshFilter{After: "no place"})
		kindIs(t, fault.Invalid, err)

		told, err := d.RefreshTold(t.Context(), later.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"completed", year}, []any{told.Outcome(), *told.NextAt})
		told, err = d.RefreshTold(t.Context(), again.ID)
		require.NoError(t, err)
		require.Equal(t, "started", told.Outcome())
		expired := d.told("px-3", "ev-5", identity.EventRefreshExpired, start, time.Time{})
		told, err = d.RefreshTold(t.Context(), expired.ID)
		require.NoError(t, err)
		require.Equal(t, "expired", told.Outcome())
		page, err = d.Refreshes(t.Context(), identity.RefreshFilter{Show: identity.RefreshesOpen})
		require.NoError(t, err)
		require.Equal(t, []string{expired.ID, open.ID}, []string{page.Items[0].ID, page.Items[1].ID}, "what has expired is due first")
		require.Equal(t, d.clock.Now(), page.Items[0].DueAt)
		require.True(t, page.Items[0].RefreshExpired())
	})
}

// What a filter selects is counted as it is listed, span by span.
func TestRefreshesThatAFilterSelects(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		start := d.clock.Now()
		ana := d.told("px-1", "ev-1", identity.EventRefreshCompleted, start, start.AddDate(0, 0, 40))
		open := d.told("px-2", "ev-2", identity.EventRefreshStarted, time.Time{}, time.Time{})
		soon := d.told("px-3", "ev-3", identity.EventRefreshCompleted, start, start.AddDate(0, 0, 20))
		far := d.told("px-4", "ev-4", identity.EventRefreshCompleted, start, start.AddDate(2, 0, 0))
		for _, id := range []string{ana.ID, open.ID} {
			_, err := d.Claim(t.Context(), id, "ana", "", by("ana", audit.Claimed))
			require.NoError(t, err)
		}
		calendar := identity.RefreshCalendar{Now: start, Location: time.UTC}
		for name, c := range map[string]struct {
			f    identity.RefreshFilter
			want []string
		}{
			"all":                   {identity.RefreshFilter{}, []string{soon.ID, open.ID, ana.ID, far.ID}},
			"before a day":          {identity.RefreshFilter{Until: start.AddDate(0, 0, 90)}, []string{soon.ID, open.ID, ana.ID}},
			"before they end":       {identity.RefreshFilter{Until: start.Add(identity.RefreshTerm)}, []string{soon.ID}},
			"of somebody":           {identity.RefreshFilter{Assignee: "ana"}, []string{open.ID, ana.ID}},
			"of nobody":             {identity.RefreshFilter{Free: true}, []string{soon.ID, far.ID}},
			"of somebody, and open": {identity.RefreshFilter{Show: identity.RefreshesOpen, Assignee: "ana"}, []string{open.ID}},
			"of nobody, and open":   {identity.RefreshFilter{Show: identity.RefreshesOpen, Free: true}, nil},
			"of nobody, and near":   {identity.RefreshFilter{Free: true, Until: start.AddDate(0, 0, 90)}, []string{soon.ID}},
			"of somebody, later":    {identity.RefreshFilter{Show: identity.RefreshesNext, Assignee: "ana"}, []string{ana.ID}},
			"of somebody else":      {identity.RefreshFilter{Assignee: "ben"}, nil},
		} {
			page, err := d.Refreshes(t.Context(), c.f)
			require.NoError(t, err, name)
			var ids []string
			var spans []identity.RefreshSpan
			for _, r := range page.Items {
				ids = append(ids, r.ID)
			}
			require.Equal(t, c.want, ids, name)
			require.EqualValues(t, len(c.want), page.Total, name)
			groups := calendar.Group(page.Items)
			for _, g := range groups {
				spans = append(spans, g.RefreshSpan)
			}
			counts, err := d.RefreshCounts(t.Context(), c.f, calendar, spans)
			require.NoError(t, err, name)
			require.Len(t, counts, len(groups), name)
			for n, g := range groups {
				require.Equal(t, identity.RefreshCount{N: int64(len(g.Items))}, counts[n], "%s: %s", name, g.Kind)
			}
		}
	})
}
