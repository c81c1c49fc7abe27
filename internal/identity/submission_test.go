package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

func kinds(entries []identity.Entry) []identity.EntryKind {
	var out []identity.EntryKind
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return out
}

func queued() identity.Identity {
	d := identity.Draft{RefID: "user-1"}
	d.Person.FirstName, d.Person.LastName, d.Person.PassthroughVerificationID = "Mara", "Quill", "v-1"
	i, _ := identity.NewSubmission(d, "u1", policy(), at(created))
	i.ID = "i1"
	return i
}

func TestNewSubmission(t *testing.T) {
	t.Parallel()
	i, entries := identity.NewSubmission(identity.Draft{RefID: "user-1"}, "u1", policy(), at(created))
	require.Equal(t, []identity.EntryKind{identity.WasSubmitted}, kinds(entries))
	require.Equal(t, "u1", entries[0].ActorID)
	require.Equal(t, identity.Queued, i.Submission)
	require.Equal(t, identity.LaneWaiting, i.Lane)
	require.Equal(t, ptr("2026-03-02 10:10"), i.TurnAt)
	require.Nil(t, i.PendingSince, "Paxos has not answered")
	require.Empty(t, i.LearnedBy, "there is no status that anything told of")
	require.EqualValues(t, 1, i.Rev)
	require.Equal(t, "MQ", queued().Initials)
	require.Equal(t, "v-1", queued().VerificationID)
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	p := policy()
	i, entries := queued().BeginAttempt(p, at("2026-03-02 10:01"))
	require.Equal(t, []identity.EntryKind{identity.WasAttempted}, kinds(entries))
	require.Equal(t, identity.Sent, i.Submission)
	require.Equal(t, ptr("2026-03-02 10:01"), i.AttemptedAt)
	require.Equal(t, ptr("2026-03-02 10:10"), i.DueAt, "the clock runs from the submission")

	missed, entries := i.MissAttempt(p, at("2026-03-02 10:02"))
	require.Empty(t, entries)
	require.Nil(t, missed.AttemptedAt)
	require.Nil(t, missed.LostSince)

	crashed, entries := i.BeginAttempt(p, at("2026-03-02 10:03"))
	require.Equal(t, []identity.EntryKind{identity.AnswerWasLost, identity.WasAttempted}, kinds(entries))
	require.Equal(t, ptr("2026-03-02 10:01"), crashed.LostSince)
	require.Equal(t, 2, crashed.Attempts)

	lost, entries := crashed.LoseAnswer(p, at("2026-03-02 10:04"))
	require.Equal(t, []identity.EntryKind{identity.AnswerWasLost}, kinds(entries))
	require.Equal(t, ptr("2026-03-02 10:01"), lost.LostSince, "the earliest counts")
	_, entries = lost.LoseAnswer(p, at("2026-03-02 10:05"))
	require.Empty(t, entries, "nothing is open")
}

