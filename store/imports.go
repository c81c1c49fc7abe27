package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

// The states of a row; what a submission came to is told by its case.
const (
	rowGood   = "good"
	rowHanded = "handed"
)

// given is what is sealed of a row.
type given struct {
	Given  url.Values        `json:"given"`
	Errors map[string]string `json:"errors,omitempty"`
}

func placeOfRow(importID string, line int) []byte {
	return place("import_rows", "given", importID+"/"+strconv.Itoa(line))
}

// CreateImport stores what was read from a file, each row sealed. Nothing is submitted before somebody starts it.
func (s *Store) CreateImport(ctx context.Context, file []byte, rows []identity.ImportRow, e audit.Entry) (i identity.Import, err error) {
	sum := sha256.Sum256(file)
	hash := s.index.Index("import", string(sum[:]))
	id, err := newID()
	if err != nil {
		return i, err
	}
	kept, wrong, err := s.sealRows(id, rows)
	if err != nil {
		return i, err
	}
	err = s.write(ctx, func(t *tx) error {
		i = identity.Import{
			ID: id, State: identity.ImportReady, ByID: e.ActorID, ByName: e.ActorName, At: t.now, Rows: len(rows), Wrong: wrong,
			KeepUntil: t.now.Add(identity.ImportPreviewKept), Holds: true,
		}
		if err := t.exec(`INSERT INTO imports (id, state, by_id, by_name, at, file_hash, rows, wrong, ended_at, keep_until, run_id, run_name, run_role)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, '', '', '')`,
			i.ID, string(i.State), i.ByID, i.ByName, i.At.UnixMilli(), hash, int64(i.Rows), int64(i.Wrong), i.KeepUntil.UnixMilli()); err != nil {
			return err
		}
		for _, args := range kept {
			if err := t.exec(`INSERT INTO import_rows (import_id, line, state, ref_id, identity_id, fields, sealed)
				VALUES ($1, $2, $3, $4, '', $5, $6)`, args...); err != nil {
				return err
			}
		}
		if err := t.step(id, identity.ImportUploaded, e.ActorID, e.ActorName); err != nil {
			return err
		}
		if err := t.enqueueAt(jobImport, id, i.KeepUntil); err != nil {
			return err
		}
		e.Object, e.Detail = id, fmt.Sprintf("%s, %d of them with errors, keyed sum %x", numbered(i.Rows, "row"), i.Wrong, hash[:8])
		return t.audit(e)
	})
	return i, err
}

// sealRows makes the arguments that store rows. It takes its time outside the writer.
func (s *Store) sealRows(id string, rows []identity.ImportRow) (kept [][]any, wrong int, err error) {
	for _, r := range rows {
		plain, err := json.Marshal(given{r.Given, r.Errors})
		if err != nil {
			return nil, 0, fmt.Errorf("encode a row: %w", err)
		}
		sealed, err := s.sealer.Seal(plain, placeOfRow(id, r.Line))
		if err != nil {
			return nil, 0, fmt.Errorf("seal a row: %w", err)
		}
		state, refID := rowGood, r.Draft().RefID
		if len(r.Errors) > 0 { // what stands in its place need not be one
			state, refID = string(identity.RowWrong), ""
			wrong++
		}
		kept = append(kept, []any{id, int64(r.Line), state, refID, strings.Join(r.WrongFields(), " "), sealed})
	}
	return kept, wrong, nil
}

// step writes a line of an import's history.
func (t *tx) step(id string, kind identity.ImportStepKind, byID, byName string) error {
	t.changes(id) // open pages of it look again
	return t.exec(`INSERT INTO import_steps (import_id, kind, by_id, by_name, at) VALUES ($1, $2, $3, $4, $5)`,
		id, string(kind), byID, byName, t.now.UnixMilli())
}

