package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// Three clicks at once, or one that comes while the first is on its way or when it is done, ask for one move.
func TestASecondClickOnAMoveIsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		var wait sync.WaitGroup
		ids, errs := make([]string, 3), make([]error, 3)
		for n := range ids {
			wait.Go(func() {
				m, err := d.QueueMove(t.Context(), correction(i.ID), []byte(`{"city":"Ostrava Falls"}`), ana(audit.Corrected))
				ids[n], errs[n] = m.ID, err
			})
		}
		wait.Wait()
		require.Equal(t, []error{nil, nil, nil}, errs)
		require.Equal(t, []string{ids[0], ids[0], ids[0]}, ids)
		_, job := d.beginMove()
		require.Equal(t, ids[0], d.ask(i.ID).ID, "it is on its way")
		require.NoError(t, d.MoveDone(t.Context(), job, nil))
		require.Equal(t, ids[0], d.ask(i.ID).ID, "it is done")
		moves, err := d.Moves(t.Context(), i.ID)
		require.NoError(t, err)
		require.Len(t, moves, 1)
		require.Len(t, d.actsOf(i.ID, audit.Corrected), 1)
		d.noJob(correctJob)

		d.clock.Advance(time.Minute)
		require.NotEqual(t, ids[0], d.ask(i.ID).ID, "no click lasts so long")
	})
}

func TestWhatIsNoSecondClickOnAMove(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		first := d.ask(i.ID)
		refused := func(m identity.OurMove, payload string, e audit.Entry) {
			t.Helper()
			_, same, err := d.SameMove(t.Context(), m, []byte(payload))
			require.NoError(t, err)
			require.False(t, same)
			_, err = d.QueueMove(t.Context(), m, []byte(payload), e)
			f := faultOf(t, fault.Conflict, err)
			require.Contains(t, f.Text, "Correction: one that Ana Lyst asked for at "+fault.Moment(first.AskedAt))
			require.Equal(t, []time.Time{first.AskedAt}, f.Times)
		}
		refused(correction(i.ID), `{"city":"Ostrava"}`, ana(audit.Corrected))
		lea := correction(i.ID)
		lea.AskedBy = "lea"
		refused(lea, `{"city":"Ostrava Falls"}`, by("lea", audit.Corrected))
		other, err := d.QueueMove(t.Context(), correction(d.paxosCase("px-2").ID), []byte(`{"city":"Ostrava Falls"}`), ana(audit.Corrected))
		require.NoError(t, err)
		require.NotEqual(t, first.ID, other.ID, "of another case")

		require.NoError(t, d.WithdrawMove(t.Context(), first.ID, ana(audit.WithdrewMove)))
		second := d.ask(i.ID)
		require.NotEqual(t, first.ID, second.ID, "the first was withdrawn")
		require.NoError(t, d.WithdrawMove(t.Context(), other.ID, ana(audit.WithdrewMove)))
		_, job := d.beginMove()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		require.NotEqual(t, second.ID, d.ask(i.ID).ID, "the first has failed")
	})
}

func TestASecondClickOnAProposalIsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		var wait sync.WaitGroup
		kept, errs := make([]proposal.Proposal, 3), make([]error, 3)
		for n := range kept {
			wait.Go(func() { kept[n], errs[n] = d.Propose(t.Context(), d.controlWish(i, "ana"), by("ana", audit.Proposed)) })
		}
		wait.Wait()
		require.Equal(t, []error{nil, nil, nil}, errs)
		first := kept[0]
		require.Equal(t, []string{first.ID, first.ID}, []string{kept[1].ID, kept[2].ID})
		require.Equal(t, first.Reason, kept[2].Reason)
		require.Len(t, d.actsOf(i.ID, audit.Proposed), 1)

		for who, reason := range map[string]string{"ana": "another reason", "bo": first.Reason} {
			wish := d.controlWish(i, who)
			wish.Reason = reason
			_, err := d.Propose(t.Context(), wish, by(who, audit.Proposed))
			f := faultOf(t, fault.Conflict, err)
			require.Contains(t, f.Text, "ana made a proposal of this kind at "+fault.Moment(first.At), who)
			require.Equal(t, []time.Time{first.At}, f.Times)
		}
		_, err := d.decide(first, proposal.Approve, "lea")
		require.NoError(t, err)
		require.Equal(t, first.ID, d.proposeControl(i, "ana").ID, "it was approved within the minute")
		job := d.claim(controlJob)
		_, _, _, err = d.BeginMove(t.Context(), job)
		require.NoError(t, err)
		require.NoError(t, d.MoveDone(t.Context(), job, nil))
		require.Equal(t, first.ID, d.proposeControl(i, "ana").ID, "and done")
		d.clock.Advance(time.Minute)
		second := d.proposeControl(i, "ana")
		require.NotEqual(t, first.ID, second.ID)
		_, err = d.decide(second, proposal.Withdraw, "ana")
		require.NoError(t, err)
		require.NotEqual(t, second.ID, d.proposeControl(i, "ana").ID, "the one before was taken back")
	})
}

// A sum stands for what was typed, and goes with it.
func TestSumsOfAnErasedCaseAreErased(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		_, job := d.beginControl(i)
		require.NoError(t, d.MoveDone(t.Context(), job, nil))
		kept, err := d.Sums(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(2), kept)
		erase := d.propose(d.get(i.ID), "ana")
		_, err = d.decide(erase, proposal.Approve, "lea")
		require.NoError(t, err)
		kept, err = d.Sums(t.Context())
		require.NoError(t, err)
		require.Zero(t, kept)
	})
}

// Who clicks *Try again* or *Withdraw* twice is told twice that it is done. Anybody else, and whoever comes later, learns that it cannot be done.
func TestASecondClickAfterAFailedMove(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		m := d.ask(i.ID)
		_, job := d.beginMove()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		act := func(call func(context.Context, string, audit.Entry) error, who string, action audit.Action) error {
			return call(t.Context(), m.ID, by(who, action))
		}
		for _, c := range []struct {
			call   func(context.Context, string, audit.Entry) error
			action audit.Action
		}{{d.TryMoveAgain, audit.TriedMove}, {d.WithdrawMove, audit.WithdrewMove}} {
			require.NoError(t, act(c.call, "ana", c.action))
			once, acts := d.move(m.ID), d.acts(i.ID)
			require.NoError(t, act(c.call, "ana", c.action))
			require.Equal(t, once, d.move(m.ID), "%s: a second click changes nothing", c.action)
			require.Equal(t, acts, d.acts(i.ID), "%s: nor is it told", c.action)
			second := act(c.call, "ben", c.action)
			kindIs(t, fault.Conflict, second)
			require.ErrorContains(t, second, "ana was first, and "+c.action.Words()+" at ")
		}
		kindIs(t, fault.Conflict, act(d.TryMoveAgain, "ana", audit.TriedMove)) // that was before it was withdrawn
		d.clock.Advance(time.Minute)
		kindIs(t, fault.Conflict, act(d.WithdrawMove, "ana", audit.WithdrewMove))
	})
}
