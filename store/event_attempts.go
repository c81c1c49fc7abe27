package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// keptAttempts is how many attempts are kept of each event.
const keptAttempts = 20

// noteAttempt keeps what became of one attempt at an event.
func (t *tx) noteAttempt(eventID string, outcome identity.EventState, lastError string) error {
	if err := t.exec(`INSERT INTO event_attempts (event_id, at, outcome, error) VALUES ($1, $2, $3, $4)`,
		eventID, t.now.UnixMilli(), string(outcome), lastError); err != nil {
		return err
	}
	return t.exec(`DELETE FROM event_attempts WHERE event_id = $1
		AND id <= (SELECT id FROM event_attempts WHERE event_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, eventID, int64(keptAttempts))
}

// Attempts gives the last attempts at an event, oldest first; none for an event that was never tried or is not known.
func (s *Store) Attempts(ctx context.Context, eventID string) ([]identity.Attempt, error) {
	attempts, err := all(s.reader(ctx), scanAttempt,
		`SELECT at, outcome, error FROM event_attempts WHERE event_id = $1 ORDER BY id`, eventID)
	return attempts, s.mask(err)
}

func scanAttempt(rows *sql.Rows) (a identity.Attempt, err error) {
	return a, rows.Scan(intoTime{&a.At}, intoText[identity.EventState]{&a.Outcome}, &a.Error)
}

// ReprocessMany queues the newest events that a filter selects once more, at most so many, behind what people wait for. Tests
// and events that are not about identities are left out. n is how many were queued; the entry says so.
func (s *Store) ReprocessMany(ctx context.Context, f identity.EventFilter, most int, e audit.Entry) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		n = 0
		c, err := eventFilterOf(t, f)
		if err != nil {
			return err
		}
		c.add(`state IN ('queued', 'done', 'parked')`)
		ids, err := all(t, scanValue[string], `SELECT id FROM events`+c.where()+` ORDER BY received_at DESC, id DESC LIMIT `+
			c.arg(int64(most)), c.args...)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.exec(`UPDATE events SET state = 'queued', last_error = '' WHERE id = $1`, id); err != nil {
				return err
			}
			if err := t.enqueue(jobEvent, id, queue.Event, e.ActorID); err != nil {
				return err
			}
		}
		n = len(ids)
		e := e
		e.Detail = fmt.Sprintf("%d events", n)
		return t.audit(e)
	})
	return n, err
}

// EventBacklog gives events whose jobs are ready and held by nobody, the first in line first, at most so many. What a person
// waits for is left to its own job.
func (s *Store) EventBacklog(ctx context.Context, most int) ([]identity.Event, error) {
	events, err := all(s.reader(ctx), scanEvent, backlogQuery(), s.moment().UnixMilli(), int64(most))
	return events, s.mask(err)
}

func backlogQuery() string {
	unasked := slices.DeleteFunc(queue.Priorities(), func(p queue.Priority) bool { return p == queue.Click })
	return selectEvent + ` WHERE id IN (SELECT subject FROM jobs WHERE id IN (` + firstReady([]string{`'event'`}, unasked, "$1", "$2", "") + `))`
}

// LearnEvents acts on queued events with what a list told of their identities, and ends their jobs. News without a record
// but its id stand for an identity that has not changed since the last sync; those that the desk does not hold or
// cannot tell whose they are yet, and events whose job a worker has taken, are left to that job. News without a Paxos id end the event in the state that it says.
func (s *Store) LearnEvents(ctx context.Context, ns []identity.News) (learned int, err error) {
	err = s.write(ctx, func(t *tx) error {
		learned = 0
		for _, n := range ns {
			done, err := t.learnQueued(stored(n))
			if err != nil {
				return err
			}
			if done {
				learned++
			}
		}
		return nil
	})
	return learned, err
}

func (t *tx) learnQueued(n identity.News) (bool, error) {
	if n.Event == nil {
		return false, fault.New(fault.Internal, "News of an event must say which.")
	}
	if n.Record.PaxosID != "" {
		o, err := t.ownerOf(n.Record)
		if err != nil || o.waits || n.Record.UpdatedAt.IsZero() && o.known.ID == "" {
			return false, err
		}
	}
	attempts, free, err := maybe(t, scanValue[int64], `DELETE FROM jobs
		WHERE `+ofSubject+` AND parked = 0 AND lease_until <= $3 RETURNING attempts`, jobEvent, n.Event.ID, t.now.UnixMilli())
	if err != nil || !free {
		return false, err
	}
	job := queue.Job{Kind: jobEvent, Subject: n.Event.ID, Attempts: int(attempts) + 1}
	if n.Record.PaxosID == "" {
		return true, t.learnEvent(*n.Event, &job)
	}
	i, _, err := t.apply(n)
	if err != nil {
		return false, err
	}
	return true, t.doneEvent(*n.Event, i, &job)
}
