package paxos_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestTodaysAnswerIsReadToTheAllowList(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{
		"id": "px-1", "ref_id": "user-0042", "type": "PERSON", "status": "PENDING", "summary_status": "APPROVED",
		"user_disabled": true, "admin_disabled": false, "metadata": {"note": "private"}, "new_field": {"x": [1]},
		"created_at": "2024-02-03T04:05:07Z", "updated_at": "2024-02-04T06:05:07.123456+02:00",
		"person_details": {
			"id_verification_status": "APPROVED", "sanctions_verification_status": "ERROR", "additional_screening_status": "PENDING",
			"address": {"city": "Springfield"}},
		"status_details": {
			"active_controls": [{"id": "ctl-1", "type": "SELL_ONLY", "set_by": "SET_BY_PAXOS", "is_overridable": true,
				"reason_code": "COMPLIANCE_KYC", "reason": "said in private", "created_at": "2024-02-03T05:00:00.5Z"}],
			"requirements": [
				{"type": "SCREENING_CHECK", "status": "PENDING", "awaiting_action_from": "PAXOS"},
				{"type": "TAX_DETAILS_VERIFICATION", "status": "FAILED", "awaiting_action_from": "CLIENT",
					"errors": [{"code": "TIN_MISMATCH", "description": "private"}, {"description": "no code"}]},
				{"type": "MEMBERS", "status": "FAILED"}]},
		"pending_requirements": [{"type": "OLD_ONE"}]}`)}
	n, err := overNetwork(t, s).Identity(t.Context(), "px/1 ?")
	require.NoError(t, err)
	require.Empty(t, n.By)
	require.Equal(t, identity.Record{
		PaxosID: "px-1", RefID: "user-0042", Type: identity.Person, Status: identity.Pending,
		CreatedAt: time.Date(2024, 2, 3, 4, 5, 7, 0, time.UTC),
		UpdatedAt: time.Date(2024, 2, 4, 4, 5, 7, 123456e3, time.UTC),
		Details: identity.Details{
			IDVerification: "APPROVED", Sanctions: "ERROR", Screening: "PENDING", UserDisabled: true,
			Requirements: []identity.Requirement{
				{Type: "SCREENING_CHECK", Status: "PENDING", Awaiting: "PAXOS"},
				{Type: "TAX_DETAILS_VERIFICATION", Status: "FAILED", Awaiting: "CLIENT", Errors: []identity.RequirementError{{Code: "TIN_MISMATCH"}}},
				{Type: "MEMBERS", Status: "FAILED"},
			},
			Controls: []identity.Control{{
				ID: "ctl-1", Type: "SELL_ONLY", SetBy: "SET_BY_PAXOS", Overridable: true, ReasonCode: "COMPLIANCE_KYC",
				CreatedAt: time.Date(2024, 2, 3, 5, 0, 0, 5e8, time.UTC),
			}},
		},
	}, n.Record)
	require.Equal(t, "/v2/identity/identities/px%2F1%20%3F", s.requests[0].URL.EscapedPath(), "an id stays within its part of the path")
	require.Equal(t, "include_institution_members=true", s.requests[0].URL.RawQuery, "details are never asked for")
}

func TestOlderAnswersAndUnknownWordsAreRead(t *testing.T) {
	t.Parallel()
	older := []identity.Requirement{
		{Type: "ID_VERIFICATION", Status: "PENDING", Older: true},
		{Type: "SOMETHING_NEW", Status: "FAILED", Older: true},
	}
	unsaid := identity.Details{ControlsUnsaid: true}
	for name, c := range map[string]struct {
		body string
		want identity.Record
	}{
		"no controls":                        {`{"id":"a","status_details":{"active_controls":[]}}`, identity.Record{PaxosID: "a"}},
		"no controls, left out":              {`{"id":"a","status_details":{}}`, identity.Record{PaxosID: "a"}},
		"no controls beside the older lists": {`{"id":"a","pending_requirements":[],"status_details":{"active_controls":[]}}`, identity.Record{PaxosID: "a"}},
		"summary_status":                     {`{"id":"a","summary_status":"DENIED"}`, identity.Record{PaxosID: "a", Status: identity.Denied, Details: unsaid}},
		"unknown words": {
			`{"id":"a","status":"UNDER_THE_MOON","type":"ROBOT","person_details":{"sanctions_verification_status":"MAYBE"},
			"status_details":{"requirements":[{"type":"BRAND_NEW","status":"HALFWAY","awaiting_action_from":"A_THIRD"}]}}`,
			identity.Record{PaxosID: "a", Status: "UNDER_THE_MOON", Type: "ROBOT", Details: identity.Details{
				Sanctions: "MAYBE", Requirements: []identity.Requirement{{Type: "BRAND_NEW", Status: "HALFWAY", Awaiting: "A_THIRD"}},
			}},
		},
		"older lists beside the status": {
			`{"id":"a","pending_requirements":[{"type":"ID_VERIFICATION","message":"private","metadata":{"x":"y"}}],
			"failed_requirements":[{"type":"SOMETHING_NEW"}]}`,
			identity.Record{PaxosID: "a", Details: identity.Details{Requirements: older, ControlsUnsaid: true}},
		},
		"older lists within the details": {
			`{"id":"a","status_details":{"requirements":[],"pending_requirements":[{"type":"ID_VERIFICATION"}],
			"failed_requirements":[{"type":"SOMETHING_NEW"}]}}`,
			identity.Record{PaxosID: "a", Details: identity.Details{Requirements: older, ControlsUnsaid: true}},
		},
		"nulls": {
			`{"id":"a","status":null,"summary_status":"PENDING","person_details":null,"status_details":null,"created_at":null,"user_disabled":null}`,
			identity.Record{PaxosID: "a", Status: identity.Pending, Details: unsaid},
		},
		"odd times": {
			`{"id":"a","created_at":"2024-02-03 04:05:07.5+00:00","updated_at":"yesterday"}`,
			identity.Record{PaxosID: "a", CreatedAt: time.Date(2024, 2, 3, 4, 5, 7, 5e8, time.UTC), Details: unsaid},
		},
		"institution": {
			`{"id":"a","institution_details":{"name":"Invented Holdings","additional_screening_status":"PENDING"}}`,
			identity.Record{
				PaxosID: "a", Type: identity.Institution, Name: identity.Name{Last: "Invented Holdings"},
				Details: identity.Details{Screening: "PENDING", ControlsUnsaid: true},
			},
		},
		"person without a type": {
			`{"id":"a","person_details":{"first_name":"Ada","middle_name":"M","last_name":"Invented"}}`,
			identity.Record{PaxosID: "a", Type: identity.Person, Name: identity.Name{First: "Ada", Middle: "M", Last: "Invented"}, Details: unsaid},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := overNetwork(t, &standIn{api: answers(200, c.body)}).Identity(t.Context(), "a")
			require.NoError(t, err)
			require.Equal(t, c.want, n.Record)
		})
	}
}

func TestAListIsReadPageByPage(t *testing.T) {
	t.Parallel()
	s := &standIn{api: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page_cursor") == "" {
			answers(200, `{"items":[{"id":"a"},{"id":"b","status":"PENDING"},{"status":"no id"},{"id":7}],"next_page_cursor":"c&2"}`)(w, r)
			return
		}
		answers(200, `{"items":[]}`)(w, r)
	}}
	d := overNetwork(t, s)
	q := identity.ListQuery{
		Status: identity.Pending, Limit: 25,
		UpdatedSince: time.Date(2024, 2, 3, 4, 5, 7, 250e6, time.UTC),
		CreatedFrom:  time.Date(2024, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600)),
		CreatedTo:    time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC),
	}
	page, err := d.ListIdentities(t.Context(), q)
	require.NoError(t, err)
	unsaid := identity.Details{ControlsUnsaid: true}
	require.Equal(t, []identity.Record{{PaxosID: "a", Details: unsaid}, {PaxosID: "b", Status: identity.Pending, Details: unsaid}}, page.Records)
	require.Equal(t, "c&2", page.Cursor)
	require.WithinDuration(t, time.Now(), page.AskedAt, time.Minute)
	require.Contains(t, d.log.String(), "left out")
	require.Equal(t, url.Values{
		"summary_status": {"PENDING"}, "limit": {"25"}, "order": {"ASC"}, "order_by": {"CREATED_AT"},
		"updated_at.gte": {"2024-02-03T04:05:07.25Z"}, "created_at.gte": {"2023-12-31T23:00:00Z"}, "created_at.lt": {"2024-01-02T00:00:00Z"},
	}, s.requests[0].URL.Query())

	page, err = d.ListIdentities(t.Context(), identity.ListQuery{Cursor: page.Cursor})
	require.NoError(t, err)
	require.Empty(t, page.Records)
	require.Empty(t, page.Cursor)
	require.Equal(t, url.Values{"page_cursor": {"c&2"}, "limit": {"100"}, "order": {"ASC"}, "order_by": {"CREATED_AT"}}, s.requests[1].URL.Query())
}

func TestAListThatIsNoneIsLost(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `{"items":{}}`, `{"events":7}`, `busy`} {
		d := overNetwork(t, &standIn{api: answers(200, body)})
		if body != `{"events":7}` {
			_, err := d.ListIdentities(t.Context(), identity.ListQuery{})
			require.Equal(t, fault.Lost, faultOf(t, err).Kind, body)
		}
		if body != `{"items":{}}` {
			_, err := d.ListEvents(t.Context(), identity.EventQuery{})
			require.Equal(t, fault.Lost, faultOf(t, err).Kind, body)
		}
	}
}

func TestEventsOfEveryKindAreRead(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for object, want := range map[string]identity.Event{
		`{"id":"o","identity_id":"px-1","old_summary_status":"PENDING","new_summary_status":"NEW_WORD"}`: {
			PaxosID: "px-1", OldStatus: identity.Pending, NewStatus: "NEW_WORD",
		},
		`{"identity_id":"px-1","required_documents":["PASSPORT","A_NEW_ONE"]}`: {PaxosID: "px-1", Documents: []string{"PASSPORT", "A_NEW_ONE"}},
		`{"identity_id":"px-1","last_kyc_refresh_date":"2024-05-06T07:08:09Z","next_kyc_refresh_date":"soon"}`: {
			PaxosID: "px-1", RefreshLast: at,
		},
		`{"required_documents":"PASSPORT","identity_id":"px-1"}`: {PaxosID: "px-1"},
		`{"id":"tr-1","amount":"5"}`:                             {},
		`{}`:                                                     {},
		`null`:                                                   {},
		`"{}"`:                                                   {},
		`[1]`:                                                    {},
	} {
		body := `{"id":"ev-1","type":"identity.something","object_type":"x","created_at":"2024-05-06T07:08:09Z","object":` + object + `}`
		e, err := overNetwork(t, &standIn{api: answers(200, body)}).Event(t.Context(), "ev-1", false)
		require.NoError(t, err, object)
		want.ID, want.Type, want.OccurredAt = "ev-1", "identity.something", at
		require.Equal(t, want, e, object)
	}
}

func TestATestEventIsAskedForAsOne(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id":"ev-1","type":"identity.approved"}`)}
	d := overNetwork(t, s)
	e, err := d.Event(t.Context(), "ev-1", true)
	require.NoError(t, err)
	require.True(t, e.IsTest)
	require.Equal(t, "/v2/events/ev-1?is_test=true", s.requests[0].URL.String())
	e, err = d.Event(t.Context(), "ev-1", false)
	require.NoError(t, err)
	require.False(t, e.IsTest)
	require.Equal(t, "/v2/events/ev-1", s.requests[1].URL.String())

	s.api = answers(200, `{"type":"identity.approved"}`)
	_, err = d.Event(t.Context(), "ev-1", false)
	require.Equal(t, "no_id", faultOf(t, err).Code)
}

