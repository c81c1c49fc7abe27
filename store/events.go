package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

const eventColumns = `id, type, is_test, occurred_at, paxos_id, old_status, new_status, documents, refresh_last, refresh_next,
	state, heard_by, received_at, processed_at, attempts, last_error, deliveries, identity_id`

// selectEvent reads an event together with the ref_id of its case.
const selectEvent = `SELECT ` + eventColumns + `, (SELECT i.ref_id FROM identities i WHERE i.id = events.identity_id) FROM events`

func eventValues(e identity.Event) ([]any, error) {
	documents, err := jsonOf(e.Documents, len(e.Documents) == 0)
	return []any{
		e.ID, e.Type, flag(e.IsTest), ms(e.OccurredAt), e.PaxosID, string(e.OldStatus), string(e.NewStatus), documents,
		ms(e.RefreshLast), ms(e.RefreshNext), string(e.State), string(e.HeardBy), msAlways(e.ReceivedAt), msOf(e.ProcessedAt),
		int64(e.Attempts), e.LastError, int64(e.Deliveries), e.IdentityID,
	}, err
}

func scanEvent(rows *sql.Rows) (e identity.Event, err error) {
	return e, rows.Scan(&e.ID, &e.Type, intoFlag{&e.IsTest}, intoTime{&e.OccurredAt}, &e.PaxosID,
		intoText[identity.Status]{&e.OldStatus}, intoText[identity.Status]{&e.NewStatus}, intoJSON{&e.Documents},
		intoTime{&e.RefreshLast}, intoTime{&e.RefreshNext}, intoText[identity.EventState]{&e.State},
		intoText[identity.Source]{&e.HeardBy}, intoTime{&e.ReceivedAt}, intoTimeOrNil{&e.ProcessedAt}, intoInt[int]{&e.Attempts},
		&e.LastError, intoInt[int]{&e.Deliveries}, &e.IdentityID, intoText[string]{&e.RefID})
}

func findEvent(q querier, id string) (identity.Event, error) {
	e, found, err := maybe(q, scanEvent, selectEvent+` WHERE id = $1`, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "There is no such event.")
	}
	return e, err
}

// Event gives an event; NotFound where there is none.
func (s *Store) Event(ctx context.Context, id string) (identity.Event, error) {
	e, err := findEvent(s.reader(ctx), id)
	return e, s.mask(err)
}

// newestFirst names the order of the webhook inbox: by when an event was received and, among those that came in one go, by
// when it happened.
const newestFirst = "-received_at,happened_at"

const eventsOrder = ` ORDER BY received_at DESC, happened_at DESC, id DESC`

// Events gives one page of the webhook inbox, newest first.
func (s *Store) Events(ctx context.Context, f identity.EventFilter) (page identity.EventPage, err error) {
	from, err := parseEventPlace(f.After)
	if err != nil {
		return page, err
	}
	r, limit := s.reader(ctx), lengthOf(f.Limit)
	c, err := eventFilterOf(r, f)
	if err != nil {
		return page, s.mask(err)
	}
	paged := c.clone()
	paged.add(`(received_at, happened_at, id) < (` + paged.arg(from.received) + `, ` + paged.arg(from.happened) + `, ` + paged.arg(from.id) + `)`)
	page.Items, err = all(r, scanEvent, selectEvent+paged.where()+eventsOrder+` LIMIT `+paged.arg(int64(limit+1)), paged.args...)
	if err != nil {
		return page, s.mask(err)
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		page.Next = placeOfEvent(page.Items[limit-1]).token()
	}
	page.Total, page.TotalAtLeast, err = countUpTo(r, "events", c)
	return page, s.mask(err)
}

// eventPlace is where an event stands in the webhook inbox.
type eventPlace struct {
	received, happened int64
	id                 string
}

func placeOfEvent(e identity.Event) eventPlace {
	p := eventPlace{received: msAlways(e.ReceivedAt), happened: msAlways(e.OccurredAt), id: e.ID}
	if e.OccurredAt.IsZero() {
		p.happened = p.received
	}
	return p
}

func (p eventPlace) token() string {
	return cursor{key: fmt.Sprintf("%d,%d", p.received, p.happened), id: p.id}.token(newestFirst)
}

// parseEventPlace reads a token; an empty one stands before every event.
func parseEventPlace(token string) (eventPlace, error) {
	first := eventPlace{received: math.MaxInt64, happened: math.MaxInt64}
	if token == "" {
		return first, nil
	}
	c, err := parseCursor(token, newestFirst, cursor{}, true)
	if err != nil {
		return first, err
	}
	p := eventPlace{id: c.id}
	received, happened, _ := strings.Cut(fmt.Sprint(c.key), ",")
	p.received, err = strconv.ParseInt(received, 10, 64)
	if err == nil {
		p.happened, err = strconv.ParseInt(happened, 10, 64)
	}
	if err != nil {
		return first, badCursor()
	}
	return p, nil
}

