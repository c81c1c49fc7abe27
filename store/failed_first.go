package store

import (
	"fmt"
	"reflect"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// clickedTwice is within what time the same act of the same person is taken for the same click.
const clickedTwice = time.Minute

const lastEndQuery = `SELECT ` + auditColumns + ` FROM audit WHERE identity_id = $1
	AND (action = $2 OR action = $3 OR action = $4 OR action = $5) ORDER BY seq DESC LIMIT 1`

// second judges an act that comes after another one ended the failure: nil for a second click, else a Conflict that says who was first.
func (t *tx) second(old row, m identity.Mend, e audit.Entry) error {
	last, found, err := maybe(t, scanAudit, lastEndQuery, old.ID, string(audit.Resubmitted), string(audit.Withdrew),
		string(audit.DeclinedService), string(audit.ConfirmedSame))
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.Conflict, "Only a failed submission can be sent again or withdrawn, and this one has not failed.")
	case last.ActorID == e.ActorID && last.Action == e.Action && t.now.Before(last.At.Add(clickedTwice)):
		same, err := t.holdsDraft(old.ID, m.Draft)
		if err != nil || same {
			return err
		}
	}
	return &fault.Error{
		Kind: fault.Conflict, Code: "was_first",
		Text: fmt.Sprintf("%s was first with this submission, and %s at %s. Nothing was sent now: look at how it stands.",
			last.ActorName, last.Action.Words(), last.At.Format("2006-01-02 15:04 UTC")),
	}
}

// holdsDraft reports whether a draft is the one that is kept; one that Paxos has taken meanwhile is not kept any more.
func (t *tx) holdsDraft(id string, d *identity.Draft) (bool, error) {
	if d == nil {
		return true, nil
	}
	var kept identity.Draft
	found, err := t.s.openSecret(t, id, secretDraft, &kept)
	if unreadIn(err) != "" {
		return false, nil
	}
	return err == nil && (!found || reflect.DeepEqual(kept, *d)), err
}
