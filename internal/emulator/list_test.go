package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crowd creates five people a minute apart, user-0 to user-4, and a company; the
// first two are approved by then, and user-1 is sell-only.
func crowd(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, func(o *Options) { o.DecideAfter = 4 * time.Minute })
	var ids []string
	for i := range 5 {
		ids = append(ids, r.create(named(fmt.Sprintf("user-%d", i), "Yewbridge", fmt.Sprintf("900-01-000%d", i))))
		r.pass(time.Minute)
	}
	r.create(institutionOf(ids[4]))
	r.mu.Lock()
	r.act(r.data.byID[ids[1]], actSellOnly, r.now())
	r.mu.Unlock()
	return r
}

func refs(answer map[string]any) []string {
	out := []string{}
	for _, item := range list(answer, "items") {
		out = append(out, item["ref_id"].(string))
	}
	return out
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	r := crowd(t)
	for query, want := range map[string][]string{
		"":                                    {"company-1", "user-4", "user-3", "user-2", "user-1", "user-0"},
		"order=DESC&order_by=CREATED_AT":      {"company-1", "user-4", "user-3", "user-2", "user-1", "user-0"},
		"order=ASC":                           {"user-0", "user-1", "user-2", "user-3", "user-4", "company-1"},
		"limit=2":                             {"company-1", "user-4"},
		"summary_status=APPROVED":             {"user-1", "user-0"},
		"summary_status=PENDING":              {"company-1", "user-4", "user-3", "user-2"},
		"summary_status=DENIED":               {},
		"identity_type=INSTITUTION":           {"company-1"},
		"identity_type=PERSON&limit=1":        {"user-4"},
		"control_type=SELL_ONLY":              {"user-1"},
		"control_type=FROZEN":                 {},
		"created_at.gt=2026-03-04T15:03Z":     nil,
		"created_at.lt=2026-03-04T15:01:00Z":  {"user-0"},
		"created_at.lte=2026-03-04T15:01:00Z": {"user-1", "user-0"},
		"created_at.eq=2026-03-04T15:02:00Z":  {"user-2"},
		"created_at.gte=2026-03-04T15:04:00Z": {"company-1", "user-4"},
		"created_at.gt=2026-03-04T15:04:00Z":  {"company-1"},
		"created_at.gte=2026-03-04T15:01:00Z&created_at.lt=2026-03-04T15:03:00Z":      {"user-2", "user-1"},
		"updated_at.gte=2026-03-04T15:04:00Z&updated_at.lt=2026-03-04T15:05:00Z":      {"user-4", "user-0"},
		"updated_at.eq=2026-03-04T15:04:00Z&summary_status=APPROVED":                  {"user-0"},
		"updated_at.gt=2026-03-04T15:04:00Z":                                          {"company-1", "user-1"},
		"updated_at.lte=2026-03-04T15:02:00Z&created_at.gt=2026-03-04T10:01:00-05:00": {"user-2"},
	} {
		status, answer := r.call(http.MethodGet, "/identity/identities?"+query, nil)
		if want == nil {
			require.Equal(t, http.StatusBadRequest, status, query)
			continue
		}
		require.Equal(t, http.StatusOK, status, query)
		require.Equal(t, want, refs(answer), query)
	}
}

func TestListRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for query, says := range map[string]string{
		"summary_status=LATER":    "invalid summary_status 'LATER'",
		"identity_type=DOG":       "invalid identity_type 'DOG'",
		"control_type=SOFT":       "invalid control_type 'SOFT'",
		"order=UP":                "invalid order 'UP'",
		"order_by=NAME":           "invalid order_by 'NAME'",
		"limit=0":                 "limit must be between 1 and 1000",
		"limit=many":              "limit must be between 1 and 1000",
		"updated_at.gte=tomorrow": "updated_at.gte must be an RFC 3339 time",
		"page_cursor=???":         "invalid page_cursor",
	} {
		status, problem := r.call(http.MethodGet, "/identity/identities?"+query, nil)
		require.Equal(t, http.StatusBadRequest, status, query)
		require.Equal(t, says, problem["detail"])
	}
}

func TestPagesAreWholeInEitherOrder(t *testing.T) {
	t.Parallel()
	r := crowd(t)
	for order, want := range map[string][]string{
		"ASC":  {"user-0", "user-1", "user-2", "user-3", "user-4", "company-1"},
		"DESC": {"company-1", "user-4", "user-3", "user-2", "user-1", "user-0"},
	} {
		var got []string
		cursor, pages := "", 0
		for {
			answer := r.get("/identity/identities?limit=2&order=" + order + "&page_cursor=" + url.QueryEscape(cursor))
			got = append(got, refs(answer)...)
			pages++
			next, more := answer["next_page_cursor"].(string)
			if !more {
				break
			}
			cursor = next
		}
		require.Equal(t, want, got, order)
		require.Equal(t, 3, pages, order)
	}
}

func TestAPageEndsWhereItEndedDespiteNewcomers(t *testing.T) {
	t.Parallel()
	r := crowd(t)
	first := r.get("/identity/identities?limit=3&summary_status=PENDING")
	require.Equal(t, []string{"company-1", "user-4", "user-3"}, refs(first))
	r.create(named("user-5", "Yewbridge", "900-01-0009"))
	second := r.get("/identity/identities?limit=3&summary_status=PENDING&page_cursor=" + url.QueryEscape(first["next_page_cursor"].(string)))
	require.Equal(t, []string{"user-2"}, refs(second))
}

func TestListKeepsDetailsBack(t *testing.T) {
	t.Parallel()
	r := crowd(t)
	for _, item := range list(r.get("/identity/identities"), "items") {
		require.Contains(t, item, "status_details")
		require.NotContains(t, item, "tax_details")
		require.NotContains(t, item, "institution_members")
		if person, ok := item["person_details"].(map[string]any); ok {
			require.Len(t, person, 3, "the sub-statuses alone")
		}
	}
}
