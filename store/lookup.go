package store

import (
	"context"

	"identitydesk/internal/identity"
)

// otherIDsQuery gives our ids of the cases that an id of any kind but the present ref_id leads to.
const otherIDsQuery = `SELECT id FROM identities WHERE id = $1
	UNION SELECT id FROM identities WHERE paxos_id = $1
	UNION SELECT id FROM identities WHERE verification_id <> '' AND verification_id = $1
	UNION SELECT identity_id FROM former_ref_ids WHERE ref_id = $1
	UNION SELECT identity_id FROM former_ids WHERE former_id = $1
	UNION SELECT identity_id FROM events WHERE id = $1 AND identity_id <> ''
	LIMIT 20`

const lookupQuery = selectRow + `WHERE id IN (
	SELECT id FROM identities WHERE ref_id = $1
	UNION SELECT id FROM identities WHERE id = $1
	UNION SELECT id FROM identities WHERE paxos_id = $1
	UNION SELECT id FROM identities WHERE verification_id <> '' AND verification_id = $1
	UNION SELECT identity_id FROM former_ref_ids WHERE ref_id = $1
	UNION SELECT identity_id FROM former_ids WHERE former_id = $1
	UNION SELECT identity_id FROM events WHERE id = $1 AND identity_id <> '')
	LIMIT 20`

// Lookup gives the cases that an exact id leads to: a ref_id (former ones too), our id, Paxos' id, an event's, or the
// verifier's. At most 20; none is no error.
func (s *Store) Lookup(ctx context.Context, q string) ([]identity.Identity, error) {
	if q == "" {
		return nil, nil
	}
	found, err := all(s.reader(ctx), scanIdentity, lookupQuery, q)
	return found, s.mask(err)
}
