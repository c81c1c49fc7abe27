package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

func TestAccepted(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		n := d.news("px-1", "user-1", identity.Pending)
		n.By = identity.BySubmit
		got, err := d.Accepted(t.Context(), i.ID, n, &job)
		require.NoError(t, err)
		require.Equal(t, identity.Accepted, got.Submission)
		require.Equal(t, got, d.get(i.ID))
		require.Equal(t, i.ID, d.claim("recheck").Subject)
		d.noJob("submit")
		require.Contains(t, d.kinds(i.ID), identity.WasAccepted)

		_, err = d.Accepted(t.Context(), i.ID, n, &job)
		kindIs(t, fault.Conflict, err)
		twice, err := d.Accepted(t.Context(), i.ID, n, nil)
		require.NoError(t, err)
		require.Equal(t, got, twice, "the same answer twice changes nothing")

		_, err = d.Accepted(t.Context(), i.ID, d.news("px-2", "user-1", identity.Pending), nil)
		kindIs(t, fault.Conflict, err)
		_, err = d.Accepted(t.Context(), i.ID, d.news("", "user-1", identity.Pending), nil)
		require.Error(t, err)
	})
}

// The walks by which a submission whose answer was lost can be seen before its next attempt: by an event or by a sync. Each ends
// as one case.
func TestOneRowHoweverItIsSeenFirst(t *testing.T) {
	ways := map[string]func(d desk, n identity.News) error{
		"event": func(d desk, n identity.News) error {
			require.NoError(d.t, d.Receive(d.t.Context(), delivery("ev-1", identity.EventApproved)))
			job := d.claim("event")
			e, err := d.Event(d.t.Context(), "ev-1")
			require.NoError(d.t, err)
			n.Event, n.By = &e, identity.ByWebhook
			_, err = d.ApplyIdentity(d.t.Context(), n, &job)
			return err
		},
		"sync": func(d desk, n identity.News) error {
			changed, err := d.ApplyPage(d.t.Context(), []identity.News{n}, map[string]string{"cursor": "c1"})
			require.Equal(d.t, 1, changed)
			return err
		},
	}
	for name, see := range ways {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d desk) {
				i := d.submit("user-1")
				_, job := d.begin()
				require.NoError(t, d.AnswerLost(t.Context(), i.ID, job, d.clock.Now(), "lost"))
				_, job = d.begin()
				require.NoError(t, see(d, d.news("px-1", "user-1", identity.Approved)))
				got := d.get(i.ID)
				require.Equal(t, identity.Accepted, got.Submission)
				require.Equal(t, identity.Approved, got.Status)

				late := d.news("px-1", "user-1", identity.Pending)
				late.Record.UpdatedAt = late.Record.UpdatedAt.Add(-time.Second)
				late.AskedAt = late.AskedAt.Add(-time.Second)
				_, err := d.Accepted(t.Context(), i.ID, late, &job)
				kindIs(t, fault.Conflict, err)
				require.Equal(t, got, d.get(i.ID), "a lost lease changes nothing")
				_, err = d.Accepted(t.Context(), i.ID, late, nil)
				require.NoError(t, err)
				require.Equal(t, identity.Approved, d.get(i.ID).Status, "older news never replaces newer")
				d.noJob("submit")
				d.one(i.ID)
			})
		})
	}
}

// one asserts that the desk holds this case alone.
func (d desk) one(id string) {
	d.t.Helper()
	page, err := d.List(d.t.Context(), identity.Filter{})
	require.NoError(d.t, err)
	require.Len(d.t, page.Items, 1)
	require.Equal(d.t, id, page.Items[0].ID)
	require.EqualValues(d.t, 1, page.Total)
}

