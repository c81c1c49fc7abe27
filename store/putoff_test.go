package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// A job that was not tried comes again as if it had not been claimed, and its event tells of no attempt.
func TestAJobPutOffWasNotTried(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		require.NoError(t, d.Receive(t.Context(), delivery("ev-1", identity.EventApproved)))
		before, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		for range 3 {
			job := d.claim("event")
			require.Equal(t, 1, job.Attempts, "no earlier claim counts")
			require.NoError(t, d.PutOffJob(t.Context(), job, d.clock.Now().Add(5*time.Minute), "unavailable held_back"))
			d.noJob("event")
			kindIs(t, fault.Conflict, d.PutOffJob(t.Context(), job, d.clock.Now(), "unavailable held_back"))
			d.clock.Advance(5 * time.Minute)
		}
		attempts, err := d.Attempts(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Empty(t, attempts)
		after, err := d.Event(t.Context(), "ev-1")
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}

// An attempt that Paxos did not take in, since it throttles the desk, is taken back whole.
func TestAnAttemptPutOffLeavesNoLine(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		for range 3 {
			begun, job := d.begin()
			require.Equal(t, 1, begun.Attempts)
			require.Equal(t, 1, job.Attempts)
			require.NoError(t, d.PutOffAttempt(t.Context(), i.ID, job, d.clock.Now().Add(5*time.Minute), "throttled"))
			d.noJob("submit")
			d.clock.Advance(5 * time.Minute)
		}
		got := d.get(i.ID)
		require.Equal(t, identity.Queued, got.Submission, "it was never sent")
		require.Zero(t, got.Attempts)
		require.Nil(t, got.AttemptedAt)
		require.Equal(t, []identity.EntryKind{identity.WasSubmitted}, d.kinds(i.ID))
	})
}

// What an earlier attempt has left behind stays.
func TestAnAttemptPutOffLeavesEarlierOnesAlone(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		require.NoError(t, d.AnswerLost(t.Context(), i.ID, job, d.clock.Now(), "lost"))
		d.clock.Advance(time.Second)
		lost := d.get(i.ID)
		kinds := d.kinds(i.ID)
		_, job = d.begin()
		require.Equal(t, 2, job.Attempts)
		require.NoError(t, d.PutOffAttempt(t.Context(), i.ID, job, d.clock.Now(), "throttled"))
		got := d.get(i.ID)
		require.Equal(t, identity.Sent, got.Submission)
		require.Equal(t, 1, got.Attempts)
		require.Equal(t, lost.LostSince, got.LostSince)
		require.Equal(t, kinds, d.kinds(i.ID))

		again := d.claim("submit")
		require.Equal(t, 2, again.Attempts)
		require.NoError(t, d.PutOffAttempt(t.Context(), i.ID, again, d.clock.Now(), "throttled"))
		require.Equal(t, kinds, d.kinds(i.ID), "what was not begun takes nothing back")
		kindIs(t, fault.Conflict, d.PutOffAttempt(t.Context(), i.ID, again, d.clock.Now(), "throttled"))
	})
}
