package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestAgeingKind(t *testing.T) {
	t.Parallel()
	screened := pending("PENDING")
	screened.Details.Sanctions = identity.Pending
	documents := pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS"))
	documents.Documents = &identity.DocumentsAsk{Types: []string{"PASSPORT"}}
	for name, c := range map[string]struct {
		i    identity.Identity
		want string
	}{
		"nothing known":             {pending("PENDING"), identity.AgeingNothing},
		"a requirement":             {pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS")), "SCREENING_CHECK"},
		"what awaits us leads":      {pending("PENDING", requirement("SCREENING_CHECK", "PENDING", "PAXOS"), requirement("TAX_DETAILS_VERIFICATION", "FAILED", "CLIENT")), "TAX_DETAILS_VERIFICATION"},
		"documents":                 {documents, "DOCUMENTS"},
		"a sub-status":              {screened, "SANCTIONS"},
		"frozen":                    {pending("ERROR"), "STATUS"},
		"unknown word":              {pending("UNDER_REVIEW"), identity.AgeingNothing},
		"unknown requirement":       {pending("PENDING", requirement("QUANTUM_CHECK", "PENDING", "PAXOS")), "QUANTUM_CHECK"},
		"decided":                   {pending("APPROVED", requirement("KYC_REFRESH", "PENDING", "CLIENT")), ""},
		"not with Paxos":            {identity.Identity{Submission: identity.Queued}, ""},
		"refused, never with Paxos": {identity.Identity{Submission: identity.Failed, FailureCode: identity.Refused}, ""},
	} {
		require.Equal(t, c.want, c.i.AgeingKind(), name)
		require.Equal(t, c.want, c.i.Assessed(policy(), at(created)).AgeingKind(), name)
	}
}

func TestUnusual(t *testing.T) {
	t.Parallel()
	since := func(s string) identity.Identity {
		i := pending("PENDING")
		i.PendingSince = maybe(s)
		return i
	}
	for name, c := range map[string]struct {
		a    identity.Ageing
		i    identity.Identity
		want bool
	}{
		"longer than nearly all":  {identity.Ageing{Of: 40, Within: 6 * time.Hour}, since("2026-03-02 09:59:59"), true},
		"just as long":            {identity.Ageing{Of: 40, Within: 6 * time.Hour}, since("2026-03-02 10:00"), false},
		"too few to say":          {identity.Ageing{Of: 39, Within: 6 * time.Hour}, since("2026-03-01 10:00"), false},
		"decided":                 {identity.Ageing{Of: 40, Within: 6 * time.Hour}, since(""), false},
		"nothing learned":         {identity.Ageing{}, since("2026-03-01 10:00"), false},
		"nearly all took no time": {identity.Ageing{Of: 40}, since("2026-03-02 15:59:59"), true},
	} {
		require.Equal(t, c.want, c.a.Unusual(c.i, at("2026-03-02 16:00")), name)
	}
	require.True(t, identity.Ageing{Of: identity.EnoughDecided}.Enough())
	require.False(t, identity.Ageing{Of: identity.EnoughDecided - 1}.Enough())
}

func TestAgeingText(t *testing.T) {
	t.Parallel()
	const enough = identity.EnoughDecided
	for name, c := range map[string]struct {
		of                  int
		median, within, age time.Duration
		want                string
	}{
		"unusual":                       {enough, 2 * time.Hour, 6 * time.Hour, 31 * time.Hour, "95 of 100 such cases were decided within 6 h; this one is at 31 h."},
		"usual":                         {enough, 90 * time.Minute, 6 * time.Hour, 2 * time.Hour, "Half of such cases were decided within 90 min, 95 of 100 within 6 h; this one is at 2 h."},
		"usual, all took about as long": {enough, 5*time.Hour + 1, 6 * time.Hour, 2 * time.Hour, "95 of 100 such cases were decided within 6 h; this one is at 2 h."},
		"too few":                       {enough - 1, 2 * time.Hour, 6 * time.Hour, 31 * time.Hour, ""},
		"none":                          {0, 0, 0, 31 * time.Hour, ""},
		"what they took is rounded up":  {enough, 61 * time.Minute, 5*time.Hour + time.Minute, 31 * time.Hour, "95 of 100 such cases were decided within 6 h; this one is at 31 h."},
		"the age is rounded down":       {enough, time.Hour, 6 * time.Hour, 31*time.Hour + 59*time.Minute, "95 of 100 such cases were decided within 6 h; this one is at 31 h."},
		"days":                          {enough, 30 * time.Hour, 80 * time.Hour, 125 * time.Hour, "95 of 100 such cases were decided within 4 days; this one is at 5 days."},
		"seconds":                       {enough, time.Second, 4200 * time.Millisecond, 9900 * time.Millisecond, "95 of 100 such cases were decided within 5 s; this one is at 9 s."},
		"no time at all":                {enough, 0, 0, 3 * time.Minute, "95 of 100 such cases were decided within 1 s; this one is at 3 min."},
		"just over, told in minutes":    {enough, time.Hour, 5*time.Hour + 30*time.Minute, 6*time.Hour + 10*time.Minute, "95 of 100 such cases were decided within 5 h 30 min; this one is at 6 h 10 min."},
		"just over, told in seconds":    {enough, time.Hour, 6 * time.Hour, 6*time.Hour + 5*time.Second, "95 of 100 such cases were decided within 6 h; this one is at 6 h 5 s."},
		"days, just over":               {enough, time.Hour, 73 * time.Hour, 75 * time.Hour, "95 of 100 such cases were decided within 3 days 1 h; this one is at 3 days 3 h."},
		"just begun":                    {enough, time.Hour, 6 * time.Hour, 0, "Half of such cases were decided within 60 min, 95 of 100 within 6 h; this one is at 0 s."},
		"Paxos' clock is ahead":         {enough, 2 * time.Hour, 6 * time.Hour, -time.Minute, "Half of such cases were decided within 2 h, 95 of 100 within 6 h; this one is at 0 s."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := pending("PENDING")
			i.PendingSince = ptr(created)
			a := identity.Ageing{Of: c.of, Median: c.median, Within: c.within}
			require.Equal(t, c.want, identity.AgeingText(a, i, at(created).Add(c.age)))
		})
	}
	require.Empty(t, identity.AgeingText(identity.Ageing{Of: enough}, pending("APPROVED"), at(changed)))
}
