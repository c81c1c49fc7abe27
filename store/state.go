package store

import (
	"context"
	"fmt"
)

// The keys that the store itself keeps in `state`.
const (
	stateEnvironment = "owner_environment"
	stateClient      = "owner_client_id"
	stateEvents      = "events_watermark"
	stateAudit       = "audit_head"
	stateSeal        = "seal"
	stateSettings    = "settings"

	stateRetention    = "retention_last_run"
	stateErasedCases  = "retention_erased_cases"  // since the last entry about it
	stateErasedDrafts = "retention_erased_drafts" // the same
)

const stateQuery = `SELECT value FROM state WHERE key = $1`

// State gives what was last set under a key; empty where nothing was.
func (s *Store) State(ctx context.Context, key string) (string, error) {
	value, _, err := maybe(s.reader(ctx), scanValue[string], stateQuery, key)
	return value, s.mask(err)
}

// SetState keeps a value under a key.
func (s *Store) SetState(ctx context.Context, key, value string) error {
	return s.write(ctx, func(t *tx) error { return t.setState(key, value) })
}

func (t *tx) setState(key, value string) error {
	return t.exec(`INSERT INTO state (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
		key, value)
}

// Own binds the database to one Paxos environment and client, and to the keys, at the first start. Later it refuses any other,
// naming both: records of two clients must never mix, and what is sealed with two sets of keys opens with neither.
func (s *Store) Own(ctx context.Context, environment, clientID string) error {
	return s.write(ctx, func(t *tx) error {
		for _, own := range []struct{ key, word, value string }{
			{stateEnvironment, "PAXOS_ENV", environment},
			{stateClient, "PAXOS_CLIENT_ID", clientID},
		} {
			have, found, err := maybe(t, scanValue[string], stateQuery, own.key)
			if err != nil {
				return err
			}
			if found && have != own.value {
				return fmt.Errorf("this database belongs to %s=%q, and the environment says %q: "+
					"set it back, or name another DATABASE_URL", own.word, have, own.value)
			}
			if err := t.setState(own.key, own.value); err != nil {
				return err
			}
		}
		return t.ownSeal()
	})
}
