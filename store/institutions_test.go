package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

func institution(refID string, members ...string) identity.InstitutionDraft {
	d := identity.InstitutionDraft{RefID: refID, Institution: identity.InstitutionFields{
		Name: "Quillhaven Holdings", Type: "LLC", SubType: "CONSTRUCTION", CIPID: "12-3456789", CIPIDType: "EIN", CIPIDCountry: "USA",
		Email: "desk@quillhaven.example", RegulationStatus: "NON_REGULATED", TradingType: "PRIVATE",
	}}
	for _, m := range members {
		d.Members = append(d.Members, identity.MemberDraft{PaxosID: m, Roles: []string{"BENEFICIAL_OWNER", "ACCOUNT_OPENER"}, Ownership: "50"})
	}
	return d
}

func (d desk) submitInstitution(refID string, members ...string) identity.Identity {
	d.t.Helper()
	i, err := d.SubmitInstitution(d.t.Context(), institution(refID, members...), ana(audit.Submitted))
	require.NoError(d.t, err)
	return i
}

func (d desk) members(id string) []identity.Member {
	d.t.Helper()
	found, err := d.MembersOf(d.t.Context(), []string{id})
	require.NoError(d.t, err)
	return found[id]
}

// company is Paxos' answer about an institution with its members, all of whom have a status.
func (d desk) company(paxosID, refID string, status identity.Status, members ...string) identity.News {
	n := d.news(paxosID, refID, status)
	n.Record.Type, n.Record.Members = identity.Institution, []identity.InstitutionMember{}
	for _, m := range members {
		n.Record.Members = append(n.Record.Members, identity.InstitutionMember{PaxosID: m, Roles: []string{"BENEFICIAL_OWNER"}, Status: identity.Pending})
	}
	return n
}

// changedBy are the cases whose pages are told to renew themselves by what f writes.
func (d desk) changedBy(f func()) (ids []string) {
	d.t.Helper()
	told := make(chan []string, 20)
	d.OnChange(func(changed []string) { told <- changed })
	f()
	d.OnChange(func([]string) {})
	close(told) // what is told is told before f returns
	return <-told
}

func (d desk) apply(n identity.News) identity.Identity {
	d.t.Helper()
	i, err := d.ApplyIdentity(d.t.Context(), n, nil)
	require.NoError(d.t, err)
	return i
}

// An institution's submission goes the way of a person's: sealed while it waits, erased once Paxos has it.
func TestSubmitInstitution(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submitInstitution("client-1", "px-2", "px-3")
		require.Equal(t, identity.Institution, i.Type)
		require.Equal(t, identity.Queued, i.Submission)
		require.Equal(t, "LLC", i.Details.Institution.LegalForm)
		require.Equal(t, i, d.get(i.ID))
		name, err := d.Name(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, identity.Name{Last: "Quillhaven Holdings"}, name)
		members := d.members(i.ID)
		require.Len(t, members, 2)
		require.Equal(t, []string{"BENEFICIAL_OWNER", "ACCOUNT_OPENER"}, members[0].Roles)
		require.True(t, members[0].Blocks())
		require.Equal(t, "px-2", members[0].Name())
		d.noJob("look")

		_, err = d.SubmitInstitution(t.Context(), institution("client-1"), ana(audit.Submitted))
		faultOf(t, fault.Conflict, err)
		_, err = d.Submit(t.Context(), draft("client-1"), ana(audit.Submitted))
		faultOf(t, fault.Conflict, err)

		job := d.claim("submit")
		begun, application, err := d.BeginAttempt(t.Context(), job)
		require.NoError(t, err)
		require.Equal(t, identity.Sent, begun.Submission)
		require.Nil(t, application.Person)
		require.Equal(t, institution("client-1", "px-2", "px-3"), *application.Institution)
		kept, found, err := d.Application(t.Context(), i.ID)
		require.NoError(t, err)
		require.True(t, found)
		data, err := kept.PersonalData()
		require.NoError(t, err)
		require.Equal(t, "Quillhaven Holdings", data["institution_details.name"])

		_, err = d.Accepted(t.Context(), i.ID, d.company("px-1", "client-1", identity.Pending, "px-2"), &job)
		require.NoError(t, err)
		_, found, err = d.Application(t.Context(), i.ID)
		require.NoError(t, err)
		require.False(t, found, "the draft is erased")
		require.Equal(t, "LLC", d.get(i.ID).Details.Institution.LegalForm, "what the answer does not say stays")
		members = d.members(i.ID)
		require.Len(t, members, 1, "what Paxos says counts")
		require.Equal(t, []string{"BENEFICIAL_OWNER"}, members[0].Roles)
		require.Equal(t, "px-2", d.claim("look").Subject, "a member of whom there is no case is asked for")
	})
}

