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

const accountJob = "move:account"

// duplicate is a submission that failed since Paxos holds the person, and the case of that.
func (d desk) duplicate() (sub, existing identity.Identity) {
	d.t.Helper()
	existing = d.paxosCase("px-1")
	sub = d.submit("user-2")
	_, job := d.begin()
	record := d.news("px-1", "ref-px-1", identity.Pending).Record
	require.NoError(d.t, d.SubmissionFailed(d.t.Context(), sub.ID, job, identity.Failure{Code: identity.CIPIDTaken}, &record))
	return d.get(sub.ID), d.get(existing.ID)
}

func (d desk) link(sub, existing identity.Identity, who string) (identity.OurMove, error) {
	d.t.Helper()
	said := by(who, audit.ConfirmedSame)
	said.Reason, said.ReasonCode = "Both are Quillon", "details_agree"
	return d.LinkDuplicate(d.t.Context(), sub.ID, identity.Mend{Attempts: 1},
		identity.OurMove{IdentityID: existing.ID, AskedBy: who, AskedByName: who}, []byte(`{"account":{}}`), said, by(who, audit.AskedAccount))
}

func (d desk) finds(id string) (found []string) {
	d.t.Helper()
	cases, err := d.Lookup(d.t.Context(), id)
	require.NoError(d.t, err)
	for _, c := range cases {
		found = append(found, c.ID)
	}
	return found
}

// beginAccount claims the account's job and begins its move.
func (d desk) beginAccount() queue.Job {
	d.t.Helper()
	job := d.claim(accountJob)
	_, _, paxosID, err := d.BeginMove(d.t.Context(), job)
	require.NoError(d.t, err)
	require.Equal(d.t, "px-1", paxosID)
	return job
}

func TestLinkDuplicate(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		m, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		require.Equal(t, existing.ID, m.IdentityID)
		require.Equal(t, identity.Failed, d.get(sub.ID).Submission, "not before the account is there")
		waits := d.get(sub.ID)
		require.Equal(t, []any{identity.LaneFailed, identity.TheLine, d.clock.Now()}, []any{waits.Lane, waits.Move, waits.MoveSince})
		require.Equal(t, "The account that links it is on its way to Paxos", identity.Explain(waits, d.Policy(), d.clock.Now(), 0).Blocking[0].Text)
		said := d.actsOf(sub.ID, audit.ConfirmedSame)
		require.Len(t, said, 1)
		require.Equal(t, m.ID, said[0].Object)
		require.Len(t, d.actsOf(existing.ID, audit.AskedAccount), 1)

		twice, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		require.Equal(t, m.ID, twice.ID, "a double click")
		_, err = d.link(sub, existing, "lea")
		kindIs(t, fault.Conflict, err)
		require.Contains(t, fault.From(err).Text, "ana confirmed the same person at ")
		for name, act := range map[string]func() error{
			"resubmit": func() error {
				_, err := d.Resubmit(t.Context(), sub.ID, identity.Mend{}, by("lea", audit.Resubmitted))
				return err
			},
			"withdraw": func() error { _, err := d.Withdraw(t.Context(), sub.ID, by("lea", audit.Withdrew)); return err },
			"erase": func() error {
				_, err := d.Propose(t.Context(), d.wish(d.get(sub.ID), "lea"), by("lea", audit.Proposed))
				return err
			},
			"decline": func() error {
				_, err := d.DeclineDuplicate(t.Context(), sub.ID, existing.ID, identity.Mend{}, by("lea", audit.DeclinedService))
				return err
			},
		} {
			err := act()
			require.Equal(t, fault.Conflict, fault.KindOf(err), name)
			require.Contains(t, fault.From(err).Text, "on its way to Paxos", name)
		}

		job := d.beginAccount()
		require.NoError(t, d.MoveDone(t.Context(), job, map[string]string{"account_id": "acc-1"}))
		linked := d.get(sub.ID)
		require.Equal(t, identity.Linked, linked.Submission)
		require.Equal(t, existing.ID, linked.ExistingID)
		require.Equal(t, identity.LaneDecided, linked.Lane)
		_, found, err := d.Draft(t.Context(), sub.ID)
		require.NoError(t, err)
		require.False(t, found, "the draft is erased")
		require.Equal(t, identity.WasLinked, last(d.kinds(sub.ID)))
		require.Contains(t, d.kinds(existing.ID), identity.HasLinked)
		require.ElementsMatch(t, []string{sub.ID, existing.ID}, d.finds("user-2"))
		require.Equal(t, []string{existing.ID}, d.finds("ref-px-1"))

		done, err := d.link(sub, existing, "ana")
		require.NoError(t, err, "a late second click")
		require.Zero(t, done)
		_, err = d.link(sub, existing, "lea")
		kindIs(t, fault.Conflict, err)
		d.noJob(accountJob)
	})
}