const (
	selectImport = `SELECT id, state, by_id, by_name, at, rows, wrong, ended_at, keep_until,
		EXISTS (SELECT 1 FROM import_rows r WHERE r.import_id = imports.id AND r.sealed IS NOT NULL),
		(SELECT s.id FROM imports s WHERE s.file_hash = imports.file_hash AND s.at < imports.at ORDER BY s.at DESC, s.id DESC LIMIT 1)
		FROM imports `
	importQuery      = selectImport + `WHERE id = $1`
	importStepsQuery = `SELECT kind, by_id, by_name, at FROM import_steps WHERE import_id = $1 ORDER BY id`
)

func scanImport(rows *sql.Rows) (i identity.Import, err error) {
	return i, rows.Scan(&i.ID, intoText[identity.ImportState]{&i.State}, &i.ByID, &i.ByName, intoTime{&i.At}, intoInt[int]{&i.Rows},
		intoInt[int]{&i.Wrong}, intoTimeOrNil{&i.EndedAt}, intoTime{&i.KeepUntil}, intoFlag{&i.Holds}, intoText[string]{&i.SameAs})
}

func scanImportStep(rows *sql.Rows) (s identity.ImportStep, err error) {
	return s, rows.Scan(intoText[identity.ImportStepKind]{&s.Kind}, &s.ByID, &s.ByName, intoTime{&s.At})
}

func findImport(q querier, id string) (identity.Import, error) {
	i, found, err := maybe(q, scanImport, importQuery, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "There is no such import. What an import has come to is told for 30 days after its end.")
	}
	return i, err
}

// Import gives an import with its history and what its rows came to; NotFound where there is none.
func (s *Store) Import(ctx context.Context, id string) (identity.Import, error) {
	r := s.reader(ctx)
	i, err := findImport(r, id)
	if err == nil {
		i.Steps, err = all(r, scanImportStep, importStepsQuery, id)
	}
	if err != nil {
		return i, s.mask(err)
	}
	alone := []identity.Import{i}
	err = results(r, alone)
	return alone[0], s.mask(err)
}

// rowsOfImport are the rows of an import ($1) with the case of each: the one that it became, or that holds its ref_id.
const rowsOfImport = `SELECT r.line, r.ref_id, r.fields, r.sealed, r.state, i.id AS case_id, i.ref_id AS case_ref, i.status, i.failure_code,
	CASE WHEN r.state = 'good' THEN CASE WHEN i.id IS NULL THEN 'new' ELSE 'known' END
		WHEN r.state = 'handed' THEN r.submission ELSE r.state END AS result
	FROM import_rows r LEFT JOIN identities i ON i.id = CASE WHEN r.identity_id <> ''
		THEN coalesce((SELECT f.identity_id FROM former_ids f WHERE f.former_id = r.identity_id), r.identity_id)
		WHEN r.ref_id <> '' AND r.state = 'good' THEN coalesce((SELECT min(k.id) FROM identities k WHERE k.ref_id = r.ref_id),
			(SELECT min(k.identity_id) FROM former_ref_ids k WHERE k.ref_id = r.ref_id)) END
	WHERE r.import_id = $1`

const importLinesQuery = `SELECT line, ref_id, fields, sealed, case_id, case_ref, status, failure_code, result FROM (` + rowsOfImport + `) AS lines
	WHERE line > $2 AND ($3 = '' OR result = $3) ORDER BY line LIMIT $4`

// sealedLine is a row as it is stored.
type sealedLine struct {
	identity.ImportLine
	caseRef, fields string
	sealed          []byte
}

func scanLine(rows *sql.Rows) (l sealedLine, err error) {
	err = rows.Scan(intoInt[int]{&l.Line}, &l.RefID, &l.fields, &l.sealed, intoText[string]{&l.IdentityID}, intoText[string]{&l.caseRef},
		intoText[identity.Status]{&l.Status}, intoText[string]{&l.FailureCode}, intoText[identity.ImportResult]{&l.Result})
	l.Fields = strings.Fields(l.fields)
	if l.caseRef != "" {
		l.RefID = l.caseRef
	}
	return l, err
}

