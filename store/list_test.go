package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/store/storetest"
)

// mixed fills a desk with cases of many kinds, some of them equal in what they are sorted by.
func mixed(d desk) []identity.Identity {
	d.t.Helper()
	statuses := []identity.Status{identity.Pending, identity.Approved, identity.StatusError, identity.Denied, "NEW_WORD"}
	var ns []identity.News
	for n := range 40 {
		news := d.news(fmt.Sprintf("px-%02d", n), fmt.Sprintf("user-%02d", n), statuses[n%len(statuses)])
		news.Record.CreatedAt = storetest.Start().AddDate(0, 0, -(n / 3)) // three at a time
		news.Record.UpdatedAt = news.Record.CreatedAt.Add(time.Duration(n%7) * time.Minute)
		if n%4 == 0 {
			news.Record.Type = identity.Institution
		}
		if n%5 == 0 {
			news.Record.Details.Requirements = []identity.Requirement{
				{Type: identity.ScreeningCheck, Status: identity.RequirementPending, Awaiting: identity.AwaitingPaxos},
				{Type: identity.TaxDetailsVerification, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient},
			}[:1+n%2]
		}
		ns = append(ns, news)
	}
	_, err := d.ApplyPage(d.t.Context(), ns, nil)
	require.NoError(d.t, err)
	d.submit("user-99")
	return d.walk(identity.Filter{Limit: identity.MaxLimit})
}

// walk reads a list page by page.
func (d desk) walk(f identity.Filter) (found []identity.Identity) {
	d.t.Helper()
	for more := true; more; more = f.After != "" {
		page, err := d.List(d.t.Context(), f)
		require.NoError(d.t, err)
		found = append(found, page.Items...)
		f.After = page.Next
		require.LessOrEqual(d.t, len(found), 1000)
	}
	return found
}

func idsOf(is []identity.Identity) []string {
	ids := []string{}
	for _, i := range is {
		ids = append(ids, i.ID)
	}
	return ids
}

// fits says in Go what the SQL must select.
func fits(f identity.Filter, i identity.Identity) bool {
	hasRequirement := f.Requirement == "" || slices.ContainsFunc(i.Details.Requirements, func(r identity.Requirement) bool {
		return r.Type == f.Requirement
	})
	return hasRequirement &&
		(f.Status == "" || f.Status == i.Status) && (f.Lane == "" || f.Lane == i.Lane) && (!f.Stuck || i.Lane.Stuck()) &&
		(f.Type == "" || f.Type == i.Type) && (f.Sort != identity.SortDue || i.DueAt != nil) &&
		(f.CreatedFrom.IsZero() || !i.CreatedAt.Before(f.CreatedFrom)) && (f.CreatedTo.IsZero() || i.CreatedAt.Before(f.CreatedTo)) &&
		(f.Query == "" || len(i.RefID) >= len(f.Query) && i.RefID[:len(f.Query)] == f.Query) && (f.RefID == "" || f.RefID == i.RefID)
}

func compare(by identity.Sort) func(a, b identity.Identity) int {
	return func(a, b identity.Identity) int {
		switch by {
		case identity.SortCreated:
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		case identity.SortUpdated:
			return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.ID, b.ID))
		case identity.SortUpdatedDesc:
			return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
		case identity.SortDue:
			return cmp.Or(a.DueAt.Compare(*b.DueAt), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	}
}

// Every combination of filters and orders selects what the same rule in Go selects, page by page, with the right total.
func TestListFiltersCombine(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		everything := mixed(d)
		require.Len(t, everything, 41)
		filters := []identity.Filter{{}}
		vary := func(changes ...func(*identity.Filter)) {
			for _, f := range slices.Clone(filters) {
				for _, change := range changes {
					varied := f
					change(&varied)
					filters = append(filters, varied)
				}
			}
		}
		vary(func(f *identity.Filter) { f.Status = identity.Pending }, func(f *identity.Filter) { f.Status = "NEW_WORD" })
		vary(func(f *identity.Filter) { f.Stuck = true }, func(f *identity.Filter) { f.Lane = identity.LaneDecided },
			func(f *identity.Filter) { f.Lane = identity.LaneOverdue })
		vary(func(f *identity.Filter) { f.Type = identity.Institution })
		vary(func(f *identity.Filter) { f.Requirement = identity.ScreeningCheck })
		vary(func(f *identity.Filter) { f.CreatedFrom = storetest.Start().AddDate(0, 0, -9) },
			func(f *identity.Filter) { f.CreatedTo = storetest.Start().AddDate(0, 0, -9) })
		vary(func(f *identity.Filter) { f.Query = "user-1" }, func(f *identity.Filter) { f.RefID = "user-10" })
		sorts := []identity.Sort{identity.SortCreatedDesc, identity.SortCreated, identity.SortUpdated, identity.SortUpdatedDesc, identity.SortDue}
		for n, f := range filters {
			f.Sort, f.Limit = sorts[n%len(sorts)], 7
			var want []identity.Identity
			for _, i := range everything {
				if fits(f, i) {
					want = append(want, i)
				}
			}
			slices.SortFunc(want, compare(f.Sort))
			require.Equal(t, idsOf(want), idsOf(d.walk(f)), "%+v", f)
			page, err := d.List(t.Context(), f)
			require.NoError(t, err)
			require.EqualValues(t, len(want), page.Total, "%+v", f)
			require.False(t, page.TotalAtLeast)
		}
	})
}