func TestIsOurs(t *testing.T) {
	t.Parallel()
	p := policy()
	open, _ := queued().BeginAttempt(p, at("2026-03-02 10:30"))
	lost, _ := open.LoseAnswer(p, at("2026-03-02 10:31"))
	twice, _ := lost.BeginAttempt(p, at("2026-03-02 11:30"))
	missed, _ := open.MissAttempt(p, at("2026-03-02 10:31"))
	failed, _ := lost.Fail(identity.Failure{Code: identity.Refused}, "", p, at("2026-03-02 10:32"))
	again, _ := failed.Resubmit("u1", p, at("2026-03-02 12:00"))
	againSent, _ := again.BeginAttempt(p, at("2026-03-02 12:01"))
	for name, c := range map[string]struct {
		i             identity.Identity
		ref           string
		created       string
		ours, awaited bool
	}{
		"open attempt":                         {i: open, ref: "user-1", created: "2026-03-02 10:30", awaited: true},
		"somebody made it minutes before":      {i: open, ref: "user-1", created: "2026-03-02 10:20", awaited: true},
		"another ref_id":                       {i: open, ref: "user-2", created: "2026-03-02 10:30"},
		"no ref_id":                            {i: open, created: "2026-03-02 10:30"},
		"answer lost":                          {i: lost, ref: "user-1", created: "2026-03-02 10:30", ours: true},
		"clocks differ by five minutes":        {i: lost, ref: "user-1", created: "2026-03-02 10:25", ours: true},
		"clocks differ by more":                {i: lost, ref: "user-1", created: "2026-03-02 10:24:59"},
		"lost, another ref_id":                 {i: lost, ref: "user-2", created: "2026-03-02 10:30"},
		"lost, another open":                   {i: twice, ref: "user-1", created: "2026-03-02 10:30", ours: true},
		"lost, another open, made before":      {i: twice, ref: "user-1", created: "2026-03-02 09:30"},
		"the attempt had no effect":            {i: missed, ref: "user-1", created: "2026-03-02 10:30"},
		"not sent yet":                         {i: queued(), ref: "user-1", created: "2026-03-02 10:30"},
		"failed":                               {i: failed, ref: "user-1", created: "2026-03-02 10:30"},
		"resubmitted after an answer was lost": {i: againSent, ref: "user-1", created: "2026-03-02 10:30", ours: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := identity.Record{RefID: c.ref, CreatedAt: at(c.created)}
			require.Equal(t, c.ours, c.i.IsOurs(r))
			require.Equal(t, c.awaited, c.i.Awaits(r))
		})
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	p := policy()
	i, _ := queued().BeginAttempt(p, at("2026-03-02 10:00"))
	i, _ = i.LoseAnswer(p, at("2026-03-02 10:01"))
	n := news("PENDING", "2026-03-02 10:00:30", identity.BySync)
	n.Record.CreatedAt = at("2026-03-02 10:00:02")
	got, entries := i.Accept(n, p, at("2026-03-02 11:00"))
	require.Equal(t, []string{"accepted >PENDING 10:00:02"}, lines(entries))
	require.Equal(t, identity.Accepted, got.Submission)
	require.Equal(t, "p1", got.PaxosID)
	require.Nil(t, got.AttemptedAt)
	require.Nil(t, got.LostSince)
	require.Equal(t, identity.Paxos, got.Move)
	require.Equal(t, at("2026-03-02 10:00:02"), got.MoveSince, "Paxos' turn began when it created the identity")
	require.Equal(t, ptr("2026-03-02 10:00:02"), got.PendingSince)
	require.Equal(t, identity.BySync, got.LearnedBy)

	_, entries = i.Accept(news("APPROVED", changed, identity.ByWebhook, told("e1", identity.EventApproved, "PENDING", "APPROVED", changed)), p, at(changed))
	require.Equal(t, []string{"accepted >APPROVED 10:00:00", "status PENDING>APPROVED e1 10:00:00"}, lines(written(nil, entries)))

	known := got
	known.Submission = identity.Sent
	_, entries = known.Accept(n, p, at("2026-03-02 11:00"))
	require.Equal(t, []string{"accepted >PENDING 10:00:02"}, lines(entries), "what was found before is told as accepted too")
}

func TestFailResubmitWithdraw(t *testing.T) {
	t.Parallel()
	p := policy()
	sent, _ := queued().BeginAttempt(p, at("2026-03-02 10:01"))
	failed, entries := sent.Fail(identity.Failure{Code: identity.RefIDTaken}, "i9", p, at("2026-03-02 13:00"))
	require.Equal(t, []identity.EntryKind{identity.HasFailed}, kinds(entries))
	require.Equal(t, identity.RefIDTaken, entries[0].Code)
	require.Equal(t, identity.LaneFailed, failed.Lane)
	require.Equal(t, at("2026-03-02 13:00"), failed.MoveSince)
	require.Equal(t, ptr("2026-03-03 13:00"), failed.DueAt)
	require.Equal(t, "i9", failed.ExistingID)

	again, entries := failed.Resubmit("u2", p, at("2026-03-04 10:00"))
	require.Equal(t, []identity.EntryKind{identity.WasResubmitted}, kinds(entries))
	require.Equal(t, "u2", entries[0].ActorID)
	require.Equal(t, identity.Queued, again.Submission)
	require.Equal(t, ptr("2026-03-04 10:10"), again.DueAt, "ten minutes from the resubmission")
	require.Empty(t, again.FailureCode+again.ExistingID)
	require.Equal(t, "u1", again.SubmittedBy)

	gone, entries := failed.Withdraw("u2", p, at("2026-03-04 10:00"))
	require.Equal(t, []identity.EntryKind{identity.WasWithdrawn}, kinds(entries))
	require.Equal(t, identity.LaneDecided, gone.Lane)
	require.Nil(t, gone.DueAt)

	for _, act := range []func(string, identity.Policy, time.Time) (identity.Identity, []identity.Entry){again.Resubmit, sent.Withdraw, gone.Resubmit} {
		_, entries := act("u2", p, at("2026-03-04 11:00"))
		require.Empty(t, entries, "only a failed submission takes part")
	}
}
