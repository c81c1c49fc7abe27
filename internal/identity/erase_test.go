package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestKeepsHere(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		i    identity.Identity
		says string
	}{
		"approved":         {identity.Identity{Status: identity.Approved, Lane: identity.LaneDecided}, ""},
		"denied":           {identity.Identity{Status: identity.Denied, Lane: identity.LaneDecided}, ""},
		"disabled":         {identity.Identity{Status: identity.Disabled, Lane: identity.LaneDecided}, ""},
		"withdrawn":        {identity.Identity{Submission: identity.Withdrawn, Lane: identity.LaneDecided}, ""},
		"never accepted":   {identity.Identity{Submission: identity.Failed, Lane: identity.LaneFailed}, ""},
		"pending":          {identity.Identity{Status: identity.Pending, Lane: identity.LaneWaiting}, "has not decided"},
		"frozen":           {identity.Identity{Status: identity.StatusError, Lane: identity.LaneFrozen}, "has not decided"},
		"approved, to act": {identity.Identity{Status: identity.Approved, Lane: identity.LaneAction}, "waits for something from us"},
		"in KYC refresh":   {identity.Identity{Status: identity.Approved, Lane: identity.LaneRefresh}, "waits for something from us"},
		"on its way":       {identity.Identity{Submission: identity.Sent, Lane: identity.LaneWaiting}, "on its way"},
		"queued":           {identity.Identity{Submission: identity.Queued, Lane: identity.LaneOverdue}, "on its way"},
		"erased":           {identity.Identity{Status: identity.Denied, Lane: identity.LaneDecided, ErasedAt: &now}, "erased before"},
	} {
		got := tc.i.KeepsHere()
		if tc.says == "" {
			require.Empty(t, got, name)
		} else {
			require.Contains(t, got, tc.says, name)
		}
	}
}

func TestClosedAt(t *testing.T) {
	t.Parallel()
	decided, updated, created := dayNo(1), dayNo(2), dayNo(0)
	for name, tc := range map[string]struct {
		i    identity.Identity
		want *time.Time
	}{
		"denied":               {identity.Identity{Lane: identity.LaneDecided, Status: identity.Denied, DecidedAt: &decided, UpdatedAt: updated}, &decided},
		"disabled":             {identity.Identity{Lane: identity.LaneDecided, Status: identity.Disabled, DecidedAt: &decided, UpdatedAt: updated}, &decided},
		"a customer":           {identity.Identity{Lane: identity.LaneDecided, Status: identity.Approved, DecidedAt: &decided, UpdatedAt: updated}, &updated},
		"decided some time":    {identity.Identity{Lane: identity.LaneDecided, Status: identity.Denied, UpdatedAt: updated}, &updated},
		"withdrawn":            {identity.Identity{Lane: identity.LaneDecided, Submission: identity.Withdrawn, UpdatedAt: updated}, &updated},
		"without any change":   {identity.Identity{Lane: identity.LaneDecided, Status: identity.Denied, CreatedAt: created}, &created},
		"undecided":            {identity.Identity{Lane: identity.LaneWaiting, Status: identity.Pending, UpdatedAt: updated}, nil},
		"approved, to act":     {identity.Identity{Lane: identity.LaneAction, Status: identity.Approved, DecidedAt: &decided, UpdatedAt: updated}, nil},
		"erased":               {identity.Identity{Lane: identity.LaneDecided, Status: identity.Denied, DecidedAt: &decided, ErasedAt: &updated}, nil},
		"nothing is known yet": {identity.Identity{Lane: identity.LaneDecided}, nil},
	} {
		require.Equal(t, tc.want, tc.i.ClosedAt(), name)
	}
}

func dayNo(n int) time.Time { return time.Date(2026, 3, 1+n, 12, 0, 0, 0, time.UTC) }