func TestEventsAreListedOldestFirst(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"events":[
		{"id":"ev-2","type":"identity.denied","created_at":"2024-05-06T07:08:10Z","object":{"identity_id":"px-2"}},
		{"type":"no id"},
		{"id":"ev-1","type":"transfer.done","created_at":"2024-05-06T07:08:09.5Z"}]}`)}
	d := overNetwork(t, s)
	events, err := d.ListEvents(t.Context(), identity.EventQuery{After: time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC), Limit: 500})
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.Equal(t, "ev-1", events[0].ID)
	require.Equal(t, "px-2", events[1].PaxosID)
	require.Equal(t, url.Values{"created_at.gt": {"2024-05-06T07:00:00Z"}, "limit": {"100"}}, s.requests[0].URL.Query())
	_, err = d.ListEvents(t.Context(), identity.EventQuery{Type: identity.EventDenied, Limit: 5})
	require.NoError(t, err)
	require.Equal(t, url.Values{"limit": {"5"}, "type": {"identity.denied"}}, s.requests[1].URL.Query())
}

func TestAnIDThatWouldLeaveThePathIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id":"a"}`)}
	d := overNetwork(t, s)
	for _, id := range []string{"", ".", ".."} {
		_, err := d.Identity(t.Context(), id)
		require.Equal(t, fault.Invalid, faultOf(t, err).Kind)
		_, err = d.Event(t.Context(), id, false)
		require.Equal(t, fault.Invalid, faultOf(t, err).Kind)
	}
	require.Empty(t, s.tokenCalls())
}

func TestNeverMoreCallsInASecondThanTheBudgetAndClicksFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		var order []string
		s := &standIn{}
		s.api = func(w http.ResponseWriter, r *http.Request) {
			at = append(at, time.Now()) // one call at a time, since the budget spaces them
			order = append(order, r.URL.Path)
			answers(200, `{"id":"a"}`)(w, r)
		}
		d := inMemory(t, s, perSecond(4))
		_, err := d.Identity(t.Context(), "first")
		require.NoError(t, err)
		for i := range 12 {
			go func() { _, _ = d.Identity(t.Context(), fmt.Sprint("background-", i)) }()
		}
		synctest.Wait()
		_, err = d.At(budget.Click).Identity(t.Context(), "click")
		require.NoError(t, err)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		require.Len(t, at, 14)
		for i := range len(at) - 4 {
			require.GreaterOrEqual(t, at[i+4].Sub(at[i]), time.Second)
		}
		require.Equal(t, "/v2/identity/identities/click", order[1], "a click goes before those who came earlier")
		require.Equal(t, 1, d.budget.Snapshot().LastFiveMinutes[budget.Click])
		require.Equal(t, 1, d.budget.Snapshot().LastFiveMinutes[budget.Token])
	})
}
