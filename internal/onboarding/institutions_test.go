package onboarding_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func aTrust(members ...string) identity.InstitutionDraft {
	d := identity.InstitutionDraft{RefID: "client-1", Institution: identity.InstitutionFields{
		Type: identity.Trust, SubType: "INVESTMENT", Name: "Quillhaven Trust", CIPIDType: "EIN", CIPID: "12-3456789", CIPIDCountry: "USA",
		GovtRegistrationDate: "2009-06-16T00:00:00Z",
		BusinessAddress:      identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"},
		IncorporationAddress: identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"},
	}}
	for _, id := range members {
		d.Members = append(d.Members, identity.MemberDraft{PaxosID: id, Roles: []string{"TRUSTEE"}})
	}
	return d
}

// A member is found by any id, and goes out under Paxos'; whoever cannot be one is told of beside its row.
func TestSubmitInstitution(t *testing.T) {
	t.Parallel()
	held := identity.Identity{ID: "c1", RefID: "user-1", PaxosID: "px-1", Type: identity.Person, Status: identity.Approved}
	erased := identity.Identity{ID: "c4", RefID: "user-4", PaxosID: "px-4", Type: identity.Person, ErasedAt: new(now)}
	c := &cache{
		cases: map[string]identity.Identity{
			"c1": held, "c4": erased, "c5": {ID: "c5", RefID: "user-1b", PaxosID: "px-5", Type: identity.Person},
			"c2": {ID: "c2", RefID: "user-2", Type: identity.Person, Submission: identity.Queued},
			"c3": {ID: "c3", RefID: "client-3", PaxosID: "px-3", Type: identity.Institution},
		},
		leads: map[string]string{"px-1": "c1", "px-5": "c5"},
	}
	d := deskOf(c)
	for id, says := range map[string]string{
		"nobody": "knows nobody", "user-2": "has not accepted", "client-3": "is an institution", "user-4": "was erased", "a@b.example": "personal data",
	} {
		_, err := d.SubmitInstitution(t.Context(), as(access.Analyst), aTrust("user-1", id))
		require.Equal(t, fault.Invalid, fault.KindOf(err), id)
		require.Contains(t, fault.From(err).Fields["institution_members.1.identity_id"], says)
	}
	_, err := d.SubmitInstitution(t.Context(), as(access.Analyst), aTrust("user-1", "px-1"))
	require.Contains(t, fault.From(err).Fields["institution_members.1.identity_id"], "same person as member 1")
	_, err = d.SubmitInstitution(t.Context(), as(access.Analyst), aTrust())
	require.Contains(t, fault.From(err).Fields, "institution_members")
	require.NotContains(t, c.writes, "submit institution")

	for _, role := range []access.Role{access.Viewer, access.Auditor, access.Admin} {
		_, err = d.SubmitInstitution(t.Context(), as(role), aTrust("user-1"))
		require.Equal(t, fault.Forbidden, fault.KindOf(err), role)
	}
	_, err = d.SubmitInstitution(t.Context(), as(access.Analyst), aTrust("user-1", "px-5"))
	require.NoError(t, err)
	require.Equal(t, "px-1", c.belonging.sent.Members[0].PaxosID)
	require.Equal(t, "px-5", c.belonging.sent.Members[1].PaxosID)
}

func TestAnInstitutionIsTracedToItsMember(t *testing.T) {
	t.Parallel()
	member := identity.Identity{
		ID: "c1", RefID: "user-1", PaxosID: "px-1", Type: identity.Person, Status: identity.Pending, CreatedAt: now, CheckedAt: new(now),
		Details: identity.Details{Requirements: []identity.Requirement{{Type: identity.TaxDetailsVerification, Status: "FAILED", Awaiting: "CLIENT"}}},
	}
	c := &cache{
		cases: map[string]identity.Identity{"c1": member, "c9": {
			ID: "c9", RefID: "client-9", PaxosID: "px-9", Type: identity.Institution, Status: identity.Pending, CreatedAt: now, CheckedAt: new(now),
			Details: identity.Details{Requirements: []identity.Requirement{{Type: identity.Members, Status: "PENDING"}}},
		}},
		belonging: belonging{members: map[string][]identity.Member{"c9": {{PaxosID: "px-1", Status: identity.Pending, Case: &member}}}},
	}
	d := deskOf(c)
	opened, err := d.Open(t.Context(), as(access.Viewer), "c9")
	require.NoError(t, err)
	require.Equal(t, "c1", opened.Leads)
	require.Contains(t, opened.Advice.Sentence, "its member user-1. Paxos could not verify the tax number.")
	require.Contains(t, opened.Advice.NextText, "our move")

	member.Details.Requirements, member.Documents = nil, &identity.DocumentsAsk{Types: []string{"CURP", "PROOF_OF_FUNDS"}, At: now.Add(-time.Hour)}
	c.files.uploads = []identity.DocumentUpload{{Types: []string{"CURP"}, State: identity.FileQueued}}
	opened, err = d.Open(t.Context(), as(access.Viewer), "c9")
	require.NoError(t, err)
	require.Contains(t, opened.Advice.NextText, "Collect the documents that Paxos asks for: Proof of funds.", "what the member has brought is not asked for")
	person, err := d.Open(t.Context(), as(access.Viewer), "c1")
	require.NoError(t, err)
	require.Empty(t, person.Leads)
	require.Len(t, person.BelongsTo, 1)
}
