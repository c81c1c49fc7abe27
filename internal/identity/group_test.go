package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestEveryFieldHasOneGroup(t *testing.T) {
	t.Parallel()
	data, err := identity.ReadPersonalData([]byte(`{
		"id": "px-1", "ref_id": "user-1", "type": "PERSON", "status": "PENDING", "created_at": "2024-02-03T04:05:07Z",
		"status_details": {"requirements": [{"type": "SCREENING_CHECK"}]},
		"person_details": {
			"last_name": "Duncan", "first_name": "Billy", "maiden_name": "Invented", "middle_name": null, "profession": "Painter",
			"date_of_birth": "1960-01-01", "nationality": "USA", "place_of_birth": "Springfield",
			"address": {"city": "New York", "address1": "123 Main St", "floor": 7},
			"phone_number": "+1 555", "email": "a@b.example", "govt_id": "1234", "cip_id": "073-05-1120", "passport_number": "P1",
			"passthrough_verification_fields": ["FULL_LEGAL_NAME", "DATE_OF_BIRTH"], "sanctions_verification_status": "PENDING",
			"new_one": true, "blank": "", "long": 12345678901234567890
		},
		"tax_details": [{"tax_payer_id": "1", "tax_payer_country": "USA"}, {"tax_payer_id": "2"}],
		"tax_details_not_required": false,
		"customer_due_diligence": {"aliases": ["Bill", "B"], "source_of_wealth": "INHERITANCE"},
		"metadata": {"nick": "Bill\u0000y"}, "brand_new": {"thing": "x"}
	}`))
	require.NoError(t, err)
	p := "person_details."
	for group, want := range map[identity.Group][]identity.PersonalField{
		identity.GroupName:  {{p + "first_name", "Billy"}, {p + "last_name", "Duncan"}, {p + "maiden_name", "Invented"}},
		identity.GroupBirth: {{p + "date_of_birth", "1960-01-01"}, {p + "nationality", "USA"}, {p + "place_of_birth", "Springfield"}},
		identity.GroupAddress: {
			{p + "address.address1", "123 Main St"}, {p + "address.city", "New York"}, {p + "address.floor", "7"},
		},
		identity.GroupContact:      {{p + "phone_number", "+1 555"}, {p + "email", "a@b.example"}},
		identity.GroupGovernmentID: {{p + "cip_id", "073-05-1120"}, {p + "govt_id", "1234"}, {p + "passport_number", "P1"}},
		identity.GroupTax: {
			{"tax_details.1.tax_payer_country", "USA"},
			{"tax_details.1.tax_payer_id", "1"},
			{"tax_details.2.tax_payer_id", "2"},
			{"tax_details_not_required", "false"},
		},
		identity.GroupDueDiligence: {
			{p + "profession", "Painter"},
			{"customer_due_diligence.source_of_wealth", "INHERITANCE"},
			{"brand_new.thing", "x"},
			{"customer_due_diligence.aliases", "Bill, B"},
			{"metadata.nick", "Bill y"},
			{p + "long", "12345678901234567890"},
			{p + "new_one", "true"},
		},
		identity.GroupVerification: {
			{p + "passthrough_verification_fields", "FULL_LEGAL_NAME, DATE_OF_BIRTH"}, {p + "sanctions_verification_status", "PENDING"},
		},
	} {
		require.Equal(t, want, data.Of(group), group)
	}
}

func TestEveryFieldOfADraftHasAGroup(t *testing.T) {
	t.Parallel()
	data, err := identity.Draft{
		RefID:  "user-1",
		Person: identity.PersonDraft{FirstName: "Billy", LastName: "Duncan", CIPID: "073-05-1120", Address: identity.Address{City: "New York"}},
	}.PersonalData()
	require.NoError(t, err)
	require.Equal(t, []identity.PersonalField{{"person_details.first_name", "Billy"}, {"person_details.last_name", "Duncan"}}, data.Of(identity.GroupName))
	require.Equal(t, []identity.PersonalField{{"person_details.address.city", "New York"}}, data.Of(identity.GroupAddress))
	require.Empty(t, data.Of(identity.GroupContact))
}

func TestInstitutionsHaveTheSameGroups(t *testing.T) {
	t.Parallel()
	data, err := identity.ReadPersonalData([]byte(`{"institution_details": {"name": "Acme", "doing_business_as": "Ac", "cip_id": "1",
		"incorporation_address": {"city": "Dover"}, "business_address": {"city": "Paris"}, "regulator_name": "FINMA", "trading_type": "X",
		"govt_registration_date": "1999-01-01", "email": "a@b.example"}}`))
	require.NoError(t, err)
	counts := map[identity.Group]int{}
	for _, g := range identity.Groups() {
		counts[g] = len(data.Of(g))
	}
	require.Equal(t, map[identity.Group]int{
		identity.GroupName: 2, identity.GroupBirth: 1, identity.GroupAddress: 2, identity.GroupContact: 1, identity.GroupGovernmentID: 1,
		identity.GroupTax: 0, identity.GroupDueDiligence: 2, identity.GroupVerification: 0,
	}, counts)
}

func TestWhatIsNoRecordIsNotTold(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `null`, `[1]`, `"Duncan"`, `{"person_details": Duncan}`} {
		_, err := identity.ReadPersonalData([]byte(raw))
		require.Error(t, err, raw)
		require.NotContains(t, err.Error(), "Duncan")
	}
}