// A sync can bring the record when our attempt seemed to have missed, so that a row of its own was made. Acceptance joins both.
func TestAcceptedJoinsWhatWasFoundBefore(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		n := d.news("px-1", "was-other", identity.Pending)
		found, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		require.NoError(t, d.Record(t.Context(), audit.Entry{ActorID: "ana", Action: audit.OpenedCase, IdentityID: found.ID}))
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		eventJob := d.claim("event")
		d.clock.Advance(time.Second)
		i := d.submit("user-1")
		_, job := d.begin()

		approved := d.news("px-1", "", identity.Approved)
		approved.Record.UpdatedAt = d.clock.Now().Add(time.Second)
		approved.By, approved.Event = identity.ByWebhook, &identity.Event{ID: "ev-1", Type: identity.EventApproved, PaxosID: "px-1"}
		_, err = d.ApplyIdentity(t.Context(), approved, &eventJob)
		require.NoError(t, err)
		require.NoError(t, d.EnqueueRechecks(t.Context(), []string{found.ID}, queue.Background))

		answer := d.news("px-1", "user-1", identity.Pending)
		answer.By = identity.BySubmit
		got, err := d.Accepted(t.Context(), i.ID, answer, &job)
		require.NoError(t, err)
		require.Equal(t, i.ID, got.ID, "our submission's id stays")
		require.Equal(t, identity.Approved, got.Status, "the newer news counts")
		require.Equal(t, identity.ByWebhook, got.LearnedBy)
		d.one(i.ID)

		require.Equal(t, i.ID, d.get(found.ID).ID, "the former id leads to the case")
		for _, q := range []string{"user-1", "was-other", "px-1", found.ID, i.ID, "ev-1", "verif-user-1"} {
			cases, err := d.Lookup(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, cases, 1, "looked for %s", q)
			require.Equal(t, i.ID, cases[0].ID, "looked for %s", q)
		}
		require.Subset(t, d.kinds(i.ID), []identity.EntryKind{identity.WasFound, identity.StatusChanged, identity.WasAccepted})
		e, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, i.ID, e.IdentityID)
		entries, err := d.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID})
		require.NoError(t, err)
		require.Len(t, entries, 2, "what was done to the former id is found")
		require.Equal(t, found.ID, entries[1].IdentityID, "and was not edited")
		_, err = d.VerifyAudit(t.Context())
		require.NoError(t, err)
		require.Equal(t, i.ID, d.claim("recheck").Subject)
		d.noJob("recheck")
	})
}

// What an event alone told of the record that was found stays true of the joined case, and since when it is our move.
func TestJoinedCaseKeepsWhatEventsTold(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		_, err := d.ApplyIdentity(t.Context(), d.news("px-1", "was-other", identity.Pending), nil)
		require.NoError(t, err)
		d.clock.Advance(time.Hour)
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventDocumentsRequired)))
		eventJob, asked := d.claim("event"), d.clock.Now()
		n := d.news("px-1", "was-other", identity.Pending)
		n.By, n.Event = identity.ByWebhook, &identity.Event{
			ID: "ev-1", Type: identity.EventDocumentsRequired, PaxosID: "px-1", OccurredAt: asked, Documents: []string{"PASSPORT"},
		}
		found, err := d.ApplyIdentity(t.Context(), n, &eventJob)
		require.NoError(t, err)
		require.Equal(t, asked, found.MoveSince)
		d.clock.Advance(time.Hour)

		answer := d.news("px-1", "user-1", identity.Pending)
		answer.By, answer.Record.CreatedAt, answer.Record.UpdatedAt = identity.BySubmit, found.CreatedAt, found.UpdatedAt
		got, err := d.Accepted(t.Context(), i.ID, answer, &job)
		require.NoError(t, err)
		require.Equal(t, got, d.get(i.ID))
		require.Equal(t, []string{"PASSPORT"}, got.Documents.Types)
		require.Equal(t, identity.LaneAction, got.Lane)
		require.Equal(t, asked, got.MoveSince, "our clock goes on from when Paxos asked")
		require.Equal(t, found.LearnedBy, got.LearnedBy)
		require.Equal(t, "user-1", got.RefID)
		d.leadsTo("was-other", i.ID)
		d.one(i.ID)
	})
}

