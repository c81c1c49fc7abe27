package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// jobOfMove is the kind of job that sends moves of a kind; its subject is the id of the move.
func jobOfMove(k identity.MoveKind) string { return "move:" + string(k) }

// QueueMove keeps a move with the job that sends it; payload is what is to be sent, sealed until nothing can be done with it any more.
// Of the move it takes the case, kind, key, what it is about, its members, and who asks. A Conflict where one of its kind and key is on its way
// for the case, where Paxos does not hold the identity, and where the case was erased. A second click gives what the first has queued, as
// [Store.SameMove] finds it.
func (s *Store) QueueMove(ctx context.Context, m identity.OurMove, payload []byte, e audit.Entry) (kept identity.OurMove, err error) {
	err = s.write(ctx, func(t *tx) error {
		same, found, err := s.sameMove(t, m, payload)
		if err == nil && !found {
			same, err = t.queueMove(m.Ask(t.now), payload, e)
		}
		kept = same
		return err
	})
	return kept, err
}

// queueMove keeps a move that has begun with its job and entry, within the transaction of an act.
func (t *tx) queueMove(m identity.OurMove, payload []byte, e audit.Entry) (identity.OurMove, error) {
	r, err := findAtPaxos(t, m.IdentityID)
	if err != nil {
		return m, err
	}
	if err := t.refuseSecond(r.ID, m); err != nil {
		return m, err
	}
	m.IdentityID = r.ID
	if m.ID, err = newID(); err != nil {
		return m, err
	}
	if err := t.insertMove(m, payload); err != nil {
		return m, err
	}
	if err := t.tellMove(m, m.Steps[len(m.Steps)-1].Step); err != nil {
		return m, err
	}
	if err := t.enqueue(jobOfMove(m.Kind), m.ID, queue.Click, e.ActorID); err != nil {
		return m, err
	}
	if err := t.actedOn(r, e.ActorID); err != nil {
		return m, err
	}
	e.Object = m.ID
	return m, t.auditCase(e, r.ID)
}

// refuseSecond refuses a move while another of its kind and key is on its way for the case, and says whose.
func (t *tx) refuseSecond(id string, m identity.OurMove) error {
	other, found, err := maybe(t, scanMove, selectMove+` WHERE identity_id = $1 AND kind = $2 AND key = $3 AND (state = 'queued' OR state = 'sent')`,
		id, string(m.Kind), m.Key)
	if err != nil || !found {
		return err
	}
	return &fault.Error{Kind: fault.Conflict, Code: "move_open", Text: other.OpenText(), Times: []time.Time{other.AskedAt}}
}

func placeOfMove(part, id string) []byte { return place("moves", part, id) }

func (t *tx) insertMove(m identity.OurMove, payload []byte) error {
	about, err := jsonOf(m.About, len(m.About) == 0)
	if err != nil {
		return err
	}
	members, err := jsonOf(m.Members, len(m.Members) == 0)
	if err != nil {
		return err
	}
	sealed, err := t.s.sealer.Seal(payload, placeOfMove("payload", m.ID))
	if err != nil {
		return fmt.Errorf("seal a move: %w", err)
	}
	sum, err := t.s.sumOfMove(m, payload)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO moves (id, identity_id, kind, key, about, members, state, asked_by, asked_name, asked_at, attempts, code, again,
		payload, sum)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', 0, $11, $12)`,
		m.ID, m.IdentityID, string(m.Kind), m.Key, about, members, string(m.State), m.AskedBy, m.AskedByName, m.AskedAt.UnixMilli(), sealed, sum); err != nil {
		return err
	}
	return t.insertSteps(m.ID, m.Steps)
}

func (t *tx) insertSteps(id string, steps []identity.MoveStep) error {
	for _, s := range steps {
		if err := t.exec(`INSERT INTO move_steps (move_id, at, step, code, by_id) VALUES ($1, $2, $3, $4, $5)`,
			id, s.At.UnixMilli(), s.Step, s.Code, s.By); err != nil {
			return err
		}
	}
	return nil
}

// tellMove writes the line of history for a step of a move.
func (t *tx) tellMove(m identity.OurMove, step string) error {
	last := m.Steps[len(m.Steps)-1]
	line := identity.Entry{
		IdentityID: m.IdentityID, Kind: identity.MoveStepped, Code: identity.MoveTold(m.Kind, step), ActorID: last.By,
		OccurredAt: t.now, ReceivedAt: t.now, ProcessedAt: t.now,
	}
	if step == identity.StepFailed {
		line.Changes = []identity.Change{{Field: "why", New: last.Code}}
	}
	return t.tell(m.IdentityID, []identity.Entry{line})
}

// saveMove stores a move as it has become, with the steps that it has taken since.
func (t *tx) saveMove(old, next identity.OurMove) error {
	result, err := jsonOf(next.Result, len(next.Result) == 0)
	if err != nil {
		return err
	}
	if err := t.exec(`UPDATE moves SET state = $2, attempts = $3, attempted_at = $4, lost_since = $5, ended_at = $6, code = $7, again = $8,
			result = $9 WHERE id = $1`,
		next.ID, string(next.State), int64(next.Attempts), msOf(next.AttemptedAt), msOf(next.LostSince), msOf(next.EndedAt), next.Code,
		flag(next.Again), result); err != nil {
		return err
	}
	t.changes(next.IdentityID)
	if sub := next.Submission(); sub != "" {
		t.changes(sub)
	}
	if old.State.Open() != next.State.Open() {
		if err := t.awaitLink(next); err != nil {
			return err
		}
	}
	if next.EndedAt != nil && !next.Again {
		if err := t.erasePayload(next.ID); err != nil {
			return err
		}
		if err := t.settleProposal(next); err != nil {
			return err
		}
	}
	return t.insertSteps(next.ID, next.Steps[len(old.Steps):])
}

// erasePayload erases what was to be sent.
func (t *tx) erasePayload(id string) error {
	t.effects.erased = true
	return t.exec(`UPDATE moves SET payload = NULL WHERE id = $1`, id)
}

// setFailure seals Paxos' words about a move that it refused.
func (t *tx) setFailure(id string, f identity.Failure) error {
	text, err := json.Marshal(f)
	if err != nil {
		return errors.New("encode a refusal")
	}
	sealed, err := t.s.sealer.Seal(text, placeOfMove("failure", id))
	if err != nil {
		return fmt.Errorf("seal a refusal: %w", err)
	}
	return t.exec(`UPDATE moves SET failure = $2 WHERE id = $1`, id, sealed)
}
