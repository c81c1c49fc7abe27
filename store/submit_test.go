package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// desk is a store under test with its clock.
type desk struct {
	*store.Store
	t     *testing.T
	clock *storetest.Clock
}

func each(t *testing.T, run func(t *testing.T, d desk)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect storetest.Dialect) {
		clock := storetest.NewClock()
		d := desk{dialect.New(t, storetest.WithClock(clock)), t, clock}
		run(t, d)
		drift, err := d.RebuildCounters(t.Context())
		require.NoError(t, err)
		require.Zero(t, drift, "counters that drifted")
	})
}

func ana(action audit.Action) audit.Entry {
	return audit.Entry{ActorID: "ana", ActorName: "Ana Lyst", Role: "analyst", Action: action, RequestID: "r1", Address: "127.0.0.1"}
}

func draft(refID string) identity.Draft {
	return identity.Draft{
		RefID: refID,
		Person: identity.PersonDraft{
			FirstName: "Quillon", LastName: "Zarathorn", DateOfBirth: "1971-07-19", CIPID: "917-55-0417", CIPIDType: "SSN",
			CIPIDCountry: "USA", Email: "quillon@zarathorn.example", PhoneNumber: "+1 555 010 7788",
			PassthroughVerificationID: "verif-" + refID,
			Address:                   identity.Address{Address1: "77 Wrenfeather Row", City: "Ostrava Falls", Province: "NY", Country: "USA"},
		},
	}
}

func (d desk) submit(refID string) identity.Identity {
	d.t.Helper()
	i, err := d.Submit(d.t.Context(), draft(refID), ana(audit.Submitted))
	require.NoError(d.t, err)
	return i
}

// claim takes the one job of a kind that must be ready.
func (d desk) claim(kind string) queue.Job {
	d.t.Helper()
	jobs, err := d.ClaimJobs(d.t.Context(), []string{kind}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Len(d.t, jobs, 1, "ready jobs of kind %s", kind)
	return jobs[0]
}

func (d desk) noJob(kind string) {
	d.t.Helper()
	jobs, err := d.ClaimJobs(d.t.Context(), []string{kind}, 1, time.Minute)
	require.NoError(d.t, err)
	require.Empty(d.t, jobs, "jobs of kind %s", kind)
}

func (d desk) begin() (identity.Identity, queue.Job) {
	d.t.Helper()
	job := d.claim("submit")
	i, _, err := d.BeginAttempt(d.t.Context(), job)
	require.NoError(d.t, err)
	return i, job
}

func (d desk) get(id string) identity.Identity {
	d.t.Helper()
	i, err := d.Identity(d.t.Context(), id)
	require.NoError(d.t, err)
	return i
}

func (d desk) kinds(id string) []identity.EntryKind {
	d.t.Helper()
	entries, err := d.History(d.t.Context(), id)
	require.NoError(d.t, err)
	var kinds []identity.EntryKind
	for _, e := range entries {
		require.Equal(d.t, id, e.IdentityID)
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// news is Paxos' answer now.
func (d desk) news(paxosID, refID string, status identity.Status) identity.News {
	now := d.clock.Now()
	return identity.News{
		Record: identity.Record{
			PaxosID: paxosID, RefID: refID, Type: identity.Person, Status: status, CreatedAt: now, UpdatedAt: now,
		},
		AskedAt: now, HeardAt: now, By: identity.BySync,
	}
}

func kindIs(t *testing.T, kind fault.Kind, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, fault.KindOf(err), "%v", err)
}

// faultOf is kindIs, for what else the fault says.
func faultOf(t *testing.T, kind fault.Kind, err error) fault.Error {
	t.Helper()
	kindIs(t, kind, err)
	return *fault.From(err)
}

func TestSubmit(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		require.Equal(t, identity.Queued, i.Submission)
		require.Equal(t, i, d.get(i.ID), "what is answered is what is stored")

		_, err := d.Submit(t.Context(), draft("user-1"), ana(audit.Submitted))
		f := faultOf(t, fault.Conflict, err)
		require.Contains(t, f.Fields, "ref_id")
		var held *identity.Held
		require.ErrorAs(t, err, &held)
		require.Equal(t, i.ID, held.IdentityID)

		name, err := d.Name(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, "Zarathorn", name.Last)

		job := d.claim("submit")
		require.Equal(t, i.ID, job.Subject)
		require.Equal(t, "ana", job.By)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID})
		require.NoError(t, err)
		require.Len(t, entries, 1, "the refused one left no entry")
		require.Equal(t, []identity.EntryKind{identity.WasSubmitted}, d.kinds(i.ID))
	})
}

func TestSubmitRefusesRefIDOfPaxosRecord(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		known, err := d.ApplyIdentity(t.Context(), d.news("px-1", "user-1", identity.Approved), nil)
		require.NoError(t, err)
		_, err = d.Submit(t.Context(), draft("user-1"), ana(audit.Submitted))
		var held *identity.Held
		require.ErrorAs(t, err, &held)
		require.Equal(t, known.ID, held.IdentityID)
	})
}

