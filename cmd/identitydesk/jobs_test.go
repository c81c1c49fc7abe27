package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/inbox"
	"identitydesk/internal/outbox"
	"identitydesk/internal/queue"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// onePerson is a Paxos that takes one person, once.
type onePerson struct {
	clock   *storetest.Clock
	record  identity.Record
	creates int
}

func (p *onePerson) CreateIdentity(_ context.Context, d identity.Draft) (identity.News, error) {
	p.creates++
	if p.record.PaxosID != "" {
		return identity.News{}, &fault.Error{Kind: fault.Conflict, Cause: &identity.Exists{Field: "ref_id", Record: p.record}}
	}
	now := p.clock.Now()
	p.record = identity.Record{PaxosID: "px-1", RefID: d.RefID, Status: identity.Pending, CreatedAt: now, UpdatedAt: now}
	return p.Identity(context.Background(), "px-1")
}

func (*onePerson) CreateInstitution(context.Context, identity.InstitutionDraft) (identity.News, error) {
	return identity.News{}, nil
}

func (p *onePerson) Identity(context.Context, string) (identity.News, error) {
	return identity.News{Record: p.record, AskedAt: p.clock.Now(), HeardAt: p.clock.Now()}, nil
}

func (p *onePerson) Event(_ context.Context, id string, _ bool) (identity.Event, error) {
	return identity.Event{
		ID: id, Type: identity.EventApproved, PaxosID: "px-1", OldStatus: identity.Pending, NewStatus: identity.Approved,
		OccurredAt: p.record.UpdatedAt,
	}, nil
}

func (*onePerson) ListIdentities(context.Context, identity.ListQuery) (identity.ListPage, error) {
	return identity.ListPage{}, nil
}

func (*onePerson) ListEvents(context.Context, identity.EventQuery) ([]identity.Event, error) {
	return nil, nil
}

// workbench is the desk's workers on a real store, with each job in the test's hands.
type workbench struct {
	*store.Store
	t      *testing.T
	clock  *storetest.Clock
	paxos  *onePerson
	handle map[string]queue.Handler
}

func newWorkbench(t *testing.T) workbench {
	t.Helper()
	clock := storetest.NewClock()
	b := workbench{Store: storetest.New(t, storetest.WithClock(clock)), t: t, clock: clock, paxos: &onePerson{clock: clock}}
	log := slog.New(slog.DiscardHandler)
	in := inbox.New(inbox.Options{
		Store: b, Clicks: b.paxos, Events: b.paxos, Background: b.paxos, EventsAllowed: func() bool { return true }, Now: clock.Now, Log: log,
	})
	out := outbox.New(outbox.Options{Store: b, Paxos: b.paxos, Now: clock.Now, Log: log})
	b.handle = map[string]queue.Handler{outbox.Kind: out.Handle, inbox.EventKind: in.HandleEvent, inbox.RecheckKind: in.HandleRecheck}
	return b
}

func (b workbench) claim(kind string) queue.Job {
	b.t.Helper()
	jobs, err := b.ClaimJobs(b.t.Context(), []string{kind}, 1, jobLease)
	require.NoError(b.t, err)
	require.Len(b.t, jobs, 1)
	return jobs[0]
}

// told is the case and its history, times of asking aside.
func (b workbench) told() (identity.Identity, []identity.Entry) {
	b.t.Helper()
	page, err := b.List(b.t.Context(), identity.Filter{})
	require.NoError(b.t, err)
	require.Len(b.t, page.Items, 1)
	i := page.Items[0]
	i.AskedAt, i.CheckedAt, i.Rev = time.Time{}, nil, 0
	history, err := b.History(b.t.Context(), i.ID)
	require.NoError(b.t, err)
	return i, history
}

// twice does a job, then the same once more as a worker that has lost its lease would, then after a process died in between.
func (b workbench) twice(kind string, again func()) {
	b.t.Helper()
	job := b.claim(kind)
	require.NoError(b.t, b.handle[kind](b.t.Context(), job))
	before, history := b.told()
	require.Error(b.t, b.handle[kind](b.t.Context(), job), "the lease is over")
	again()
	dead := b.claim(kind) // and its process is killed
	b.clock.Advance(jobLease)
	job = b.claim(kind)
	require.Equal(b.t, dead.ID, job.ID)
	require.NoError(b.t, b.handle[kind](b.t.Context(), job))
	require.Error(b.t, b.handle[kind](b.t.Context(), dead))
	after, same := b.told()
	require.Equal(b.t, before, after)
	require.Equal(b.t, history, same)
}

func TestJobsTwiceAreHarmless(t *testing.T) {
	t.Parallel()
	b := newWorkbench(t)
	ana := audit.Entry{ActorID: "ana", Action: audit.Submitted}
	i, err := b.Submit(t.Context(), identity.Draft{RefID: "user-1"}, ana)
	require.NoError(t, err)

	// The process dies after Paxos has created the person, before that is stored.
	dead := b.claim(outbox.Kind)
	_, application, err := b.BeginAttempt(t.Context(), dead)
	require.NoError(t, err)
	_, err = b.paxos.CreateIdentity(t.Context(), *application.Person)
	require.NoError(t, err)
	b.clock.Advance(jobLease)
	job := b.claim(outbox.Kind)
	require.NoError(t, b.handle[outbox.Kind](t.Context(), job))
	require.Error(t, b.handle[outbox.Kind](t.Context(), dead), "the first worker lives after all: it makes no call")
	require.Error(t, b.handle[outbox.Kind](t.Context(), job))
	require.Equal(t, 2, b.paxos.creates)
	accepted, _ := b.told()
	require.Equal(t, i.ID, accepted.ID)
	require.Equal(t, identity.Accepted, accepted.Submission)

	b.twice(inbox.RecheckKind, func() {
		require.NoError(t, b.EnqueueRechecks(t.Context(), []string{i.ID}, queue.Background))
	})
	b.paxos.record.Status, b.paxos.record.UpdatedAt = identity.Approved, b.clock.Now()
	require.NoError(t, b.Receive(t.Context(), identity.Delivery{EventID: "ev-1", Type: identity.EventApproved, ReceivedAt: b.clock.Now()}))
	b.twice(inbox.EventKind, func() { require.NoError(t, b.Reprocess(t.Context(), "ev-1", ana)) })
	approved, _ := b.told()
	require.Equal(t, identity.Approved, approved.Status)
}
