package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// Every hot query walks an index and sorts nothing, on the first page and on later ones.
func TestHotQueriesWalkAnIndex(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	filters := map[string]identity.Filter{
		"queue, all stuck":     {Stuck: true, Sort: identity.SortDue},
		"queue, one lane":      {Lane: identity.LaneAction, Sort: identity.SortDue},
		"queue, snoozed":       {Lane: identity.LaneSnoozed, Sort: identity.SortDue},
		"queue, mine and free": {Stuck: true, MineOrFree: "ana", Sort: identity.SortDue},
		"lane, mine and free":  {Lane: identity.LaneAction, MineOrFree: "ana", Sort: identity.SortDue},
		"asleep, mine or free": {Lane: identity.LaneSnoozed, MineOrFree: "ana", Sort: identity.SortDue},
		"queue, mine":          {Stuck: true, Assignee: "ana", Sort: identity.SortDue},
		"waiting, mine":        {Lane: identity.LaneWaiting, Assignee: "ana", Sort: identity.SortDue},
		"queue, free":          {Stuck: true, Free: true, Sort: identity.SortDue},
		"lane, free":           {Lane: identity.LaneAction, Free: true, Sort: identity.SortDue},
		"list":                 {},
		"list, oldest first":   {Sort: identity.SortCreated},
		"list, last changed":   {Sort: identity.SortUpdatedDesc},
		"list, by due time":    {Sort: identity.SortDue},
		"list, by status":      {Status: identity.Pending},
		"list, by assignee":    {Assignee: "ana"},
		"list, by type":        {Type: identity.Person},
		"list, institutions":   {Type: identity.Institution},
		"list, by requirement": {Requirement: identity.ScreeningCheck},
		"list, by day":         {CreatedFrom: storetest.Start(), CreatedTo: storetest.Start().AddDate(0, 0, 1)},
		"exact ref_id":         {RefID: "user-1"},
		"beginning of ref_id":  {Query: "user-"},
	}
	indexes := map[string]string{
		"queue, all stuck": "identities_stuck", "queue, one lane": "identities_tab",
		"queue, mine": "identities_stuck_held (assignee=? AND (due_at,id)>(?,?))", "waiting, mine": "identities_held (assignee=?",
		"queue, free": "identities_stuck_held (assignee=?", "lane, free": "identities_lane_held (tab=? AND assignee=?", "list": "identities_created",
		"list, institutions": "identities_institutions", "list, by status": "identities_status", "exact ref_id": "identities_ref_id", "beginning of ref_id": "identities_ref_id",
	}
	for name, f := range filters {
		query, args, err := s.ListQuery(t.Context(), f)
		require.NoError(t, err)
		plan := checkPlan(t, s, name, query, args)
		require.Contains(t, plan, indexes[name], name)
	}
	for name, f := range map[string]identity.RefreshFilter{
		"refreshes": {}, "refreshes of nobody": {Free: true}, "refreshes of near days": {Until: storetest.Start()},
	} {
		query, args := store.RefreshQuery(f)
		require.Contains(t, checkPlan(t, s, name, query, args), "events_refresh_next ((refresh_next,id)>", name)
	}
	query, args := store.RefreshQuery(identity.RefreshFilter{Assignee: "ana"})
	steps, err := s.Plan(t.Context(), query, args...)
	require.NoError(t, err)
	require.Contains(t, strings.Join(steps, "\n"), "identities_assignee (assignee=?)", "what somebody holds is little, and leads to their events")
	for query, args := range s.HotQueries() {
		checkPlan(t, s, query, query, args)
	}
}

// A claim walks each line of what is ready and no other jobs, and so does the look at the backlog.
func TestClaimsWalkWhatIsReady(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	const line = "SEARCH jobs USING INDEX jobs_ready (kind=? AND priority=? AND ready_at<?)"
	claims := map[string]struct {
		args  []any
		lines int
	}{
		s.ClaimQuery(1):      {[]any{1, 1, "x", 1, "event"}, 4},
		s.ClaimQuery(3):      {[]any{1, 1, "x", 1, "event", "recheck", "submit"}, 12},
		store.BacklogQuery(): {[]any{1, 1}, 3},
	}
	for query, c := range claims {
		steps, err := s.Plan(t.Context(), query, c.args...)
		require.NoError(t, err)
		plan := strings.Join(steps, "\n")
		lines, sorts := 0, 0
		for _, step := range steps {
			if step == line {
				lines++
				continue
			}
			if strings.Contains(step, "ORDER BY") {
				sorts++
			}
			others := strings.Contains(step, " jobs") && !strings.HasPrefix(step, "SEARCH jobs USING INTEGER PRIMARY KEY")
			require.False(t, others, "it walks jobs that are not ready:\n%s", plan)
		}
		require.Equal(t, c.lines, lines, plan)
		require.Equal(t, 1, sorts, "only the heads of the lines are put in order:\n%s", plan)
	}
}

// A person's queue is two walks of an index, one of what is free and one of what they hold; what is tagged is found by its tag.
func TestQueueOfOnePersonIsTwoWalks(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	plan := func(f identity.Filter) []string {
		query, args, err := s.ListQuery(t.Context(), f)
		require.NoError(t, err)
		steps, err := s.Plan(t.Context(), query, args...)
		require.NoError(t, err)
		return steps
	}
	walks := func(free, mine string) []string {
		return []string{"MERGE (UNION ALL)", "LEFT", "SEARCH identities USING INDEX " + free, "RIGHT", "SEARCH identities USING INDEX " + mine}
	}
	stuck, lane := "identities_stuck_held (assignee=? AND (due_at,id)>(?,?))", "identities_lane_held (tab=? AND assignee=? AND (due_at,id)>(?,?))"
	require.Equal(t, walks(stuck, stuck), plan(identity.Filter{Stuck: true, MineOrFree: "ana", Sort: identity.SortDue}))
	require.Equal(t, walks(lane, lane), plan(identity.Filter{Lane: identity.LaneAction, MineOrFree: "ana", Sort: identity.SortDue}))
	require.Equal(t, walks("identities_tab (tab=? AND (due_at,id)>(?,?))", "identities_held (assignee=? AND (due_at,id)>(?,?))"),
		plan(identity.Filter{Lane: identity.LaneWaiting, MineOrFree: "ana", Sort: identity.SortDue}))
	for _, f := range []identity.Filter{{Tag: "vip"}, {Tag: "vip", Stuck: true, Sort: identity.SortDue}} {
		require.Equal(t, []string{
			"SEARCH identities USING INDEX sqlite_autoindex_identities_1 (id=?)", "LIST SUBQUERY 1",
			"SEARCH identity_tags USING PRIMARY KEY (tag=?)", "USE TEMP B-TREE FOR ORDER BY", // of those that have the tag
		}, plan(f))
	}
}

func checkPlan(t *testing.T, s *store.Store, name, query string, args []any) string {
	t.Helper()
	steps, err := s.Plan(t.Context(), query, args...)
	require.NoError(t, err, name)
	require.NotEmpty(t, steps, name)
	plan := strings.Join(steps, "\n")
	for _, step := range steps {
		scan := strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, " USING ")
		known := strings.HasPrefix(step, "SCAN (subquery") // what an index walk has just chosen
		require.False(t, scan && !known, "%s reads a whole table:\n%s", name, plan)
	}
	require.NotContains(t, plan, "USE TEMP B-TREE FOR ORDER BY", name)
	require.NotContains(t, plan, "USE TEMP B-TREE FOR LAST", name)
	return plan
}
