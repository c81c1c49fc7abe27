package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestSpansOfTheRefreshCalendar(t *testing.T) {
	t.Parallel()
	york, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	const format = "2006-01-02T15:04"
	at := func(s string) time.Time {
		when, err := time.Parse(format, s)
		require.NoError(t, err)
		return when
	}
	wednesday, sunday := "2026-11-25T15:00", "2026-11-29T15:00"
	for name, c := range map[string]struct {
		now  string
		loc  *time.Location
		due  string
		open bool
		kind identity.RefreshSpanKind
		from string
		to   string
	}{
		"an open one that has ended":           {wednesday, time.UTC, "2026-11-25T15:00", true, identity.SpanPast, "", "2026-11-25"},
		"an open one that ends today":          {wednesday, time.UTC, "2026-11-25T15:01", true, identity.SpanThisWeek, "2026-11-25", "2026-11-30"},
		"a day that has gone":                  {wednesday, time.UTC, "2026-11-24T00:00", false, identity.SpanPast, "", "2026-11-25"},
		"today":                                {wednesday, time.UTC, "2026-11-25T00:00", false, identity.SpanThisWeek, "2026-11-25", "2026-11-30"},
		"Sunday":                               {wednesday, time.UTC, "2026-11-29T00:00", false, identity.SpanThisWeek, "2026-11-25", "2026-11-30"},
		"Sunday, on a Sunday":                  {sunday, time.UTC, "2026-11-29T00:00", false, identity.SpanThisWeek, "2026-11-29", "2026-11-30"},
		"Monday":                               {wednesday, time.UTC, "2026-11-30T00:00", false, identity.SpanNextWeek, "2026-11-30", "2026-12-07"},
		"Monday, on a Sunday":                  {sunday, time.UTC, "2026-11-30T00:00", false, identity.SpanNextWeek, "2026-11-30", "2026-12-07"},
		"in the month of next week's end":      {wednesday, time.UTC, "2026-12-07T00:00", false, identity.SpanRestOfMonth, "2026-12-07", "2027-01-01"},
		"a later month":                        {wednesday, time.UTC, "2027-01-31T00:00", false, identity.SpanMonth, "2027-01-01", "2027-02-01"},
		"no zone shifts a day":                 {wednesday, york, "2026-11-30T00:00", false, identity.SpanNextWeek, "2026-11-30", "2026-12-07"},
		"a moment is of the day of its reader": {wednesday, york, "2026-11-30T03:00", true, identity.SpanThisWeek, "2026-11-25", "2026-11-30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calendar := identity.RefreshCalendar{Now: at(c.now), Location: c.loc}
			span := calendar.SpanOf(identity.RefreshDue{DueAt: at(c.due), Open: c.open})
			want := identity.RefreshSpan{Kind: c.kind, To: at(c.to + "T00:00")}
			if c.from != "" {
				want.From = at(c.from + "T00:00")
			}
			require.Equal(t, want, span)
		})
	}
}

// A moment and a day can stand in an order that is not the one of their spans.
func TestGroupsOfTheRefreshCalendar(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)
	west := time.FixedZone("west", -5*60*60)
	monday := identity.RefreshDue{DueAt: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}
	sunday := identity.RefreshDue{DueAt: monday.DueAt.Add(time.Hour), Open: true}
	late := identity.RefreshDue{DueAt: now.Add(-time.Hour), Open: true}
	groups := identity.RefreshCalendar{Now: now, Location: west}.Group([]identity.RefreshDue{late, monday, sunday, monday})
	require.Len(t, groups, 3)
	require.Equal(t, []identity.RefreshDue{late}, groups[0].Items)
	require.Equal(t, []identity.RefreshDue{sunday}, groups[1].Items)
	require.Equal(t, []identity.RefreshDue{monday, monday}, groups[2].Items)
	require.Equal(t, []identity.RefreshSpanKind{identity.SpanPast, identity.SpanThisWeek, identity.SpanNextWeek},
		[]identity.RefreshSpanKind{groups[0].Kind, groups[1].Kind, groups[2].Kind})
}
