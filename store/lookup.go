package store

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"identitydesk/internal/audit"
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
// verifier's. At most 20; none is no error. An id that has the form of a UUID is found in capitals, too.
func (s *Store) Lookup(ctx context.Context, id string) ([]identity.Identity, error) {
	found, err := lookup(s.reader(ctx), id)
	return found, s.mask(err)
}

// LookupMany looks up each of several ids and writes one entry of the audit log about them all, made from what was found. Each
// place of found is the answer to the id at that place.
func (s *Store) LookupMany(ctx context.Context, ids []string, about func(found [][]identity.Identity) audit.Entry) (found [][]identity.Identity, err error) {
	err = s.write(ctx, func(t *tx) error {
		found = make([][]identity.Identity, len(ids))
		for n, id := range ids {
			var err error
			if found[n], err = lookup(t, id); err != nil {
				return err
			}
		}
		return t.audit(about(found))
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func lookup(q querier, id string) ([]identity.Identity, error) {
	if id == "" {
		return nil, nil
	}
	found, err := all(q, scanIdentity, lookupQuery, id)
	if small := strings.ToLower(id); err == nil && len(found) == 0 && small != id && uuid.Validate(small) == nil {
		return all(q, scanIdentity, lookupQuery, small) // people copy these in capitals
	}
	return found, err
}