func TestFailResubmitWithdraw(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, err := d.Resubmit(t.Context(), i.ID, identity.Mend{}, ana(audit.Resubmitted))
		kindIs(t, fault.Conflict, err)

		_, job := d.begin()
		failure := identity.Failure{Code: identity.Refused, Text: "zip code is wrong", Fields: map[string]string{"zip": "wrong"}}
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, failure, nil))
		require.Equal(t, identity.LaneFailed, d.get(i.ID).Lane)
		d.noJob("submit")
		kept, err := d.Failure(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, failure, kept)

		again, err := d.Resubmit(t.Context(), i.ID, identity.Mend{}, ana(audit.Resubmitted))
		require.NoError(t, err)
		require.Equal(t, identity.Queued, again.Submission)
		kept, err = d.Failure(t.Context(), i.ID)
		require.NoError(t, err)
		require.Zero(t, kept)

		_, job = d.begin()
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, failure, nil))
		gone, err := d.Withdraw(t.Context(), i.ID, ana(audit.Withdrew))
		require.NoError(t, err)
		require.Equal(t, identity.Withdrawn, gone.Submission)
		name, err := d.Name(t.Context(), i.ID)
		require.NoError(t, err)
		require.Zero(t, name, "Paxos never took this person")
		kept, err = d.Failure(t.Context(), i.ID)
		require.NoError(t, err)
		require.Zero(t, kept)
		d.noJob("submit")

		second := d.submit("user-1")
		require.NotEqual(t, i.ID, second.ID, "a withdrawn submission lets go of its ref_id")
	})
}

func TestFailedLinksExisting(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		existing := d.news("px-9", "someone-else", identity.Approved).Record
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.CIPIDTaken}, &existing))
		other, err := d.IdentityByPaxosID(t.Context(), "px-9")
		require.NoError(t, err)
		require.Equal(t, other.ID, d.get(i.ID).ExistingID)
		require.Equal(t, other.ID, d.claim("recheck").Subject, "what may be partial is asked for")
	})
}

func TestClashKeepsTwoRows(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		theirs := d.news("px-1", "user-1", identity.Approved)
		d.clock.Advance(time.Hour)
		i := d.submit("user-1")
		_, job := d.begin()
		require.NoError(t, d.AnswerLost(t.Context(), i.ID, job, d.clock.Now(), "timeout"))
		_, err := d.ApplyIdentity(t.Context(), theirs, nil)
		require.NoError(t, err)
		require.Equal(t, identity.Sent, d.get(i.ID).Submission, "created before our attempt: not ours")
		counts, err := d.Counts(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 2, counts.Total)
	})
}

func TestLostAnswerAndMissedAttempt(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		sent, job := d.begin()
		require.Equal(t, identity.Sent, sent.Submission)
		again := d.clock.Now().Add(5 * time.Second)
		require.NoError(t, d.AnswerLost(t.Context(), i.ID, job, again, "timeout"))
		require.NotNil(t, d.get(i.ID).LostSince)
		d.noJob("submit")

		kindIs(t, fault.Conflict, d.AttemptMissed(t.Context(), i.ID, job, again, "unavailable"))
		d.clock.Advance(5 * time.Second)
		_, job = d.begin()
		require.Equal(t, "timeout", job.LastError)
		require.NoError(t, d.AttemptMissed(t.Context(), i.ID, job, d.clock.Now(), "unavailable"))
		require.Nil(t, d.get(i.ID).AttemptedAt)
		require.Equal(t, 3, d.claim("submit").Attempts)
	})
}

func TestRecheckCoolsDown(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		waiting := d.submit("user-1")
		kindIs(t, fault.Conflict, d.RequestRecheck(t.Context(), waiting.ID, ana(audit.AskedRecheck)))

		i, err := d.ApplyIdentity(t.Context(), d.news("px-1", "user-2", identity.Pending), nil)
		require.NoError(t, err)
		require.NoError(t, d.RequestRecheck(t.Context(), i.ID, ana(audit.AskedRecheck)))
		f := faultOf(t, fault.Throttled, d.RequestRecheck(t.Context(), i.ID, ana(audit.AskedRecheck)))
		require.Equal(t, d.clock.Now().Add(10*time.Second), f.RetryAt)
		job := d.claim("recheck")
		require.Equal(t, queue.Click, job.Priority)
		require.Equal(t, "ana", job.By)
		d.clock.Advance(10 * time.Second)
		require.NoError(t, d.RequestRecheck(t.Context(), i.ID, ana(audit.AskedRecheck)))
		kindIs(t, fault.NotFound, d.RequestRecheck(t.Context(), "nobody", ana(audit.AskedRecheck)))
	})
}

func TestOneOfManySubmitsWins(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		const tries = 20
		var won, held atomic.Int64
		var wait sync.WaitGroup
		for range tries {
			wait.Go(func() {
				_, err := d.Submit(context.Background(), draft("user-1"), ana(audit.Submitted))
				switch fault.KindOf(err) {
				case "":
					won.Add(1)
				case fault.Conflict:
					held.Add(1)
				}
			})
		}
		wait.Wait()
		require.EqualValues(t, 1, won.Load())
		require.EqualValues(t, tries-1, held.Load())
		d.one(d.walk(identity.Filter{})[0].ID)
	})
}

// otherKeys seals nothing that was sealed before.
type otherKeys struct{ store.Sealer }

func (otherKeys) Open(_, _ []byte) ([]byte, error) { return nil, errors.New("another key") }

func TestUnreadableDraftBeginsNoAttempt(t *testing.T) {
	t.Parallel()
	lost := func(o *store.Options) { o.Sealer = otherKeys{o.Sealer} }
	d := desk{storetest.New(t, lost), t, storetest.NewClock()}
	i := d.submit("user-1")
	job := d.claim("submit")
	_, _, err := d.BeginAttempt(t.Context(), job)
	require.Equal(t, identity.DraftUnread, faultOf(t, fault.Internal, err).Code)
	require.Equal(t, i, d.get(i.ID))
	require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.DraftUnread}, nil))
	require.Equal(t, identity.LaneFailed, d.get(i.ID).Lane)
}

func TestOpenRefusesOtherDatabases(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "sqlite:", "postgres://127.0.0.1/desk", "desk.db"} {
		_, err := store.Open(t.Context(), store.Options{URL: url})
		require.ErrorContains(t, err, "DATABASE_URL", "url %q", url)
	}
}
