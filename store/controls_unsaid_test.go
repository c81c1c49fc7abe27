package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// unsaid is a case of which Paxos' answers tell no controls.
func (d desk) unsaid(n string) identity.Identity {
	d.t.Helper()
	news := d.news("px-"+n, "user-"+n, identity.Approved)
	news.Record.Details.ControlsUnsaid = true
	return d.apply(news)
}

// sellOnly is Paxos' list of controls as of now.
func sellOnly(d desk) identity.ControlList {
	return identity.ControlsOf([]identity.ControlRecord{{
		Control: identity.Control{ID: "c-9", Type: identity.SellOnly, SetBy: "SET_BY_PAXOS", CreatedAt: d.clock.Now()},
	}}, d.clock.Now())
}

// heardOfControls applies an event that tells of a control, with an answer that cannot.
func (d desk) heardOfControls(id, eventType string) {
	d.t.Helper()
	d.clock.Advance(time.Minute)
	n := d.news("px-1", "user-1", identity.Approved)
	n.Record.Details.ControlsUnsaid = true
	n.Event = &identity.Event{ID: id, Type: eventType, PaxosID: "px-1", OccurredAt: d.clock.Now()}
	_, err := d.ApplyIdentity(d.t.Context(), n, nil)
	require.NoError(d.t, err)
}

// Where Paxos' answer cannot tell of a control that an event tells of, the list of controls is asked for, and what it says is news.
func TestControlsThatOnlyTheListTells(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.unsaid("1")
		_, known := i.Details.InForce()
		require.False(t, known)
		d.heardOfControls("ev-0", identity.EventApproved)
		d.noJob("controls")

		p := d.proposeControl(d.get(i.ID), "ana")
		d.heardOfControls("ev-1", identity.EventControlCreated)
		job := d.claim("controls")
		require.Equal(t, []string{i.ID}, d.changedBy(func() { require.NoError(t, d.ApplyControls(t.Context(), job, sellOnly(d))) }))
		now := d.get(i.ID)
		require.True(t, now.Controlled(identity.SellOnly))
		require.Equal(t, identity.CanNot, now.Able().Buy)
		require.Greater(t, now.Rev, i.Rev)
		told, err := d.History(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, "control SELL_ONLY", told[len(told)-1].Changes[0].Field)

		ended, err := d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, 1, ended)
		require.Equal(t, proposal.Void, d.proposal(p.ID).State, "the controls are others than its maker saw")
		_, err = d.decide(p, proposal.Approve, "lea")
		kindIs(t, fault.Conflict, err)

		again := d.proposeControl(d.get(i.ID), "ana")
		d.heardOfControls("ev-2", identity.EventControlDeleted)
		same := sellOnly(d)
		same.Controls[0].CreatedAt = now.Details.Controls[0].CreatedAt
		require.NoError(t, d.ApplyControls(t.Context(), d.claim("controls"), same))
		_, err = d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, proposal.Open, d.proposal(again.ID).State, "the same controls as before change nothing")
	})
}

// What we have set, or ended, is looked for in the list.
func TestAMoveOfControlsHasTheListAskedFor(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.unsaid("1")
		_, job := d.beginControl(i)
		d.noJob("controls")
		require.NoError(t, d.MoveDone(t.Context(), job, map[string]string{"control_id": "c-9"}))
		require.NoError(t, d.ApplyControls(t.Context(), d.claim("controls"), sellOnly(d)))
		require.True(t, d.get(i.ID).Controlled(identity.SellOnly))
		d.claim("recheck")

		d.clock.Advance(time.Minute)
		_, other := d.beginControl(d.get(i.ID))
		d.clock.Advance(time.Minute)
		require.NoError(t, d.MoveDone(t.Context(), other, nil))
		require.NoError(t, d.ApplyControls(t.Context(), d.claim("controls"), identity.ControlsOf(nil, d.clock.Now())))
		now := d.get(i.ID)
		require.False(t, now.Controlled(identity.SellOnly))
		require.Equal(t, identity.CanDo, now.Able().Buy)
	})
}