func TestFacts(t *testing.T) {
	t.Parallel()
	i := identity.Identity{
		ID: "i", PaxosID: "px", RefID: "user-1", Status: identity.Denied, Submission: identity.Accepted, Lane: identity.LaneDecided, Initials: "QZ",
		Details: identity.Details{
			Sanctions:    identity.StatusError,
			Requirements: []identity.Requirement{{Type: identity.ScreeningCheck, Status: identity.RequirementFailed}, {Type: identity.IDVerification, Status: identity.RequirementPending}},
			Controls:     []identity.Control{{ID: "c", Type: "FROZEN", SetBy: "SET_BY_PAXOS"}},
		},
	}
	require.Equal(t, []string{
		"Paxos id: px", "control FROZEN: SET_BY_PAXOS", "requirement ID_VERIFICATION: PENDING", "requirement SCREENING_CHECK: FAILED",
		"sanctions: ERROR", "status: DENIED", "submission: accepted",
	}, i.FactLines())
	same := i
	same.Details.Requirements = []identity.Requirement{i.Details.Requirements[1], i.Details.Requirements[0]}
	same.RefID, same.Assignee, same.Lane, same.Rev, same.Initials = "user-2", "ana", identity.LaneAction, 9, ""
	require.Equal(t, i.FactLines(), same.FactLines(), "nothing of that matters")
	for name, change := range map[string]func(*identity.Identity){
		"status":      func(i *identity.Identity) { i.Status = identity.Approved },
		"submission":  func(i *identity.Identity) { i.Submission = identity.Linked },
		"requirement": func(i *identity.Identity) { i.Details.Requirements = nil },
		"control":     func(i *identity.Identity) { i.Details.Controls = nil },
		"documents":   func(i *identity.Identity) { i.Documents = &identity.DocumentsAsk{Types: []string{"PASSPORT"}} },
		"refresh":     func(i *identity.Identity) { i.Refresh = &identity.Refresh{} },
		"disabled":    func(i *identity.Identity) { i.Details.UserDisabled = true },
	} {
		other := i
		change(&other)
		require.NotEqual(t, i.FactLines(), other.FactLines(), name)
	}
}

// Nothing that Paxos tells later brings an erased person back.
func TestNewsOfAnErasedCase(t *testing.T) {
	t.Parallel()
	i := identity.Identity{
		ID: "i", PaxosID: "px", RefID: "user-1", Type: identity.Person, Status: identity.Approved, Submission: identity.Accepted, Initials: "QZ", VerificationID: "v-1",
		CreatedAt: dayNo(0), UpdatedAt: dayNo(1), Casework: identity.Casework{Assignee: "ana"},
	}.Assessed(policy(), dayNo(2))
	i, told := i.Erase(identity.ErasedOnRequest, "lea", policy(), dayNo(2))
	require.Equal(t, []identity.Entry{{
		IdentityID: "i", Kind: identity.WasErased, ActorID: "lea", Code: identity.ErasedOnRequest, OccurredAt: dayNo(2), ReceivedAt: dayNo(2), ProcessedAt: dayNo(2),
	}}, told)
	require.Equal(t, identity.LaneDecided, i.Lane)
	require.Empty(t, i.RefID+i.Initials+i.VerificationID+i.Assignee)

	next, told := i.Learn(identity.News{
		Record: identity.Record{
			PaxosID: "px", RefID: "user-1", Type: identity.Person, Status: identity.Pending, Name: identity.Name{First: "Quillon", Last: "Zarathorn"}, CreatedAt: dayNo(0),
			UpdatedAt: dayNo(3),
			Details:   identity.Details{Requirements: []identity.Requirement{{Type: identity.DocumentVerification, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}},
		},
		AskedAt: dayNo(3), HeardAt: dayNo(3), By: identity.BySync,
		Event: &identity.Event{ID: "e", Type: identity.EventDocumentsRequired, Documents: []string{"PASSPORT"}, OccurredAt: dayNo(3)},
	}, policy(), dayNo(3))
	require.Equal(t, identity.Pending, next.Status, "a status may be known")
	require.Equal(t, identity.LaneDecided, next.Lane, "and leads nobody to the case")
	advice := identity.Explain(next, policy(), dayNo(9), time.Hour)
	require.Equal(t, identity.ActNone, advice.Next)
	require.Empty(t, advice.Blocking)
	require.Empty(t, next.RefID+next.Initials)
	require.Nil(t, next.Documents)
	require.Len(t, told, 1)
	for _, c := range told[0].Changes {
		require.NotEqual(t, "ref_id", c.Field)
	}
}

func TestLetDraftGo(t *testing.T) {
	t.Parallel()
	i := identity.Identity{ID: "i", RefID: "user-1", Submission: identity.Failed}.Assessed(policy(), dayNo(0))
	gone, told := i.LetDraftGo(policy(), dayNo(1))
	require.Equal(t, identity.Withdrawn, gone.Submission)
	require.True(t, gone.Decided())
	require.Equal(t, dayNo(1), *gone.ClosedAt())
	require.Equal(t, identity.WasWithdrawn, told[0].Kind)
	require.Equal(t, identity.DraftExpired, told[0].Code)
	accepted := identity.Identity{Submission: identity.Accepted}
	same, told := accepted.LetDraftGo(policy(), dayNo(1))
	require.Equal(t, accepted, same)
	require.Empty(t, told)
}
