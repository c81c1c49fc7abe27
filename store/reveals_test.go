package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// reveal records that somebody was shown a group of fields.
func (d desk) reveal(who string, g identity.Group, detail string) time.Time {
	d.t.Helper()
	e := by(who, audit.Revealed)
	e.Object, e.Detail = string(g), detail
	again, _, err := d.RecordReveal(d.t.Context(), overLimit, e)
	require.NoError(d.t, err)
	return again
}

func overLimit(e audit.Entry) audit.Entry {
	e.Detail = "not shown: limit"
	return e
}

// What is shown together fits the limit together, or nothing of it is shown.
func TestRevealsOfTwoAreOne(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		one, two := by("ana", audit.Revealed), by("ana", audit.Revealed)
		one.Detail, two.Detail = "shown one", "shown two"
		details := func() []string {
			last, err := d.AuditEntries(t.Context(), audit.Filter{Limit: 2})
			require.NoError(t, err)
			return []string{last[1].Detail, last[0].Detail}
		}
		for range 18 {
			require.Zero(t, d.reveal("ana", identity.GroupTax, "shown live"))
		}
		again, _, err := d.RecordReveal(t.Context(), overLimit, one, two)
		require.NoError(t, err)
		require.Zero(t, again)
		require.Equal(t, []string{"shown one", "shown two"}, details())

		start := d.clock.Now()
		d.clock.Advance(10 * time.Minute)
		for range 19 {
			require.Zero(t, d.reveal("ana", identity.GroupTax, "shown live"))
		}
		again, _, err = d.RecordReveal(t.Context(), overLimit, one, two)
		require.NoError(t, err)
		require.Equal(t, start.Add(20*time.Minute), again)
		require.Equal(t, []string{"not shown: limit", "not shown: limit"}, details())
	})
}

func TestRevealsAreLimitedWhereTheyAreRecorded(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		start := d.clock.Now()
		for range 20 {
			require.Zero(t, d.reveal("ana", identity.GroupTax, "shown live"))
			refused := by("ana", audit.Revealed)
			refused.Detail = "not shown: timeout"
			require.NoError(t, d.Record(t.Context(), refused)) // does not count
		}
		again, quota, err := d.RevealAgain(t.Context(), "ana")
		require.NoError(t, err)
		require.Equal(t, start.Add(10*time.Minute), again)
		require.Equal(t, 20, quota.Most)
		require.Equal(t, again, d.reveal("ana", identity.GroupTax, "shown live"), "a second page")
		last, err := d.AuditEntries(t.Context(), audit.Filter{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, "not shown: limit", last[0].Detail)
		require.Zero(t, d.reveal("ben", identity.GroupTax, "shown live"), "another person")

		d.clock.Advance(10 * time.Minute)
		require.Zero(t, d.reveal("ana", identity.GroupTax, "shown live"))
	})
}

func TestRevealCounts(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.reveal("ana", identity.GroupTax, "shown live") // too old
		d.clock.Advance(24 * time.Hour)
		d.reveal("ana", identity.GroupTax, "shown live")
		d.clock.Advance(25 * 24 * time.Hour)
		d.reveal("ana", identity.GroupTax, "shown from our draft")
		d.reveal("ben", identity.GroupAddress, "not shown: limit")
		d.clock.Advance(4*24*time.Hour + time.Minute)
		d.reveal("ana", identity.GroupTax, "shown live")
		d.reveal("ana", identity.GroupAddress, "shown live")
		require.NoError(t, d.Record(t.Context(), by("cleo", audit.OpenedCase)))
		counts, err := d.RevealCounts(t.Context())
		require.NoError(t, err)
		require.ElementsMatch(t, []identity.RevealCount{
			{UserID: "ana", Name: "ana", Group: identity.GroupTax, Day: 1, Week: 2, Month: 3},
			{UserID: "ana", Name: "ana", Group: identity.GroupAddress, Day: 1, Week: 1, Month: 1},
		}, counts)
	})
}

func TestDraftIsReadWhileItIsKept(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		got, found, err := d.Draft(t.Context(), i.ID)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, draft("user-1"), got)
		_, job := d.begin()
		_, err = d.Accepted(t.Context(), i.ID, d.news("px-1", "user-1", identity.Pending), &job)
		require.NoError(t, err)
		_, found, err = d.Draft(t.Context(), i.ID)
		require.NoError(t, err)
		require.False(t, found)
	})
}

func TestRevealsAreCountedByAnIndex(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for query, args := range store.RevealQueries() {
		steps, err := s.Plan(t.Context(), query, args...)
		require.NoError(t, err)
		require.Contains(t, steps[0], "SEARCH audit USING INDEX audit_", query)
		require.Contains(t, steps[0], "at>?", "of the time alone that is asked about: "+query)
	}
}
