package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func TestOwnDraftOpensForAnHour(t *testing.T) {
	t.Parallel()
	i := identity.Identity{Submission: identity.Failed, SubmittedBy: "ana", SubmittedAt: ptr("2026-03-02 10:00")}
	require.True(t, i.OpensOwnDraft("ana", at("2026-03-02 10:59")))
	require.False(t, i.OpensOwnDraft("ana", at("2026-03-02 11:00")), "the hour is over")
	require.False(t, i.OpensOwnDraft("bo", at("2026-03-02 10:01")), "somebody else")
	require.False(t, identity.Identity{Submission: identity.Failed}.OpensOwnDraft("", at("2026-03-02 10:01")), "nobody submitted it here")
}

func TestCheckMended(t *testing.T) {
	t.Parallel()
	now := at("2026-03-02 11:00")
	for name, c := range map[string]struct {
		code   string
		change func(*identity.Draft)
		wrong  string // the field; empty for none
	}{
		"the same again":              {identity.Refused, func(*identity.Draft) {}, ""},
		"another name":                {identity.Refused, func(d *identity.Draft) { d.Person.FirstName = "Bill" }, ""},
		"a rule is broken":            {identity.Refused, func(d *identity.Draft) { d.Person.DateOfBirth = "yesterday" }, "person_details.date_of_birth"},
		"another ref_id unasked":      {identity.Refused, func(d *identity.Draft) { d.RefID = "user-5" }, "ref_id"},
		"another ref_id, same person": {identity.CIPIDTaken, func(d *identity.Draft) { d.RefID = "user-5" }, "ref_id"},
		"no ref_id":                   {identity.Refused, func(d *identity.Draft) { d.RefID = "" }, "ref_id"},
		"another ref_id for a clash":  {identity.RefIDTaken, func(d *identity.Draft) { d.RefID = "user-5" }, ""},
		"for one that is not told":    {identity.AlreadyExists, func(d *identity.Draft) { d.RefID = "user-5" }, ""},
		"the clash once more":         {identity.RefIDTaken, func(*identity.Draft) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sound()
			i := identity.Identity{Submission: identity.Failed, FailureCode: c.code, RefID: d.RefID}
			c.change(&d)
			wrong := i.CheckMended(d, now)
			if c.wrong == "" {
				require.Empty(t, wrong)
				return
			}
			require.Len(t, wrong, 1)
			require.Contains(t, wrong, c.wrong)
		})
	}
}

// What a lost call may have created carries the earlier ref_id: under another one nothing is taken for it.
func TestResubmitWith(t *testing.T) {
	t.Parallel()
	lost := at("2026-03-02 10:00")
	failed := identity.Identity{
		Submission: identity.Failed, FailureCode: identity.RefIDTaken, ExistingID: "c9", RefID: "user-1", LostSince: &lost, SubmittedAt: &lost,
	}
	d := sound()
	d.RefID, d.Person.FirstName, d.Person.PassthroughVerificationID = "user-2", "Quinn", "verif-2"
	next, entries := failed.ResubmitWith(d, "ana", policy(), at("2026-03-02 11:00"))
	require.Equal(t, identity.Queued, next.Submission)
	require.Equal(t, []string{"user-2", "verif-2", "", ""}, []string{next.RefID, next.VerificationID, next.FailureCode, next.ExistingID})
	require.Nil(t, next.LostSince)
	require.Equal(t, "Q", next.Initials[:1])
	require.Equal(t, []identity.Change{{Field: "ref_id", Old: "user-1", New: "user-2"}}, entries[0].Changes)
	require.Equal(t, identity.WasResubmitted, entries[0].Kind)

	d.RefID = "user-1"
	next, entries = failed.ResubmitWith(d, "ana", policy(), at("2026-03-02 11:00"))
	require.Equal(t, &lost, next.LostSince, "the same ref_id may still be ours")
	require.Empty(t, entries[0].Changes)

	failed.Submission = identity.Queued
	same, entries := failed.ResubmitWith(d, "ana", policy(), at("2026-03-02 11:00"))
	require.Equal(t, failed, same)
	require.Empty(t, entries)
}

func TestFieldsNamed(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string]string{
		"person_details.date_of_birth": "wrong", "person_details.address.address1": "no such street", "odd": "odd",
	}, identity.Failure{Code: identity.Refused, Fields: map[string]string{
		"person_details.date_of_birth": "wrong", "person_details.address": "no such street", "odd": "odd",
	}}.FieldsNamed())
	require.Contains(t, identity.Failure{Code: identity.CIPIDTaken}.FieldsNamed(), "person_details.cip_id")
	require.Contains(t, identity.Failure{Code: identity.RefIDTaken}.FieldsNamed(), "ref_id")
}
