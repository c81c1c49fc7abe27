package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

const selectMove = `SELECT id, identity_id, kind, key, about, members, state, asked_by, asked_name, asked_at, attempts, attempted_at, lost_since,
	ended_at, code, again, result,
	(SELECT run_at FROM jobs WHERE jobs.kind = 'move:' || moves.kind AND jobs.subject = moves.id AND jobs.subject_at = 0 AND jobs.lease = '')
	FROM moves`

func scanMove(rows *sql.Rows) (m identity.OurMove, err error) {
	return m, rows.Scan(&m.ID, &m.IdentityID, intoText[identity.MoveKind]{&m.Kind}, &m.Key, intoJSON{&m.About}, intoJSON{&m.Members},
		intoText[identity.MoveState]{&m.State}, &m.AskedBy, &m.AskedByName, intoTime{&m.AskedAt}, intoInt[int]{&m.Attempts},
		intoTimeOrNil{&m.AttemptedAt}, intoTimeOrNil{&m.LostSince}, intoTimeOrNil{&m.EndedAt}, &m.Code, intoFlag{&m.Again},
		intoJSON{&m.Result}, intoTimeOrNil{&m.NextAt})
}

type moveStep struct {
	id     int64
	moveID string
	identity.MoveStep
}

func scanMoveStep(rows *sql.Rows) (s moveStep, err error) {
	return s, rows.Scan(&s.id, &s.moveID, intoTime{&s.At}, &s.Step, &s.Code, &s.By)
}

// findMove finds a move with its steps; NotFound where there is none.
func findMove(q querier, id string) (identity.OurMove, error) {
	m, found, err := maybe(q, scanMove, selectMove+` WHERE id = $1`, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "There is no such move.")
	}
	if err != nil {
		return m, err
	}
	steps, err := all(q, scanMoveStep, `SELECT id, move_id, at, step, code, by_id FROM move_steps WHERE move_id = $1 ORDER BY id`, id)
	for _, s := range steps {
		m.Steps = append(m.Steps, s.MoveStep)
	}
	return m, err
}

// movesShown is how many moves of a case are told at most.
const movesShown = 200

// A case's moves are its own, and the accounts that are to join its submission to another case, see [identity.OurMove.Submission].
const (
	movesOfCase    = ` WHERE identity_id = $1 OR (kind = 'account' AND key <> '' AND key = $1)`
	movesQuery     = selectMove + ` WHERE identity_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2`
	linksQuery     = selectMove + ` WHERE kind = 'account' AND key <> '' AND key = $1`
	moveStepsQuery = `SELECT s.id, s.move_id, s.at, s.step, s.code, s.by_id FROM moves m JOIN move_steps s ON s.move_id = m.id` + movesOfCase
	failuresQuery  = `SELECT id, failure FROM moves` + movesOfCase
	reasonsQuery   = `SELECT m.id, p.id, p.asked FROM moves m JOIN proposals p ON p.move_id = m.id WHERE m.identity_id = $1`
)

// Moves gives what was asked of Paxos about a case, by our id of it, newest first; also what lies on another case for the sake of its
// submission.
func (s *Store) Moves(ctx context.Context, id string) ([]identity.OurMove, error) {
	r := s.reader(ctx)
	moves, err := all(r, scanMove, movesQuery, id, int64(movesShown))
	if err != nil {
		return nil, s.mask(err)
	}
	links, err := all(r, scanMove, linksQuery, id)
	if moves = append(moves, links...); err != nil || len(moves) == 0 {
		return nil, s.mask(err)
	}
	slices.SortFunc(moves, func(a, b identity.OurMove) int { return cmp.Or(b.AskedAt.Compare(a.AskedAt), cmp.Compare(b.ID, a.ID)) })
	steps, err := all(r, scanMoveStep, moveStepsQuery, id)
	if err != nil {
		return nil, s.mask(err)
	}
	slices.SortFunc(steps, func(a, b moveStep) int { return cmp.Compare(a.id, b.id) })
	of := map[string][]identity.MoveStep{}
	for _, step := range steps {
		of[step.moveID] = append(of[step.moveID], step.MoveStep)
	}
	for n := range moves {
		moves[n].Steps = of[moves[n].ID]
	}
	return moves, nil
}

// Move gives one move; NotFound where there is none.
func (s *Store) Move(ctx context.Context, id string) (identity.OurMove, error) {
	m, err := findMove(s.reader(ctx), id)
	return m, s.mask(err)
}

type sealedFailure struct {
	id     string
	sealed []byte
}

func scanFailure(rows *sql.Rows) (f sealedFailure, err error) { return f, rows.Scan(&f.id, &f.sealed) }

// MoveFailures gives Paxos' words about the moves of a case that it refused, by the move's id; what cannot be read says why.
func (s *Store) MoveFailures(ctx context.Context, id string) (map[string]identity.MoveRefusal, error) {
	found, err := all(s.reader(ctx), scanFailure, failuresQuery, id)
	if err != nil {
		return nil, s.mask(err)
	}
	refusals := map[string]identity.MoveRefusal{}
	for _, each := range found {
		if each.sealed == nil {
			continue
		}
		var r identity.MoveRefusal
		where := placeOfMove("failure", each.id)
		text, err := s.sealer.Open(each.sealed, where)
		if err != nil || json.Unmarshal(text, &r.Failure) != nil {
			r.Unread = s.unread(each.sealed, where)
		}
		refusals[each.id] = r
	}
	return refusals, nil
}

type sealedReason struct {
	moveID, proposalID string
	asked              []byte
}

func scanReason(rows *sql.Rows) (r sealedReason, err error) {
	return r, rows.Scan(&r.moveID, &r.proposalID, &r.asked)
}

// MoveReasons gives why the moves of a case were proposed, by the move's id; of what nobody proposed there is none.
func (s *Store) MoveReasons(ctx context.Context, id string) (map[string]identity.MoveReason, error) {
	found, err := all(s.reader(ctx), scanReason, reasonsQuery, id)
	if err != nil {
		return nil, s.mask(err)
	}
	reasons := map[string]identity.MoveReason{}
	for _, each := range found {
		if each.asked == nil {
			continue
		}
		var a asked
		where := placeOfProposal("asked", each.proposalID)
		text, err := s.sealer.Open(each.asked, where)
		if err != nil || json.Unmarshal(text, &a) != nil {
			reasons[each.moveID] = identity.MoveReason{Unread: s.unread(each.asked, where)}
			continue
		}
		reasons[each.moveID] = identity.MoveReason{Text: a.Reason}
	}
	return reasons, nil
}
