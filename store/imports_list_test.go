package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store"
)

// The list goes on behind any import, also among those of one moment, and tells of each what its rows came to.
func TestImportsInPages(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.submit("known-1")
		var want []string
		for n := range 5 {
			if n%2 == 0 {
				d.clock.Advance(time.Second)
			}
			d.importRows(fmt.Sprint("file ", n), goodRow(2, fmt.Sprint("im-", n)), goodRow(3, "known-1"), wrongRow(4, "x"))
		}
		whole, err := d.Imports(t.Context(), identity.ImportFilter{})
		require.NoError(t, err)
		require.Len(t, whole.Items, 5)
		require.Empty(t, whole.Next)
		for n, i := range whole.Items {
			require.Equal(t, map[identity.ImportResult]int{"new": 1, "known": 1, "wrong": 1}, i.Results)
			require.False(t, n > 0 && i.At.After(whole.Items[n-1].At))
			want = append(want, i.ID)
		}
		var got []string
		f := identity.ImportFilter{Limit: 2}
		for range 3 {
			page, err := d.Imports(t.Context(), f)
			require.NoError(t, err)
			require.EqualValues(t, 5, page.Total)
			for _, i := range page.Items {
				got = append(got, i.ID)
			}
			f.After = page.Next
		}
		require.Equal(t, want, got)
		require.Empty(t, f.After)
		_, err = d.Imports(t.Context(), identity.ImportFilter{After: "nonsense"})
		require.Equal(t, fault.Invalid, fault.KindOf(err))
	})
}

// What a list says of a row follows its case through every turn, and a database from before says the same.
func TestImportCountsFollowTheirCases(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.importRows("file", goodRow(2, "im-1"), goodRow(3, "im-2"))
		d.turn(i, identity.StartImport)
		d.stepImport()
		counts := func(want map[identity.ImportResult]int) {
			t.Helper()
			page, err := d.Imports(t.Context(), identity.ImportFilter{})
			require.NoError(t, err)
			require.Equal(t, want, page.Items[0].Results)
			require.Equal(t, want, d.importNow(i.ID).Results)
		}
		counts(map[identity.ImportResult]int{"queued": 2})
		jobs, err := d.ClaimJobs(t.Context(), []string{"submit"}, 9, time.Minute)
		require.NoError(t, err)
		for _, j := range jobs {
			_, _, err := d.BeginAttempt(t.Context(), j)
			require.NoError(t, err)
		}
		counts(map[identity.ImportResult]int{"sent": 2})
		first := d.get(jobs[0].Subject)
		_, err = d.Accepted(t.Context(), first.ID, d.news("px-1", first.RefID, identity.Pending), &jobs[0])
		require.NoError(t, err)
		counts(map[identity.ImportResult]int{"accepted": 1, "sent": 1})
		require.NoError(t, d.SubmissionFailed(t.Context(), jobs[1].Subject, jobs[1], identity.Failure{Code: identity.Refused}, nil))
		counts(map[identity.ImportResult]int{"accepted": 1, "failed": 1})
		_, err = d.Withdraw(t.Context(), jobs[1].Subject, ana("withdrew"))
		require.NoError(t, err)
		want := map[identity.ImportResult]int{"accepted": 1, "withdrawn": 1}
		counts(want)

		require.NoError(t, d.DownTo(t.Context(), 22))
		require.NoError(t, d.Migrate(t.Context()))
		counts(want)
	})
}

// A list reads rows that had their turn from an index alone.
func TestImportCountsAreReadFromAnIndex(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		steps, err := d.Plan(t.Context(), store.ImportResultsQuery(2), "x", "y")
		require.NoError(t, err)
		require.Contains(t, steps, "SEARCH import_rows USING COVERING INDEX import_rows_counts (import_id=?)")
	})
}
