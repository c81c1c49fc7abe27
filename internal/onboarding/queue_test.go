package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// stuckCases are cases of the queue by the letters of their ids.
func stuckCases(ids string) []identity.Identity {
	var cases []identity.Identity
	for _, id := range ids {
		i := pending
		i.ID, i.Lane = string(id), identity.LaneOverdue
		cases = append(cases, i)
	}
	return cases
}

// A page that is open keeps its rows in their places, whatever comes and goes.
func TestRowsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	later := now.Add(time.Hour)
	elsewhere := map[string]func(*identity.Identity){
		"d": func(i *identity.Identity) { i.Lane = identity.LaneDecided },
		"s": func(i *identity.Identity) { i.SnoozedUntil = &later },
		"t": func(i *identity.Identity) { i.Assignee = "tom" },
		"m": func(i *identity.Identity) { i.Assignee = "me" }, // is of the list, on another page
	}
	tests := map[string]struct {
		list, shown string
		limit       int
		rows, left  string
		fresh       int
	}{
		"nothing happened":             {list: "abc", shown: "abc", rows: "abc"},
		"another order":                {list: "cab", shown: "abc", rows: "abc"},
		"one came before":              {list: "xabc", shown: "abc", rows: "abc", fresh: 1},
		"one came at the end":          {list: "abcx", shown: "abc", rows: "abc", fresh: 1},
		"one was decided":              {list: "abc", shown: "adbc", rows: "adbc", left: "d"},
		"one sleeps":                   {list: "abc", shown: "sabc", rows: "sabc", left: "s"},
		"a colleague took one":         {list: "ab", shown: "abt", rows: "abt", left: "t"},
		"pushed to the next page":      {list: "xa", shown: "am", limit: 2, rows: "am", fresh: 1},
		"moved up from the next page":  {list: "ax", shown: "ad", limit: 2, rows: "ad", left: "d"},
		"none stayed":                  {list: "xy", shown: "d", limit: 1, rows: "d", left: "d", fresh: 2},
		"came to a list that is empty": {list: "x", shown: "d", rows: "d", left: "d", fresh: 1},
		"one is no case any more":      {list: "ab", shown: "a?b", rows: "ab"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cacheOf()
			c.pages = []identity.Page{{Items: stuckCases(tt.list)}}
			for _, i := range stuckCases("dstm") {
				elsewhere[i.ID](&i)
				c.cases[i.ID] = i
			}
			f := identity.Filter{MineOrFree: "me", Limit: tt.limit}
			q, err := deskOf(c).QueueAgain(t.Context(), as(access.Analyst), f, strings.Split(tt.shown, ""))
			require.NoError(t, err)
			rows, left := "", ""
			for _, r := range q.Rows {
				rows += r.Identity.ID
				if q.Left[r.Identity.ID] {
					left += r.Identity.ID
				}
			}
			require.Equal(t, tt.rows, rows)
			require.Equal(t, tt.left, left)
			require.Equal(t, tt.fresh, q.New)
		})
	}
}

func TestNextCase(t *testing.T) {
	t.Parallel()
	c := cacheOf()
	c.pages = []identity.Page{{Items: stuckCases("a")}, {}}
	d := deskOf(c)
	id, ok, err := d.Next(t.Context(), as(access.Viewer), identity.Filter{After: "place"})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "a", id)
	require.Equal(t, []identity.Filter{{Stuck: true, Sort: identity.SortDue, After: "place", Limit: 1}}, c.filters)
	_, ok, err = d.Next(t.Context(), as(access.Viewer), identity.Filter{})
	require.NoError(t, err)
	require.False(t, ok)
	_, _, err = d.Next(t.Context(), access.Actor{}, identity.Filter{})
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.Equal(t, "due_at a", d.Place(stuckCases("a")[0], identity.Filter{}))
	require.Equal(t, "created_at a", d.Place(stuckCases("a")[0], identity.Filter{Sort: identity.SortCreated}))
}

// Rows tell what is still to be brought, as the case does; one read serves a page, and none where nothing is asked for.
func TestRowsTellWhatIsStillToBeBrought(t *testing.T) {
	t.Parallel()
	asked := func(id string) identity.Identity {
		return identity.Identity{
			ID: id, PaxosID: "px-" + id, Status: identity.Pending, Lane: identity.LaneAction, Move: identity.Ours, CheckedAt: new(now),
			Documents: &identity.DocumentsAsk{Types: []string{"PROOF_OF_FUNDS", "PROOF_OF_RESIDENCY"}, At: now.Add(-time.Hour)},
		}
	}
	other := pending
	other.ID, other.Lane = "o", identity.LaneOverdue
	c := cacheOf(asked("a"), other, asked("b"))
	c.pages = []identity.Page{{Items: []identity.Identity{asked("a"), other, asked("b")}}}
	c.files.uploads = []identity.DocumentUpload{{Types: []string{"PROOF_OF_FUNDS"}, State: identity.FileAnnounced}}
	d := deskOf(c)
	q, err := d.Queue(t.Context(), as(access.Viewer), identity.Filter{})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"a", "b"}}, c.files.read)
	for _, n := range []int{0, 2} {
		opened, err := d.Open(t.Context(), as(access.Viewer), q.Rows[n].Identity.ID)
		require.NoError(t, err)
		require.Equal(t, opened.Advice, q.Rows[n].Advice)
		require.Equal(t, "Collect the documents that Paxos asks for: Proof of residency. Then upload them to Paxos.", q.Rows[n].Advice.NextText)
	}
	c.pages, c.files.read = []identity.Page{{Items: []identity.Identity{other}}}, nil
	_, err = d.List(t.Context(), as(access.Viewer), identity.Filter{})
	require.NoError(t, err)
	require.Empty(t, c.files.read)
}
