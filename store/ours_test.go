package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// Somebody else's system creates an identity under our ref_id minutes before our call, and a sync brings it while the call is
// under way: it must not become our submission's, whatever the answer will be.
func TestForeignRecordIsNotBoundWhileTheCallRuns(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		foreign := d.news("px-foreign", "user-1", identity.Approved)
		d.clock.Advance(3 * time.Minute)
		i := d.submit("user-1")
		_, job := d.begin()
		_, err := d.ApplyPage(t.Context(), []identity.News{foreign}, nil)
		require.NoError(t, err)
		require.Equal(t, identity.Sent, d.get(i.ID).Submission)

		refused := identity.Failure{Code: identity.RefIDTaken}
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, refused, &foreign.Record))
		got := d.get(i.ID)
		require.Equal(t, identity.Failed, got.Submission)
		require.Empty(t, got.PaxosID)
		twin, err := d.IdentityByPaxosID(t.Context(), "px-foreign")
		require.NoError(t, err)
		require.Equal(t, twin.ID, got.ExistingID)
	})
}

// Paxos' clock is four minutes behind ours, and a sync brings our own record while the call runs: the answer joins both.
func TestOwnRecordSeenEarlyByAClockThatIsBehind(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		n := d.news("px-1", "user-1", identity.Pending)
		n.Record.CreatedAt, n.Record.UpdatedAt = n.Record.CreatedAt.Add(-4*time.Minute), n.Record.UpdatedAt.Add(-4*time.Minute)
		_, err := d.ApplyPage(t.Context(), []identity.News{n}, nil)
		require.NoError(t, err)
		_, err = d.Accepted(t.Context(), i.ID, n, &job)
		require.NoError(t, err)
		d.one(i.ID)
	})
}

// The lost call of a submission that was withdrawn may have created its person under the ref_id: the next submission under it
// must not be taken for that one.
func TestRefIDRestsAfterALostAnswer(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		withdrawn := func(refID string, lose bool) {
			i := d.submit(refID)
			_, job := d.begin()
			if lose {
				require.NoError(t, d.AnswerLost(t.Context(), i.ID, job, d.clock.Now(), "lost"))
				_, job = d.begin()
			}
			require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
			_, err := d.Withdraw(t.Context(), i.ID, ana(audit.Withdrew))
			require.NoError(t, err)
		}
		withdrawn("user-1", false)
		d.submit("user-1")
		d.claim("submit")

		withdrawn("user-2", true)
		d.clock.Advance(15*time.Minute - time.Millisecond)
		_, err := d.Submit(t.Context(), draft("user-2"), ana(audit.Submitted))
		kindIs(t, fault.Conflict, err)
		d.clock.Advance(time.Millisecond)
		d.submit("user-2")
	})
}
