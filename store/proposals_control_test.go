package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
	"identitydesk/internal/queue"
)

const controlJob = "move:control"

// controlWish proposes to let somebody only sell.
func (d desk) controlWish(i identity.Identity, maker string) proposal.Proposal {
	p := proposal.New(proposal.Control, proposal.Policy{Term: time.Hour}, i.FactLines(), d.clock.Now())
	p.IdentityID, p.MakerID, p.MakerName, p.ReasonCode, p.Reason = i.ID, maker, maker, "COMPLIANCE_EDD", "Zarathorn owes us papers"
	p.Payload = []byte(`{"type":"SELL_ONLY","reason_code":"COMPLIANCE_EDD","reason":"Zarathorn owes us papers"}`)
	return p
}

func (d desk) proposeControl(i identity.Identity, maker string) proposal.Proposal {
	d.t.Helper()
	p, err := d.Propose(d.t.Context(), d.controlWish(i, maker), by(maker, audit.Proposed))
	require.NoError(d.t, err)
	return p
}

func TestAnApprovedControlIsQueuedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.proposeControl(i, "ana")
		_, err := d.decide(p, proposal.Approve, "ana")
		kindIs(t, fault.Forbidden, err)
		moves, err := d.Moves(t.Context(), i.ID)
		require.NoError(t, err)
		require.Empty(t, moves)

		d.clock.Advance(time.Minute)
		agreed := d.clock.Now()
		approved, err := d.decide(p, proposal.Approve, "lea")
		require.NoError(t, err)
		require.Equal(t, proposal.Approved, approved.State)
		moves, err = d.Moves(t.Context(), i.ID)
		require.NoError(t, err)
		require.Len(t, moves, 1)
		m := moves[0]
		require.Equal(t, []any{identity.MoveControl, "ana", []string{"set_control", "SELL_ONLY"}}, []any{m.Kind, m.AskedBy, m.About})
		require.Equal(t, p.At, m.AskedAt, "when it was proposed")
		steps := []identity.MoveStep{{At: p.At, Step: identity.StepProposed, By: "ana"}, {At: agreed, Step: identity.StepApproved, By: "lea"}}
		require.Equal(t, steps, m.Steps)
		history, err := d.History(t.Context(), i.ID)
		require.NoError(t, err)
		told := history[len(history)-1]
		require.Equal(t, []any{"control approved", "lea", agreed}, []any{told.Code, told.ActorID, told.ProcessedAt})
		entries, err := d.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID, Action: audit.ChangedControl})
		require.NoError(t, err)
		require.Equal(t, []string{"lea", m.ID, "SELL_ONLY", "COMPLIANCE_EDD"},
			[]string{entries[0].ActorID, entries[0].Object, entries[0].After, entries[0].ReasonCode})
		text, err := d.Contents(t.Context(), "moves")
		require.NoError(t, err)
		require.NotContains(t, text, "Zarathorn")

		_, err = d.Propose(t.Context(), d.controlWish(i, "bo"), by("bo", audit.Proposed))
		kindIs(t, fault.Conflict, err)
		require.ErrorContains(t, err, "still on its way")

		job := d.claim(controlJob)
		begun, payload, paxosID, err := d.BeginMove(t.Context(), job)
		require.NoError(t, err)
		require.JSONEq(t, string(p.Payload), string(payload))
		require.Equal(t, "px-1", paxosID)
		require.Equal(t, 1, begun.Attempts)
		d.clock.Advance(time.Minute)
		require.NoError(t, d.MoveDone(t.Context(), job, map[string]string{"control_id": "c-1"}))
		require.Equal(t, proposal.Done, d.proposal(p.ID).State)
		reasons, err := d.MoveReasons(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, map[string]identity.MoveReason{m.ID: {Text: "Zarathorn owes us papers"}}, reasons, "what was to be sent is gone, why is not")
		_, err = d.Propose(t.Context(), d.controlWish(i, "ana"), by("ana", audit.Proposed))
		require.NoError(t, err)
	})
}

// beginControl has a control proposed and approved, and gives the job of its move with the attempt begun.
func (d desk) beginControl(i identity.Identity) (proposal.Proposal, queue.Job) {
	d.t.Helper()
	p := d.proposeControl(i, "ana")
	_, err := d.decide(p, proposal.Approve, "lea")
	require.NoError(d.t, err)
	job := d.claim(controlJob)
	_, _, _, err = d.BeginMove(d.t.Context(), job)
	require.NoError(d.t, err)
	return p, job
}