func TestRevealAskIsChecked(t *testing.T) {
	t.Parallel()
	ok := identity.RevealAsk{Group: identity.GroupTax, ReasonCode: "paxos_asked", Reason: "W-8 check"}
	long := make([]byte, 501)
	for n := range long {
		long[n] = 'x'
	}
	for name, tc := range map[string]struct {
		change func(*identity.RevealAsk)
		wrong  []string
	}{
		"as it should be":  {func(*identity.RevealAsk) {}, nil},
		"nothing":          {func(a *identity.RevealAsk) { *a = identity.RevealAsk{} }, []string{"group", "reason", "reason_code"}},
		"unknown group":    {func(a *identity.RevealAsk) { a.Group = "everything" }, []string{"group"}},
		"unknown reason":   {func(a *identity.RevealAsk) { a.ReasonCode = "curiosity" }, []string{"reason_code"}},
		"too short":        {func(a *identity.RevealAsk) { a.Reason = "  ask " }, []string{"reason"}},
		"too long":         {func(a *identity.RevealAsk) { a.Reason = string(long) }, []string{"reason"}},
		"other, too short": {func(a *identity.RevealAsk) { a.ReasonCode = "other" }, []string{"reason"}},
		"other":            {func(a *identity.RevealAsk) { a.ReasonCode, a.Reason = "other", "ten chars!" }, nil},
	} {
		a := ok
		tc.change(&a)
		wrong := a.Check()
		require.Len(t, wrong, len(tc.wrong), name)
		for _, field := range tc.wrong {
			require.NotEmpty(t, wrong[field], name)
		}
	}
	require.Equal(t, "Paxos asked", identity.RevealReason("paxos_asked"))
	require.Equal(t, "newer", identity.RevealReason("newer"))
}

func TestRevealQuota(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	every := func(n int, step time.Duration) (shown []time.Time) {
		for k := n; k > 0; k-- {
			shown = append(shown, now.Add(-time.Duration(k)*step))
		}
		return shown
	}
	for name, tc := range map[string]struct {
		shown  []time.Time
		more   int
		after  time.Duration
		within time.Duration
	}{
		"none":                        {nil, 1, 0, 0},
		"one below":                   {every(19, time.Second), 1, 0, 0},
		"as many as may be":           {every(20, time.Second), 1, 10*time.Minute - 20*time.Second, 10 * time.Minute},
		"two below":                   {every(18, time.Second), 2, 0, 0},
		"room for one of two":         {every(19, time.Second), 2, 10*time.Minute - 19*time.Second, 10 * time.Minute},
		"room for none of two":        {every(20, time.Second), 2, 10*time.Minute - 19*time.Second, 10 * time.Minute},
		"slowly enough":               {every(40, 31*time.Second), 1, 0, 0},
		"the first is just too old":   {every(20, 30*time.Second), 1, 0, 0},
		"a whole day's":               {every(100, 10*time.Minute), 1, 24*time.Hour - 1000*time.Minute, 24 * time.Hour},
		"both, and the longer counts": {every(100, time.Second), 1, 24*time.Hour - 100*time.Second, 24 * time.Hour},
	} {
		again, quota := identity.RevealAgain(tc.shown, tc.more, now)
		require.Equal(t, tc.within, quota.Within, name)
		if tc.after == 0 {
			require.Zero(t, again, name)
			continue
		}
		require.Equal(t, now.Add(tc.after), again, name)
	}
}

func TestRevealersOutliersFirst(t *testing.T) {
	t.Parallel()
	got := identity.Revealers([]identity.RevealCount{
		{UserID: "ana", Name: "Ana", Group: identity.GroupTax, Day: 1, Week: 9, Month: 30},
		{UserID: "ben", Name: "Ben", Group: identity.GroupTax, Day: 2, Week: 8, Month: 31},
		{UserID: "cleo", Name: "Cleo", Group: identity.GroupAddress, Day: 7, Week: 7, Month: 7},
		{UserID: "cleo", Name: "Cleo", Group: identity.GroupTax, Day: 5, Week: 5, Month: 6},
		{UserID: "dan", Name: "Dan", Group: identity.GroupTax, Day: 3, Week: 9, Month: 29},
	})
	var order []string
	for _, r := range got {
		order = append(order, r.UserID)
	}
	require.Equal(t, []string{"cleo", "dan", "ben", "ana"}, order)
	cleo := got[0]
	require.Equal(t, "12 in 24 h; the median of the rest of the team is 2", cleo.Unusual)
	require.Equal(t, [3]int64{12, 12, 13}, [3]int64{cleo.Day, cleo.Week, cleo.Month})
	require.Equal(t, map[identity.Group]int64{identity.GroupAddress: 7, identity.GroupTax: 6}, cleo.Groups)
	for _, r := range got[1:] {
		require.Empty(t, r.Unusual, r.Name)
	}
}

func TestUnusualNeedsATeamAndANumber(t *testing.T) {
	t.Parallel()
	count := func(id string, n int64) identity.RevealCount {
		return identity.RevealCount{UserID: id, Name: id, Day: n, Week: n, Month: n}
	}
	for name, tc := range map[string]struct {
		counts []identity.RevealCount
		want   string
	}{
		"alone":                  {[]identity.RevealCount{count("a", 90)}, ""},
		"few":                    {[]identity.RevealCount{count("a", 4), count("b", 0)}, ""},
		"of nothing":             {[]identity.RevealCount{count("a", 5), count("b", 0)}, "5 in 24 h; the median of the rest of the team is 0"},
		"three times as often":   {[]identity.RevealCount{count("a", 15), count("b", 5)}, ""},
		"more than that":         {[]identity.RevealCount{count("a", 16), count("b", 5)}, "16 in 24 h; the median of the rest of the team is 5"},
		"an even number of them": {[]identity.RevealCount{count("a", 16), count("b", 5), count("c", 2)}, "16 in 24 h; the median of the rest of the team is 3.5"},
	} {
		require.Equal(t, tc.want, identity.Revealers(tc.counts)[0].Unusual, name)
	}
	require.Nil(t, identity.Revealers(nil))
}
