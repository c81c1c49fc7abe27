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

const correctJob = "move:correct"

// paxosCase is a case that Paxos holds.
func (d desk) paxosCase(paxosID string) identity.Identity {
	d.t.Helper()
	i, err := d.ApplyIdentity(d.t.Context(), d.news(paxosID, "ref-"+paxosID, identity.Pending), nil)
	require.NoError(d.t, err)
	return i
}

func correction(id string) identity.OurMove {
	return identity.OurMove{
		IdentityID: id, Kind: identity.MoveCorrect, About: []string{"person_details.address.city"}, AskedBy: "ana", AskedByName: "Ana Lyst",
	}
}

func (d desk) ask(id string) identity.OurMove {
	d.t.Helper()
	m, err := d.QueueMove(d.t.Context(), correction(id), []byte(`{"city":"Ostrava Falls"}`), ana(audit.Corrected))
	require.NoError(d.t, err)
	return m
}

func (d desk) beginMove() (identity.OurMove, queue.Job) {
	d.t.Helper()
	job := d.claim(correctJob)
	m, payload, paxosID, err := d.BeginMove(d.t.Context(), job)
	require.NoError(d.t, err)
	require.JSONEq(d.t, `{"city":"Ostrava Falls"}`, string(payload))
	require.Equal(d.t, "px-1", paxosID)
	return m, job
}

func (d desk) move(id string) identity.OurMove {
	d.t.Helper()
	m, err := d.Move(d.t.Context(), id)
	require.NoError(d.t, err)
	return m
}

func stepsOf(m identity.OurMove) []string {
	var steps []string
	for _, s := range m.Steps {
		steps = append(steps, s.Step)
	}
	return steps
}

func TestMoveIsQueuedWithItsJobAndEntry(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		m := d.ask(i.ID)
		require.Equal(t, identity.MoveQueued, m.State)
		kept := d.move(m.ID)
		require.Equal(t, []string{"person_details.address.city"}, kept.About)
		require.Equal(t, []string{identity.StepAsked}, stepsOf(kept))
		require.NotNil(t, kept.NextAt)

		entries, err := d.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID})
		require.NoError(t, err)
		require.Equal(t, []any{audit.Corrected, m.ID}, []any{entries[0].Action, entries[0].Object})

		d.clock.Advance(time.Minute)
		second := correction(i.ID)
		second.AskedByName = "Bo Lyst"
		_, err = d.QueueMove(t.Context(), second, []byte(`{}`), ana(audit.Corrected))
		f := faultOf(t, fault.Conflict, err)
		require.Contains(t, f.Text, "one that Ana Lyst asked for at 2026-")
		after, err := d.AuditEntries(t.Context(), audit.Filter{IdentityID: i.ID})
		require.NoError(t, err)
		require.Len(t, after, len(entries), "the refused one left no entry")

		second.Key = "another file"
		_, err = d.QueueMove(t.Context(), second, []byte(`{}`), ana(audit.Corrected))
		require.NoError(t, err, "of another key")
		second.Key, second.Kind = "", identity.MoveRefresh
		_, err = d.QueueMove(t.Context(), second, []byte(`{}`), ana(audit.Refreshed))
		require.NoError(t, err, "of another kind")

		waiting := d.submit("user-9")
		_, err = d.QueueMove(t.Context(), correction(waiting.ID), []byte(`{}`), ana(audit.Corrected))
		kindIs(t, fault.Conflict, err)
		_, err = d.QueueMove(t.Context(), correction("none"), []byte(`{}`), ana(audit.Corrected))
		kindIs(t, fault.NotFound, err)
	})
}

func TestMoveIsDone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		m := d.ask(i.ID)
		begun, job := d.beginMove()
		require.Equal(t, identity.MoveSent, begun.State)
		require.Nil(t, d.move(m.ID).NextAt, "a worker has it")
		require.NoError(t, d.MoveDone(t.Context(), job, map[string]string{"account_id": "acc-1"}))
		done := d.move(m.ID)
		require.Equal(t, identity.MoveDone, done.State)
		require.Equal(t, map[string]string{"account_id": "acc-1"}, done.Result)
		require.Equal(t, []string{"asked", "started", "done"}, stepsOf(done))
		require.Equal(t, i.ID, d.claim("recheck").Subject, "the case shows what Paxos now says")
		d.noJob(correctJob)
		require.Subset(t, d.kinds(i.ID), []identity.EntryKind{identity.MoveStepped})
		kindIs(t, fault.Conflict, d.MoveDone(t.Context(), job, nil))

		d.clock.Advance(time.Minute) // before, it would be a second click
		again := d.ask(i.ID)
		listed, err := d.Moves(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, []string{again.ID, m.ID}, []string{listed[0].ID, listed[1].ID}, "newest first")
		require.Equal(t, []string{"asked", "started", "done"}, stepsOf(listed[1]))
	})
}