func TestAControlThatEndsOtherwiseIsUndone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		stands := func(want proposal.State, p proposal.Proposal) {
			t.Helper()
			require.Equal(t, want, d.proposal(p.ID).State)
		}
		refused, job := d.beginControl(i)
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.Refused}, false))
		stands(proposal.Undone, refused)
		_, err := d.decide(refused, proposal.Approve, "lea")
		require.NoError(t, err, "a second click on an approval that was given")

		done, job := d.beginControl(i) // at the same moment as the one before
		require.NoError(t, d.MoveDone(t.Context(), job, nil))
		stands(proposal.Done, done)
		stands(proposal.Undone, refused)

		d.clock.Advance(time.Minute)
		kept, job := d.beginControl(i)
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		stands(proposal.Approved, kept) // it can be tried again
		require.NoError(t, d.TryMoveAgain(t.Context(), job.Subject, by("lea", audit.TriedMove)))
		stands(proposal.Approved, kept)
		require.NoError(t, d.WithdrawMove(t.Context(), job.Subject, by("lea", audit.WithdrewMove)))
		stands(proposal.Undone, kept)

		forgotten, job := d.beginControl(i)
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		d.clock.Advance(identity.AgainWithin)
		_, err = d.LetMovesGo(t.Context(), d.clock.Now(), 10)
		require.NoError(t, err)
		stands(proposal.Undone, forgotten)

		listed, err := d.Proposals(t.Context(), proposal.Filter{Show: proposal.ShowEnded, IdentityID: i.ID})
		require.NoError(t, err)
		require.Len(t, listed.Items, 4)
	})
}

func TestAControlOfAnErasedCaseIsUndone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p, job := d.beginControl(i)
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		erase := d.propose(d.get(i.ID), "ana")
		_, err := d.decide(erase, proposal.Approve, "lea")
		require.NoError(t, err)
		require.Equal(t, proposal.Undone, d.proposal(p.ID).State)
		require.Equal(t, proposal.Done, d.proposal(erase.ID).State)
	})
}

// A database from before told an approved proposal and its move together by their time.
func TestControlsOfAnOldDatabase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		refused, job := d.beginControl(i)
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.Refused}, false))
		d.clock.Advance(time.Minute)
		done, job := d.beginControl(i)
		require.NoError(t, d.MoveDone(t.Context(), job, nil))
		d.clock.Advance(time.Minute)
		open, job := d.beginControl(i)
		require.NoError(t, d.DownTo(t.Context(), 19))
		require.NoError(t, d.Migrate(t.Context()))
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.Refused}, false))
		require.Equal(t, []proposal.State{proposal.Undone, proposal.Done, proposal.Undone},
			[]proposal.State{d.proposal(refused.ID).State, d.proposal(done.ID).State, d.proposal(open.ID).State})
		require.Equal(t, "Zarathorn owes us papers", d.proposal(open.ID).Reason)
	})
}

// A database from before told the time of the approval as that of the wish.
func TestWhenAControlOfAnOldDatabaseWasProposed(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.proposeControl(i, "ana")
		d.clock.Advance(time.Minute)
		_, err := d.decide(p, proposal.Approve, "lea")
		require.NoError(t, err)
		stood := func() (identity.OurMove, identity.Entry) {
			moves, err := d.Moves(t.Context(), i.ID)
			require.NoError(t, err)
			history, err := d.History(t.Context(), i.ID)
			require.NoError(t, err)
			return moves[0], history[len(history)-1]
		}
		m, told := stood()
		require.NoError(t, d.DownTo(t.Context(), 26))
		require.NoError(t, d.Write(t.Context(), func(exec func(query string, args ...any) error) error {
			at := d.clock.Now().UnixMilli()
			for _, table := range []string{"moves SET asked_at = $1", "move_steps SET at = $1"} {
				if err := exec("UPDATE "+table, at); err != nil {
					return err
				}
			}
			return exec("UPDATE history SET actor_id = 'ana' WHERE code = 'control asked'")
		}))
		require.NoError(t, d.Migrate(t.Context()))
		now, tells := stood()
		require.Equal(t, m, now)
		require.Equal(t, told, tells)
	})
}

func TestAControlOfAChangedCaseIsVoid(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.proposeControl(i, "ana")
		later := d.news("px-1", "user-1", identity.Approved)
		later.Record.UpdatedAt = d.clock.Now().Add(time.Minute)
		_, err := d.ApplyIdentity(t.Context(), later, nil)
		require.NoError(t, err)
		_, err = d.decide(p, proposal.Approve, "lea")
		kindIs(t, fault.Conflict, err)
		require.Equal(t, proposal.Void, d.proposal(p.ID).State)
		d.noJob(controlJob)

		waiting := d.submit("user-9")
		_, err = d.Propose(t.Context(), d.controlWish(waiting, "ana"), by("ana", audit.Proposed))
		require.ErrorContains(t, err, "Paxos does not hold this identity")
		kindIs(t, fault.Conflict, err)
	})
}
