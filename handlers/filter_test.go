package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestIdentityFilter(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("east", 3*3600)
	q, err := url.ParseQuery("status=pending&lane=overdue&q=user-47&ref_id=user-4711&type=person&requirement=SCREENING_CHECK" +
		"&assignee=ada&created_from=2026-03-01&created_to=2026-03-02&sort=due_at&after=abc&limit=200")
	require.NoError(t, err)
	f, wrong := identityFilter(q, east)
	require.Empty(t, wrong)
	require.Equal(t, identity.Filter{
		Status: identity.Pending, Lane: identity.LaneOverdue, Query: "user-47", RefID: "user-4711", Type: identity.Person,
		Requirement: identity.ScreeningCheck, Assignee: "ada", Sort: identity.SortDue, After: "abc", Limit: 200,
		CreatedFrom: time.Date(2026, 3, 1, 0, 0, 0, 0, east),
		CreatedTo:   time.Date(2026, 3, 3, 0, 0, 0, 0, east), // the whole of the last day is meant
	}, f)

	f, wrong = identityFilter(url.Values{}, east)
	require.Empty(t, wrong)
	require.Equal(t, identity.Filter{Limit: identity.DefaultLimit}, f)

	f, wrong = identityFilter(url.Values{"status": {"SOMETHING_NEW"}, "created_to": {"2026-03-02T10:00:00 02:00"}}, east)
	require.Empty(t, wrong)
	require.Equal(t, identity.Status("SOMETHING_NEW"), f.Status, "Paxos' words grow")
	require.True(t, time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).Equal(f.CreatedTo), "a moment is meant as it stands")
}

func TestIdentityFilterRefuses(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"status":       {"a b", "É", strings.Repeat("A", 101), "PENDING;"},
		"lane":         {"stuck", "OVERDUE", "all"},
		"q":            {strings.Repeat("x", 257), "a\nb"},
		"ref_id":       {strings.Repeat("x", 257)},
		"type":         {"a-b"},
		"requirement":  {"a.b"},
		"assignee":     {"a\tb"},
		"created_from": {"yesterday", "2026-02-30", "2026-03-01T10:00:00", "0001-01-01", "9999-01-01"},
		"created_to":   {"1", "01/02/2026"},
		"sort":         {"name", "created_at desc"},
		"after":        {strings.Repeat("x", 257)},
		"limit":        {"0", "201", "-1", "ten", "1.5"},
	} {
		for _, v := range values {
			_, wrong := identityFilter(url.Values{name: {v}}, time.UTC)
			require.Len(t, wrong, 1, "%s=%s", name, v)
			require.NotEmpty(t, wrong[name], "%s=%s", name, v)
		}
	}
	_, wrong := identityFilter(url.Values{"created_from": {"2026-03-02"}, "created_to": {"2026-03-01"}}, time.UTC)
	require.Contains(t, wrong, "created_to")
	_, wrong = identityFilter(url.Values{"created_from": {"2026-03-02"}, "created_to": {"2026-03-02"}}, time.UTC)
	require.Empty(t, wrong, "one day is a span")
}

func TestEventAndAuditFilters(t *testing.T) {
	t.Parallel()
	f, wrong := eventFilter(url.Values{"state": {"parked"}, "type": {"identity.kyc_refresh.started"}, "q": {"e-1"}, "identity_id": {"i-1"}, "from": {"2026-03-01"}, "to": {"2026-03-01T12:30"}}, time.UTC)
	require.Empty(t, wrong)
	require.Equal(t, identity.EventFilter{
		State: identity.EventParked, Type: identity.EventRefreshStarted, Query: "e-1", IdentityID: "i-1", Limit: 50,
		From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
	}, f)
	_, wrong = eventFilter(url.Values{"state": {"lost"}, "type": {"a b"}, "q": {"someone@example.org"}, "identity_id": {"073-05-1120"}, "from": {"2026-03-02"}, "to": {"2026-03-01"}}, time.UTC)
	require.Len(t, wrong, 5)
	require.NotContains(t, wrong["q"], "someone")

	_, wrong = identityFilter(url.Values{"assignee": {"073051120"}}, time.UTC)
	require.Contains(t, wrong, "assignee")
	_, wrong = auditFilter(url.Values{"actor": {"073-05-1120"}, "identity": {"073 05 1120"}}, time.UTC)
	require.Len(t, wrong, 2)
	who, wrong := auditFilter(url.Values{"actor": {"ana@desk.example"}}, time.UTC)
	require.Empty(t, wrong, "a log-in may name people so")
	require.Equal(t, "ana@desk.example", who.ActorID)

	a, wrong := auditFilter(url.Values{"identity": {"i-1"}, "actor": {"ada"}, "action": {"exported"}, "before": {"7"}}, time.UTC)
	require.Empty(t, wrong)
	require.Equal(t, int64(7), a.Before)
	a, wrong = auditFilter(url.Values{"after": {"9"}}, time.UTC)
	require.Empty(t, wrong)
	require.Equal(t, int64(9), a.Before, "what a list gives as next goes back as after")
	_, wrong = auditFilter(url.Values{"action": {"guessed"}, "before": {"-1"}, "after": {"x"}, "limit": {"500"}}, time.UTC)
	require.Len(t, wrong, 4)
}