func TestMoveWhoseAnswerIsLostOrMissed(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		m := d.ask(d.paxosCase("px-1").ID)
		_, job := d.beginMove()
		again := d.clock.Now().Add(5 * time.Second)
		require.NoError(t, d.MoveMissed(t.Context(), job, again, "unavailable dial"))
		missed := d.move(m.ID)
		require.Equal(t, identity.MoveQueued, missed.State)
		require.Equal(t, again, *missed.NextAt)
		d.noJob(correctJob)

		d.clock.Advance(5 * time.Second)
		_, job = d.beginMove()
		began := d.clock.Now()
		require.NoError(t, d.MoveLost(t.Context(), job, d.clock.Now(), "lost timeout"))
		_, job = d.beginMove()
		require.Equal(t, began, *d.move(m.ID).LostSince)
		require.NoError(t, d.MoveMissed(t.Context(), job, d.clock.Now(), "unavailable"))
		require.Equal(t, identity.MoveSent, d.move(m.ID).State, "the lost one may have worked")
	})
}

// A call whose answer is lost each time would be repeated for ever: people can end that, and the case is asked for, since it may have worked.
func TestMoveIsGivenUpAfterALostAnswer(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		m := d.ask(i.ID)
		_, job := d.beginMove()
		kindIs(t, fault.Conflict, d.WithdrawMove(t.Context(), m.ID, ana(audit.WithdrewMove))) // a call is under way
		require.NoError(t, d.MoveLost(t.Context(), job, d.clock.Now(), "lost timeout"))
		require.NoError(t, d.WithdrawMove(t.Context(), m.ID, ana(audit.WithdrewMove)))
		require.Equal(t, identity.MoveWithdrawn, d.move(m.ID).State)
		d.noJob(correctJob)
		require.Equal(t, i.ID, d.claim("recheck").Subject)

		d.ask(i.ID) // the way is free
		_, job = d.beginMove()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
	})
}

// What surely had no effect is given up without a word to Paxos.
func TestMoveIsGivenUpThatHadNoEffect(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		m := d.ask(d.paxosCase("px-1").ID)
		_, job := d.beginMove()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		require.NoError(t, d.WithdrawMove(t.Context(), m.ID, ana(audit.WithdrewMove)))
		d.noJob("recheck")
	})
}

// A worker that was killed in the middle leaves an attempt that counts as lost.
func TestMoveOfAKilledWorker(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		m := d.ask(d.paxosCase("px-1").ID)
		d.beginMove()
		d.clock.Advance(2 * time.Minute) // the lease is over
		_, job := d.beginMove()
		require.Equal(t, []string{"asked", "started", "lost", "started"}, stepsOf(d.move(m.ID)))
		require.NoError(t, d.MoveDone(t.Context(), job, nil))
	})
}

func TestThrottledMoveIsPutOff(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		m := d.ask(d.paxosCase("px-1").ID)
		_, job := d.beginMove()
		require.NoError(t, d.PutOffMove(t.Context(), job, d.clock.Now().Add(time.Minute), "throttled"))
		off := d.move(m.ID)
		require.Equal(t, identity.MoveQueued, off.State)
		require.Zero(t, off.Attempts)
		require.Equal(t, []string{"asked"}, stepsOf(off))
		d.clock.Advance(time.Minute)
		require.Equal(t, 1, d.claim(correctJob).Attempts)
	})
}

func TestFailedMove(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		m := d.ask(i.ID)
		_, job := d.beginMove()
		refusal := identity.Failure{Code: identity.Refused, Text: "the city is wrong", Fields: map[string]string{"city": "wrong"}}
		require.NoError(t, d.MoveFailed(t.Context(), job, refusal, false))
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), m.ID, ana(audit.TriedMove)))
		kindIs(t, fault.Conflict, d.WithdrawMove(t.Context(), m.ID, ana(audit.WithdrewMove)))
		words, err := d.MoveFailures(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, map[string]identity.MoveRefusal{m.ID: {Failure: refusal}}, words)
		d.noJob(correctJob)

		second := d.ask(i.ID)
		_, job = d.beginMove()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))
		third := d.ask(i.ID)
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), second.ID, ana(audit.TriedMove)))
		require.NoError(t, d.WithdrawMove(t.Context(), third.ID, ana(audit.WithdrewMove)))
		d.noJob(correctJob)
		require.NoError(t, d.TryMoveAgain(t.Context(), second.ID, ana(audit.TriedMove)))
		require.Equal(t, []string{"asked", "started", "failed", "again"}, stepsOf(d.move(second.ID)))
		_, job = d.beginMove()
		require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true))

		gone, err := d.LetMovesGo(t.Context(), d.clock.Now(), 10)
		require.NoError(t, err)
		require.Zero(t, gone)
		d.clock.Advance(identity.AgainWithin)
		gone, err = d.LetMovesGo(t.Context(), d.clock.Now(), 10)
		require.NoError(t, err)
		require.Equal(t, 1, gone)
		kindIs(t, fault.Conflict, d.TryMoveAgain(t.Context(), second.ID, ana(audit.TriedMove)))
		steps := stepsOf(d.move(second.ID))
		require.Equal(t, identity.StepErased, steps[len(steps)-1])
	})
}

