package paxos_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func TestPersonalDataIsAskedForAndNotLogged(t *testing.T) {
	t.Parallel()
	s := &standIn{api: answers(200, `{"id": "px-1", "person_details": {"first_name": "Zarathorn", "shoe_size": 44}}`)}
	d := overNetwork(t, s)
	data, err := d.At(budget.Click).PersonalData(t.Context(), "px-1")
	require.NoError(t, err)
	require.Equal(t, []identity.PersonalField{{Path: "person_details.first_name", Value: "Zarathorn"}}, data.Of(identity.GroupName))
	require.Equal(t, []identity.PersonalField{{Path: "person_details.shoe_size", Value: "44"}}, data.Of(identity.GroupDueDiligence))
	require.Equal(t, "/v2/identity/identities/px-1?include_details=true", s.requests[0].URL.String())
	require.Contains(t, d.log.String(), "priority=click")
	require.NotContains(t, d.log.String(), "Zarathorn")
	require.NotContains(t, d.log.String(), "px-1")
}

func TestPersonalDataThatIsNotHad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   fault.Kind
	}{
		"unknown":        {404, `{"title": "Not Found"}`, fault.NotFound},
		"no answer":      {502, ``, fault.Lost},
		"no JSON":        {200, `<p>Zarathorn</p>`, fault.Lost},
		"no record":      {200, `[]`, fault.Lost},
		"somebody else":  {200, `{"id": "px-2", "person_details": {"first_name": "Zarathorn"}}`, fault.Lost},
		"nobody":         {200, `{"person_details": {"first_name": "Zarathorn"}}`, fault.Lost},
		"scope":          {403, `{"detail": "missing scope"}`, fault.Forbidden},
		"not understood": {400, `{"detail": "Zarathorn is no id"}`, fault.Invalid},
	} {
		data, err := overNetwork(t, &standIn{api: answers(c.status, c.body)}).PersonalData(t.Context(), "px-1")
		require.Equal(t, c.kind, fault.KindOf(err), name)
		require.Nil(t, data, name)
		require.NotContains(t, fault.Describe(err), "Zarathorn", name)
	}
	_, err := overNetwork(t, &standIn{api: answers(200, `{}`)}).PersonalData(t.Context(), "..")
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func TestPersonalDataWhilePaxosThrottles(t *testing.T) {
	t.Parallel()
	d := overNetwork(t, &standIn{api: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	}})
	_, err := d.PersonalData(t.Context(), "px-1")
	require.Equal(t, fault.Throttled, fault.KindOf(err))
	_, err = d.PersonalData(t.Context(), "px-1")
	held := fault.From(err)
	require.Equal(t, fault.HeldBack, held.Code)
	require.True(t, held.RetryAt.After(time.Now()))
}