func eventFilterOf(q querier, f identity.EventFilter) (c conditions, err error) {
	if f.State != "" {
		c.add(`state = $?`, string(f.State))
	}
	if f.Type != "" {
		c.add(`type = $?`, f.Type)
	}
	if f.IdentityID != "" {
		c.add(`identity_id <> '' AND identity_id = $?`, f.IdentityID)
	}
	if !f.From.IsZero() {
		c.add(`received_at >= $?`, f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		c.add(`received_at < $?`, f.To.UnixMilli())
	}
	if f.Query == "" {
		return c, nil
	}
	ids, err := all(q, scanValue[string], `SELECT id FROM identities WHERE ref_id = $1 UNION `+otherIDsQuery, f.Query)
	if err != nil {
		return c, err
	}
	terms := `id = ` + c.arg(f.Query) + ` OR paxos_id <> '' AND paxos_id = ` + c.arg(f.Query)
	for _, id := range ids {
		terms += ` OR identity_id <> '' AND identity_id = ` + c.arg(id)
	}
	c.add(`(` + terms + `)`)
	return c, nil
}

// SaveEvent stores how an event ended that touched no identity, and ends its job.
func (s *Store) SaveEvent(ctx context.Context, job queue.Job, e identity.Event) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.hold(job); err != nil {
			return err
		}
		if e.State == "" || e.State == identity.EventQueued {
			e.State = identity.EventDone
		}
		if err := t.learnEvent(e, &job); err != nil {
			return err
		}
		return t.finish(job)
	})
}

// doneEvent stores that an event has been acted on. Of an erased case it leaves nothing that came with the request.
func (t *tx) doneEvent(e identity.Event, i identity.Identity, job *queue.Job) error {
	e.State, e.IdentityID, e.LastError = identity.EventDone, i.ID, ""
	if err := t.learnEvent(e, job); err != nil {
		return err
	}
	if i.ErasedAt == nil {
		return t.hearOfControls(&e, i, queue.Event)
	}
	return t.eraseDeliveries(i)
}

// learnEvent writes what is known of an event now. How and when it was heard of stays as it is; one that the desk has no
// record of is left alone.
func (t *tx) learnEvent(e identity.Event, job *queue.Job) error {
	known, found, err := maybe(t, scanEvent, selectEvent+` WHERE id = $1`, e.ID)
	if err != nil || !found {
		return err
	}
	if job != nil && job.Kind == jobEvent {
		known.Attempts = job.Attempts
		if err := t.noteAttempt(e.ID, e.State, e.LastError); err != nil {
			return err
		}
	}
	if e.OccurredAt.IsZero() {
		e.OccurredAt = known.OccurredAt
	}
	documents, err := jsonOf(e.Documents, len(e.Documents) == 0)
	if err != nil {
		return err
	}
	return t.exec(`UPDATE events SET occurred_at = $2, paxos_id = $3, old_status = $4, new_status = $5, documents = $6,
			refresh_last = $7, refresh_next = $8, state = $9, processed_at = $10, attempts = $11, last_error = $12, identity_id = $13,
			type = $14, is_test = $15
		WHERE id = $1`,
		e.ID, ms(e.OccurredAt), e.PaxosID, string(e.OldStatus), string(e.NewStatus), documents, ms(e.RefreshLast),
		ms(e.RefreshNext), string(e.State), t.now.UnixMilli(), int64(known.Attempts), e.LastError, e.IdentityID,
		e.Type, flag(e.IsTest))
}

// Reprocess queues an event once more, ahead of everything else. It is a Conflict for an event that changes nothing.
func (s *Store) Reprocess(ctx context.Context, eventID string, a audit.Entry) error {
	return s.write(ctx, func(t *tx) error {
		e, err := findEvent(t, eventID)
		if err != nil {
			return err
		}
		if e.State == identity.EventTest || e.State == identity.EventIgnored {
			return fault.New(fault.Conflict, "This event changes nothing: it is a test, or not about an identity.")
		}
		if err := t.exec(`UPDATE events SET state = 'queued', last_error = '' WHERE id = $1`, e.ID); err != nil {
			return err
		}
		if err := t.enqueue(jobEvent, e.ID, queue.Click, a.ActorID); err != nil {
			return err
		}
		a.Object = e.ID
		return t.auditCase(a, e.IdentityID)
	})
}
