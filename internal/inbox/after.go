package inbox

import (
	"identitydesk/internal/fault"
	"identitydesk/internal/queue"
)

// unknownTries is how often something is asked for at least that Paxos does not know, or knows only in a state older than its own
// event: a webhook can be faster than Paxos' reading side. See patientWith.
const unknownTries = 5

// patientWith reports whether Paxos has had the time to show what it does not show, or knows in an older state: there were enough
// tries, by which the pauses have grown to ten seconds or so, and the one before ended in the same way. Others, spent while Paxos
// or the line had trouble, tell nothing about it.
func patientWith(job queue.Job, err error) bool {
	return job.Attempts >= unknownTries && job.LastError == fault.Describe(err)
}

// after says what becomes of a job whose call to Paxos failed. Trouble of the line or of Paxos never parks a job, however
// long it lasts; what Paxos throttles was not tried.
func (b *Inbox) after(job queue.Job, err error) error {
	f := fault.From(err)
	switch f.Kind {
	case fault.Invalid: // an id that cannot be one
		return &queue.Park{Cause: err}
	case fault.NotFound:
		if patientWith(job, err) {
			return &queue.Park{Cause: err}
		}
	case fault.Forbidden, fault.Unauthenticated, fault.Lost, fault.Unavailable, fault.Throttled:
	default:
		return err
	}
	at := f.Again(b.o.Now(), b.o.Backoff(job.Attempts))
	if f.Throttles() {
		return &queue.PutOff{Until: at, Cause: err}
	}
	return &queue.Retry{At: at, Cause: err}
}
