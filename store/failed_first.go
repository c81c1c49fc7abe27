package store

import (
	"bytes"
	"fmt"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// clickedTwice is within what time the same act of the same person is taken for the same click.
const clickedTwice = time.Minute

// ask is what somebody wants to end a failure with.
type ask struct {
	attempts int    // see [identity.Mend]
	sum      []byte // stands for all of it: two are the same act only where these are equal
}

// asked sums an act with what was given for it.
func (s *Store) asked(m identity.Mend, e audit.Entry, given ...any) (ask, error) {
	sum, err := s.sumOf("ended", e.Action, e.ReasonCode, e.Reason, given)
	return ask{attempts: m.Attempts, sum: sum}, err
}

// unseen reports whether the submission is not the failure that was looked at.
func (a ask) unseen(i identity.Identity) bool {
	return i.Submission != identity.Failed || a.attempts != 0 && a.attempts != i.Attempts
}

// keepAsk notes what was submitted, or what a failure was ended with.
func (t *tx) keepAsk(id string, a ask) error {
	return t.exec(`UPDATE identities SET ended_sum = $2 WHERE id = $1`, id, a.sum)
}

// askedBefore reports whether the last act that ended the failure was given the same.
func (t *tx) askedBefore(id string, a ask) (bool, error) {
	kept, found, err := maybe(t, scanValue[[]byte], `SELECT ended_sum FROM identities WHERE id = $1 AND ended_sum IS NOT NULL`, id)
	return found && bytes.Equal(kept, a.sum), err
}

const lastEndQuery = `SELECT ` + auditColumns + ` FROM audit WHERE identity_id = $1
	AND (action = $2 OR action = $3 OR action = $4 OR action = $5) ORDER BY seq DESC LIMIT 1`

// second judges an act that comes after another one ended the failure: nil for a second click, which gives the same once more, else a
// Conflict that says who was first.
func (t *tx) second(old row, a ask, e audit.Entry) error {
	last, found, err := maybe(t, scanAudit, lastEndQuery, old.ID, string(audit.Resubmitted), string(audit.Withdrew),
		string(audit.DeclinedService), string(audit.ConfirmedSame))
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.Conflict, "Only a failed submission can be sent again or withdrawn, and this one has not failed.")
	case last.ActorID == e.ActorID && last.Action == e.Action && t.now.Before(last.At.Add(clickedTwice)):
		same, err := t.askedBefore(old.ID, a)
		if err != nil || same {
			return err
		}
	}
	return &fault.Error{
		Kind: fault.Conflict, Code: "was_first",
		Text: fmt.Sprintf("%s was first with this submission, and %s at %s. Nothing was sent now: look at how it stands.",
			last.ActorName, last.Action.Words(), fault.Moment(last.At)),
		Times: []time.Time{last.At},
	}
}