// An account that Paxos refuses leaves the submission as it was, to be dealt with in another way.
func TestLinkThatFails(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		_, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		job := d.beginAccount()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.WrongStatus}, true))
		again := d.get(sub.ID)
		require.Equal(t, []any{identity.Failed, identity.Ours, (*time.Time)(nil)}, []any{again.Submission, again.Move, again.LinkingSince})
		require.Empty(t, again.KeepsHere())
		e := by("lea", audit.DeclinedService)
		e.ReasonCode = "policy"
		declined, err := d.DeclineDuplicate(t.Context(), sub.ID, existing.ID, identity.Mend{Attempts: 1}, e)
		require.NoError(t, err)
		require.Equal(t, identity.Declined, declined.Submission)
		_, found, err := d.Draft(t.Context(), sub.ID)
		require.NoError(t, err)
		require.False(t, found)
		history, err := d.History(t.Context(), sub.ID)
		require.NoError(t, err)
		require.Equal(t, "policy", history[len(history)-1].Code)

		require.False(t, d.move(job.Subject).Again, "nothing is kept that could make an account for somebody who was declined")
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), job.Subject, by("ana", audit.TriedMove)))
		d.noJob(accountJob)
		require.Equal(t, []string{sub.ID}, d.finds("user-2"))
	})
}

// Two accounts for one submission are one too many: a link that failed is not tried again once another has joined it.
func TestLinkThatFailedBeforeAnotherWorked(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		_, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		first := d.beginAccount()
		require.NoError(t, d.MoveFailed(t.Context(), first, identity.Failure{Code: identity.WrongStatus}, true))
		_, err = d.link(sub, existing, "lea")
		require.NoError(t, err)
		require.NoError(t, d.MoveDone(t.Context(), d.beginAccount(), map[string]string{"account_id": "acc-2"}))
		require.Equal(t, identity.Linked, d.get(sub.ID).Submission)
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), first.Subject, by("ana", audit.TriedMove)))
		d.noJob(accountJob)
	})
}

// A submission that is sent again, mended, may become a customer of its own: the account that would have joined it to another is let go.
func TestLinkThatFailedBeforeItWasResubmitted(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		_, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		job := d.beginAccount()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.WrongStatus}, true))
		require.True(t, d.move(job.Subject).Again)
		_, err = d.Resubmit(t.Context(), sub.ID, identity.Mend{Attempts: 1}, by("lea", audit.Resubmitted))
		require.NoError(t, err)
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), job.Subject, by("ana", audit.TriedMove)))
		_, again := d.begin()
		require.NoError(t, d.SubmissionFailed(t.Context(), sub.ID, again, identity.Failure{Code: identity.CIPIDTaken}, nil))
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), job.Subject, by("ana", audit.TriedMove)))
		d.noJob(accountJob)
	})
}

func TestSameCIP(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		first := d.submit("user-1")
		_, job := d.begin()
		n := d.news("px-1", "user-1", identity.Approved)
		n.By = identity.BySubmit
		_, err := d.Accepted(t.Context(), first.ID, n, &job)
		require.NoError(t, err)
		second := d.submit("user-2")
		found, err := d.SameCIP(t.Context(), second.ID)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, first.ID, found[0].ID)
		none, err := d.SameCIP(t.Context(), first.ID)
		require.NoError(t, err)
		require.Empty(t, none, "Paxos does not hold the other one")
		none, err = d.SameCIP(t.Context(), d.paxosCase("px-9").ID)
		require.NoError(t, err)
		require.Empty(t, none, "nothing is known of its number")
	})
}

