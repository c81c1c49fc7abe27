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
