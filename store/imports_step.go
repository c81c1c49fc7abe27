package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

const (
	// stepRows is how many rows one step looks at: those that the desk holds already cost little.
	stepRows = 200
	// abreastFor is for how long a submission on its way takes the place of another. After that it is overdue, and stands in the
	// queue for a person to see: a few that Paxos never answers must not stop all.
	abreastFor = 10 * time.Minute
)

// StepImport makes the next step of an import, and says in its job when the one after is due. While it runs, rows become submissions, as
// long as no more than abreast of all imports are on their way to Paxos; pause is until the next look. What it has read is erased once
// its time is over, and then the import itself.
func (s *Store) StepImport(ctx context.Context, job queue.Job, abreast int, pause time.Duration) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.hold(job); err != nil {
			return err
		}
		i, found, err := maybe(t, scanImport, importQuery, job.Subject)
		if err != nil {
			return err
		}
		if !found {
			return t.finish(job)
		}
		switch due := !t.now.Before(i.KeepUntil); {
		case i.State == identity.ImportRunning:
			i, err = t.runImport(i, abreast)
		case due && !i.State.Ended():
			next, step := i.End(identity.ImportExpired, t.now)
			i, err = next, t.turned(next, step, "", "")
		case due && (i.Holds || i.EndedAt != nil && t.now.Before(i.EndedAt.Add(identity.ImportKept))):
			i, err = t.emptyImport(i)
		case due:
			if err := t.exec(`DELETE FROM imports WHERE id = $1`, i.ID); err != nil {
				return err
			}
			return t.drop(jobImport, i.ID)
		}
		if err != nil {
			return err
		}
		next := i.KeepUntil
		if i.State == identity.ImportRunning {
			next = t.now.Add(pause)
		}
		return t.letGo(job, `attempts = 0, last_error = '', run_at = $3`, next.UnixMilli())
	})
}

// emptyImport erases what an import that has ended still holds. What came of it is told for some time.
func (t *tx) emptyImport(i identity.Import) (identity.Import, error) {
	i.KeepUntil = i.EndedAt.Add(identity.ImportKept)
	if !t.now.Before(i.KeepUntil) { // the desk was off for long
		i.KeepUntil = t.now
	}
	if err := t.exec(`UPDATE imports SET keep_until = $2 WHERE id = $1`, i.ID, i.KeepUntil.UnixMilli()); err != nil || !i.Holds {
		return i, err
	}
	t.effects.erased = true
	if err := t.exec(`UPDATE import_rows SET sealed = NULL WHERE import_id = $1`, i.ID); err != nil {
		return i, err
	}
	return i, t.step(i.ID, identity.ImportErased, "", "")
}

const (
	abreastQuery = `SELECT count(*) FROM jobs WHERE kind = 'submit' AND priority = $1 AND parked = 0 AND created_at > $2`
	goodRows     = `SELECT line, sealed FROM import_rows WHERE import_id = $1 AND state = 'good' ORDER BY line LIMIT $2`
	runnerQuery  = `SELECT run_id, run_name, run_role FROM imports WHERE id = $1`
)

// waitingRow is a row whose turn it is.
type waitingRow struct {
	line   int
	sealed []byte
}

func scanWaitingRow(rows *sql.Rows) (w waitingRow, err error) {
	return w, rows.Scan(intoInt[int]{&w.line}, &w.sealed)
}

func scanRunner(rows *sql.Rows) (e audit.Entry, err error) {
	return e, rows.Scan(&e.ActorID, &e.ActorName, &e.Role)
}

// runImport gives rows their turn, as many as there is room for, and ends the import behind the last.
func (t *tx) runImport(i identity.Import, abreast int) (identity.Import, error) {
	underWay, err := one(t, scanValue[int64], abreastQuery, int64(queue.Background), t.now.Add(-abreastFor).UnixMilli())
	if err != nil {
		return i, err
	}
	waiting, err := all(t, scanWaitingRow, goodRows, i.ID, int64(stepRows+1))
	if err != nil {
		return i, err
	}
	by, err := one(t, scanRunner, runnerQuery, i.ID)
	if err != nil {
		return i, err
	}
	had := 0
	for room := abreast - int(underWay); had < len(waiting) && had < stepRows && room > 0; had++ {
		submitted, err := t.handOver(i.ID, waiting[had], by)
		if err != nil {
			return i, err
		}
		if submitted {
			room--
		}
	}
	if had > 0 {
		t.changes(i.ID)
	}
	if had < len(waiting) {
		return i, nil
	}
	next, step := i.End(identity.ImportDone, t.now)
	return next, t.turned(next, step, "", "")
}

// handOver lets a row become a submission, unless the desk holds its ref_id. In either case what it told of the person is gone from
// here.
func (t *tx) handOver(id string, w waitingRow, by audit.Entry) (submitted bool, err error) {
	given, err := t.s.openRow(id, w.line, w.sealed)
	if errors.Is(err, errRowUnread) {
		return false, t.hadTurn(id, w.line, string(identity.RowUnread), identity.Identity{})
	}
	d := given.Draft()
	held, err := t.knows(d.RefID)
	if err != nil {
		return false, err
	}
	if held != "" {
		return false, t.hadTurn(id, w.line, string(identity.RowKnown), identity.Identity{ID: held})
	}
	by.Action, by.Object, by.Detail = audit.Submitted, id, fmt.Sprintf("line %d of an import", w.line)
	i, err := t.submit(d, queue.Background, by)
	if err != nil {
		return false, err
	}
	return true, t.hadTurn(id, w.line, rowHanded, i)
}

// hadTurn empties a row and says what has become of it, and which case it became or found; none has no id.
func (t *tx) hadTurn(id string, line int, state string, of identity.Identity) error {
	return t.exec(`UPDATE import_rows SET state = $3, identity_id = $4, submission = $5, sealed = NULL,
		ref_id = CASE WHEN $4 = '' THEN ref_id ELSE '' END WHERE import_id = $1 AND line = $2`,
		id, int64(line), state, of.ID, string(of.Submission))
}

// saveImported keeps the row of an import that became a case in step with it.
func (t *tx) saveImported(old row, next identity.Identity) error {
	if old.ID == "" || old.Submission == next.Submission {
		return nil
	}
	return t.exec(`UPDATE import_rows SET submission = $2 WHERE identity_id = $1 AND state = 'handed'`, next.ID, string(next.Submission))
}

// knows finds the case that has or had a ref_id, be it withdrawn or erased: a file that is imported again must not bring back what
// people have ended. Empty where there is none.
func (t *tx) knows(refID string) (string, error) {
	id, _, err := maybe(t, scanValue[string], knowsQuery, refID, t.s.index.Index(indexErasedRefID, refID))
	return id, err
}

const knowsQuery = `SELECT id FROM identities WHERE ref_id = $1
	UNION ALL SELECT identity_id FROM former_ref_ids WHERE ref_id = $1
	UNION ALL SELECT identity_id FROM erased_ref_ids WHERE hash = $2 LIMIT 1`