func last[T any](all []T) T { return all[len(all)-1] }

// The account lies on the existing identity's case; the submission tells of it too, and its open pages hear of each step.
func TestMovesOfALinkedSubmission(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		m, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		job := d.beginAccount()
		var told []string
		d.OnChange(func(ids []string) { told = append(told, ids...) })
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.WrongStatus, Text: "not now"}, true))
		require.Contains(t, told, sub.ID)
		for _, id := range []string{sub.ID, existing.ID} {
			moves, err := d.Moves(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, moves, 1)
			require.Equal(t, m.ID, moves[0].ID)
			require.Equal(t, []string{identity.StepAsked, identity.StepStarted, identity.StepFailed}, stepsOf(moves[0]))
			texts, err := d.MoveFailures(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, "not now", texts[m.ID].Text)
		}
		moves, err := d.Moves(t.Context(), d.paxosCase("px-9").ID)
		require.NoError(t, err)
		require.Empty(t, moves)
	})
}

// keeps refuses to approve an erasure, for a reason; it is declined then.
func (d desk) keeps(p proposal.Proposal, why string) {
	d.t.Helper()
	_, err := d.decide(p, proposal.Approve, "lea")
	kindIs(d.t, fault.Conflict, err)
	require.Contains(d.t, fault.From(err).Text, why)
	_, err = d.decide(p, proposal.Decline, "lea")
	require.NoError(d.t, err)
}

// What retention and an erasure agreed on before would take away is still needed while the account is on its way.
func TestWhatIsBeingLinkedIsKept(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		agreed := d.propose(sub, "ana")
		_, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		d.keeps(agreed, "on its way to Paxos")
		later := d.clock.Now().Add(time.Hour)
		gone, err := d.LetDraftsGo(t.Context(), later, 10)
		require.NoError(t, err)
		require.Zero(t, gone)

		require.NoError(t, d.MoveFailed(t.Context(), d.beginAccount(), identity.Failure{Code: identity.WrongStatus}, true))
		gone, err = d.LetDraftsGo(t.Context(), later, 10)
		require.NoError(t, err)
		require.Equal(t, 1, gone)
	})
}

// A case is not erased under a move that may have its effect yet.
func TestACaseWithAMoveOnItsWayIsKept(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		agreed := d.propose(i, "ana")
		m, err := d.QueueMove(t.Context(), identity.OurMove{IdentityID: i.ID, Kind: identity.MoveCorrect, AskedBy: "ana", AskedByName: "Ana"},
			[]byte(`{}`), by("ana", audit.Corrected))
		require.NoError(t, err)
		d.keeps(agreed, "Correction: Ana asked for it at ")
		later := d.clock.Now().Add(time.Hour)
		erased, err := d.EraseDue(t.Context(), later, 10)
		require.NoError(t, err)
		require.Zero(t, erased)

		require.NoError(t, d.WithdrawMove(t.Context(), m.ID, by("ana", audit.WithdrewMove)))
		erased, err = d.EraseDue(t.Context(), later, 10)
		require.NoError(t, err)
		require.Equal(t, 1, erased)
	})
}

// A database from before tells of the accounts that were on their way.
func TestLinksOfAnOldDatabase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		sub, existing := d.duplicate()
		_, err := d.link(sub, existing, "ana")
		require.NoError(t, err)
		since := d.get(sub.ID).LinkingSince
		require.NotNil(t, since)
		require.NoError(t, d.DownTo(t.Context(), 21))
		require.NoError(t, d.Migrate(t.Context()))
		require.Equal(t, since, d.get(sub.ID).LinkingSince)
		require.Nil(t, d.get(existing.ID).LinkingSince)
	})
}
