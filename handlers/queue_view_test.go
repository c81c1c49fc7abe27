package handlers

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
	"identitydesk/views"
)

func TestTheAddressSaysWhatIsShown(t *testing.T) {
	t.Parallel()
	ana := access.Actor{UserID: "ana", Role: access.Analyst}
	vera := access.Actor{UserID: "vera", Role: access.Viewer}
	tests := map[string]struct {
		who    access.Actor
		form   format
		query  string
		filter identity.Filter
		of     views.Whose
	}{
		"home":                        {who: ana, filter: identity.Filter{MineOrFree: "ana"}, of: views.WhoseMine},
		"a script":                    {who: ana, form: asJSON, of: views.WhoseAll},
		"a file":                      {who: ana, form: asCSV, of: views.WhoseAll},
		"somebody who cannot claim":   {who: vera, of: views.WhoseAll},
		"everyone's":                  {who: ana, query: "whose=all", of: views.WhoseAll},
		"a script that says so":       {who: ana, form: asJSON, query: "whose=mine", filter: identity.Filter{MineOrFree: "ana"}, of: views.WhoseMine},
		"what I have":                 {who: ana, query: "whose=me", filter: identity.Filter{Assignee: "ana"}, of: views.WhoseMe},
		"what nobody has":             {who: ana, query: "whose=free", filter: identity.Filter{Free: true}, of: views.WhoseFree},
		"a lane with a tag in orders": {who: vera, query: "lane=frozen&tag=%23Bank&sort=created_at&after=x&limit=7", of: views.WhoseAll, filter: identity.Filter{Lane: identity.LaneFrozen, Tag: "bank", Sort: identity.SortCreated, After: "x", Limit: 7}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(tt.query)
			require.NoError(t, err)
			v, wrong := readView(query, tt.who, tt.form)
			require.Empty(t, wrong)
			if tt.filter.Limit == 0 {
				tt.filter.Limit = identity.DefaultLimit
			}
			require.Equal(t, tt.filter, v.filter)
			require.Equal(t, tt.of, v.of)
			again, err := url.Parse(v.spot.Path())
			require.NoError(t, err)
			same, wrong := readView(again.Query(), tt.who, tt.form)
			require.Empty(t, wrong)
			require.Equal(t, v, same, "the spot's own address shows the same")
		})
	}
}

func TestEveryLaneIsAView(t *testing.T) {
	t.Parallel()
	for _, lane := range append(identity.QueueLanes(), "") {
		v, wrong := readView(url.Values{"lane": {string(lane)}}, access.Actor{}, asHTML)
		require.Empty(t, wrong, lane)
		require.Equal(t, lane, v.filter.Lane)
	}
}

func TestAWrongAddressSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for query, field := range map[string]string{
		"lane=bogus": "lane", "limit=x": "limit", "whose=theirs": "whose", "tag=a+b": "tag", "tag=someone%40example.org": "tag", "sort=name": "sort",
		"shown=a,,b": "shown", "shown=" + strings.Repeat("a", 300): "shown", "shown=" + strings.Repeat("a,", 200) + "a": "shown",
		"case=" + strings.Repeat("a", 300): "case",
	} {
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		_, wrong := readView(values, access.Actor{Role: access.Analyst}, asHTML)
		require.Len(t, wrong, 1, query)
		require.Contains(t, wrong, field, query)
	}
}