// Who clicks twice gets the case that the first click has made. Anything else under its ref_id is refused.
func TestInstitutionSubmittedTwice(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		first := d.submitInstitution("client-1", "px-2")
		require.Equal(t, first, d.submitInstitution("client-1", "px-2"))
		refused := func(what string, draft identity.InstitutionDraft, by audit.Entry) {
			t.Helper()
			_, err := d.SubmitInstitution(t.Context(), draft, by)
			held, ok := errors.AsType[*identity.Held](err)
			require.True(t, ok, what)
			require.Equal(t, first.ID, held.IdentityID, what)
		}
		refused("other content", institution("client-1", "px-3"), ana(audit.Submitted))
		refused("another person", institution("client-1", "px-2"), by("bo", audit.Submitted))
		entries, err := d.AuditEntries(t.Context(), audit.Filter{IdentityID: first.ID})
		require.NoError(t, err)
		require.Len(t, entries, 1)

		job := d.claim("submit")
		_, _, err = d.BeginAttempt(t.Context(), job)
		require.NoError(t, err)
		_, err = d.Accepted(t.Context(), first.ID, d.company("px-1", "client-1", identity.Pending, "px-2"), &job)
		require.NoError(t, err)
		require.Equal(t, first.ID, d.submitInstitution("client-1", "px-2").ID, "Paxos was quicker than the second click")
		d.noJob("submit")
		d.clock.Advance(time.Minute)
		refused("a minute later", institution("client-1", "px-2"), ana(audit.Submitted))
	})
}

// What has failed, or was withdrawn, is not taken for the first click.
func TestInstitutionThatFailedIsNoFirstClick(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		first := d.submitInstitution("client-1", "px-2")
		job := d.claim("submit")
		_, _, err := d.BeginAttempt(t.Context(), job)
		require.NoError(t, err)
		require.NoError(t, d.SubmissionFailed(t.Context(), first.ID, job, identity.Failure{Code: identity.Refused}, nil))
		_, err = d.SubmitInstitution(t.Context(), institution("client-1", "px-2"), ana(audit.Submitted))
		faultOf(t, fault.Conflict, err)
		_, err = d.Withdraw(t.Context(), first.ID, ana(audit.Withdrew))
		require.NoError(t, err)
		require.NotEqual(t, first.ID, d.submitInstitution("client-1", "px-2").ID)
	})
}

func TestWithdrawnInstitution(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submitInstitution("client-1", "px-2")
		job := d.claim("submit")
		_, _, err := d.BeginAttempt(t.Context(), job)
		require.NoError(t, err)
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
		_, err = d.Withdraw(t.Context(), i.ID, ana(audit.Withdrew))
		require.NoError(t, err)
		require.Empty(t, d.members(i.ID))
		_, found, err := d.Application(t.Context(), i.ID)
		require.NoError(t, err)
		require.False(t, found)
	})
}

// The members of an institution follow its news, and its page follows theirs.
func TestMembersStayFresh(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		listed := d.company("px-1", "client-1", identity.Pending)
		listed.Record.Members = nil
		i := d.apply(listed)
		require.Empty(t, d.members(i.ID))
		job := d.claim("recheck")
		require.Equal(t, i.ID, job.Subject, "lists do not tell of members, so that it is asked for")
		require.Equal(t, queue.Background, job.Priority)
		asked := d.company("px-1", "client-1", identity.Pending, "px-2", "px-3")
		asked.By = identity.ByRecheck
		_, err := d.ApplyIdentity(t.Context(), asked, &job)
		require.NoError(t, err)
		require.Len(t, d.members(i.ID), 2)
		require.Nil(t, d.members(i.ID)[0].Case)
		require.Equal(t, identity.Pending, d.members(i.ID)[0].Status)
		for range 2 {
			d.claim("look")
		}

		d.clock.Advance(time.Minute)
		member := d.apply(d.news("px-2", "user-2", identity.Pending))
		require.Equal(t, member.ID, d.members(i.ID)[0].Case.ID)
		require.Equal(t, "user-2", d.members(i.ID)[0].Name())
		d.noJob("recheck")
		before := d.changedBy(func() {
			d.clock.Advance(time.Minute)
			d.apply(d.news("px-2", "user-2", identity.Approved))
		})
		require.Contains(t, before, i.ID, "open pages of the institution renew themselves")
		require.Equal(t, identity.Approved, d.members(i.ID)[0].Status, "the case's word is newer than the one that came with the institution")
		require.Equal(t, i.ID, d.claim("recheck").Subject, "whether it still waits is asked")

		of, err := d.InstitutionsOf(t.Context(), "px-2")
		require.NoError(t, err)
		require.Len(t, of, 1)
		require.Equal(t, i.ID, of[0].ID)

		d.clock.Advance(time.Minute)
		fewer := d.company("px-1", "client-1", identity.Pending, "px-2")
		fewer.By = identity.ByRecheck
		d.apply(fewer)
		require.Len(t, d.members(i.ID), 1)
		older := d.company("px-1", "client-1", identity.Pending, "px-2", "px-9")
		older.AskedAt = older.AskedAt.Add(-time.Hour)
		d.apply(older)
		require.Len(t, d.members(i.ID), 1, "older news does not count")
		d.clock.Advance(time.Minute)
		d.apply(d.company("px-1", "client-1", identity.Approved))
		require.Empty(t, d.members(i.ID), "an answer without any says so")
	})
}

func TestErasedInstitution(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.apply(d.company("px-1", "client-1", identity.Denied, "px-2"))
		d.eraseByTwo(i)
		require.Empty(t, d.members(i.ID))
		d.clock.Advance(time.Minute)
		d.apply(d.company("px-1", "client-1", identity.Denied, "px-2"))
		require.Empty(t, d.members(i.ID), "nothing comes back")
	})
}
