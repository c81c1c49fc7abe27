package inbox

import (
	"context"
	"time"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// HandleEvent does one job of kind [EventKind]: it asks Paxos what the event is about, then how that identity stands now,
// and stores both. The event's own word on the status is history only; the answer of Get Identity is what counts.
func (b *Inbox) HandleEvent(ctx context.Context, job queue.Job) error {
	e, err := b.o.Store.Event(ctx, job.Subject)
	if err != nil {
		return err
	}
	if !identity.AboutIdentity(e.Type) {
		return b.end(ctx, job, e, identity.EventIgnored)
	}
	e, known, err := b.tell(ctx, job, e)
	switch {
	case err != nil:
		return b.after(job, err)
	case e.IsTest:
		return b.end(ctx, job, e, identity.EventTest)
	case !identity.AboutIdentity(e.Type):
		return b.end(ctx, job, e, identity.EventIgnored)
	case !known || e.PaxosID == "":
		// Something changed and we may not, or cannot, know what: the list of changes has it.
		b.somethingChanged()
		return b.end(ctx, job, e, identity.EventDone)
	}
	return b.look(ctx, job, e)
}

// tell completes an event with what Paxos tells of it. A webhook brings only its id; a poll brings all of it, so that nothing
// is asked. Without the events scope it stays unknown.
func (b *Inbox) tell(ctx context.Context, job queue.Job, e identity.Event) (_ identity.Event, known bool, err error) {
	if e.PaxosID != "" {
		return e, true, nil
	}
	if !b.o.EventsAllowed() {
		return e, false, nil
	}
	told, err := b.at(job.Priority).Event(ctx, e.ID, e.IsTest)
	switch {
	case fault.KindOf(err) == fault.Forbidden: // the scope has gone since we last knew
		return e, false, nil
	case err != nil:
		return e, false, err
	}
	return completed(e, told), true, nil
}

// completed is an event with all that Paxos tells of it; how the desk heard of it stays.
func completed(e, told identity.Event) identity.Event {
	e.Type, e.IsTest, e.PaxosID = told.Type, told.IsTest, told.PaxosID
	e.OldStatus, e.NewStatus, e.Documents = told.OldStatus, told.NewStatus, told.Documents
	e.RefreshLast, e.RefreshNext = told.RefreshLast, told.RefreshNext
	if !told.OccurredAt.IsZero() {
		e.OccurredAt = told.OccurredAt
	}
	return e
}

// look asks how the event's identity stands and stores the answer together with the event.
func (b *Inbox) look(ctx context.Context, job queue.Job, e identity.Event) error {
	n, err := b.at(job.Priority).Identity(ctx, e.PaxosID)
	if err != nil {
		return b.after(job, err)
	}
	n.By, n.Event, n.HeardAt = e.HeardBy, &e, e.ReceivedAt
	behind := &fault.Error{Kind: fault.Unavailable, Code: "behind", Text: "Paxos' answer is older than its event."}
	if n.CaughtUp = patientWith(job, behind); n.Behind() && !n.CaughtUp {
		return b.after(job, behind)
	}
	if n.Unannounced, err = b.unannounced(ctx, e); err != nil {
		return err
	}
	return b.apply(ctx, job, n)
}

// answerPause is how long news wait for the answer of a create call.
const answerPause = time.Second

// apply stores an answer together with the end of its job. While a create call under way may have made the record, the job waits
// as if it had not been tried: that call's outcome is known in seconds.
func (b *Inbox) apply(ctx context.Context, job queue.Job, n identity.News) error {
	_, err := b.o.Store.ApplyIdentity(ctx, n, &job)
	if err != nil && fault.From(err).Code == identity.AnswerOpen {
		return &queue.PutOff{Until: b.o.Now().Add(answerPause), Cause: err}
	}
	return err
}

func (b *Inbox) end(ctx context.Context, job queue.Job, e identity.Event, state identity.EventState) error {
	e.State = state
	return b.o.Store.SaveEvent(ctx, job, e)
}

// unannounced reports whether a webhook should have told of an event and none did. It is judged when the event is acted on:
// by then the poll has left it the time that a webhook may take (see ripe), and a delivery that came meanwhile counts. What
// happened before the desk began was not the webhook's to tell.
func (b *Inbox) unannounced(ctx context.Context, e identity.Event) (bool, error) {
	if b.o.PollingOnly || e.HeardBy != identity.ByPoll || e.Deliveries > 0 {
		return false, nil
	}
	began, err := b.time(ctx, beganAt)
	return !began.IsZero() && e.OccurredAt.After(began), err
}
