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
	"identitydesk/internal/proposal"
)

// sumOf stands for all that was given for an act: two are the same act only where these are equal. It is a keyed hash, so that it tells
// nothing of a person.
func (s *Store) sumOf(kind string, given ...any) ([]byte, error) {
	text, err := json.Marshal(given)
	if err != nil {
		return nil, errors.New("encode what was asked for") // the cause may quote it
	}
	return s.index.Index(kind, string(text)), nil
}

func (s *Store) sumOfMove(m identity.OurMove, payload []byte) ([]byte, error) {
	return s.sumOf("move", m.Kind, m.Key, payload)
}

func (s *Store) sumOfProposal(p proposal.Proposal) ([]byte, error) {
	return s.sumOf("proposal", p.Kind, p.ReasonCode, p.Reason, p.Payload)
}

// The last of its kind about a case, where it was asked for by a person, and what it is to do has a sum.
const (
	sameMoveQuery = selectMove + ` WHERE id = (SELECT id FROM moves WHERE identity_id = $1 AND kind = $2 AND key = $3
		ORDER BY asked_at DESC, id DESC LIMIT 1) AND asked_by = $4 AND sum = $5`
	sameProposalQuery = selectProposal + ` WHERE id = (SELECT id FROM proposals WHERE identity_id = $1 AND kind = $2
		ORDER BY at DESC, id DESC LIMIT 1) AND maker_id = $3 AND sum = $4`
)

const lastActQuery = `SELECT ` + auditColumns + ` FROM audit WHERE identity_id = $1 AND object = $2 ORDER BY seq DESC LIMIT 1`

// unlessClickedTwice gives why an act on something of a case is refused; nil where the last that anybody did to it is the very same act of the
// same person, a moment ago. Where it is somebody else's, it says who was first.
func (t *tx) unlessClickedTwice(caseID, object string, e audit.Entry, refused error) error {
	last, found, err := maybe(t, scanAudit, lastActQuery, caseID, object)
	switch {
	case err != nil:
		return err
	case !found || last.Action != e.Action:
		return refused
	case last.ActorID != e.ActorID:
		return &fault.Error{
			Kind: fault.Conflict, Code: "was_first", Times: []time.Time{last.At},
			Text: fmt.Sprintf("%s was first, and %s at %s. Nothing was done now: look at how it stands.", last.ActorName, last.Action.Words(), fault.Moment(last.At)),
		}
	case t.now.Before(last.At.Add(clickedTwice)):
		return nil
	}
	return refused
}

// SameMove finds the very same move that the same person has asked for a moment ago, so that this is a second click. One that has failed,
// or was withdrawn, is none: whoever asks again wants another try.
func (s *Store) SameMove(ctx context.Context, m identity.OurMove, payload []byte) (identity.OurMove, bool, error) {
	same, found, err := s.sameMove(s.reader(ctx), m, payload)
	return same, found, s.mask(err)
}

func (s *Store) sameMove(q querier, m identity.OurMove, payload []byte) (identity.OurMove, bool, error) {
	r, err := findRow(q, m.IdentityID)
	if err != nil {
		return m, false, err
	}
	sum, err := s.sumOfMove(m, payload)
	if err != nil {
		return m, false, err
	}
	same, found, err := maybe(q, scanMove, sameMoveQuery, r.ID, string(m.Kind), m.Key, m.AskedBy, sum)
	if err != nil || !found || !s.now().Before(same.AskedAt.Add(clickedTwice)) {
		return m, false, err
	}
	return same, same.State.Open() || same.State == identity.MoveDone, nil
}

// sameProposal finds the very same proposal that the same person has made a moment ago, unless nothing came of it.
func (t *tx) sameProposal(id string, p proposal.Proposal) (sealedProposal, bool, error) {
	sum, err := t.s.sumOfProposal(p)
	if err != nil {
		return sealedProposal{}, false, err
	}
	same, found, err := maybe(t, scanProposal, sameProposalQuery, id, string(p.Kind), p.MakerID, sum)
	if err != nil || !found || !t.now.Before(same.At.Add(clickedTwice)) {
		return same, false, err
	}
	return same, same.State == proposal.Open || same.State == proposal.Approved || same.State == proposal.Done, nil
}
