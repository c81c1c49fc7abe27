package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	ours := identity.PersonalData{
		"ref_id": "user-2", "person_details.first_name": "Billy", "person_details.last_name": "Duncan", "person_details.cip_id": "073-05-1120",
		"person_details.date_of_birth": "1960-01-01", "person_details.email": "a@example.org",
		"person_details.passthrough_verification_id": "check-2", "person_details.passthrough_verified_at": "2026-03-02T10:00:00Z",
	}
	theirs := identity.PersonalData{
		"ref_id": "user-1", "id": "px-1", "person_details.first_name": "BILLY", "person_details.last_name": "Dunham", "person_details.cip_id": "073051120",
		"person_details.date_of_birth": "1960-01-01", "person_details.phone_number": "+1 555",
		"person_details.id_verification_status": "APPROVED", "person_details.passthrough_verification_id": "check-1",
		"person_details.passthrough_verified_at": "2026-03-01T10:00:00Z",
	}
	var got []string
	for _, f := range identity.Compare(ours, theirs) {
		got = append(got, f.Path[strings.LastIndex(f.Path, ".")+1:]+" "+string(f.Agreement))
	}
	require.Equal(t, []string{
		"first_name same", "last_name differs", "date_of_birth same", "phone_number theirs", "email ours", "cip_id same",
		"passthrough_verified_at own", "passthrough_verification_id own",
	}, got, "group by group, and no ids")
}

func TestDeclineAndLink(t *testing.T) {
	t.Parallel()
	failed := identity.Identity{Submission: identity.Failed, FailureCode: identity.CIPIDTaken, ExistingID: "c1", SubmittedAt: ptr("2026-03-02 10:00")}
	declined, entries := failed.Decline("case-2", "ana", "policy", policy(), at("2026-03-02 11:00"))
	require.Equal(t, []any{identity.Declined, "case-2"}, []any{declined.Submission, declined.ExistingID}, "who it is stays known")
	require.Equal(t, []any{identity.WasDeclined, "policy", "ana"}, []any{entries[0].Kind, entries[0].Code, entries[0].ActorID})
	require.Equal(t, identity.LaneDecided, declined.Lane)
	linked, entries := failed.Link("c2", "ana", policy(), at("2026-03-02 11:00"))
	require.Equal(t, identity.Linked, linked.Submission)
	require.Equal(t, "c2", linked.ExistingID)
	require.Equal(t, identity.WasLinked, entries[0].Kind)
	require.Equal(t, identity.LaneDecided, linked.Lane)

	require.Equal(t, []string{"Our rules", "The details agree", "Other", "guess"}, []string{
		identity.DuplicateReason("policy"), identity.DuplicateReason("details_agree"), identity.DuplicateReason("other"), identity.DuplicateReason("guess"),
	})

	queued := failed
	queued.Submission = identity.Queued
	for _, try := range []func() (identity.Identity, []identity.Entry){
		func() (identity.Identity, []identity.Entry) {
			return queued.Decline("case-2", "ana", "policy", policy(), at("2026-03-02 11:00"))
		},
		func() (identity.Identity, []identity.Entry) {
			return queued.Link("c2", "ana", policy(), at("2026-03-02 11:00"))
		},
	} {
		same, entries := try()
		require.Equal(t, queued, same)
		require.Empty(t, entries)
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	require.Empty(t, identity.Why{Code: "policy", Words: "as agreed"}.Check(identity.DeclineReasons()))
	require.Len(t, identity.Why{Code: "details_agree", Words: " so "}.Check(identity.DeclineReasons()), 2)
	require.Contains(t, identity.Why{Code: "other", Words: strings.Repeat("x", 501)}.Check(identity.SamePersonReasons()), "reason")
}