// leadsTo asserts that an id leads to one case.
func (d desk) leadsTo(q, id string) {
	d.t.Helper()
	cases, err := d.Lookup(d.t.Context(), q)
	require.NoError(d.t, err)
	require.Len(d.t, cases, 1, "looked for %s", q)
	require.Equal(d.t, id, cases[0].ID, "looked for %s", q)
}

func TestAcceptedRefusesAnotherSubmissionsPaxosID(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		first := d.submit("user-1")
		_, job := d.begin()
		_, err := d.Accepted(t.Context(), first.ID, d.news("px-1", "user-1", identity.Pending), &job)
		require.NoError(t, err)
		second := d.submit("user-2")
		_, job = d.begin()
		_, err = d.Accepted(t.Context(), second.ID, d.news("px-1", "user-2", identity.Pending), &job)
		kindIs(t, fault.Conflict, err)
		require.Equal(t, identity.Sent, d.get(second.ID).Submission)
	})
}

func TestApplyTwiceAndOlder(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		n := d.news("px-1", "user-1", identity.Approved)
		first, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		again, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		require.Equal(t, first, again)
		history := d.kinds(first.ID)

		older := n
		older.Record.Status, older.Record.UpdatedAt = identity.Pending, n.Record.UpdatedAt.Add(-time.Minute)
		got, err := d.ApplyIdentity(t.Context(), older, nil)
		require.NoError(t, err)
		require.Equal(t, identity.Approved, got.Status)
		require.Equal(t, history, d.kinds(first.ID))

		moved := n
		moved.Record.RefID, moved.Record.UpdatedAt = "user-one", n.Record.UpdatedAt.Add(time.Minute)
		_, err = d.ApplyIdentity(t.Context(), moved, nil)
		require.NoError(t, err)
		cases, err := d.Lookup(t.Context(), "user-1")
		require.NoError(t, err)
		require.Len(t, cases, 1, "a former ref_id stays findable")
		require.Equal(t, "user-one", cases[0].RefID)
	})
}

func TestApplyNeedsItsLease(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i, err := d.ApplyIdentity(t.Context(), d.news("px-1", "user-1", identity.Pending), nil)
		require.NoError(t, err)
		require.NoError(t, d.EnqueueRechecks(t.Context(), []string{i.ID}, queue.Background))
		slow := d.claim("recheck")
		d.clock.Advance(time.Minute)
		fast := d.claim("recheck")
		n := d.news("px-1", "user-1", identity.Approved)
		_, err = d.ApplyIdentity(t.Context(), n, &slow)
		kindIs(t, fault.Conflict, err)
		require.Equal(t, identity.Pending, d.get(i.ID).Status)
		_, err = d.ApplyIdentity(t.Context(), n, &fast)
		require.NoError(t, err)
		d.noJob("recheck")
	})
}

func TestApplyPageIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		ns := []identity.News{d.news("px-1", "user-1", identity.Pending), d.news("px-2", "user-2", identity.Approved)}
		ns[1].Record.Name = identity.Name{First: "Ola", Last: "Nordmann"}
		changed, err := d.ApplyPage(t.Context(), ns, map[string]string{"cursor": "c2"})
		require.NoError(t, err)
		require.Equal(t, 2, changed)
		cursor, err := d.State(t.Context(), "cursor")
		require.NoError(t, err)
		require.Equal(t, "c2", cursor)
		changed, err = d.ApplyPage(t.Context(), ns, nil)
		require.NoError(t, err)
		require.Zero(t, changed, "nothing was new")
		i, err := d.IdentityByPaxosID(t.Context(), "px-2")
		require.NoError(t, err)
		name, err := d.Name(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, "Nordmann", name.Last)

		ns[0].Record.Type = "X"
		ns[1].Record.PaxosID = "" // no row can be made for it
		_, err = d.ApplyPage(t.Context(), append(ns, ns[1]), map[string]string{"cursor": "c3"})
		require.Error(t, err)
		cursor, err = d.State(t.Context(), "cursor")
		require.NoError(t, err)
		require.Equal(t, "c2", cursor)
	})
}
