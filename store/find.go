package store

import (
	"context"

	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

func errNoCase() error { return fault.New(fault.NotFound, "There is no such case.") }

// findRow finds a case by our id, also by that of a row that has become one with it.
func findRow(q querier, id string) (row, error) {
	r, found, err := maybe(q, scanRow, selectRow+`WHERE id = $1`, id)
	if err != nil || found {
		return r, err
	}
	r, found, err = maybe(q, scanRow, selectRow+`WHERE id = (SELECT identity_id FROM former_ids WHERE former_id = $1)`, id)
	if err == nil && !found {
		err = errNoCase()
	}
	return r, err
}

// findPaxosID finds a case by Paxos' id.
func findPaxosID(q querier, paxosID string) (row, bool, error) {
	if paxosID == "" {
		return row{}, false, nil
	}
	return maybe(q, scanRow, selectRow+`WHERE paxos_id = $1`, paxosID)
}

// Identity gives a case by our id; NotFound where there is none.
func (s *Store) Identity(ctx context.Context, id string) (identity.Identity, error) {
	r, err := findRow(s.reader(ctx), id)
	return r.Identity, s.mask(err)
}

// IdentityByPaxosID gives a case by Paxos' id; NotFound where there is none.
func (s *Store) IdentityByPaxosID(ctx context.Context, paxosID string) (identity.Identity, error) {
	r, found, err := findPaxosID(s.reader(ctx), paxosID)
	if err == nil && !found {
		err = errNoCase()
	}
	return r.Identity, s.mask(err)
}

// Name opens the sealed name of a case; zero where none is known.
func (s *Store) Name(ctx context.Context, id string) (name identity.Name, err error) {
	return name, s.secretOf(ctx, id, secretName, &name)
}

// Failure opens why a submission failed; zero where it did not.
func (s *Store) Failure(ctx context.Context, id string) (f identity.Failure, err error) {
	return f, s.secretOf(ctx, id, secretFailure, &f)
}

func (s *Store) secretOf(ctx context.Context, id, kind string, v any) error {
	r := s.reader(ctx)
	i, err := findRow(r, id)
	if err == nil {
		_, err = s.openSecret(r, i.ID, kind, v)
	}
	return s.mask(err)
}
