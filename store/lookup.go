package store

import (
	"context"
	"database/sql"
	"slices"
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

// LookupMany looks up each of several ids and writes entries of the audit log about them, made from what was found. Each place of
// found is the answer to the id at that place.
func (s *Store) LookupMany(ctx context.Context, ids []string, about func(found [][]identity.Identity) []audit.Entry) (found [][]identity.Identity, err error) {
	err = s.write(ctx, func(t *tx) error {
		found = make([][]identity.Identity, len(ids))
		for n, id := range ids {
			var err error
			if found[n], err = lookup(t, id); err != nil {
				return err
			}
		}
		for _, e := range about(found) {
			if err := t.audit(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// FormerRefIDs gives the ref_ids that cases once had, by our id. A case that always had the same is not in it.
func (s *Store) FormerRefIDs(ctx context.Context, ids []string) (map[string][]string, error) {
	former := map[string][]string{}
	for chunk := range slices.Chunk(ids, mostAtOnce) {
		args := atOnce(chunk)
		found, err := all(s.reader(ctx), scanPair, formerQuery(len(args)), args...)
		if err != nil {
			return nil, s.mask(err)
		}
		for _, pair := range found {
			former[pair[0]] = append(former[pair[0]], pair[1])
		}
	}
	return former, nil
}

func formerQuery(n int) string {
	return `SELECT identity_id, ref_id FROM former_ref_ids WHERE identity_id IN (` + placeholders(1, n) + `)`
}

func scanPair(rows *sql.Rows) (pair [2]string, err error) { return pair, rows.Scan(&pair[0], &pair[1]) }

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