// ImportLines gives rows of an import, in their order; none of an import that is not there.
func (s *Store) ImportLines(ctx context.Context, id string, f identity.ImportLines) ([]identity.ImportLine, error) {
	limit := f.Limit
	if limit == 0 {
		limit = identity.MaxImportRows
	}
	found, err := all(s.reader(ctx), scanLine, importLinesQuery, id, int64(f.After), string(f.Result), int64(limit))
	if err != nil {
		return nil, s.mask(err)
	}
	lines := make([]identity.ImportLine, len(found))
	for n, l := range found {
		lines[n] = l.ImportLine
		if !f.Errors || l.Result != identity.RowWrong || l.sealed == nil {
			continue
		}
		row, err := s.openRow(id, l.Line, l.sealed)
		if err != nil {
			return nil, err
		}
		lines[n].Errors = row.Errors
	}
	return lines, s.mask(s.tellHolders(ctx, id, found, lines))
}

// WrongRows opens the rows of an import that have errors, in their order; none once they are erased.
func (s *Store) WrongRows(ctx context.Context, id string) ([]identity.ImportRow, error) {
	r := s.reader(ctx)
	if _, err := findImport(r, id); err != nil {
		return nil, s.mask(err)
	}
	found, err := all(r, scanLine, importLinesQuery, id, int64(0), string(identity.RowWrong), int64(identity.MaxImportRows))
	if err != nil {
		return nil, s.mask(err)
	}
	var rows []identity.ImportRow
	for _, l := range found {
		if l.sealed == nil {
			continue
		}
		row, err := s.openRow(id, l.Line, l.sealed)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

var errRowUnread = errors.New("a row of an import does not open")

func (s *Store) openRow(id string, line int, sealed []byte) (identity.ImportRow, error) {
	row := identity.ImportRow{Line: line}
	plain, err := s.sealer.Open(sealed, placeOfRow(id, line))
	var g given
	if err != nil || json.Unmarshal(plain, &g) != nil { // the cause may quote what it could not read
		return row, errRowUnread
	}
	row.Given, row.Errors = g.Given, g.Errors
	return row, nil
}

// TurnImport lets what a person does with an import take effect; where it stands so already nothing happens. Conflict where the act
// does not fit.
func (s *Store) TurnImport(ctx context.Context, id string, a identity.ImportAct, e audit.Entry) (i identity.Import, err error) {
	err = s.write(ctx, func(t *tx) error {
		if i, err = findImport(t, id); err != nil {
			return err
		}
		next, step, changed, ok := i.Turn(a, t.now)
		if !ok {
			return fault.New(fault.Conflict, "This import has ended or stands otherwise by now. Load its page again.")
		}
		if !changed {
			return nil
		}
		i = next
		if a == identity.StartImport {
			if err := t.exec(`UPDATE imports SET run_id = $2, run_name = $3, run_role = $4 WHERE id = $1`,
				id, e.ActorID, e.ActorName, e.Role); err != nil {
				return err
			}
		}
		if err := t.turned(i, step, e.ActorID, e.ActorName); err != nil {
			return err
		}
		if err := t.enqueue(jobImport, id, queue.Submission, e.ActorID); err != nil {
			return err
		}
		e.Object = id
		return t.audit(e)
	})
	return i, err
}

// turned stores where an import stands. Rows that will not have their turn any more are emptied.
func (t *tx) turned(i identity.Import, step identity.ImportStepKind, byID, byName string) error {
	if err := t.exec(`UPDATE imports SET state = $2, keep_until = $3, ended_at = $4 WHERE id = $1`,
		i.ID, string(i.State), i.KeepUntil.UnixMilli(), msOf(i.EndedAt)); err != nil {
		return err
	}
	if i.State.Ended() {
		t.effects.erased = true
		if err := t.exec(`UPDATE import_rows SET state = 'left', sealed = NULL WHERE import_id = $1 AND state = 'good'`, i.ID); err != nil {
			return err
		}
	}
	return t.step(i.ID, step, byID, byName)
}

// enqueueAt asks for a job that is not there yet, at a time.
func (t *tx) enqueueAt(kind, subject string, at time.Time) error {
	if err := t.enqueue(kind, subject, queue.Submission, ""); err != nil {
		return err
	}
	return t.exec(`UPDATE jobs SET run_at = $3 WHERE `+ofSubject, kind, subject, at.UnixMilli())
}
