package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func (d desk) turns(id string) []identity.Turn {
	d.t.Helper()
	turns, err := d.Turns(d.t.Context(), id)
	require.NoError(d.t, err)
	return turns
}

// Who had the move when: from the submission on, over Paxos' turn and ours, to the decision and back.
func TestTurns(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		at := d.clock.Now()
		hour := func(n int) time.Time { return at.Add(time.Duration(n) * time.Hour) }
		i := d.submit("user-1")
		require.Equal(t, []identity.Turn{{Move: identity.TheLine, From: at}}, d.turns(i.ID))

		d.clock.Advance(time.Hour)
		_, job := d.begin()
		n := d.news("px-1", "user-1", identity.Pending)
		_, err := d.Accepted(t.Context(), i.ID, n, &job)
		require.NoError(t, err)
		want := []identity.Turn{{Move: identity.TheLine, From: at, To: new(hour(1))}, {Move: identity.Paxos, From: hour(1)}}
		require.Equal(t, want, d.turns(i.ID))

		d.clock.Advance(time.Hour)
		n = d.news("px-1", "user-1", identity.Pending)
		n.Record.Details.Requirements = []identity.Requirement{{Type: identity.IDVerification, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}
		for range 2 { // the same again is no turn
			_, err = d.ApplyIdentity(t.Context(), n, nil)
			require.NoError(t, err)
		}
		want[1].To = new(hour(2))
		want = append(want, identity.Turn{Move: identity.Ours, From: hour(2)})
		require.Equal(t, want, d.turns(i.ID))

		d.clock.Advance(time.Hour)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-1", "user-1", identity.Approved), nil)
		require.NoError(t, err)
		want[2].To = new(hour(3))
		require.Equal(t, want, d.turns(i.ID), "after a decision nobody has the move")

		d.clock.Advance(time.Hour)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-1", "user-1", identity.StatusError), nil)
		require.NoError(t, err)
		want = append(want, identity.Turn{Move: identity.Paxos, From: hour(4)})
		require.Equal(t, want, d.turns(i.ID))
	})
}

// What is found by a sync before the submission is known to be it keeps its turns, behind the submission's own.
func TestTurnsOfTwoThatBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		at := d.clock.Now()
		hour := func(n int) time.Time { return at.Add(time.Duration(n) * time.Hour) }
		i := d.submit("user-1")
		d.clock.Advance(time.Hour)
		_, job := d.begin()
		twin, err := d.ApplyIdentity(t.Context(), d.news("px-1", "", identity.Pending), nil)
		require.NoError(t, err)
		require.NotEqual(t, i.ID, twin.ID)
		d.clock.Advance(time.Hour)
		n := d.news("px-1", "", identity.Pending)
		n.Record.CreatedAt = hour(1)
		n.Record.Details.Requirements = []identity.Requirement{{Type: identity.IDVerification, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}
		_, err = d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		n.Record.RefID = "user-1"
		_, err = d.Accepted(t.Context(), i.ID, n, &job)
		require.NoError(t, err)
		want := []identity.Turn{
			{Move: identity.TheLine, From: at, To: new(hour(1))},
			{Move: identity.Paxos, From: hour(1), To: new(hour(2))},
			{Move: identity.Ours, From: hour(2)},
		}
		require.Equal(t, want, d.turns(i.ID))
		require.Equal(t, want, d.turns(twin.ID), "its former id leads there")
	})
}

// Paxos had the move of a case that was found with documents asked for, until it asked: the event of that comes after the case.
func TestTurnsOfAFoundCase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		created := d.clock.Now().Add(-48 * time.Hour)
		asked := created.Add(20 * time.Hour)
		n := d.news("px-1", "user-1", identity.Pending)
		n.By, n.Record.CreatedAt, n.Record.UpdatedAt = identity.BySync, created, asked
		n.Record.Details.Requirements = []identity.Requirement{{Type: identity.EnhancedDueDiligence, Status: identity.RequirementPending, Awaiting: identity.AwaitingClient}}
		i, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		require.Equal(t, []identity.Turn{{Move: identity.Ours, From: created}}, d.turns(i.ID))
		require.True(t, d.get(i.ID).SinceUnknown())

		n.Event = &identity.Event{ID: "e-1", Type: identity.EventDocumentsRequired, PaxosID: "px-1", Documents: []string{"PASSPORT"}, OccurredAt: asked}
		for range 2 {
			_, err = d.ApplyIdentity(t.Context(), n, nil)
			require.NoError(t, err)
			require.Equal(t, []identity.Turn{{Move: identity.Paxos, From: created, To: &asked}, {Move: identity.Ours, From: asked}}, d.turns(i.ID))
		}
		require.False(t, d.get(i.ID).SinceUnknown())
	})
}
