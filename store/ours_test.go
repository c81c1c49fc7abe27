package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

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