// A failure behind which Paxos' record may be another than the desk shows has the case asked for; a plain refusal has not.
func TestFailedMoveAsksForTheCase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		fails := func(code string, lost bool) {
			d.ask(i.ID)
			_, job := d.beginMove()
			if lost {
				require.NoError(t, d.MoveLost(t.Context(), job, d.clock.Now(), "lost timeout"))
				_, job = d.beginMove()
			}
			require.NoError(t, d.MoveFailed(t.Context(), job, identity.Failure{Code: code}, false))
		}
		asked := func() {
			job := d.claim("recheck")
			require.Equal(t, i.ID, job.Subject)
			require.NoError(t, d.FinishJob(t.Context(), job))
		}
		fails(identity.Refused, false)
		d.noJob("recheck")
		fails(identity.ScopeMissing, true)
		asked()
		fails(identity.ChangedAtPaxos, false)
		asked()
		fails(identity.WrongStatus, false)
		asked()
	})
}

// A database from before kept the ref_id of an account among Paxos' ids, where erasing the case left it.
func TestRefIDOfAnAccountLeavesAnOldDatabase(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		for _, result := range []map[string]string{{"account_id": "acc-1", "ref_id": "garcia-maria"}, nil} {
			m := correction(i.ID)
			m.Kind, m.About = identity.MoveAccount, nil
			_, err := d.QueueMove(t.Context(), m, []byte(`{}`), ana(audit.AskedAccount))
			require.NoError(t, err)
			require.NoError(t, d.MoveDone(t.Context(), d.beginAccount(), result))
			d.clock.Advance(time.Minute)
		}
		require.NoError(t, d.DownTo(t.Context(), 18))
		require.NoError(t, d.Migrate(t.Context()))
		text, err := d.Contents(t.Context(), "moves")
		require.NoError(t, err)
		require.NotContains(t, text, "garcia-maria")
		moves, err := d.Moves(t.Context(), i.ID)
		require.NoError(t, err)
		require.Empty(t, moves[0].Result)
		require.Equal(t, map[string]string{"account_id": "acc-1"}, moves[1].Result)
	})
}

// Whom an account is to be shared with stays told once what was sent is erased, and goes with the case.
func TestMembersOfAnAccount(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.paxosCase("px-1")
		m := correction(i.ID)
		m.Kind, m.Members = identity.MoveAccount, []identity.AccountMember{{PaxosID: "px-joint", Roles: []string{"AUTHORIZED_USER"}}}
		m, err := d.QueueMove(t.Context(), m, []byte(`{}`), ana(audit.AskedAccount))
		require.NoError(t, err)
		require.NoError(t, d.MoveDone(t.Context(), d.beginAccount(), nil))
		require.Equal(t, []identity.AccountMember{{PaxosID: "px-joint", Roles: []string{"AUTHORIZED_USER"}}}, d.move(m.ID).Members)
		other := d.paxosCase("px-joint")
		cases, err := d.CasesOf(t.Context(), []string{"px-joint", "px-nobody"})
		require.NoError(t, err)
		require.Equal(t, map[string]identity.Identity{"px-joint": other}, cases)

		d.clock.Advance(time.Minute)
		i, err = d.ApplyIdentity(t.Context(), d.news("px-1", "ref-px-1", identity.Denied), nil)
		require.NoError(t, err)
		d.eraseByTwo(i)
		require.Empty(t, d.move(m.ID).Members)
		text, err := d.Contents(t.Context(), "moves")
		require.NoError(t, err)
		require.NotContains(t, text, "px-joint")
	})
}

// What a move was to send is in no byte of the files once it has ended, however it ended.
func TestWhatAMoveSentIsErased(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(d desk, m identity.OurMove, job queue.Job) error{
		"done": func(d desk, _ identity.OurMove, job queue.Job) error { return d.MoveDone(d.t.Context(), job, nil) },
		"refused": func(d desk, _ identity.OurMove, job queue.Job) error {
			return d.MoveFailed(d.t.Context(), job, identity.Failure{Code: identity.Refused}, false)
		},
		"withdrawn": func(d desk, m identity.OurMove, job queue.Job) error {
			if err := d.MoveFailed(d.t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true); err != nil {
				return err
			}
			return d.WithdrawMove(d.t.Context(), m.ID, ana(audit.WithdrewMove))
		},
		"let go": func(d desk, _ identity.OurMove, job queue.Job) error {
			if err := d.MoveFailed(d.t.Context(), job, identity.Failure{Code: identity.ScopeMissing}, true); err != nil {
				return err
			}
			_, err := d.LetMovesGo(d.t.Context(), d.clock.Now().Add(identity.AgainWithin), 10)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, dir := glassDesk(t)
			m := d.ask(d.paxosCase("px-1").ID)
			_, job := d.beginMove()
			require.NotEmpty(t, found(t, dir, "Ostrava Falls"))
			require.NoError(t, end(d, m, job))
			_, err := d.Scrub(t.Context())
			require.NoError(t, err)
			require.Empty(t, found(t, dir, "Ostrava Falls"))
		})
	}
}