// Every stuck case and every case in a lane of the queue has a due time, or the queue, which is sorted by it, would lose it.
func TestQueueLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		mixed(d)
		for _, f := range []identity.Filter{{Stuck: true}, {Lane: identity.LaneWaiting}, {Lane: identity.LaneFrozen}, {Lane: identity.LaneAction}} {
			f.Sort = identity.SortDue
			page, err := d.List(t.Context(), f)
			require.NoError(t, err)
			require.NotEmpty(t, page.Items)
			require.Len(t, page.Items, int(page.Total), "%+v", f)
		}
	})
}

func TestListByIDs(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		mixed(d)
		i, err := d.IdentityByPaxosID(t.Context(), "px-07")
		require.NoError(t, err)
		ours := d.walk(identity.Filter{RefID: "user-99"})
		require.Len(t, ours, 1)
		for q, want := range map[string]string{"px-07": i.ID, i.ID: i.ID, "user-07": i.ID, "verif-user-99": ours[0].ID} {
			require.Equal(t, []string{want}, idsOf(d.walk(identity.Filter{Query: q})), "q=%s", q)
		}
		require.Empty(t, d.walk(identity.Filter{Query: "px-0"}), "only a ref_id is found by its beginning")
		require.Len(t, d.walk(identity.Filter{Query: "user-0", Limit: 3}), 10)
		require.Empty(t, d.walk(identity.Filter{Query: "user_0"}), "no character stands for another")

		n := d.news("px-07", "renamed-07", identity.Approved)
		_, err = d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		require.Equal(t, []string{i.ID}, idsOf(d.walk(identity.Filter{RefID: "user-07"})), "a former ref_id still finds it")
		require.Equal(t, []string{i.ID}, idsOf(d.walk(identity.Filter{Query: "user-07"})))
	})
}

func TestListRefusesWhatItCannotRead(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		mixed(d)
		page, err := d.List(t.Context(), identity.Filter{Limit: 3})
		require.NoError(t, err)
		for _, f := range []identity.Filter{
			{After: "!"}, {After: "bm9uc2Vuc2U"}, {After: page.Next, Sort: identity.SortUpdated}, {After: page.Next[1:]},
		} {
			_, err := d.List(t.Context(), f)
			require.Contains(t, faultOf(t, fault.Invalid, err).Fields, "after", "%+v", f)
		}
		_, err = d.List(t.Context(), identity.Filter{Sort: "name"})
		require.Contains(t, faultOf(t, fault.Malformed, err).Fields, "sort")
	})
}

func TestCountsAndTurn(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		n := d.news("px-1", "user-1", identity.Pending)
		i, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		require.Equal(t, identity.LaneWaiting, i.Lane)
		counts, err := d.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, identity.Counts{
			Lanes: map[identity.Lane]int64{identity.LaneWaiting: 1}, Statuses: map[identity.Status]int64{identity.Pending: 1}, Total: 1,
		}, counts)

		moved, next, err := d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Zero(t, moved)
		require.Equal(t, *i.WarnAt, next, "the warning is a turn too")
		d.clock.Advance(18 * time.Hour)
		moved, next, err = d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, 1, moved)
		require.Equal(t, *i.DueAt, next)
		warned := d.get(i.ID)
		require.Equal(t, identity.LaneWaiting, warned.Lane)
		require.Equal(t, i.Rev+1, warned.Rev, "open pages are told")
		d.clock.Advance(6 * time.Hour)
		moved, next, err = d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, 1, moved)
		require.Zero(t, next)
		require.Equal(t, identity.LaneOverdue, d.get(i.ID).Lane)
		counts, err = d.Counts(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, counts.Stuck())
		require.NotContains(t, counts.Lanes, identity.LaneWaiting)
	})
}

func TestTurnInBatches(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var ns []identity.News
		for n := range 450 {
			ns = append(ns, d.news(fmt.Sprintf("px-%d", n), "", identity.Pending))
		}
		_, err := d.ApplyPage(t.Context(), ns, nil)
		require.NoError(t, err)
		d.clock.Advance(48 * time.Hour)
		moved, next, err := d.Turn(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, 450, moved)
		require.Zero(t, next)
	})
}

func TestReassessAfterAChangedPolicy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect storetest.Dialect) {
		clock, url := storetest.NewClock(), dialect.URL(t)
		d := desk{dialect.New(t, storetest.WithClock(clock), storetest.WithURL(url)), t, clock}
		for n := range 5 {
			d.recheckable(fmt.Sprintf("px-%d", n))
		}
		strict := storetest.Policy()
		strict.Limit = identity.Limit{Plain: time.Minute}
		clock.Advance(time.Hour)
		d = desk{dialect.New(t, storetest.WithClock(clock), storetest.WithURL(url), storetest.WithPolicy(strict)), t, clock}
		last, rounds := "", 0
		for more := true; more; more = last != "" {
			var err error
			last, err = d.Reassess(t.Context(), last, 2)
			require.NoError(t, err)
			rounds++
		}
		require.Equal(t, 3, rounds)
		require.Len(t, d.walk(identity.Filter{Lane: identity.LaneOverdue}), 5)
	})
}

func TestUndecided(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		mixed(d) // of 40, statuses PENDING, ERROR and the unknown word
		d.clock.Advance(time.Minute)
		first := d.recheckable("px-late")
		found, err := d.Undecided(t.Context(), d.clock.Now(), 100)
		require.NoError(t, err)
		require.Len(t, found, 24)
		require.NotContains(t, idsOf(found), first.ID)
		for _, i := range found {
			require.NotContains(t, []identity.Status{identity.Approved, identity.Denied, identity.StatusNone}, i.Status)
		}
		found, err = d.Undecided(t.Context(), d.clock.Now().Add(time.Second), 100)
		require.NoError(t, err)
		require.Equal(t, first.ID, found[len(found)-1].ID, "the longest ago first")
	})
}
